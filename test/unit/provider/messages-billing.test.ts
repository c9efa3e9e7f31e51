/**
 * Anthropic's prompt cache and its usage numbers, on a clock the test drives.
 *
 * One word is one token here, a turn costs four besides, and a model with a minimum of 1,024 tokens is asked unless
 * the test says otherwise, so every number can be worked out by eye. Bills are [whole, read, written].
 */
import { expect, test } from "vitest";
import {
  ask,
  assistant,
  calling,
  longMarker,
  marker,
  result,
  startMessages,
  text,
  user,
  weather,
} from "./messages-start.ts";

const FRAME = 4;
const countWords = (words: string): number => words.split(/\s+/).filter((word) => word !== "").length;
const words = (count: number, word = "w"): string => Array.from({ length: count }, () => word).join(" ");

async function startBilling(minimumCacheTokens?: number) {
  const clock = { seconds: 1_790_000_000 };
  const messages = minimumCacheTokens === undefined ? {} : { minimumCacheTokens };
  const { provider, post } = await startMessages({
    countTokens: countWords,
    now: () => clock.seconds * 1000,
    messages,
  });
  const send = async (said: unknown[], more: Record<string, unknown> = {}, headers: Record<string, string> = {}) => {
    const answer = await post(ask(said, { model: "claude-sonnet-5-5", ...more }), [], headers);
    expect(answer).toMatchObject({ status: 200 });
    return answer.usage;
  };
  const bill = async (...args: Parameters<typeof send>) => {
    await send(...args);
    const record = provider.requests.at(-1);
    return [record?.promptTokens, record?.cachedTokens, record?.cacheWriteTokens];
  };
  return { provider, clock, bill, send };
}

test("keeps nothing without a marker", async () => {
  const { bill } = await startBilling();
  const long = [user(words(3000))];
  expect(await bill(long)).toEqual([3004, 0, 0]);
  expect(await bill(long)).toEqual([3004, 0, 0]);
  expect(await bill(long, marker)).toEqual([3004, 0, 3004]);
  expect(await bill(long)).toEqual([3004, 0, 0]);
});

test("moves the automatic breakpoint along with the conversation", async () => {
  const { bill, send } = await startBilling();
  const first = [user(words(1200))];
  expect(await bill(first, marker)).toEqual([1204, 0, 1204]);
  const next = [...first, assistant(words(100)), user(words(50))];
  expect(await bill(next, marker)).toEqual([1362, 1204, 158]);
  expect(await send([...next, assistant("ok"), user("go")], marker)).toMatchObject({
    input_tokens: 0,
    cache_read_input_tokens: 1362,
    cache_creation_input_tokens: 10,
    cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 0 },
  });
});

test("leaves what stands behind the last breakpoint at full price", async () => {
  const { send } = await startBilling();
  const prompt = [user([text(words(1200), marker), text(words(70))])];
  expect(await send(prompt)).toMatchObject({ input_tokens: 70, cache_creation_input_tokens: 1204 });
  expect(await send(prompt)).toMatchObject({ input_tokens: 70, cache_read_input_tokens: 1204 });
});

test("does not cache below the minimum of the model", async () => {
  const { bill } = await startBilling();
  const short = [user(words(1023 - FRAME))];
  expect(await bill(short, marker)).toEqual([1023, 0, 0]);
  expect(await bill([user(words(1024 - FRAME))], marker)).toEqual([1024, 0, 1024]);
  expect(await bill(short, { ...marker, model: "claude-opus-5-5" })).toEqual([1023, 0, 1023]);
  expect(await bill([user(words(4000))], { ...marker, model: "claude-haiku-4-5" })).toEqual([4004, 0, 0]);
});

test("reads only what was written, not every shared beginning", async () => {
  const { bill } = await startBilling();
  const head = { system: words(1500, "s") };
  expect(await bill([user(words(10, "a"))], { ...head, ...marker })).toEqual([1514, 0, 1514]);
  expect(await bill([user(words(10, "b"))], { ...head, ...marker })).toEqual([1514, 0, 1514]);
  const marked = { system: [text(words(1500, "s"), marker)] };
  expect(await bill([user("c")], marked)).toEqual([1505, 0, 1500]);
  expect(await bill([user("d")], marked)).toEqual([1505, 1500, 0]);
});

