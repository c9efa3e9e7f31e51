/**
 * Thoughts come back untouched, behind the same words as before, or not at all.
 *
 * Each test has one short conversation with a model that binds its thinking, and then changes one thing before
 * sending it again. What the real API's documentation calls an edit must fail here, and what it lets pass must pass.
 */
import { expect, test } from "vitest";
import {
  ask,
  assistant,
  BINDING,
  marker,
  result,
  startMessages,
  text,
  user,
  weather,
  type Answer,
  type Block,
} from "./messages-start.ts";

const NAMES_THE_HEADER =
  " That setting requires the `thinking-binding-controls-2026-08-01` value in the `anthropic-beta` header.";
const bound = (path: string, hint = NAMES_THE_HEADER): string =>
  `${path}: Invalid \`signature\` in \`thinking\` block. The block is bound to a different conversation. Remove the block, ` +
  `or set \`thinking.block_binding.prefix_mismatch_behavior\` to "drop_block".${hint}`;

const more = { system: "You are a helper.", tools: [weather], thinking: { type: "adaptive" } };
const dropping = { ...more, thinking: { type: "adaptive", block_binding: { prefix_mismatch_behavior: "drop_block" } } };

/** Three turns, each with a thought; the history ends with a question. */
async function talk(model = "claude-opus-5-5", settings: Record<string, unknown> = more) {
  const answers = ["one", "two", "three"].map((word) => ({
    reasoning: `Thought ${word}.`,
    content: `Answer ${word}.`,
  }));
  const simulated = await startMessages({}, ...answers);
  const history: { role: string; content: unknown }[] = [];
  for (const question of ["First?", "Second?", "Third?"]) {
    history.push(user(question));
    const { content } = await simulated.post(ask(history, { ...settings, model }));
    history.push(assistant(content));
  }
  history.push(user("Fourth?"));
  const send = async (
    messages: unknown[],
    changes: Record<string, unknown> = {},
    betas: string[] = [],
  ): Promise<Answer> => simulated.post(ask(messages, { ...settings, model, ...changes }), betas);
  return { ...simulated, history, send };
}

const contentOf = (message: { content: unknown } | undefined): Block[] => (message?.content ?? []) as Block[];
const without = (message: { content: unknown } | undefined) =>
  assistant(contentOf(message).filter(({ type }) => type !== "thinking"));

test("accepts a history that only grows", async () => {
  const { history, send } = await talk();
  expect((await send(history)).status).toBe(200);
});

test("does not mind what the model does not see", async () => {
  const { history, send } = await talk();
  const rewritten = [
    user([text("First?", marker)]),
    { content: contentOf(history[1]), role: "assistant" },
    ...history.slice(2),
  ];
  const told = [text("x-anthropic-billing-header: cc_version=1;"), text("You are a helper.", marker)];
  const changes = {
    system: told,
    tools: [{ ...weather, ...marker }],
    max_tokens: 50,
    temperature: 1,
    tool_choice: { type: "auto" },
  };
  expect((await send(rewritten, changes)).status).toBe(200);
  const deferred = { ...weather, name: "later", defer_loading: true };
  expect((await send(history, { tools: [weather, deferred] })).status).toBe(200);
});

test("splits and merges messages as it likes", async () => {
  const { history, send } = await talk();
  const [thought, words] = contentOf(history[1]);
  const split = [history[0], assistant([thought]), assistant([words]), ...history.slice(2)];
  expect((await send(split)).status).toBe(200);
});

