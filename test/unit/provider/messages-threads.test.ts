/**
 * Conversations that the simulated provider holds, as the SDK's thread helper drives them and as bare requests see
 * them.
 *
 * A thread is a way to send less, so a reply, its bill and its rules must be those of the whole conversation.
 * Time is the test's own.
 */
import type Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import type { ProviderOptions, ScriptedReply } from "../../fakes/provider/provider.ts";
import {
  ask,
  assistant,
  calling,
  marker,
  result,
  startMessages,
  text,
  THREADS,
  user,
  weather,
} from "./messages-start.ts";

const HOUR_MS = 3_600_000;
const create = { thread: { type: "create" } };
const after = (id: string) => ({ thread: { type: "continue", previous_message_id: id } });

async function startThreads(options: ProviderOptions = {}, ...script: ScriptedReply[]) {
  const clock = { ms: 1_790_000_000_000 };
  const simulated = await startMessages({ now: () => clock.ms, ...options }, ...script);
  const send = async (messages: unknown[], more: Record<string, unknown>, headers: Record<string, string> = {}) =>
    simulated.post(ask(messages, more), [THREADS], headers);
  return { ...simulated, clock, send };
}

const params = { model: "claude-opus-5-5", max_tokens: 1000, system: "You are a helper." };
const bodies = (requests: { json: unknown }[]) =>
  requests.map(({ json }) => json as Anthropic.Beta.MessageCreateParams);

test("carries the SDK's thread helper, sending only what is new", async () => {
  const { client, provider } = await startThreads({}, { reasoning: "Hm.", content: "one" }, { content: "two" });
  const thread = client.beta.messages.thread(params);
  await thread.send({ role: "user", content: "First" });
  const second = await thread.stream({ role: "user", content: "Second" }).finalMessage();
  expect(second.content).toEqual([{ type: "text", text: "two" }]);
  expect(thread.messages).toHaveLength(4);
  const [first, next] = bodies(provider.requests);
  expect(first?.thread).toEqual({ type: "create" });
  expect(next).toMatchObject({ messages: [{ role: "user", content: "Second" }], thread: { type: "continue" } });
  expect(next?.system).toBeUndefined();
  expect(provider.requests[1]?.promptTokens).toBeGreaterThan(provider.requests[0]?.promptTokens ?? Infinity);
});

test("bills a thread as the whole conversation", async () => {
  const { send, post } = await startThreads({}, { content: "one" }, { content: "two" }, { content: "two" });
  const head = { system: "word ".repeat(2000), ...marker };
  const first = await send([user("First")], { ...head, ...create });
  const second = await send([user("Second")], { ...marker, ...after(first.id) });
  expect(second.usage["cache_read_input_tokens"]).toBe(first.usage["cache_creation_input_tokens"]);
  const whole = await post(ask([user("First"), assistant("one"), user("Second")], head));
  expect(Number(whole.usage["cache_read_input_tokens"])).toBe(
    Number(second.usage["cache_read_input_tokens"]) + Number(second.usage["cache_creation_input_tokens"]),
  );
});

test("runs the tool loop of the SDK's runner on a thread", async () => {
  const call = { name: "get_weather", arguments: '{"city":"Bern"}' };
  const { client, provider } = await startThreads({}, { reasoning: "Ask.", toolCalls: [call] }, { content: "Sunny." });
  const tool = { ...weather, type: "custom" as const, parse: (input: unknown) => input, run: async () => "21" };
  const thread = client.beta.messages.thread({ ...params, tools: [tool] });
  thread.append({ role: "user", content: "Weather?" });
  expect((await thread.toolRunner().runUntilDone()).content).toEqual([{ type: "text", text: "Sunny." }]);
  const [, next] = bodies(provider.requests);
  expect(next?.messages).toHaveLength(1);
  expect(next?.tools).toBeUndefined();
});

test("lets the helper replay when the thread is gone", async () => {
  const { client, provider, clock } = await startThreads({}, { reasoning: "Hm.", content: "one" });
  const thread = client.beta.messages.thread(params);
  await thread.send({ role: "user", content: "First" });
  clock.ms += HOUR_MS + 1;
  await thread.send({ role: "user", content: "Second" });
  expect(provider.requests.map(({ status }) => status)).toEqual([200, 404, 200]);
  expect(bodies(provider.requests)[2]).toMatchObject({ thread: { type: "create" }, system: params.system });
  expect(bodies(provider.requests)[2]?.messages).toHaveLength(3);
});

test("forgets an hour after the last reply, or sooner", async () => {
  const { send, clock } = await startThreads();
  const first = await send([user("1")], create);
  clock.ms += HOUR_MS;
  const second = await send([user("2")], after(first.id));
  clock.ms += HOUR_MS;
  const third = await send([user("3")], after(second.id));
  clock.ms += HOUR_MS + 1;
  const gone = await send([user("4")], after(third.id));
  expect(gone).toMatchObject({
    status: 404,
    error: { type: "not_found_error", details: { error_code: "thread_not_found" } },
  });
  const short = await startThreads({ messages: { threadLifetimeSeconds: 300 } });
  const { id } = await short.send([user("1")], create);
  short.clock.ms += 300_001;
  expect((await short.send([user("2")], after(id))).status).toBe(404);
});

