/**
 * Searches whose further calls break off, come late or come never, and clients that leave in between.
 *
 * A failure that the client can still be spared is spared; any other one is as visible as it would be without the tool.
 */
import { describe, expect, it, vi } from "vitest";
import { ANSWER, bodyOf, contentOf, hear, PLAIN_QUESTION, play, SILENT, SPOKEN, streamOf } from "./searching-model.ts";

function readerOf({ body }: Response): ReadableStreamDefaultReader<Uint8Array> {
  if (body === null) throw new Error("no body");
  return body.getReader();
}

describe("a streamed search", () => {
  it("whose second call breaks before a word of it came ends where it is", async () => {
    for (const broken of ["", streamOf(ANSWER).slice(0, 60), 'data: {"error":{"message":"overloaded"}}\n\n']) {
      const { ask, sent } = play([SPOKEN, { text: broken, end: "breaks" }]);
      expect(contentOf(await hear(await ask()))).toBe("Let me see.");
      expect(sent).toHaveLength(2);
    }
  });

  it("whose second call ends without a word, or comes in another form, ends where it is", async () => {
    for (const whole of ["", ": keep-alive\n\n", bodyOf(ANSWER)]) {
      const { ask } = play([SPOKEN, { text: whole, end: "closes" }]);
      expect(contentOf(await hear(await ask()))).toBe("Let me see.");
    }
  });

  it("whose second call says nothing, and that it is done, is done", async () => {
    const { ask, sent } = play([SPOKEN, {}]);
    const response = await ask();
    const text = await response.text();
    expect(text.match(/"finish_reason":"stop"/g)).toHaveLength(1);
    expect(text.match(/\[DONE\]/g)).toHaveLength(1);
    expect(sent).toHaveLength(2);
  });

  it("whose second call breaks in mid-sentence breaks, as it would have", async () => {
    const broken = streamOf(ANSWER).split("data: ").slice(0, 3).join("data: ");
    const { ask, turns } = play([SPOKEN, { text: broken, end: "breaks" }]);
    const response = await ask();
    await expect(response.text()).rejects.toThrow();
    expect(turns()[0]?.status).toBe("broken");
  });

  it("that nothing answers any more breaks, as it would have", async () => {
    const { ask, sent } = play([SILENT, "unreachable"]);
    const response = await ask();
    await expect(response.text()).rejects.toThrow();
    expect(sent).toHaveLength(3);
  });

  it("ends with its client", async () => {
    const { ask, sent, left, turns } = play([SPOKEN, { content: "word ".repeat(100) }]);
    const reader = readerOf(await ask());
    let text = "";
    do text += new TextDecoder().decode((await reader.read()).value);
    while (!text.includes("word"));
    await reader.cancel();
    expect(left).toEqual([2]);
    expect(sent).toHaveLength(2);
    expect(turns()[0]?.status).toBe("aborted");
  });

  it("that its client has left is not answered", async () => {
    const waiting = streamOf(SPOKEN).replace("data: [DONE]\n\n", "");
    const { ask, sent, left } = play([{ text: waiting, end: "hangs" }, ANSWER]);
    const reader = readerOf(await ask());
    let text = "";
    do text += new TextDecoder().decode((await reader.read()).value);
    while (!text.includes("Let me see."));
    const reading = reader.read();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await reader.cancel();
    await reading;
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(left).toEqual([1]);
    expect(sent).toHaveLength(1);
  });

  it("does not go on without its client", async () => {
    const { ask, edge, sent, left } = play([SPOKEN, ANSWER]);
    const { send } = edge.upstream;
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    edge.upstream = {
      send: async (request) => {
        const response = await send(request);
        if (sent.length === 2) {
          asked.resolve();
          await answered.promise;
        }
        return response;
      },
    };
    const reader = readerOf(await ask());
    const isOver = async (): Promise<boolean> => (await reader.read()).done;
    const reading = (async () => {
      while (!(await isOver()));
    })();
    await asked.promise;
    await reader.cancel();
    answered.resolve();
    await reading;
    await vi.waitFor(() => expect(left).toEqual([2]));
    expect(sent).toHaveLength(2);
  });

  it("waits no longer for its second call than it may", async () => {
    const { ask, edge, sent } = play([SPOKEN, ANSWER]);
    const { send } = edge.upstream;
    edge.upstream = { send: (request) => (sent.length === 0 ? send(request) : new Promise(() => void sent.push(""))) };
    edge.clock.wait = (ms) => (ms > 60_000 ? Promise.resolve() : new Promise(() => undefined));
    expect(contentOf(await hear(await ask()))).toBe("Let me see.");
    expect(sent).toHaveLength(2);
  });
});

describe("a plain search", () => {
  it("whose second call gives no reply ends where it is", async () => {
    for (const broken of ["<html>", '{"choices":']) {
      const { ask } = play([SPOKEN, { text: broken, end: "breaks" }], PLAIN_QUESTION);
      expect(contentOf(await hear(await ask(), false))).toBe("Let me see.");
    }
  });

  it("gives the upstream's own error where there is nothing else", async () => {
    const { ask } = play([SILENT, { status: 503 }], PLAIN_QUESTION);
    const response = await ask();
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('{"error":{"message":"no"}}');
  });

  it("leaves a body that is no reply as it is", async () => {
    const { ask } = play([{ text: "<html>", end: "breaks" }], PLAIN_QUESTION);
    await expect((await ask()).text()).rejects.toThrow("cut");
  });
});
