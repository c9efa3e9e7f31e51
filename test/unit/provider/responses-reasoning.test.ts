/**
 * Thoughts that come back: bound to the prompt before them, sealed, and never without what they led to.
 *
 * Each test lets the simulator think, changes one thing about the history as a proxy or a client might, and looks at
 * what becomes of the thought. What only looks different must not matter; what reads differently must.
 */
import type OpenAI from "openai";
import { expect, test } from "vitest";
import type { ProviderOptions } from "../../fakes/provider/provider.ts";
import { flatWeatherTool, MODEL, said } from "./responses-start.ts";
import { start } from "./start.ts";

type Input = OpenAI.Responses.ResponseInput;
type Params = OpenAI.Responses.ResponseCreateParamsNonStreaming;

const base = { model: MODEL, instructions: "Be brief.", tools: [flatWeatherTool], store: false };

/** A first turn with a thought, and the same provider to send its history back to. */
async function thinkOnce(options: ProviderOptions = {}, first: Partial<Params> = {}) {
  const { provider, client } = await start({
    reply: () => ({ reasoning: "A secret thought", content: "Hello there." }),
    ...options,
  });
  const input: Input = [said("Hi")];
  const response = await client.responses.create({ ...base, input, ...first });
  const history: Input = [...input, ...(response.output as Input)];
  return { provider, client, response, history };
}

async function sendBack(
  { provider, client }: Awaited<ReturnType<typeof thinkOnce>>,
  history: Input,
  params: Partial<Params> = {},
) {
  const response = await client.responses.create({ ...base, input: [...history, said("Go on")], ...params });
  return { response, removed: provider.requests.at(-1)?.reasoningRemoved };
}

test("shows a summary to who asks for one, never the thought", async () => {
  const { provider, client } = await start({
    reply: () => ({ reasoning: { text: "secret", summary: "**One**\n\n**Two**" }, content: "x" }),
  });
  const ask = { model: MODEL, input: "Hi" };
  const [plain] = (await client.responses.create(ask)).output;
  const [summed] = (await client.responses.create({ ...ask, reasoning: { summary: "auto" } })).output;
  expect(plain).toMatchObject({ type: "reasoning", summary: [], encrypted_content: expect.stringMatching(/^gAAAAA/) });
  expect(summed).toMatchObject({ summary: [{ text: "**One**" }, { text: "**Two**" }] });
  expect(provider.requests[1]?.rawReply.toString()).not.toContain("secret");
});

test("reads a thought behind an unchanged prompt", async () => {
  const turn = await thinkOnce();
  const { response, removed } = await sendBack(turn, turn.history);
  expect(removed).toBe(0);
  expect(response.input_transformations).toBeUndefined();
  expect(response.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0);
});

test.each<[string, (history: Input) => Input]>([
  [
    "text as a part",
    ([, ...rest]) => [{ type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] }, ...rest],
  ],
  [
    "a cache breakpoint",
    ([, ...rest]) => [
      { role: "user", content: [{ type: "input_text", text: "Hi", prompt_cache_breakpoint: { mode: "explicit" } }] },
      ...rest,
    ],
  ],
  ["an item id", ([, ...rest]) => [{ ...said("Hi"), id: "msg_mine" }, ...rest]],
  ["no ids", (history) => history.map((item) => ({ ...item, id: undefined }) as Input[number])],
  [
    "the answer as plain text",
    ([user, thought]) => [
      ...(user && thought ? [user, thought] : []),
      { role: "assistant", content: "Hello there.", phase: "final_answer" },
    ],
  ],
])("is not disturbed by %s", async (_, change) => {
  const turn = await thinkOnce();
  expect((await sendBack(turn, change(turn.history))).removed).toBe(0);
});

test.each<[string, (history: Input) => Input, Partial<Params>]>([
  ["a changed message", ([, ...rest]) => [said("Hi!"), ...rest], {}],
  ["a message put before", (history) => [said("Summary of earlier turns"), ...history], {}],
  ["changed instructions", (history) => history, { instructions: "Be verbose." }],
  ["a tool less", (history) => history, { tools: [] }],
])("removes a thought behind %s, and says so", async (_, change, params) => {
  const turn = await thinkOnce();
  const { response, removed } = await sendBack(turn, change(turn.history), params);
  expect(removed).toBe(1);
  const id = turn.history[1] && "id" in turn.history[1] ? turn.history[1].id : "";
  expect(response.input_transformations).toEqual([
    { type: "reasoning", id, action: "removed", reason: "prefix_mismatch" },
  ]);
});

test("removes every thought behind a change, and keeps those before it", async () => {
  const turn = await thinkOnce();
  const second = await sendBack(turn, turn.history);
  const whole: Input = [...turn.history, said("Go on"), ...(second.response.output as Input)];
  expect((await sendBack(turn, whole)).removed).toBe(0);
  const lateChange = whole.map((item, index) => (index === 3 ? said("Go on!") : item));
  expect((await sendBack(turn, lateChange)).removed).toBe(1);
  const earlyChange = whole.map((item, index) => (index === 0 ? said("Hey") : item));
  expect((await sendBack(turn, earlyChange)).removed).toBe(2);
});