test("loses every thread when told to", async () => {
  const { send, provider } = await startThreads();
  const { id } = await send([user("1")], create);
  provider.forgetState();
  expect((await send([user("2")], after(id))).error?.details?.error_code).toBe("thread_not_found");
});

test("knows a thread only under the key that created it", async () => {
  const { send } = await startThreads();
  const { id } = await send([user("1")], create);
  expect((await send([user("2")], after("msg_unknown"))).status).toBe(404);
  expect((await send([user("2")], after(id), { "x-api-key": "sk-other" })).status).toBe(404);
  expect((await send([user("2")], after(id))).status).toBe(200);
});

test("continues each reply once, and only one at a time", async () => {
  const { send, client } = await startThreads({}, {}, { content: "slow", delayMs: 60 });
  const { id } = await send([user("1")], create);
  const codes = await Promise.all([1, 2].map(async (n) => send([user(`${n}`)], after(id))));
  expect(codes.map(({ error }) => error?.details?.error_code)).toContain("thread_continue_in_flight");
  const again = await send([user("2")], after(id));
  expect(again).toMatchObject({ status: 400, error: { details: { error_code: "thread_already_continued" } } });
  const typed = client.beta.messages.create({
    ...params,
    system: [],
    messages: [{ role: "user", content: "x" }],
    thread: { type: "continue", previous_message_id: id },
    betas: [THREADS],
  });
  await expect(typed).rejects.toMatchObject({ errorCode: "thread_already_continued" });
});

test("keeps system and tools, and what else must not change", async () => {
  const { send } = await startThreads();
  const { id } = await send([user("1")], { ...create, system: "Be terse." });
  for (const [field, value] of Object.entries({
    system: "Be terse.",
    tools: [weather],
    output_config: { effort: "low" },
  })) {
    const { status, error } = await send([user("2")], { ...after(id), [field]: value });
    expect([status, error?.details?.error_code]).toEqual([400, "thread_fingerprint_mismatch"]);
    expect(error?.message).toContain(`differing field(s): ${field}`);
  }
  expect((await send([user("2")], after(id))).status).toBe(200);
});

test("does not keep a reply that did not get through", async () => {
  const { send, postRaw } = await startThreads(
    {},
    { content: "one" },
    { content: "a b c d", breakAfterChunks: 3 },
    { content: "x", missingDone: true },
    { status: 500 },
    { content: "two" },
  );
  const { id } = await send([user("1")], create);
  const body = ask([user("2")], { ...after(id), stream: true });
  await expect(postRaw(body, [THREADS]).then(async (response) => response.text())).rejects.toThrow();
  expect(await (await postRaw(body, [THREADS])).text()).not.toContain("message_stop");
  expect((await send([user("2")], after(id))).status).toBe(500);
  expect((await send([user("2")], after(id))).content).toEqual([{ type: "text", text: "two" }]);
});

test("holds a thread to the rules of the whole conversation", async () => {
  const call = { id: "toolu_1", name: "get_weather", arguments: "{}" };
  const { send } = await startThreads({}, { toolCalls: [call] });
  const { id } = await send([user("1")], { ...create, tools: [weather] });
  expect((await send([user("2")], after(id))).error?.message).toContain("`tool_use` ids were found without");
  expect((await send([user([result("toolu_9")])], after(id))).status).toBe(400);
  expect((await send([], after(id))).error?.message).toBe("messages: at least one message is required");
  expect((await send([assistant(calling("toolu_1")), user([result("toolu_1")])], after(id))).status).toBe(400);
  expect((await send([user([result("toolu_1")])], after(id))).status).toBe(200);
});

test("goes on from a paused reply with no new message", async () => {
  const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} };
  const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
  const { client, provider } = await startThreads({}, { raw: [search] }, { raw: [found, text("Found.")] });
  const thread = client.beta.messages.thread(params);
  expect((await thread.send({ role: "user", content: "Search" })).stop_reason).toBe("pause_turn");
  expect((await thread.send()).stop_reason).toBe("end_turn");
  expect(bodies(provider.requests)[1]?.messages).toEqual([]);
});

test("can refuse threads altogether, in either way", async () => {
  const unsupported = await startThreads({ messages: { holdsThreads: false } });
  const thread = unsupported.client.beta.messages.thread({
    ...params,
    unsupportedRequestBehavior: "continue_unthreaded",
  });
  await thread.send({ role: "user", content: "First" });
  expect(unsupported.provider.requests.map(({ status }) => status)).toEqual([400, 200]);
  const refused = await unsupported.send([user("1")], create);
  expect(refused.error?.details?.error_code).toBe("thread_unsupported_request");
  const unknown = await startThreads({ messages: { holdsThreads: false, threadRefusal: "extra_inputs" } });
  expect((await unknown.send([user("1")], create)).error?.message).toBe("thread: Extra inputs are not permitted");
});
