/**
 * Replies in the shapes that fewer upstreams send: the old function call, content in parts, reasoning in pieces.
 *
 * What is stored of a reply is what a delta client's next request will carry, so every piece of it must be there; where
 * a reply cannot be put together, none may be stored, rather than its last piece.
 */
import { describe, expect, it } from "vitest";
import { readReply } from "../../../src/wire/chat-completions/read-reply.ts";

const encoder = new TextEncoder();

function readDeltas(...deltas: object[]): unknown {
  const text = [...deltas.map((delta) => ({ delta, finish_reason: null })), { delta: {}, finish_reason: "stop" }]
    .map((choice) => `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`)
    .join("");
  const [message] = readReply([encoder.encode(`${text}data: [DONE]\n\n`)], true).messages;
  return message === undefined ? null : JSON.parse(message);
}

/** Put together in full, or not at all. */
function expectWholeOrNone(message: unknown, whole: object): void {
  expect([null, whole]).toContainEqual(message);
}

describe("a streamed reply", () => {
  it("keeps a refusal", () => {
    expect(readDeltas({ role: "assistant", refusal: "I " }, { refusal: "cannot." })).toEqual({
      role: "assistant",
      content: "",
      refusal: "I cannot.",
    });
  });

  it("never keeps only the last piece of an old function call", () => {
    const message = readDeltas(
      { role: "assistant", content: null, function_call: { name: "find", arguments: "" } },
      { function_call: { arguments: '{"q":' } },
      { function_call: { arguments: '"x"}' } },
    );
    const call = { name: "find", arguments: '{"q":"x"}' };
    expectWholeOrNone(message, { role: "assistant", content: null, function_call: call });
  });

  it("never keeps only the last piece of content that comes in parts", () => {
    const part = (text: string) => ({ content: [{ type: "text", text }] });
    const message = readDeltas({ role: "assistant" }, part("one "), part("two "), part("three"));
    const texts = ["one ", "two ", "three"].map((text) => ({ type: "text", text }));
    expectWholeOrNone(message, { role: "assistant", content: texts });
  });

  it("never keeps only the last piece of reasoning that comes in parts", () => {
    const piece = (text: string) => ({ reasoning_details: [{ type: "reasoning.text", text }] });
    const message = readDeltas({ role: "assistant", content: "a" }, piece("first "), piece("second")) as {
      reasoning_details?: unknown[];
    } | null;
    expect([undefined, 2]).toContain(message?.reasoning_details?.length);
  });

  it("survives chunks that are none", () => {
    expect(readDeltas({ role: "assistant", content: "a", tool_calls: [null, 1, {}] })).toMatchObject({ content: "a" });
    const text = 'data: {"choices":[null],"usage":null}\n\ndata: 1\n\ndata: {"choices":{}}\n\n';
    expect(readReply([encoder.encode(text)], true)).toMatchObject({ messages: [], complete: false });
    expect(readReply([encoder.encode("data: {\n\n")], true)).toMatchObject({ messages: [], complete: false });
  });
});

describe("a streamed tool call", () => {
  const piece = (fields: object): object => ({ tool_calls: [fields] });
  const call = (id: string, name: string, text: string): object => ({
    id,
    type: "function",
    function: { name, arguments: text },
  });

  it("keeps its id and name where later pieces bring empty ones", () => {
    const later = { index: 0, id: "", type: "", function: { name: "", arguments: '"b"}' } };
    expect(readDeltas(piece({ index: 0, ...call("call_1", "find", '{"a":') }), piece(later))).toMatchObject({
      tool_calls: [call("call_1", "find", '{"a":"b"}')],
    });
  });

  it("is one of several where an upstream gives all of them the same index", () => {
    const one = piece({ index: 0, ...call("call_1", "find", "{}") });
    const other = piece({ index: 0, ...call("call_2", "look", "{}") });
    expect(readDeltas(one, other)).toMatchObject({
      tool_calls: [call("call_1", "find", "{}"), call("call_2", "look", "{}")],
    });
  });

  it("may come without an index", () => {
    const more = piece({ function: { arguments: "1}" } });
    expect(readDeltas(piece(call("call_1", "find", '{"a":')), more)).toMatchObject({
      tool_calls: [call("call_1", "find", '{"a":1}')],
    });
  });

  it("makes no message where its pieces cannot be placed", () => {
    for (const index of [0.5, -1, 1e9, "0"]) expect(readDeltas(piece({ index, ...call("c", "f", "{}") }))).toBeNull();
  });
});
