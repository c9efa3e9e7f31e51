/**
 * Responses replies that do not come as the guide shows them: out of order, damaged, half there, with another's end.
 *
 * Also where a stream's end is seen while it passes, and the one error whose field clients look at.
 */
import { describe, expect, it } from "vitest";
import { encodeError } from "../../../src/wire/responses/encode-error.ts";
import { readReply } from "../../../src/wire/responses/read-reply.ts";
import { responsesWire } from "../../../src/wire/responses/wire.ts";
import type { ReadReply } from "../../../src/wire/wire.ts";

const encoder = new TextEncoder();

type Event = { type: string; [field: string]: unknown };

const event = (data: Event): string => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const read = (...events: Event[]): ReadReply => readReply([encoder.encode(events.map(event).join(""))], true);
const readBody = (body: object): ReadReply => readReply([encoder.encode(JSON.stringify(body))], false);

const done = (output_index: number, item: unknown): Event => ({
  type: "response.output_item.done",
  output_index,
  item,
});
const end = (response: object, type = "response.completed"): Event => ({
  type,
  response: { id: "resp_1", ...response },
});

const thought = { type: "reasoning", id: "rs_1", encrypted_content: "whole" };
const answer = { type: "message", role: "assistant", content: [{ type: "output_text", text: "a" }] };
const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
const json = JSON.stringify;

describe("the items of a stream", () => {
  it("stand in the order of their places, reasoning with what follows it", () => {
    const { messages } = read(done(2, call), done(1, answer), done(0, thought), end({}));
    expect(messages).toEqual([`${json(thought)},${json(answer)}`, json(call)]);
  });

  it("are the ones that came whole, and the end's where none did", () => {
    const pale = { ...thought, encrypted_content: "" };
    const { messages } = read(done(0, thought), end({ output: [pale, answer] }));
    expect(messages).toEqual([`${json(thought)},${json(answer)}`]);
  });

  it("stand alone where nothing of the model's follows the reasoning", () => {
    const output = { type: "function_call_output", call_id: "c", output: "1" };
    expect(read(done(0, thought), done(1, output), done(2, thought), end({})).messages).toEqual([
      json(thought),
      json(output),
      json(thought),
    ]);
  });

  it.each([
    ["a place far beyond", done(1e9, answer)],
    ["a place before the first", done(-1, answer)],
    ["no place", { type: "response.output_item.done", item: answer }],
  ])("do not have %s", (_name, damaged) => {
    expect(read(damaged, done(0, call), end({})).messages).toEqual([json(call)]);
  });

  it("are none where one of them is no item", () => {
    expect(read(done(0, answer), done(1, 7), end({}))).toMatchObject({ messages: [], complete: true });
  });
});

describe("the end", () => {
  it("is named by its event", () => {
    expect(read(done(0, answer), end({ status: "in_progress" }))).toMatchObject({
      complete: true,
      finishReason: "completed",
      id: "resp_1",
    });
    expect(read(done(0, answer), end({ status: "completed" }, "response.failed"))).toMatchObject({
      complete: false,
      messages: [],
      finishReason: "failed",
    });
  });

  it("is not another API's", () => {
    const text = event({ type: "response.created", response: { id: "resp_1" } }) + event(done(0, answer));
    const reply = readReply([encoder.encode(`${text}data: [DONE]\n\n`)], true);
    expect(reply).toEqual({ messages: [], complete: false, usage: null, finishReason: null, id: "resp_1" });
  });

  it("is the last thing that counts", () => {
    expect(read(done(0, answer), end({}), done(1, call)).messages).toEqual([json(answer)]);
  });
});

describe("a body", () => {
  it("is a response and nothing else", () => {
    const body = { id: "resp_1", status: "completed", output: [answer] };
    expect(readBody({ ...body, object: "response" }).messages).toEqual([json(answer)]);
    expect(readBody({ ...body, object: "conversation" })).toMatchObject({ messages: [], complete: false, id: null });
    expect(readBody({ object: "response", id: "resp_1", status: "cancelled" })).toMatchObject({
      complete: false,
      finishReason: "cancelled",
      id: "resp_1",
    });
  });
});

describe("usage", () => {
  it.each([
    [{ input_tokens: 5 }, { promptTokens: 5, cachedTokens: null, cacheWriteTokens: null, completionTokens: 0 }],
    [
      { input_tokens: 5, input_tokens_details: { cached_tokens: 0 }, output_tokens: 2 },
      { promptTokens: 5, cachedTokens: 0, cacheWriteTokens: null, completionTokens: 2 },
    ],
    [{ output_tokens: 2 }, null],
    [null, null],
  ])("is what the upstream says: %j", (usage, expected) => {
    expect(read(end({ usage })).usage).toEqual(expected);
  });

  it("is read from what failed, too", () => {
    expect(read(end({ usage: { input_tokens: 5 } }, "response.failed")).usage?.promptTokens).toBe(5);
  });
});

describe("the terminator", () => {
  const { pattern } = responsesWire.terminator;

  it.each(["response.completed", "response.incomplete", "response.failed", "error"])("is the event %s", (type) => {
    for (const line of [`\nevent: ${type}\n`, `\r\nevent:${type}\r\n`, `\nevent: ${type}`])
      expect(line).toMatch(pattern);
  });

  it.each([
    "\nevent: response.completed_part\n",
    "\nevent: response.created\n",
    '\ndata: {"event: error":1}\n',
    "event: error\n",
  ])("is not %j", (text) => {
    expect(text).not.toMatch(pattern);
  });
});

describe("a reply that is not known", () => {
  it("is answered as the API answers it", async () => {
    const response = encodeError({ code: "unknown_reply", id: "resp_1" });
    expect(response.status).toBe(400);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.json()).toMatchObject({
      error: { type: "invalid_request_error", code: "previous_response_not_found", param: "previous_response_id" },
    });
  });

  it("is the only error with a field", async () => {
    const response = encodeError({ code: "fault" });
    expect(await response.json()).toMatchObject({ error: { type: "server_error", param: null } });
  });
});
