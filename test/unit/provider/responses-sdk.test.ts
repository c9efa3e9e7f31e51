/**
 * The Responses simulator as the real SDK sees it: replies, event streams, calls and structured output.
 *
 * Whatever the SDK accumulates from a stream is compared with the plain reply, and the events are looked at where
 * the SDK would hide a difference. Endings, memory, thoughts, rules and billing have files of their own.
 */
import type OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { expect, test } from "vitest";
import { z } from "zod";
import { lastTextOf, type ScriptedReply } from "../../fakes/provider/provider.ts";
import { flatWeatherTool, MODEL, said } from "./responses-start.ts";
import { start } from "./start.ts";

const twoCalls: ScriptedReply = {
  reasoning: "Two cities.",
  content: "Looking up both.",
  toolCalls: [
    { name: "get_weather", arguments: '{"city":"Paris"}' },
    { id: "call_rome", name: "get_weather", arguments: '{"city":"Rome"}' },
  ],
};

test("answers a plain response in OpenAI's shape", async () => {
  const { provider, client } = await start({ now: () => 1_790_000_000_500 });
  const response = await client.responses.create({ model: MODEL, input: "Hello turn one" });
  const [record] = provider.requests;
  expect(response).toMatchObject({
    id: expect.stringMatching(/^resp_\w{48}$/),
    object: "response",
    created_at: 1_790_000_000,
    status: "completed",
    model: MODEL,
    error: null,
    incomplete_details: null,
    previous_response_id: null,
    store: true,
    text: { format: { type: "text" } },
    tools: [],
    usage: {
      input_tokens: record?.promptTokens,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: record?.completionTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: (record?.promptTokens ?? 0) + (record?.completionTokens ?? 0),
    },
  });
  expect(response.output).toEqual([
    {
      id: expect.stringMatching(/^msg_\w{48}$/),
      type: "message",
      status: "completed",
      role: "assistant",
      phase: "final_answer",
      content: [{ type: "output_text", text: response.output_text, annotations: [], logprobs: [] }],
    },
  ]);
  expect(response.output_text).toContain("Hello turn one");
  expect(record).toMatchObject({ api: "responses", status: 200, replyText: response.output_text, promptTokens: 7 });
  expect("input_transformations" in response).toBe(false);
});

test("tells the script which API asks, and what was said last", async () => {
  const heard: string[] = [];
  const { client } = await start({
    reply: (request, { api, requestIndex }) => {
      heard.push(`${requestIndex} ${api} ${lastTextOf(api, request)}`);
      return { content: "ok" };
    },
  });
  await client.responses.create({
    model: MODEL,
    input: [said("a"), { role: "user", content: [{ type: "input_text", text: "b" }] }],
  });
  await client.chat.completions.create({ model: MODEL, messages: [said("c")] });
  await client.responses.create({
    model: MODEL,
    input: [
      { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "call_1", output: "d" },
    ],
  });
  expect(heard).toEqual(["0 responses b", "1 chat-completions c", "2 responses d"]);
});

