/**
 * Replies of the Messages API as a client would send them back, and what Strata says in its own name.
 *
 * The official SDK is the measure: the blocks that it puts together from a stream are the ones that come back, and its
 * threads replay a conversation when they are told that it was lost.
 */
import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";
import type { ReadReply } from "../../../src/wire/wire.ts";
import { messagesWire } from "../../../src/wire/messages/wire.ts";
import { block, end, event, start } from "./messages-examples.ts";

const encoder = new TextEncoder();
const read = (text: string, isEventStream = true): ReadReply =>
  messagesWire.readReply([encoder.encode(text)], isEventStream);
const contentOf = ({ messages }: ReadReply): unknown => messages.map((json) => JSON.parse(json) as unknown);
const reply = (...content: unknown[]): unknown[] => [{ role: "assistant", content }];
const input = (partial_json: string): object => ({ type: "input_json_delta", partial_json });
const use = (more: object = {}): object => ({ type: "tool_use", id: "c", name: "f", input: {}, ...more });

const CITATION = {
  type: "char_location",
  cited_text: "x",
  document_index: 0,
  document_title: null,
  start_char_index: 0,
  end_char_index: 1,
};
const STREAM =
  start() +
  block(
    0,
    { type: "thinking", thinking: "", signature: "" },
    { type: "thinking_delta", thinking: "hm" },
    { type: "signature_delta", signature: "c2ln" },
  ) +
  block(1, { type: "redacted_thinking", data: "ZGF0YQ" }) +
  block(
    2,
    { type: "text", text: "", citations: null },
    { type: "text_delta", text: "It is " },
    { type: "text_delta", text: "so." },
  ) +
  block(
    3,
    { type: "text", text: "", citations: [] },
    { type: "citations_delta", citation: CITATION },
    { type: "text_delta", text: "x" },
  ) +
  block(4, { type: "server_tool_use", id: "s", name: "web_search", input: {} }, input('{"query": "a'), input('b"}')) +
  block(5, { type: "web_search_tool_result", tool_use_id: "s", content: [] }) +
  block(6, use({ caller: { type: "direct" } }), input(""), input('{"a":[1,'), input("2.50]}")) +
  block(7, use({ id: "d" })) +
  end("tool_use");

describe("a streamed reply", () => {
  it("is put together as the official SDK does it", async () => {
    const fetch = (): Promise<Response> =>
      Promise.resolve(new Response(STREAM, { headers: { "content-type": "text/event-stream" } }));
    const client = new Anthropic({ apiKey: "k", fetch, maxRetries: 0 });
    const stream = client.beta.messages.stream({
      model: "m",
      max_tokens: 9,
      messages: [{ role: "user", content: "a" }],
    });
    const { role, content } = await stream.finalMessage();
    expect(content).toHaveLength(8);
    expect(contentOf(read(STREAM))).toEqual([JSON.parse(JSON.stringify({ role, content }))]);
  });

  it("keeps digits that a number would lose", () => {
    const text = start() + block(0, use(), input('{"id":12345678901234'), input("567890}")) + end("tool_use");
    expect(read(text).messages).toEqual([
      '{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{"id":12345678901234567890}}]}',
    ]);
  });

  it("leaves out a text that says nothing: the API would not take it back", () => {
    const text = start() + block(0, { type: "text", text: "" }) + block(1, use()) + end("tool_use");
    expect(contentOf(read(text))).toEqual(reply(use()));
    expect(read(start() + block(0, { type: "text", text: "" }) + end("end_turn"))).toMatchObject({
      messages: [],
      complete: true,
    });
    expect(read(start() + end("refusal"))).toMatchObject({ messages: [], complete: true, finishReason: "refusal" });
  });

  it("may be a summary that the provider wrote", () => {
    const text =
      start() +
      block(
        0,
        { type: "compaction", content: null },
        { type: "compaction_delta", content: "sum", encrypted_content: "e" },
      ) +
      end("compaction");
    expect(contentOf(read(text))).toEqual(reply({ type: "compaction", content: "sum", encrypted_content: "e" }));
    expect(read(text)).toMatchObject({ complete: true, finishReason: "compaction" });
  });

  it.each([
    ["a piece of an unknown kind", block(0, { type: "text", text: "" }, { type: "hologram_delta", hologram: "x" })],
    ["a piece of no block", event({ type: "content_block_delta", index: 4, delta: { type: "text_delta", text: "x" } })],
    ["an absurd index", block(1e9, { type: "text", text: "a" })],
    ["an input that was cut off", block(0, use(), input('{"a":'))],
    ["an event that is no JSON", `${block(0, { type: "text", text: "a" })}event: x\ndata: {"type"\n\n`],
  ])("with %s is whole but not put together", (_name, events) => {
    expect(read(start() + events + end("max_tokens"))).toMatchObject({
      messages: [],
      complete: true,
      finishReason: "max_tokens",
      id: "msg_7",
    });
  });

  it("that fails or breaks off has no message, but its bill", () => {
    const words = block(0, { type: "text", text: "a" });
    const usage = { promptTokens: 9, completionTokens: 1 };
    expect(read(start() + words)).toMatchObject({ messages: [], complete: false, usage, id: "msg_7" });
    expect(read(start() + words + event({ type: "error", error: {} }))).toMatchObject({
      messages: [],
      complete: false,
      usage,
    });
    expect(read(event({ type: "message_stop" }))).toMatchObject({ messages: [], complete: true, usage: null });
  });
});

