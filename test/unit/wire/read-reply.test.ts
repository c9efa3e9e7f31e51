/**
 * Replies as upstreams send them: streams cut at any byte, tool calls in pieces, ends that are no ends.
 *
 * The bytes are written out by hand after the shapes of the API; whatever the cut, the answer read must be the same.
 */
import { describe, expect, it } from "vitest";
import { readReply } from "../../../src/wire/chat-completions/read-reply.ts";
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";
import { createTerminatorScan } from "../../../src/wire/server-sent-events.ts";

const encoder = new TextEncoder();
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const delta = (fields: Record<string, unknown>, finish: string | null = null): string =>
  event({ choices: [{ index: 0, delta: fields, finish_reason: finish }] });
const USAGE = {
  prompt_tokens: 9,
  completion_tokens: 2,
  prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 },
};

const STREAM = [
  ": a comment\n\n",
  delta({ role: "assistant", content: "", refusal: null }),
  delta({ content: "Grüße, 世" }),
  delta({ content: "界 [DONE] \n data: [DONE]" }),
  delta({ reasoning_content: "hm" }),
  delta({}, "stop"),
  event({ choices: [], usage: USAGE }),
  "data: [DONE]\n\n",
].join("");

describe("a stream", () => {
  it("is read the same wherever it is cut", () => {
    const bytes = encoder.encode(STREAM);
    const whole = readReply([bytes], true);
    expect(whole).toEqual({
      messages: ['{"role":"assistant","content":"Grüße, 世界 [DONE] \\n data: [DONE]","reasoning_content":"hm"}'],
      id: null,
      complete: true,
      usage: { promptTokens: 9, cachedTokens: 4, cacheWriteTokens: 1, completionTokens: 2 },
      finishReason: "stop",
    });
    for (let at = 1; at < bytes.length; at++)
      expect(readReply([bytes.subarray(0, at), bytes.subarray(at)], true)).toEqual(whole);
  });

  it("puts parallel tool calls together", () => {
    const calls = (list: unknown[]): string => delta({ tool_calls: list });
    const text =
      calls([{ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }]) +
      calls([{ index: 1, id: "b", type: "function", function: { name: "g", arguments: '{"x"' } }]) +
      calls([
        { index: 0, function: { arguments: "{}" } },
        { index: 1, function: { arguments: ":1}" } },
      ]) +
      delta({}, "tool_calls");
    expect(JSON.parse(readReply([encoder.encode(text)], true).messages[0] ?? "")).toEqual({
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "a", type: "function", function: { name: "f", arguments: "{}" } },
        { id: "b", type: "function", function: { name: "g", arguments: '{"x":1}' } },
      ],
    });
  });

  it.each([
    ["has no finish reason", delta({ content: "a" }), false],
    ["lacks only the terminator", delta({ content: "a" }, "stop"), true],
    ["carries an error", delta({ content: "a" }) + event({ error: { message: "x" } }), false],
    ["is cut inside an event", delta({ content: "a" }, "stop").slice(0, -9), false],
    ["is empty", "", false],
    ["has an absurd index", delta({ tool_calls: [{ index: 1e9, id: "a" }] }, "stop"), true],
  ])("that %s is complete: %s", (_name, text, complete) => {
    expect(readReply([encoder.encode(text)], true).complete).toBe(complete);
  });

  it("with several choices has no message of its own", () => {
    const text =
      event({ choices: [{ index: 1, delta: { content: "b" }, finish_reason: "stop" }] }) +
      delta({ content: "a" }, "stop");
    expect(readReply([encoder.encode(text)], true)).toMatchObject({ messages: [], complete: true });
  });
});

describe("a body", () => {
  it("gives its message without what is empty", () => {
    const message = { role: "assistant", content: "a", refusal: null, annotations: [], audio: null };
    const bytes = encoder.encode(
      JSON.stringify({
        choices: [{ message, finish_reason: "stop" }],
        usage: { prompt_tokens: 1, prompt_cache_hit_tokens: 1 },
      }),
    );
    expect(readReply([bytes], false)).toMatchObject({
      messages: ['{"role":"assistant","content":"a"}'],
      complete: true,
      usage: { cachedTokens: 1, cacheWriteTokens: null },
    });
  });

  it.each([
    ["no JSON", "<html>"],
    ["no choices", "{}"],
    ["an error", '{"error":{}}'],
    ["empty choices", '{"choices":[]}'],
  ])("that is %s is not complete", (_name, text) => {
    expect(readReply([encoder.encode(text)], false)).toMatchObject({ messages: [], complete: false });
  });
});

describe("the terminator", () => {
  it("is found wherever it is split, in its own chunk or in the next", () => {
    const bytes = encoder.encode(`${delta({ content: "a" })}data: [DONE]\n\n`);
    const line = bytes.length - "data: [DONE]\n\n".length;
    for (let at = 1; at < bytes.length; at++) {
      const scan = createTerminatorScan(chatCompletionsWire.terminator);
      const found = [scan(bytes.subarray(0, at)), scan(bytes.subarray(at))];
      expect(found, `cut at ${at}`).toEqual(at >= line + 12 ? ["closed", "closed"] : ["none", "closed"]);
    }
  });

  it("is not what a message says", () => {
    const scan = createTerminatorScan(chatCompletionsWire.terminator);
    expect(scan(encoder.encode(delta({ content: "\ndata: [DONE]\n\n" })))).toBe("none");
    expect(scan(encoder.encode(delta({ content: "[DONE]" })))).toBe("none");
  });

  it("may be all there is", () => {
    expect(createTerminatorScan(chatCompletionsWire.terminator)(encoder.encode("data:[DONE]\n\n"))).toBe("closed");
  });
});
