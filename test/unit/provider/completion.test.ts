/**
 * The simulator as the real SDK sees it: replies, streams, tool calls and the side routes.
 *
 * What the SDK accepts is compared with what the simulator recorded, and the raw bytes are looked at where the
 * SDK would hide a difference. Refusals and billing have files of their own.
 */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { ScriptedReply } from "../../fakes/provider/provider.ts";
import { start, user, weatherTool } from "./start.ts";

const MODEL = "gpt-6.1-sol";

test("answers a plain completion in OpenAI's shape", async () => {
  const { provider, client } = await start({ now: () => 1_790_000_000_500 });
  const reply = await client.chat.completions.create({ model: MODEL, messages: [user("Hello turn one")] });

  expect(reply.object).toBe("chat.completion");
  expect(reply.id).toMatch(/^chatcmpl-[A-Za-z0-9]{29}$/);
  expect(reply.created).toBe(1_790_000_000);
  expect(reply.model).toBe(MODEL);
  expect(reply.choices).toEqual([
    {
      index: 0,
      message: {
        role: "assistant",
        content: expect.stringContaining("Hello turn one"),
        refusal: null,
        annotations: [],
      },
      logprobs: null,
      finish_reason: "stop",
    },
  ]);
  const [record] = provider.requests;
  expect(reply.usage).toEqual({
    prompt_tokens: record?.promptTokens,
    completion_tokens: record?.completionTokens,
    total_tokens: (record?.promptTokens ?? 0) + (record?.completionTokens ?? 0),
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0, cache_write_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  });
  expect(record?.replyText).toBe(reply.choices[0]?.message.content);
  expect(record?.promptTokens).toBe(4 + 3);
});

test("answers the same request with the same reply", async () => {
  const { client } = await start();
  const ask = async () => client.chat.completions.create({ model: MODEL, messages: [user("Again, please")] });
  const [first, second] = [await ask(), await ask()];
  expect(second.choices).toEqual(first.choices);
  expect(second.id).not.toBe(first.id);
});

test("sends the headers that clients read", async () => {
  const { client } = await start();
  const { response } = await client.chat.completions.create({ model: MODEL, messages: [user("Hi")] }).withResponse();
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("x-request-id")).toMatch(/^req_[a-z0-9]{32}$/);
  expect(Number(response.headers.get("openai-processing-ms"))).toBeGreaterThan(0);
});

test("streams chunks that add up to the reply, and usage only when asked", async () => {
  const content = "Grüße aus Köln 🌦, 日本語 too.";
  const { provider, client } = await start({ reply: () => ({ content }), tokensPerChunk: 2 });
  for (const include_usage of [true, false]) {
    const stream = await client.chat.completions.create({
      model: MODEL,
      messages: [user("Stream it")],
      stream: true,
      stream_options: { include_usage },
    });
    const chunks = await Array.fromAsync(stream);
    const withChoice = chunks.filter((chunk) => chunk.choices.length > 0);
    expect(withChoice[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "", refusal: null });
    expect(withChoice.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe(content);
    expect(withChoice.at(-1)?.choices[0]).toEqual({ index: 0, delta: {}, logprobs: null, finish_reason: "stop" });
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
    if (include_usage) {
      expect(chunks.at(-1)).toMatchObject({
        choices: [],
        usage: { prompt_tokens: provider.requests[0]?.promptTokens },
      });
      expect(withChoice.every((chunk) => chunk.usage === null)).toBe(true);
    } else {
      expect(chunks.every((chunk) => !("usage" in chunk) && chunk.choices.length === 1)).toBe(true);
    }
  }
});

test("writes a stream in OpenAI's bytes", async () => {
  const { provider, client } = await start({ reply: () => ({ content: "One two" }), now: () => 1_790_000_000_000 });
  const response = await client.chat.completions
    .create({
      model: MODEL,
      messages: [user("Go")],
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
    })
    .asResponse();
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  await response.text();

  const events = provider.requests[0]?.rawReply.toString().split("\n\n") ?? [];
  expect(events[1]).toMatch(
    new RegExp(
      '^data: {"id":"chatcmpl-\\w{29}","object":"chat.completion.chunk","created":1790000000,"model":"gpt-6.1-sol",' +
        '"service_tier":"default","system_fingerprint":"fp_\\w+",' +
        '"choices":\\[{"index":0,"delta":{"content":"One"},"logprobs":null,"finish_reason":null}\\],"usage":null}$',
    ),
  );
});

test("pads chunks unless told not to", async () => {
  const { provider, client } = await start();
  const messages = [user("Pad this")];
  await (await client.chat.completions.create({ model: MODEL, messages, stream: true }).asResponse()).text();
  expect(provider.requests[0]?.rawReply.toString()).toMatch(/"obfuscation":"\w+"}\n\n/);
  expect(provider.requests[0]?.rawReply.toString()).toMatch(/}\n\ndata: \[DONE\]\n\n$/);
});

