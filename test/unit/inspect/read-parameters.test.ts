/**
 * How a caller names a turn and a thread: the same for the API, the export and the pages.
 */
import { describe, expect, it } from "vitest";
import { hashText } from "../../../src/model/hash.ts";
import { readThread, readThreadPage, readTurnName } from "../../../src/inspect/read-parameters.ts";

describe("a turn's name", () => {
  it.each([
    ["7", { number: 7 }],
    ["123456789012345", { number: 123_456_789_012_345 }],
    ["1234567890123456", { rev: "1234567890123456" }],
    ["Zk3-_x", { rev: "Zk3-_x" }],
    ["0", { rev: "0" }],
    ["", null],
    ["7 OR 1", null],
    ["x".repeat(65), null],
  ])("%j is %j", (text, name) => expect(readTurnName(text)).toEqual(name));
});

describe("a thread's name", () => {
  const query = (thread?: string) => (name: string) => (name === "thread" ? thread : undefined);
  const chain = hashText("a thread");

  it("is the chain of a message, or left to the session", () => {
    expect(readThread(query(chain))).toEqual({ ok: true, value: chain });
    expect(readThread(query())).toEqual({ ok: true, value: null });
    expect(readThreadPage(query(chain))).toMatchObject({ ok: true, value: { thread: chain } });
  });

  it("is refused where it can be none", () => {
    for (const wrong of ["", "newest", `${chain}x`]) {
      const refused = { ok: false, error: { code: "unreadable_parameter", name: "thread" } };
      expect([readThread(query(wrong)), readThreadPage(query(wrong))]).toMatchObject([refused, refused]);
    }
  });
});
