/**
 * A body that is read only as far as it may be: whatever length it states, and wherever it is cut.
 */
import { expect, it } from "vitest";
import { readText } from "../../../src/inspect/read-text.ts";

function send(parts: Iterable<Uint8Array>): { request: Request; pulled: () => number } {
  const source = parts[Symbol.iterator]();
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = source.next();
      if (done) return controller.close();
      pulled++;
      controller.enqueue(value);
    },
  });
  const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
  return { request: new Request("https://edge/", init), pulled: () => pulled };
}

it("puts characters together that were cut between two parts", async () => {
  const bytes = new TextEncoder().encode("naïve 🙂");
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  expect(await readText(send(single).request, bytes.byteLength)).toBe("naïve 🙂");
  expect(await readText(send(single).request, bytes.byteLength - 1)).toBeNull();
  expect(await readText(new Request("https://edge/"), 0)).toBe("");
});

it("takes no more than it may of a body without end", async () => {
  function* endless() {
    for (;;) yield new Uint8Array(1_000);
  }
  const { request, pulled } = send(endless());
  expect(await readText(request, 5_000)).toBeNull();
  expect(pulled()).toBeLessThan(10);
});