test.each([false, true])("carries tool calls there and back (stream: %s)", async (streamed) => {
  const script: ScriptedReply = {
    toolCalls: [
      { name: "get_weather", arguments: '{"city":"Paris"}' },
      { id: "call_rome", name: "get_weather", arguments: '{"city":"Rome"}' },
    ],
  };
  const { provider, client } = await start({
    reply: (_, { requestIndex }) => (requestIndex === 0 ? script : { content: "Mild." }),
  });
  const ask = { model: MODEL, messages: [user("Weather?")], tools: [weatherTool] };
  const message = streamed
    ? await client.chat.completions.stream(ask).finalMessage()
    : (await client.chat.completions.create(ask)).choices[0]?.message;
  const [record] = provider.requests;
  expect(message?.content).toBeNull();
  expect(message?.tool_calls).toMatchObject(record?.toolCalls ?? []);
  expect(record?.toolCalls.map((call) => call.function?.arguments)).toEqual(['{"city":"Paris"}', '{"city":"Rome"}']);
  expect(record?.toolCalls[0]?.id).toMatch(/^call_\w{24}$/);
  expect(record?.toolCalls[1]?.id).toBe("call_rome");

  if (!message) throw new Error("no message");
  const results = (record?.toolCalls ?? []).map((call) => ({
    role: "tool" as const,
    tool_call_id: call.id,
    content: "21 degrees",
  }));
  const next = await client.chat.completions.create({ ...ask, messages: [...ask.messages, message, ...results] });
  expect(next.choices[0]?.message.content).toBe("Mild.");
  expect(next.choices[0]?.finish_reason).toBe("stop");
});

test("sends a tool call's arguments in pieces", async () => {
  const { client } = await start({ reply: () => ({ toolCalls: [{ name: "f", arguments: '{"a":[1,2,3]}' }] }) });
  const stream = await client.chat.completions.create({ model: MODEL, messages: [user("x")], stream: true });
  const deltas = (await Array.fromAsync(stream)).map((chunk) => chunk.choices[0]?.delta);
  expect(deltas[0]).toEqual({ role: "assistant", content: null, refusal: null });
  const [opening, ...pieces] = deltas.flatMap((delta) => delta?.tool_calls ?? []);
  expect(opening).toMatchObject({ index: 0, type: "function", function: { name: "f", arguments: "" } });
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces.map((piece) => piece.function?.arguments).join("")).toBe('{"a":[1,2,3]}');
});

test("gives several choices and refusals", async () => {
  const { client } = await start({ reply: () => ({ choices: [{ content: "A" }, { refusal: "No." }] }) });
  const reply = await client.chat.completions.create({ model: MODEL, messages: [user("x")], n: 2 });
  expect(reply.choices.map((choice) => [choice.index, choice.message.content, choice.message.refusal])).toEqual([
    [0, "A", null],
    [1, null, "No."],
  ]);
  const final = await client.chat.completions
    .stream({ model: MODEL, messages: [user("x")], n: 2 })
    .finalChatCompletion();
  expect(final.choices.map((choice) => choice.message.content ?? choice.message.refusal)).toEqual(["A", "No."]);
});

test("records a request as it was received", async () => {
  const { provider, client } = await start();
  await client.chat.completions.create(
    { model: MODEL, messages: [user("Bytes ✓")] },
    { headers: { "X-Mixed-Case": "Kept" }, query: { trace: "1" } },
  );
  const [record] = provider.requests;
  expect(record).toMatchObject({ method: "POST", path: "/v1/chat/completions?trace=1", status: 200 });
  expect(record?.body.toString()).toBe('{"model":"gpt-6.1-sol","messages":[{"role":"user","content":"Bytes ✓"}]}');
  expect(record?.json).toEqual(JSON.parse(record?.body.toString() ?? ""));
  expect(Object.fromEntries(record?.headers ?? [])).toMatchObject({ authorization: "Bearer sk-test-0001" });
});

test("drops old bodies when told to keep few, and starts again after clear", async () => {
  const indexes: number[] = [];
  const { provider, client } = await start({
    keepBodies: 1,
    reply: (_, { requestIndex }) => {
      indexes.push(requestIndex);
      return { content: "ok" };
    },
  });
  for (const content of ["one", "two"]) {
    await client.chat.completions.create({ model: MODEL, messages: [user(content)] });
  }
  expect(provider.requests.map((record) => record.body.length > 0)).toEqual([false, true]);
  expect(provider.requests[0]?.promptTokens).toBeGreaterThan(0);
  provider.clear();
  expect(provider.requests).toHaveLength(0);
  await client.chat.completions.create({ model: MODEL, messages: [user("three")] });
  expect(indexes).toEqual([0, 1, 0]);
});

test("serves models, embeddings and an echo, and nothing else", async () => {
  const { provider, client } = await start();
  expect((await client.models.list()).data.map((model) => model.id)).toContain(MODEL);
  await expect(client.models.retrieve("gpt-none")).rejects.toMatchObject({ status: 404, code: "model_not_found" });

  const { data } = await client.embeddings.create({ model: "text-embedding-3-small", input: ["a", "b"] });
  expect(data.map((item) => item.embedding.length)).toEqual([8, 8]);
  expect(Math.hypot(...(data[0]?.embedding ?? []))).toBeCloseTo(1, 5);

  const body = Buffer.from([0, 1, 2, 255]);
  const response = await fetch(`${provider.url}/v1/echo?x=%20y`, { method: "PUT", body, headers: { "X-A": "1" } });
  expect(await response.json()).toMatchObject({
    method: "PUT",
    path: "/v1/echo?x=%20y",
    headers: expect.arrayContaining([["X-A", "1"]]),
    body_sha256: createHash("sha256").update(body).digest("hex"),
    body_bytes: 4,
  });

  const lost = await fetch(`${provider.url}/v1/nowhere`, { method: "POST", body: "{}" });
  expect(lost.status).toBe(404);
  expect(await lost.json()).toEqual({
    error: { message: "Invalid URL (POST /v1/nowhere)", type: "invalid_request_error", param: null, code: null },
  });
});