test.each<[string, (history: { role: string; content: unknown }[]) => unknown[], Record<string, unknown>?]>([
  ["a changed first message", (history) => [user("First!"), ...history.slice(1)]],
  ["a block more in it", (history) => [user([text("First?"), text("Reminder")]), ...history.slice(1)]],
  ["another system prompt", (history) => history, { system: "You are a helper. Today is Monday." }],
  ["no system prompt", (history) => history, { system: null }],
  ["another tool", (history) => history, { tools: [weather, { ...weather, name: "second" }] }],
  ["a reworded tool", (history) => history, { tools: [{ ...weather, description: "Weather" }] }],
  ["no tools", (history) => history, { tools: [] }],
])("refuses thoughts behind %s", async (_name, edit, changes = {}) => {
  const { history, send } = await talk();
  const answer = await send(edit(history), changes);
  expect(answer).toMatchObject({
    status: 400,
    error: { type: "invalid_request_error", message: bound("messages.1.content.0") },
  });
});

test("refuses the first thought behind an edit, not those before it", async () => {
  const { history, send, post } = await talk();
  const edited = history.with(2, user("Second, please?"));
  expect((await send(edited)).error?.message).toBe(bound("messages.3.content.0"));
  expect((await send(edited, {}, [BINDING])).error?.message).toBe(bound("messages.3.content.0", ""));
  const dropped = [history[0], history[1], ...history.slice(4)];
  expect((await send(dropped)).error?.message).toBe(bound("messages.3.content.0"));
  const { max_tokens: _most, ...countable } = ask(edited, more);
  const counted = await post(countable, [], { path: "/v1/messages/count_tokens" });
  expect(counted.error?.message).toBe(bound("messages.3.content.0"));
});

test("lets thoughts go from the start, from the end or all together, but not from the middle", async () => {
  const { history, send } = await talk();
  expect((await send(history.with(1, without(history[1])))).status).toBe(200);
  expect((await send(history.with(1, without(history[1])).with(3, without(history[3])))).status).toBe(200);
  expect((await send(history.with(5, without(history[5])))).status).toBe(200);
  expect((await send(history.map((message) => (message.role === "user" ? message : without(message))))).status).toBe(
    200,
  );
  expect((await send(history.with(3, without(history[3])))).error?.message).toBe(bound("messages.5.content.0"));
});

test("binds a new thought to the thought it followed", async () => {
  const simulated = await startMessages({}, { reasoning: "A.", content: "a" }, { reasoning: "B.", content: "b" });
  const first = await simulated.post(ask([user("1")]));
  const bare = assistant(first.content.filter(({ type }) => type === "text"));
  const second = await simulated.post(ask([user("1"), bare, user("2")]));
  const rest = [user("2"), assistant(second.content), user("3")];
  expect((await simulated.post(ask([user("1"), bare, ...rest]))).status).toBe(200);
  const restored = await simulated.post(ask([user("1"), assistant(first.content), ...rest]));
  expect(restored.error?.message).toBe(bound("messages.3.content.0"));
});

test("drops instead of refusing when asked to, and says so", async () => {
  const { history, send, provider } = await talk();
  const edited = history.with(2, user("Second, please?"));
  expect((await send(edited, { thinking: dropping.thinking })).error?.message).toBe(
    "thinking.adaptive.block_binding: Extra inputs are not permitted",
  );
  const answer = await send(edited, { thinking: dropping.thinking }, [BINDING]);
  expect(answer.input_transformations).toEqual([
    { type: "thinking_dropped", path: "messages.3.content.0", reason: "prefix_binding_mismatch" },
    { type: "thinking_dropped", path: "messages.5.content.0", reason: "prefix_binding_mismatch" },
  ]);
  expect(provider.requests.at(-1)?.reasoningRemoved).toBe(2);
  const whole = await send(history, { thinking: dropping.thinking }, [BINDING]);
  expect(whole.input_transformations).toEqual([]);
  const tokens = ({ usage }: Answer): number => Number(usage["input_tokens"]);
  expect(tokens(answer)).toBeLessThan(tokens(whole));
  expect((await send(history)).input_transformations).toBeUndefined();
});

