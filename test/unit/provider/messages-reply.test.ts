/**
 * The Messages simulator as the real Anthropic SDK sees it: replies, streams, tools, thinking and counting.
 *
 * What the SDK parses is compared with what the simulator recorded, and the raw events are looked at where the SDK
 * would hide a difference. Refusals, billing and threads have files of their own.
 */
import type Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { ask, startMessages, text, user, weather } from "./messages-start.ts";

const MODEL = "claude-opus-5-5";
const turn = (content: string): Anthropic.MessageParam => ({ role: "user", content });

test("answers a plain message in Anthropic's shape", async () => {
  const { provider, client } = await startMessages({}, { content: "Good morning" });
  const { data, response, request_id } = await client.messages
    .create({ model: MODEL, max_tokens: 100, messages: [turn("Hello turn one")] })
    .withResponse();
  expect(data.id).toMatch(/^msg_01[A-Za-z0-9]{22}$/);
  expect(data).toMatchObject({ type: "message", role: "assistant", model: MODEL, stop_reason: "end_turn" });
  expect(data.content).toEqual([{ type: "text", text: "Good morning" }]);
  expect(request_id).toMatch(/^req_/);
  expect(response.headers.get("openai-version")).toBeNull();
  const [record] = provider.requests;
  expect(record).toMatchObject({ api: "messages", status: 200, replyText: "Good morning", promptTokens: 4 + 3 });
  expect(data.usage).toMatchObject({
    input_tokens: 7,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: record?.completionTokens,
  });
});

test("streams the whole sequence of events", async () => {
  const { postRaw } = await startMessages({}, { reasoning: "Think.", content: "Bonjour là" });
  const response = await postRaw(ask([user("Hi")], { stream: true }));
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const body = await response.text();
  const names = [...body.matchAll(/^event: (.*)$/gm)].map((match) => match[1]);
  expect(names[0]).toBe("message_start");
  expect(names.slice(1, 3)).toEqual(["content_block_start", "ping"]);
  expect(names.slice(-2)).toEqual(["message_delta", "message_stop"]);
  expect(body.indexOf("thinking_delta")).toBeLessThan(body.indexOf("signature_delta"));
  expect(body.indexOf("signature_delta")).toBeLessThan(body.indexOf("text_delta"));
});

test("gives the SDK the same message streamed and plain", async () => {
  const script = {
    reasoning: "First the weather.",
    content: "I look it up.",
    toolCalls: [
      { id: "toolu_a", name: "get_weather", arguments: '{"city":"Zürich"}' },
      { id: "toolu_b", name: "get_weather", arguments: '{"city":"Paris"}' },
    ],
  };
  const { client, provider } = await startMessages({ splitCharacters: true }, script, script);
  const request = { model: MODEL, max_tokens: 100, messages: [turn("Weather?")], tools: [weather] };
  const plain = await client.messages.create(request);
  const streamed = await client.messages.stream(request).finalMessage();
  expect(plain.stop_reason).toBe("tool_use");
  const withoutSignatures = ({ content }: Anthropic.Message) => content.map((block) => ({ ...block, signature: "" }));
  expect(withoutSignatures(streamed)).toEqual(withoutSignatures(plain));
  expect(streamed.usage.output_tokens).toBe(plain.usage.output_tokens);
  expect(streamed.stop_reason).toBe("tool_use");
  expect(plain.usage.output_tokens_details?.thinking_tokens).toBe(4);
  expect(provider.requests[1]?.toolCalls).toEqual([
    { id: "toolu_a", type: "function", function: { name: "get_weather", arguments: '{"city":"Zürich"}' } },
    { id: "toolu_b", type: "function", function: { name: "get_weather", arguments: '{"city":"Paris"}' } },
  ]);
});

test("carries a tool loop with thinking through", async () => {
  const { client } = await startMessages(
    {},
    { reasoning: "Ask.", toolCalls: [{ name: "get_weather", arguments: '{"city":"Bern"}' }] },
    { reasoning: { text: "A long thought.", redacted: true }, content: "21 degrees." },
    { content: "Bye." },
  );
  const messages: Anthropic.MessageParam[] = [turn("Weather in Bern?")];
  const request = { model: MODEL, max_tokens: 2000, tools: [weather], thinking: { type: "adaptive" as const } };
  const first = await client.messages.stream({ ...request, messages }).finalMessage();
  const call = first.content.find((block) => block.type === "tool_use");
  expect(call).toMatchObject({ name: "get_weather", input: { city: "Bern" } });
  messages.push({ role: "assistant", content: first.content });
  messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: call?.id ?? "", content: "21" }] });
  const second = await client.messages.create({ ...request, messages });
  expect(second.content.map(({ type }) => type)).toEqual(["redacted_thinking", "text"]);
  messages.push({ role: "assistant", content: second.content }, turn("Thanks"));
  const third = await client.messages.create({ ...request, messages });
  expect(third.content).toEqual([{ type: "text", text: "Bye." }]);
});

