/**
 * What a response costs: the prompt is read once and then cheaply, however it is brought back.
 *
 * The arithmetic of the cache itself is billing.test.ts's business; here it counts whether two ways to send the same
 * conversation are the same prompt, and what a rewritten one costs.
 */
import { gzipSync } from "node:zlib";
import type OpenAI from "openai";
import { expect, test } from "vitest";
import { flatWeatherTool, MODEL, said } from "./responses-start.ts";
import { post, start, user } from "./start.ts";

type Input = OpenAI.Responses.ResponseInput;

const long = "The quick brown fox jumps over the lazy dog. ".repeat(200);
const base = { model: MODEL, instructions: long, tools: [flatWeatherTool] };
const exact = {
  cache: { granuleTokens: 1, minimumTokens: 0 },
  reply: () => ({ reasoning: "Hm", content: "An answer." }),
};

test("reads an unchanged prefix from the cache, turn after turn", async () => {
  const { provider, client } = await start(exact);
  let history: Input = [];
  for (const content of ["One", "Two", "Three"]) {
    history = [...history, said(content)];
    const { output } = await client.responses.stream({ ...base, input: history, store: false }).finalResponse();
    history.push(...(output as Input));
  }
  const [first, second, third] = provider.requests;
  expect(first).toMatchObject({ cachedTokens: 0, cacheWriteTokens: first?.promptTokens });
  expect(second?.cachedTokens).toBeGreaterThanOrEqual(first?.promptTokens ?? Infinity);
  expect(third?.cachedTokens).toBeGreaterThanOrEqual(second?.promptTokens ?? Infinity);
});

test("reads the cache however the conversation comes back", async () => {
  const { provider, client } = await start(exact);
  const first = await client.responses.create({ ...base, input: [said("One")] });
  const next = { ...base, prompt_cache_key: "k" };
  const plain: Input = [
    {
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: "One", prompt_cache_breakpoint: { mode: "explicit" } }],
    },
    first.output[0] as OpenAI.Responses.ResponseReasoningItem,
    { role: "assistant", content: "An answer.", phase: "final_answer" },
    said("Two"),
  ];
  await client.responses.create({ ...next, input: "Two", previous_response_id: first.id });
  await client.responses.create({ ...next, input: [said("One"), ...(first.output as Input), said("Two")] });
  await client.responses.create({ ...next, input: plain });
  const [, continued, replayed, rewritten] = provider.requests;
  expect(replayed?.promptTokens).toBe(continued?.promptTokens);
  expect(rewritten?.promptTokens).toBe(continued?.promptTokens);
  for (const record of [replayed, rewritten]) expect(record?.cachedTokens).toBe((record?.promptTokens ?? 0) - 1);
});

test("pays again for what follows a change", async () => {
  const { provider, client } = await start(exact);
  await client.responses.create({ ...base, input: [said("One"), said(long)] });
  await client.responses.create({ ...base, input: [said("Other"), said(long)] });
  const [first, second] = provider.requests;
  expect(second?.cachedTokens).toBeLessThan((first?.promptTokens ?? 0) * 0.6);
  expect(second?.cacheWriteTokens).toBeGreaterThan((first?.promptTokens ?? Infinity) * 0.4);
});

test("counts a lost phase as another prompt", async () => {
  const { provider, client } = await start(exact);
  const turn = (phase?: "final_answer"): Input => [
    { role: "assistant", content: long, ...(phase && { phase }) },
    said("x"),
  ];
  await client.responses.create({ model: MODEL, input: turn("final_answer") });
  await client.responses.create({ model: MODEL, input: turn() });
  expect(provider.requests[1]?.cachedTokens).toBe(0);
});

test("reports output tokens with the thoughts among them", async () => {
  const { client } = await start(exact);
  const { usage } = await client.responses.create({ ...base, input: "One" });
  expect(usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0);
  expect(usage?.output_tokens).toBeGreaterThan(usage?.output_tokens_details.reasoning_tokens ?? Infinity);
  expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0));
});

test("does not share a cache between APIs", async () => {
  const { provider, client } = await start(exact);
  await client.responses.create({ model: MODEL, input: [said(long)] });
  await post(provider, { model: MODEL, messages: [user(long)] });
  expect(provider.requests[1]).toMatchObject({ api: "chat-completions", cachedTokens: 0 });
});

test.each([
  [undefined, 400],
  [["gzip"], 200],
] as const)("decodes a body only when it accepts the encoding (%s)", async (acceptEncodings, status) => {
  const { provider } = await start(acceptEncodings ? { acceptEncodings: [...acceptEncodings] } : {});
  const response = await fetch(`${provider.url}/v1/responses`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-encoding": "gzip", authorization: "Bearer k" },
    body: gzipSync(JSON.stringify({ model: MODEL, input: "Hi" })),
  });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject(
    status === 200 ? { object: "response" } : { error: { code: "unsupported_content_encoding" } },
  );
});
