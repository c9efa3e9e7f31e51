/**
 * What a Chat Completions provider wants back as it gave it: thoughts behind tool calls, and spoken answers.
 *
 * DeepSeek's rule is an option of the simulator, so it is driven with the fields that its clients send; audio is
 * OpenAI's. The thought's way through a stream is looked at too.
 */
import { expect, test } from "vitest";
import type { ProviderOptions } from "../../fakes/provider/provider.ts";
import { post, result, start, talk, user, weatherTool, type ErrorBody } from "./start.ts";

const thinking: ProviderOptions = {
  reasoningContent: true,
  reply: (_, { requestIndex }) =>
    requestIndex === 0
      ? { reasoning: "Ask the tool.", toolCalls: [{ id: "call_1", name: "get_weather", arguments: "{}" }] }
      : { reasoning: "Now I know.", content: "Mild." },
};

interface Chat {
  choices: { message: { reasoning_content?: string } }[];
  usage: Record<string, number>;
}

async function think() {
  const { provider } = await start(thinking);
  const ask = { model: "deepseek-flash", tools: [weatherTool] };
  const first = await post(provider, { ...ask, messages: [user("Weather?")] });
  const message = ((await first.json()) as Chat).choices[0]?.message ?? {};
  const goOn = async (assistant: object, ...later: object[]) => {
    const response = await post(provider, {
      ...ask,
      messages: [user("Weather?"), assistant, result("call_1"), ...later],
    });
    return { status: response.status, body: (await response.json()) as Partial<ErrorBody> & Chat };
  };
  return { message, goOn };
}

test("shows its thought and takes it back", async () => {
  const { message, goOn } = await think();
  expect(message).toMatchObject({ reasoning_content: "Ask the tool.", tool_calls: [{ id: "call_1" }] });
  const { status, body } = await goOn(message);
  expect(status).toBe(200);
  expect(body.choices[0]?.message.reasoning_content).toBe("Now I know.");
  const { prompt_tokens: all = 0, prompt_cache_hit_tokens: hit = -1, prompt_cache_miss_tokens: miss = -1 } = body.usage;
  expect(hit + miss).toBe(all);
});

test.each<[string, (message: object) => object]>([
  ["left out", (message) => ({ ...message, reasoning_content: undefined })],
  ["rewritten", (message) => ({ ...message, reasoning_content: "Asked the tool." })],
])("refuses a thought that is %s", async (_, change) => {
  const { message, goOn } = await think();
  const refusal = {
    status: 400,
    body: { error: { message: "The `reasoning_content` in the thinking mode must be passed back to the API." } },
  };
  expect(await goOn(change(message))).toMatchObject(refusal);
  expect(await goOn(change(message), { role: "assistant", content: "Mild." }, user("And now?"))).toMatchObject(refusal);
});

test("does not ask for thoughts behind plain answers, or behind calls it never made", async () => {
  const { message, goOn } = await think();
  expect((await goOn(message, { role: "assistant", content: "Mild." }, user("And now?"))).status).toBe(200);
  const { provider } = await start(thinking);
  const foreign = {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }],
  };
  expect((await post(provider, talk(user("x"), foreign, result("call_1")))).status).toBe(200);
});

test("streams its thought before its answer", async () => {
  const { provider } = await start({ reasoningContent: true, reply: () => ({ reasoning: "Hm hm", content: "Yes" }) });
  const text = await (await post(provider, { ...talk(user("x")), stream: true })).text();
  expect(text.indexOf('"reasoning_content":"Hm"')).toBeGreaterThan(0);
  expect(text.indexOf('"reasoning_content":" hm"')).toBeLessThan(text.indexOf('"content":"Yes"'));
});

test("keeps its thoughts to itself elsewhere, but bills them", async () => {
  const { client } = await start({ reply: () => ({ reasoning: "Hm hm", content: "Yes" }) });
  const reply = await client.chat.completions.create({ model: "gpt-5.4", messages: [user("x")] });
  expect(reply.choices[0]?.message).not.toHaveProperty("reasoning_content");
  expect(reply.usage).not.toHaveProperty("prompt_cache_hit_tokens");
  expect(reply.usage?.completion_tokens_details?.reasoning_tokens).toBe(2);
  expect(reply.usage?.completion_tokens).toBe(3);
});

test("takes a spoken answer back by its id, until it expires", async () => {
  let now = 1_790_000_000_000;
  const { client } = await start({
    now: () => now,
    reply: () => ({ audio: { transcript: "Hello", lifetimeSeconds: 60 } }),
  });
  const ask = { model: "gpt-audio-mini", messages: [user("Speak")] };
  const audio = (await client.chat.completions.create(ask)).choices[0]?.message.audio;
  expect(audio).toMatchObject({ id: expect.stringMatching(/^audio_/), transcript: "Hello", expires_at: 1_790_000_060 });
  const goOn = async (id: string) =>
    client.chat.completions.create({
      ...ask,
      messages: [user("Speak"), { role: "assistant", audio: { id } }, user("More")],
    });
  await goOn(audio?.id ?? "");
  await expect(goOn("audio_other")).rejects.toMatchObject({
    status: 400,
    code: "audio_not_found",
    param: "messages[1].audio.id",
  });
  now += 60_000;
  await expect(goOn(audio?.id ?? "")).rejects.toMatchObject({ status: 400, code: "audio_expired" });
});

test("takes four cache breakpoints, not five", async () => {
  const { provider } = await start();
  const mark = { type: "text", text: "x", prompt_cache_breakpoint: { mode: "explicit" } };
  const marked = (count: number) => talk({ role: "user", content: Array.from({ length: count }, () => mark) });
  expect((await post(provider, marked(4))).status).toBe(200);
  const refused = await post(provider, marked(5));
  expect(await refused.json()).toMatchObject({
    error: { param: "messages", message: expect.stringContaining("got 5 instead") },
  });
});

test("calls a custom tool in its own shape", async () => {
  const { provider, client } = await start({
    reply: () => ({ toolCalls: [{ id: "call_1", type: "custom", name: "patch", arguments: "***" }] }),
  });
  const reply = await client.chat.completions.create({ model: "gpt-5.4", messages: [user("x")] });
  expect(reply.choices[0]?.message.tool_calls).toEqual([
    { id: "call_1", type: "custom", custom: { name: "patch", input: "***" } },
  ]);
  expect(provider.requests[0]?.toolCalls).toEqual(reply.choices[0]?.message.tool_calls);
});