test("streams the events of a response in the API's order", async () => {
  const { provider, client } = await start({
    reply: () => ({
      reasoning: { text: "Hm.", summary: "Thinking" },
      content: "One two",
      toolCalls: [{ name: "f", arguments: "{}" }],
    }),
    tokensPerChunk: 10,
  });
  const ask = { model: MODEL, input: "Go", stream: true as const, reasoning: { summary: "auto" as const } };
  const stream = await client.responses.create({ ...ask, stream_options: { include_obfuscation: false } });
  const events = await Array.fromAsync(stream);
  expect(events.map((event) => event.type)).toEqual([
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_text.delta",
    "response.reasoning_summary_text.done",
    "response.reasoning_summary_part.done",
    "response.output_item.done",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.output_item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.output_item.done",
    "response.completed",
  ]);
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
  expect(events[0]).toMatchObject({ response: { status: "in_progress", output: [], usage: null } });
  expect(events[10]).toEqual({
    type: "response.output_text.delta",
    sequence_number: 10,
    item_id: expect.stringMatching(/^msg_/),
    output_index: 1,
    content_index: 0,
    delta: "One two",
    logprobs: [],
  });
  const raw = provider.requests[0]?.rawReply.toString() ?? "";
  expect(raw).toMatch(
    /^event: response\.created\ndata: \{"type":"response\.created","sequence_number":0,"response":\{/,
  );
  expect(raw).not.toContain("[DONE]");
});

test("pads deltas unless told not to", async () => {
  const { provider, client } = await start();
  await (await client.responses.create({ model: MODEL, input: "Pad", stream: true }).asResponse()).text();
  expect(provider.requests[0]?.rawReply.toString()).toMatch(/"delta":"[^"]+","logprobs":\[\],"obfuscation":"\w+"}\n\n/);
});

test.each<[string, ScriptedReply]>([
  ["text", { content: "Grüße aus Köln 🌦, 日本語 too." }],
  ["a thought and parallel calls", twoCalls],
  ["a refusal", { refusal: "I will not." }],
  ["a custom tool's call", { toolCalls: [{ type: "custom", name: "patch", arguments: "*** Begin" }] }],
  ["a message cut short", { content: "One and", finishReason: "length" }],
  [
    "raw items",
    { raw: [{ type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "x" } }] },
  ],
])("streams what it would have said plainly: %s", async (_, script) => {
  const { provider, client } = await start({ reply: () => script, splitCharacters: true });
  const ask = { model: MODEL, input: "Go", reasoning: { summary: "detailed" as const } };
  const plain = await client.responses.create(ask);
  const streamed = await client.responses.stream(ask).finalResponse();
  const types = (response: OpenAI.Responses.Response) =>
    response.output.map((item) => ({ ...item, id: "", call_id: "", encrypted_content: "" }));
  expect(withoutParsed(types(streamed))).toEqual(types(plain));
  expect(streamed.usage?.output_tokens).toBe(plain.usage?.output_tokens);
  expect(streamed.status).toBe(script.finishReason === "length" ? "incomplete" : "completed");
  expect(provider.requests[1]?.replyText).toBe(script.content ?? null);
});

/** The stream helper adds these to what it received. */
function withoutParsed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, field: unknown) => (name.startsWith("parsed") ? undefined : field)));
}

test("carries parallel calls there and back", async () => {
  const { provider, client } = await start({
    reply: (_, { requestIndex }) => (requestIndex === 0 ? twoCalls : { content: "Mild." }),
  });
  const tools = [flatWeatherTool];
  const first = await client.responses.stream({ model: MODEL, input: "Weather?", tools }).finalResponse();
  const calls = first.output.filter((item) => item.type === "function_call");
  expect(first.output.map((item) => item.type)).toEqual(["reasoning", "message", "function_call", "function_call"]);
  expect(first.output[1]).toMatchObject({ phase: "commentary" });
  expect(provider.requests[0]?.toolCalls).toEqual([
    { id: calls[0]?.call_id, type: "function", function: { name: "get_weather", arguments: '{"city":"Paris"}' } },
    { id: "call_rome", type: "function", function: { name: "get_weather", arguments: '{"city":"Rome"}' } },
  ]);
  const results = calls.map((call) => ({ type: "function_call_output" as const, call_id: call.call_id, output: "21" }));
  const input = [said("Weather?"), ...first.output, ...results] as OpenAI.Responses.ResponseInput;
  const next = await client.responses.create({ model: MODEL, input, tools });
  expect(next.output_text).toBe("Mild.");
});

test("calls a custom tool as one, whoever says so", async () => {
  const { client } = await start({ reply: () => ({ toolCalls: [{ name: "patch", arguments: "*** Begin" }] }) });
  const ask = { model: MODEL, input: "Go", tools: [{ type: "custom" as const, name: "patch" }] };
  const [item] = (await client.responses.create(ask)).output;
  expect(item).toMatchObject({
    type: "custom_tool_call",
    name: "patch",
    input: "*** Begin",
    call_id: expect.stringMatching(/^call_/),
  });
});

test("answers structured output with the scripted content", async () => {
  const { client } = await start({ reply: () => ({ content: '{"city":"Köln","degrees":7}' }) });
  const format = zodTextFormat(z.object({ city: z.string(), degrees: z.number() }), "weather");
  const parsed = await client.responses.parse({ model: MODEL, input: "Weather?", text: { format } });
  expect(parsed.output_parsed).toEqual({ city: "Köln", degrees: 7 });
  expect(parsed.text?.format).toMatchObject({ type: "json_schema", name: "weather" });
});
