/**
 * Prompt cache and money, on a clock the test drives.
 *
 * One word is one token here, so that every expected number can be worked out by eye: the defaults are 1,024
 * tokens to be cached at all, steps of 128, and 600 seconds from the start of one request to the next.
 * A message costs four tokens besides its words.
 */
import { expect, test } from "vitest";
import { costOf, startProvider, type ChatMessage, type ProviderOptions } from "../../fakes/provider/provider.ts";
import { post, start, user, weatherTool } from "./start.ts";

const FRAME = 4;
const countWords = (text: string): number => text.split(/\s+/).filter((word) => word !== "").length;
const words = (count: number, word = "w"): string => Array.from({ length: count }, () => word).join(" ");

async function startBilling(options: ProviderOptions = {}) {
  const clock = { seconds: 1_790_000_000 };
  const { provider } = await start({ countTokens: countWords, now: () => clock.seconds * 1000, ...options });
  const bill = async (messages: object[], { key = "sk-a", model = "m", ...rest }: Record<string, unknown> = {}) => {
    const response = await post(provider, { model, messages, ...rest }, { authorization: `Bearer ${String(key)}` });
    expect(response.status).toBe(200);
    const record = provider.requests.at(-1);
    return [record?.promptTokens, record?.cachedTokens, record?.cacheWriteTokens];
  };
  return { provider, clock, bill };
}

test("reads back what an earlier prompt wrote, in whole granules", async () => {
  const { bill } = await startBilling();
  const first = [user(words(1200))];
  expect(await bill(first)).toEqual([1200 + FRAME, 0, 1152]);
  const next = [...first, { role: "assistant", content: words(300, "a") }, user(words(50, "u"))];
  expect(await bill(next)).toEqual([1200 + 300 + 50 + 3 * FRAME, 1152, 1536 - 1152]);
  expect(await bill(next)).toEqual([1562, 1536, 0]);
});

test("caches nothing below the minimum", async () => {
  const { bill } = await startBilling();
  const short = [user(words(1023 - FRAME))];
  expect(await bill(short)).toEqual([1023, 0, 0]);
  expect(await bill(short)).toEqual([1023, 0, 0]);
  const enough = [user(words(1025 - FRAME))];
  expect(await bill(enough)).toEqual([1025, 0, 1024]);
  expect(await bill(enough)).toEqual([1025, 1024, 0]);
});

test("always computes the last token of a prompt", async () => {
  const { bill } = await startBilling();
  const exact = [user(words(1152 - FRAME))];
  expect(await bill(exact)).toEqual([1152, 0, 1152]);
  expect(await bill(exact)).toEqual([1152, 1024, 128]);
});

test("forgets after the lifetime, and a hit begins it anew", async () => {
  const { clock, bill } = await startBilling();
  const prompt = [user(words(2000))];
  await bill(prompt);
  for (let hit = 0; hit < 3; hit += 1) {
    clock.seconds += 600;
    expect(await bill(prompt)).toEqual([2004, 1920, 0]);
  }
  clock.seconds += 601;
  expect(await bill(prompt)).toEqual([2004, 0, 1920]);
  expect(await bill(prompt)).toEqual([2004, 1920, 0]);
});

test("lets the unused end of a path expire while its beginning is used", async () => {
  const { clock, bill } = await startBilling();
  const head = { role: "system", content: words(1300, "s") };
  const long = [head, user(words(1000, "a"))];
  await bill(long);
  clock.seconds += 400;
  expect(await bill([head, user("b")])).toEqual([1309, 1280, 0]);
  clock.seconds += 400;
  expect(await bill(long)).toEqual([2308, 1280, 2304 - 1280]);
});

test("matches the unchanged head of a message whose tail changed", async () => {
  const { bill } = await startBilling();
  await bill([user(`${words(1500)} ${words(500, "old")}`)]);
  expect(await bill([user(`${words(1500)} ${words(500, "new")}`)])).toEqual([2004, 1408, 1920 - 1408]);
  expect(await bill([user(`now: 12:00 ${words(2000)}`)])).toEqual([2006, 0, 1920]);
});

test("matches nothing behind a changed message", async () => {
  const { bill } = await startBilling();
  const tail = [user(words(1500)), { role: "assistant", content: words(1500, "a") }, user("go on")];
  await bill([{ role: "system", content: "Be terse." }, ...tail]);
  expect((await bill([{ role: "system", content: "Be kind." }, ...tail]))[1]).toBe(0);
});

test("takes roles, names and call ids for content, and a lone text part for a string", async () => {
  const { bill } = await startBilling();
  const text = words(2000);
  await bill([user(text)]);
  expect((await bill([{ role: "system", content: text }]))[1]).toBe(0);
  expect((await bill([{ ...user(text), name: "ada" }]))[1]).toBe(0);
  expect((await bill([{ role: "user", content: [{ type: "text", text }] }]))[1]).toBe(1920);
  expect((await bill([user(text)], { temperature: 0.5, stream: true }))[1]).toBe(1920);
});