test("a thought had behind a removed one stays readable as long as nothing else changes", async () => {
  const turn = await thinkOnce();
  const changed = turn.history.with(0, said("Hey"));
  const second = await sendBack(turn, changed);
  expect(second.removed).toBe(1);
  const whole: Input = [...changed, said("Go on"), ...(second.response.output as Input)];
  expect((await sendBack(turn, whole)).removed).toBe(1);
});

test("removes another model's thought", async () => {
  const turn = await thinkOnce();
  const { response } = await sendBack(turn, turn.history, { model: "gpt-5.4" });
  expect(response.input_transformations).toMatchObject([{ reason: "model_mismatch" }]);
});

test("holds stored thoughts to their prompt too", async () => {
  const turn = await thinkOnce({}, { store: true });
  const ask = { ...base, input: "Go on", previous_response_id: turn.response.id };
  expect((await turn.client.responses.create(ask)).input_transformations).toBeUndefined();
  const { input_transformations: removed } = await turn.client.responses.create({ ...ask, instructions: "Changed." });
  expect(removed).toHaveLength(1);
});

test("leaves thoughts alone when told to", async () => {
  const turn = await thinkOnce({ responses: { prefixBoundReasoning: false } });
  expect((await sendBack(turn, [said("Other"), ...turn.history])).removed).toBe(0);
});

test("a removed thought is not billed", async () => {
  const turn = await thinkOnce({ reply: () => ({ reasoning: "hm ".repeat(500), content: "x" }) });
  await sendBack(turn, turn.history);
  await sendBack(turn, turn.history.with(0, said("Hey")));
  const [, kept, removed] = turn.provider.requests.map((record) => record.promptTokens);
  expect((kept ?? 0) - (removed ?? 0)).toBeGreaterThan(400);
});

test.each<[string, (sealed: string) => string]>([
  ["altered", (sealed) => `${sealed.slice(0, 40)}${sealed[40] === "A" ? "B" : "A"}${sealed.slice(41)}`],
  ["cut short", (sealed) => sealed.slice(0, -8)],
  ["somebody else's", () => "gAAAAABsomebodyelse"],
])("refuses sealed content that is %s", async (_, change) => {
  const turn = await thinkOnce();
  const history = turn.history.map((item) =>
    item.type === "reasoning" ? { ...item, encrypted_content: change(item.encrypted_content ?? "") } : item,
  );
  await expect(sendBack(turn, history)).rejects.toMatchObject({
    status: 400,
    code: "invalid_encrypted_content",
    message: expect.stringContaining("could not be verified"),
  });
});

test("refuses a thought under another's id, and the preview from an opened item", async () => {
  const turn = await thinkOnce();
  const renamed = turn.history.map((item) => (item.type === "reasoning" ? { ...item, id: "rs_other" } : item));
  await expect(sendBack(turn, renamed)).rejects.toMatchObject({ code: "invalid_encrypted_content" });

  const stream = await turn.client.responses.create({ ...base, input: "Hi", stream: true });
  const opened = (await Array.fromAsync(stream)).find((event) => event.type === "response.output_item.added");
  const early = opened ? [said("Hi"), opened.item as Input[number], ...turn.history.slice(2)] : [];
  await expect(sendBack(turn, early)).rejects.toMatchObject({ code: "invalid_encrypted_content" });
});

test("wants a thought and what it led to together", async () => {
  const turn = await thinkOnce();
  const [user, thought, answer] = turn.history;
  if (!user || !thought || !answer || !("id" in thought) || !("id" in answer)) throw new Error("no history");
  await expect(sendBack(turn, [user, thought])).rejects.toMatchObject({
    status: 400,
    param: "input",
    message: `400 Item '${thought.id}' of type 'reasoning' was provided without its required following item.`,
  });
  await expect(sendBack(turn, [user, answer])).rejects.toMatchObject({
    status: 400,
    param: "input",
    message: `400 Item '${answer.id}' of type 'message' was provided without its required 'reasoning' item: '${thought.id}'.`,
  });
  const nameless = { ...answer, id: undefined } as unknown as Input[number];
  expect((await sendBack(turn, [user, nameless])).removed).toBe(0);
});

test("keeps a call with its thought through a tool loop", async () => {
  const { provider, client } = await start({
    reply: (_, { requestIndex }) =>
      requestIndex === 0
        ? { reasoning: "Ask", toolCalls: [{ id: "call_1", name: "get_weather", arguments: "{}" }] }
        : { reasoning: "So", content: "Mild." },
  });
  const first = await client.responses.create({ ...base, input: [said("Weather?")] });
  const result = { type: "function_call_output" as const, call_id: "call_1", output: "21" };
  const history: Input = [said("Weather?"), ...(first.output as Input), result];
  await client.responses.create({ ...base, input: history });
  expect(provider.requests[1]).toMatchObject({ status: 200, reasoningRemoved: 0, replyText: "Mild." });
  const thoughtless = history.filter((item) => item.type !== "reasoning");
  await expect(client.responses.create({ ...base, input: thoughtless })).rejects.toThrow(
    /Item 'fc_\w+' of type 'function_call' was provided without its required 'reasoning' item: 'rs_/,
  );
});
