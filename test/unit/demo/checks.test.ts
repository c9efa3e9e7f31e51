/**
 * The demo's checks over what the provider received: stable prefixes, facts in the prompt, the script of the replies.
 * Each must be able to fail, or what the demo proves is nothing.
 */
import { describe, expect, it } from "vitest";
import { sumBill, withoutCache } from "../../../bench/demo/figures.ts";
import { findFacts } from "../../../bench/demo/find-facts.ts";
import { checkPrefixes } from "../../../bench/demo/prefix-check.ts";
import { readTranscript } from "../../../bench/demo/read-transcript.ts";
import { scriptReplies } from "../../../bench/demo/recorded-replies.ts";

const user = (content: string) => ({ role: "user" as const, content });
const assistant = (content: string) => ({ role: "assistant" as const, content });

describe("checkPrefixes", () => {
  const grown = [
    { messages: [user("a")] },
    { messages: [user("a"), assistant("b"), user("c")] },
    { messages: [user("brief c"), assistant("d"), user("e")] },
    { messages: [user("brief c"), assistant("d"), user("e"), assistant("f"), user("g")] },
  ];

  it("lets a compaction break the prefix, and nothing else", () => {
    expect(checkPrefixes(grown, (index) => index === 2)).toEqual({ pairs: 3, kept: 2, compactions: 1, broken: [] });
    expect(checkPrefixes(grown, () => false)).toEqual({ pairs: 3, kept: 2, compactions: 0, broken: [2] });
  });

  it("sees changed tools, and a history that got shorter", () => {
    const [first = { messages: [] }, second = { messages: [] }] = grown;
    expect(checkPrefixes([{ ...first, tools: [1] }, second], () => false).broken).toEqual([1]);
    expect(checkPrefixes([second, first], () => false).broken).toEqual([1]);
  });
});

describe("findFacts", () => {
  const brief = "[Record] code AB-1 [End]\n\n";
  const prompts = [[user(`${brief}next`), assistant("the code CD-2"), user("What about EF-3?")]];
  const find = (fact: string) =>
    findFacts([{ turn: 0, fact, statedInTurn: 0 }], (turn) => prompts[turn] ?? null, [brief]);

  it("tells brief, tail and question apart", () => {
    expect(find("AB-1")).toMatchObject({ asked: 1, inBrief: 1, inTail: 0, missing: [] });
    expect(find("CD-2")).toMatchObject({ asked: 1, inBrief: 0, inTail: 1, missing: [] });
    expect(find("EF-3").missing).toHaveLength(1);
  });
});

describe("scriptReplies", () => {
  const transcript = readTranscript(
    JSON.stringify([
      user("a"),
      assistant("1"),
      user("yes"),
      assistant("2"),
      user("b"),
      assistant("3"),
      user("yes"),
      assistant("4"),
    ]),
    0,
  );
  const reply = scriptReplies(transcript);
  const ask = (...messages: ReturnType<typeof user | typeof assistant>[]) => reply({ model: "m", messages });

  it("finds the reply by the newest message, and by those before it where that occurs twice", () => {
    expect(ask(user("a"))).toEqual({ content: "1" });
    expect(ask(user("a"), assistant("1"), user("yes"))).toEqual({ content: "2" });
    expect(ask(user("brief b"), assistant("3"), user("yes"))).toEqual({ content: "4" });
  });

  it("refuses a message that was never recorded", () => {
    expect(ask(user("other"))).toMatchObject({ status: 400 });
  });
});

describe("sumBill", () => {
  const price = {
    input: 2,
    read: 0.2,
    write: 2.5,
    output: 10,
    ttlSeconds: 300,
    minimumTokens: 1024,
    granuleTokens: 1,
    windowTokens: null,
    longPrompt: { aboveTokens: 2_000, input: 4, read: 0.4, write: 5, output: 20 },
  };
  const short = { promptTokens: 2_000, cachedTokens: 1_000, cacheWriteTokens: 800, completionTokens: 10 };

  it("bills reads, writes, the rest and the long tier each at its price", () => {
    expect(sumBill([short], price).usd).toBeCloseTo((200 * 2 + 1_000 * 0.2 + 800 * 2.5 + 10 * 10) / 1e6, 12);
    const long = { ...short, promptTokens: 2_001, cacheWriteTokens: 801 };
    expect(sumBill([long], price).usd).toBeCloseTo((200 * 4 + 1_000 * 0.4 + 801 * 5 + 10 * 20) / 1e6, 12);
    expect(withoutCache([short], price)).toMatchObject({ cachedTokens: 0, usd: (2_000 * 2 + 10 * 10) / 1e6 });
  });

  it("knows no cost where there is no price", () => {
    expect(sumBill([short], null)).toMatchObject({ promptTokens: 2_000, usd: null });
  });
});