test("ignores reply fields that the model never sees", async () => {
  const { bill } = await startBilling();
  const before = [user("x"), { role: "assistant", content: words(2000), refusal: null, annotations: [], parsed: null }];
  await bill([...before, user("y")]);
  expect((await bill([user("x"), { role: "assistant", content: words(2000) }, user("z")]))[1]).toBe(1920);
});

test("puts tools before the messages", async () => {
  const { bill } = await startBilling();
  const messages = [user(words(2000))];
  const tools = [weatherTool];
  const [withTools = 0] = await bill(messages, { tools });
  expect(withTools).toBeGreaterThan(2004);
  expect((await bill(messages, { tools }))[1]).toBe(1920);
  expect((await bill(messages))[1]).toBe(0);
});

test("keeps keys and models apart", async () => {
  const { bill } = await startBilling();
  const prompt = [user(words(2000))];
  await bill(prompt);
  expect((await bill(prompt, { key: "sk-b" }))[1]).toBe(0);
  expect((await bill(prompt, { model: "other" }))[1]).toBe(0);
  expect((await bill(prompt))[1]).toBe(1920);
});

test("takes its own sizes, and goes cold when told", async () => {
  const { provider, clock, bill } = await startBilling({
    cache: { minimumTokens: 10, granuleTokens: 5, ttlSeconds: 60 },
  });
  const prompt = [user(words(20))];
  expect(await bill(prompt)).toEqual([24, 0, 20]);
  expect(await bill(prompt)).toEqual([24, 20, 0]);
  clock.seconds += 61;
  expect(await bill(prompt)).toEqual([24, 0, 20]);
  provider.forgetCache();
  expect(await bill(prompt)).toEqual([24, 0, 20]);
});

test("neither bills nor caches what it refuses", async () => {
  const prompt = [user(words(2000))];
  const { provider, bill } = await startBilling({
    reply: (_, { requestIndex }) => (requestIndex === 0 ? { status: 429 } : { content: "ok" }),
  });
  expect((await post(provider, { model: "m", messages: prompt }, { authorization: "Bearer sk-a" })).status).toBe(429);
  expect(provider.requests[0]?.promptTokens).toBe(0);
  expect(await bill(prompt)).toEqual([2004, 0, 1920]);
});

test("prices a request", async () => {
  const { provider, bill } = await startBilling({ reply: () => ({ content: words(100) }) });
  const prompt = [user(words(1200))];
  await bill(prompt);
  await bill([...prompt, user(words(210))]);
  const prices = { input: 2, read: 0.1, write: 2.5, output: 10 };
  const [cold, warm] = provider.requests.map((record) => costOf(record, prices) * 1_000_000);
  expect(cold).toBeCloseTo(52 * 2 + 1152 * 2.5 + 100 * 10);
  expect(warm).toBeCloseTo(10 * 2 + 1152 * 0.1 + 256 * 2.5 + 100 * 10);
});

test("counts long and special texts with the real tokenizer", async () => {
  const { provider, client } = await start({ cache: { minimumTokens: 128 } });
  const content = `${"x".repeat(20_000)} <|endoftext|> ${"👩‍💻".repeat(400)}`;
  for (let turn = 0; turn < 2; turn += 1) {
    await client.chat.completions.create({ model: "m", messages: [user(content)] });
  }
  const [cold, warm] = provider.requests;
  expect(cold?.promptTokens).toBeGreaterThan(2000);
  expect(warm?.promptTokens).toBe(cold?.promptTokens);
  expect((warm?.promptTokens ?? 0) - (warm?.cachedTokens ?? 0)).toBeLessThanOrEqual(128);
});

test("bills a long session without counting known messages again", async () => {
  let countedCharacters = 0;
  const countTokens = (text: string): number => {
    countedCharacters += text.length;
    return countWords(text);
  };
  const provider = await startProvider({ countTokens, reply: () => ({ content: "ok" }), keepBodies: 4 });
  const messages: ChatMessage[] = [];
  let written = 0;
  for (let turn = 0; turn < 150; turn += 1) {
    const content = `turn ${turn} ${words(60)}`;
    messages.push({ role: "user", content });
    written += content.length;
    await (await post(provider, { model: "m", messages })).arrayBuffer();
    messages.push({ role: "assistant", content: `answer ${turn}` });
    written += `answer ${turn}`.length + "ok".length;
  }
  const cached = provider.requests.map((record) => record.cachedTokens);
  await provider.close();
  expect(cached.at(-1)).toBeGreaterThan(cached.at(-3) ?? Infinity);
  // Each message once, plus the common beginnings looked into where a prompt departs from the one before.
  expect(countedCharacters).toBeLessThan(2 * written);
});