test("runs the SDK's tool runner", async () => {
  const { client } = await startMessages(
    {},
    { toolCalls: [{ name: "get_weather", arguments: '{"city":"Bern"}' }] },
    { content: "Sunny." },
  );
  const runner = client.beta.messages.toolRunner({
    model: MODEL,
    max_tokens: 100,
    messages: [{ role: "user", content: "Weather?" }],
    tools: [{ ...weather, type: "custom" as const, parse: (input: unknown) => input, run: async () => "21" }],
  });
  expect((await runner.runUntilDone()).content).toEqual([{ type: "text", text: "Sunny." }]);
});

test("leaves the text of a thought out when the request wants it omitted", async () => {
  const { client } = await startMessages({}, { reasoning: "Secret.", content: "Yes." }, { content: "Again." });
  const request = {
    model: MODEL,
    max_tokens: 100,
    thinking: { type: "adaptive" as const, display: "omitted" as const },
  };
  const reply = await client.messages.stream({ ...request, messages: [turn("Well?")] }).finalMessage();
  expect(reply.content[0]).toMatchObject({ type: "thinking", thinking: "", signature: expect.stringMatching(/^EqQB/) });
  const messages = [turn("Well?"), { role: "assistant" as const, content: reply.content }, turn("Really?")];
  expect((await client.messages.create({ ...request, messages })).stop_reason).toBe("end_turn");
});

test("sends raw blocks as they are, and pauses on an open server call", async () => {
  const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "bern" } };
  const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
  const cited = { ...text("It is."), citations: [{ type: "char_location", cited_text: "x", document_index: 0 }] };
  const { client, post } = await startMessages(
    {},
    { raw: [search] },
    { raw: [search, found, cited] },
    { raw: [found] },
  );
  const paused = await client.messages.create({ model: MODEL, max_tokens: 100, messages: [turn("Search")] });
  expect(paused.stop_reason).toBe("pause_turn");
  const whole = await client.messages
    .stream({ model: MODEL, max_tokens: 100, messages: [turn("Search")] })
    .finalMessage();
  expect(whole.stop_reason).toBe("end_turn");
  expect(whole.content).toEqual([search, found, cited]);
  const resumed = await post(ask([user("Search"), { role: "assistant", content: paused.content }]));
  expect(resumed.content).toEqual([found]);
});

test("counts what was sent", async () => {
  const { client, provider } = await startMessages();
  const request = { model: MODEL, messages: [turn("Hello turn one")], system: "You are a helper.", tools: [weather] };
  const { input_tokens: counted } = await client.messages.countTokens(request);
  const { usage } = await client.messages.create({ ...request, max_tokens: 10 });
  expect(counted).toBe(usage.input_tokens);
  expect(provider.requests[0]).toMatchObject({ api: null, promptTokens: 0 });
});

test("breaks off, ends without message_stop, and fails in mid-stream when told to", async () => {
  const { client, postRaw } = await startMessages(
    {},
    { content: "one two three four", breakAfterChunks: 4 },
    { content: "short", missingDone: true },
    { content: "one two three", breakAfterChunks: 4, error: { message: "Overloaded", type: "overloaded_error" } },
    { content: "plain", breakAfterChunks: 1 },
  );
  const request = { model: MODEL, max_tokens: 100, messages: [turn("Go")] };
  await expect(client.messages.stream(request).finalMessage()).rejects.toThrow();
  const unfinished = await (await postRaw(ask([user("Go")], { stream: true }))).text();
  expect(unfinished).toContain("message_delta");
  expect(unfinished).not.toContain("message_stop");
  await expect(client.messages.stream(request).finalMessage()).rejects.toMatchObject({ type: "overloaded_error" });
  await expect(client.messages.create(request)).rejects.toThrow();
});

test("answers a scripted error in Anthropic's envelope", async () => {
  const { client, provider } = await startMessages(
    {},
    { status: 529, error: { message: "Overloaded" } },
    { status: 429, extraHeaders: { "retry-after": "7" } },
    { status: 400, error: { message: "prompt is too long: 210000 tokens > 200000 maximum" } },
  );
  const go = async () => client.messages.create({ model: MODEL, max_tokens: 100, messages: [turn("Go")] });
  await expect(go()).rejects.toMatchObject({ status: 529, type: "overloaded_error", apiMessage: "Overloaded" });
  await expect(go()).rejects.toMatchObject({ status: 429, type: "rate_limit_error" });
  await expect(go()).rejects.toMatchObject({ status: 400, apiMessage: expect.stringContaining("prompt is too long") });
  expect(provider.requests.map(({ promptTokens }) => promptTokens)).toEqual([0, 0, 0]);
});

test("maps reasons to stop", async () => {
  const { post } = await startMessages(
    {},
    { content: "a", finishReason: "length" },
    { refusal: "I will not." },
    { content: "b", finishReason: "model_context_window_exceeded" },
  );
  const reasons = [];
  for (let index = 0; index < 3; index += 1) reasons.push((await post(ask([user("Go")]))).stop_reason);
  expect(reasons).toEqual(["max_tokens", "refusal", "model_context_window_exceeded"]);
});

test("lists its models in Anthropic's shape", async () => {
  const { client } = await startMessages();
  const ids: string[] = [];
  for await (const model of client.models.list({ limit: 1000 })) ids.push(model.id);
  expect(ids).toContain(MODEL);
  expect(await client.models.retrieve(MODEL)).toMatchObject({
    type: "model",
    id: MODEL,
    display_name: "Claude Opus 5.5",
  });
});