test("takes a string for a block, and a message split in two for one", async () => {
  const { bill } = await startBilling();
  await bill([user([text(words(600, "a")), text(words(600, "b"), marker)]), assistant("x"), user("y")]);
  const split = [user(words(600, "a")), user([text(words(600, "b"), marker)]), assistant("x"), user("z")];
  expect((await bill(split))[1]).toBe(1204);
});

test("looks back twenty places, calls and results in a row counting as one", async () => {
  const { bill } = await startBilling(1);
  const head = [text("start", marker)];
  const blocks = (count: number) => Array.from({ length: count }, (_, index) => text(`block ${index}`));
  await bill([user(head)]);
  const near = [user([...head, ...blocks(18), text("end", marker)])];
  expect((await bill(near))[1]).toBe(1 + FRAME);
  await bill([user([text("other", marker)])]);
  const far = [user([text("other"), ...blocks(19), text("end", marker)])];
  expect((await bill(far))[1]).toBe(0);
  const ids = Array.from({ length: 30 }, (_, index) => `toolu_${index}`);
  await bill([user([text("calls", marker)])]);
  const results = ids.map((id) => result(id));
  const parallel = [user("calls"), assistant(calling(...ids)), user([...results, text("end", marker)])];
  expect((await bill(parallel))[1]).toBe(1 + FRAME);
});

test("lets entries die after their lifetime, and live anew when read", async () => {
  const { bill, clock } = await startBilling();
  const short = [user(words(2000))];
  await bill(short, marker);
  for (let hit = 0; hit < 3; hit += 1) {
    clock.seconds += 300;
    expect((await bill(short, marker))[1]).toBe(2004);
  }
  clock.seconds += 301;
  expect(await bill(short, marker)).toEqual([2004, 0, 2004]);
  await bill([user(words(2000, "h"))], longMarker);
  clock.seconds += 3600;
  expect((await bill([user(words(2000, "h"))], longMarker))[1]).toBe(2004);
  clock.seconds += 3601;
  expect((await bill([user(words(2000, "h"))], longMarker))[1]).toBe(0);
});

test("tells the two lifetimes apart in the usage", async () => {
  const { send } = await startBilling();
  const prompt = { system: [text(words(1500, "s"), longMarker)], ...marker };
  expect(await send([user(words(96))], prompt)).toMatchObject({
    cache_creation_input_tokens: 1600,
    cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 1500 },
  });
});

test("reads tools and system first, and parts messages by how they are to be read", async () => {
  const { bill } = await startBilling();
  const said = [user(words(1200))];
  const tools = [{ ...weather, description: words(1500, "t"), ...marker }];
  const [, , written = 0] = await bill(said, { tools, ...marker });
  expect((await bill(said, { tools, ...marker }))[1]).toBe(written);
  expect((await bill(said, { tools, ...marker, tool_choice: { type: "none" } }))[1]).toBe(written - 1204);
  expect((await bill(said, { tools: [{ ...weather, ...marker }], ...marker }))[1]).toBe(0);
});

test("keeps keys and models apart, and forgets when told to", async () => {
  const { bill, provider } = await startBilling();
  const long = [user(words(2000))];
  await bill(long, marker);
  expect((await bill(long, marker, { "x-api-key": "sk-other" }))[1]).toBe(0);
  expect((await bill(long, { ...marker, model: "claude-opus-5-5" }))[1]).toBe(0);
  expect((await bill(long, marker))[1]).toBe(2004);
  provider.forgetCache();
  expect((await bill(long, marker))[1]).toBe(0);
});

test("fills the cache without a reply when no token may be generated", async () => {
  const { send, bill } = await startBilling();
  const long = [user(words(2000))];
  expect(await send(long, { ...marker, max_tokens: 0 })).toMatchObject({
    output_tokens: 0,
    cache_creation_input_tokens: 2004,
  });
  expect((await bill(long, marker))[1]).toBe(2004);
});