test("keeps what was thought after a drop", async () => {
  const simulated = await startMessages({}, { reasoning: "A.", content: "a" }, { reasoning: "B.", content: "b" });
  const settings = { thinking: dropping.thinking };
  const first = await simulated.post(ask([user("1")], settings), [BINDING]);
  const edited = [user("one"), assistant(first.content), user("2")];
  const second = await simulated.post(ask(edited, settings), [BINDING]);
  expect(second.input_transformations).toHaveLength(1);
  const third = await simulated.post(ask([...edited, assistant(second.content), user("3")], settings), [BINDING]);
  expect(third.input_transformations).toMatchObject([{ path: "messages.1.content.0" }]);
});

test("refuses a signature that is not one, whatever the model and setting", async () => {
  for (const model of ["claude-opus-5-5", "claude-sonnet-5"]) {
    const { history, send } = await talk(model);
    const [thought, words] = contentOf(history[1]);
    const invalid = "messages.1.content.0: Invalid `signature` in `thinking` block";
    const forged = history.with(1, assistant([{ ...thought, signature: "EqQBforged" }, words]));
    expect((await send(forged)).error?.message).toBe(invalid);
    const reworded = history.with(1, assistant([{ ...thought, thinking: "Another thought." }, words]));
    expect((await send(reworded, { thinking: dropping.thinking }, [BINDING])).error?.message).toBe(invalid);
  }
});

test("only looks at the signature on older models", async () => {
  const { history, send } = await talk("claude-sonnet-4-5");
  expect((await send([user("Changed"), ...history.slice(1)], { system: "Other" })).status).toBe(200);
  expect((await send(history.with(3, without(history[3])))).status).toBe(200);
});

test("does not show a model what it may not read", async () => {
  const { history, send } = await talk("claude-fable-5-1");
  const answer = await send(history, { model: "claude-opus-5-5" }, [BINDING]);
  expect(answer.status).toBe(200);
  expect(answer.input_transformations).toHaveLength(3);
  expect(answer.input_transformations?.[0]).toMatchObject({ reason: "model_binding_mismatch" });
  expect((await send(history, {}, [BINDING])).input_transformations).toEqual([]);
});

test("checks thoughts between a reply's own blocks", async () => {
  const raw = [{ type: "thinking", thinking: "A." }, text("a"), { type: "thinking", thinking: "B." }, text("b")];
  const { post } = await startMessages({}, { raw });
  const { content } = await post(ask([user("1")]));
  const [one, words, two, last] = content;
  expect((await post(ask([user("1"), assistant(content), user("2")]))).status).toBe(200);
  const changed = assistant([one, { ...words, text: "A" }, two, last]);
  expect((await post(ask([user("1"), changed, user("2")]))).error?.message).toBe(bound("messages.1.content.2"));
});

test.each(["claude-opus-5-5", "claude-sonnet-4-5"])("holds an open tool loop of %s to its thoughts", async (model) => {
  const thinking = model === "claude-opus-5-5" ? { type: "adaptive" } : { type: "enabled", budget_tokens: 1024 };
  const settings = { model, max_tokens: 2000, tools: [weather], thinking };
  const call = { name: "get_weather", arguments: "{}" };
  const { post } = await startMessages({}, { reasoning: "Ask.", toolCalls: [{ id: "toolu_1", ...call }] });
  const { content } = await post(ask([user("Weather?")], settings));
  const [thought, use] = content;
  const send = async (blocks: unknown[], changes = {}, end: unknown[] = []) =>
    post(ask([user("Weather?"), assistant(blocks), user([result("toolu_1")]), ...end], { ...settings, ...changes }));
  expect((await send([thought, use])).status).toBe(200);
  expect((await send([use])).error?.message).toMatch(
    /^messages\.1\.content\.0\.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`\. When `thinking` is enabled, a final `assistant` message must start with a thinking block/,
  );
  expect((await send([{ ...thought, thinking: "Other." }, use])).error?.message).toBe(
    "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. " +
      "These blocks must remain as they were in the original response.",
  );
  expect((await send([use], { thinking: { type: "disabled" } })).status).toBe(200);
  expect((await send([use], {}, [assistant("21"), user("Thanks")])).status).toBe(200);
});