describe("a whole reply", () => {
  const body = (content: string): string =>
    `{"id":"msg_9","type":"message","role":"assistant","content":${content},"stop_reason":"end_turn"}`;

  it("keeps its bytes", () => {
    const content = '[ {"type":"tool_use","id":"c","name":"f","input":{"id":12345678901234567890}} ]';
    expect(read(body(content), false).messages).toEqual([`{"role":"assistant","content":${content}}`]);
  });

  it("leaves out what the API would not take back", () => {
    expect(contentOf(read(body('[{"type":"text","text":""},{"type":"text","text":"a"}]'), false))).toEqual(
      reply({ type: "text", text: "a" }),
    );
    for (const content of ["[]", "null", "[1]", '"a"'])
      expect(read(body(content), false)).toMatchObject({ messages: [], complete: true });
  });
});

describe("the end of a stream", () => {
  const { pattern, opensEvent } = messagesWire.terminator;

  it("is opened by its last event", () => {
    expect(opensEvent).toBe(true);
    expect(STREAM.slice(STREAM.search(pattern))).toBe('\nevent: message_stop\ndata: {"type":"message_stop"}\n\n');
    expect("\nevent:error\ndata: {}").toMatch(pattern);
  });

  it("is not what a message says", () => {
    expect(start() + block(0, { type: "text", text: "\nevent: message_stop\n" })).not.toMatch(pattern);
    expect("\nevent: error_count\n").not.toMatch(pattern);
  });
});

describe("a lost thread", () => {
  it("is replayed by the official SDK", async () => {
    const sent: { thread?: { type: string }; messages: unknown[]; system?: unknown }[] = [];
    const fetch = (_url: unknown, init?: { body?: unknown }): Promise<Response> => {
      sent.push(JSON.parse(String(init?.body)));
      if (sent.length === 2) return Promise.resolve(messagesWire.encodeError({ code: "unknown_reply", id: "msg_1" }));
      const message = {
        id: `msg_${sent.length}`,
        type: "message",
        role: "assistant",
        content: [{ type: "text", text: "a" }],
        model: "m",
        stop_reason: "end_turn",
        usage: { input_tokens: 1, output_tokens: 1 },
      };
      return Promise.resolve(Response.json(message));
    };
    const client = new Anthropic({ apiKey: "k", fetch, maxRetries: 0 });
    const thread = client.beta.messages.thread({ model: "m", max_tokens: 9, system: "s" });
    await thread.send({ role: "user", content: "one" });
    await thread.send({ role: "user", content: "two" });
    expect(sent.map((body) => [body.thread?.type, body.messages.length, body.system])).toEqual([
      ["create", 1, "s"],
      ["continue", 1, undefined],
      ["create", 3, "s"],
    ]);
  });

  it("is said as the API says it", async () => {
    const response = messagesWire.encodeError({ code: "unknown_reply", id: "msg_1" });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { type: "not_found_error", details: { error_code: "thread_not_found" } },
    });
  });
});

describe("an error", () => {
  it.each([
    ["unreadable_delta", { code: "unreadable_delta" }, 400, "invalid_request_error"],
    ["an unknown parent", { code: "unknown_parent", parent: "r" }, 412, "invalid_request_error"],
    ["a body too large", { code: "body_too_large", bytesMax: 1 }, 413, "request_too_large"],
    ["an unknown route", { code: "not_found" }, 404, "not_found_error"],
    ["a bug", { code: "fault" }, 500, "api_error"],
    ["a silent upstream", { code: "upstream_unreachable", detail: "d" }, 502, "api_error"],
  ] as const)("has the type of its status: %s", async (_name, error, status, type) => {
    const response = messagesWire.encodeError(error);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: "error", error: { type } });
  });
});

describe("headers", () => {
  it.each([
    ["message-threads-2026-08-12", null],
    ["a-1, message-threads-2026-08-12 ,b-2", "a-1,b-2"],
    ["a-1, b-2", "a-1, b-2"],
    [null, null],
  ])("ask for no thread: %s", (before, after) => {
    const headers = new Headers(before === null ? {} : { "anthropic-beta": before });
    messagesWire.dropStateHeaders(headers);
    expect(headers.get("anthropic-beta")).toBe(after);
  });
});
