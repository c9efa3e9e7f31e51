/**
 * The demo's checks over what the provider received: stable prefixes, facts in the prompt, the script of the replies,
 * each reply against the recorded one, and how requests of each API are read for them.
 *
 * Each must be able to fail, or what the demo proves is nothing.
 */
import { describe, expect, it } from "vitest";
import { chooseClient } from "../../../bench/demo/clients/choose-client.ts";
import { sumBill, withoutCache } from "../../../bench/demo/figures.ts";
import { RECALLED_LABEL } from "../../../src/plan/frame-recalled.ts";
import { findFacts } from "../../../bench/demo/find-facts.ts";
import { checkPrefixes } from "../../../bench/demo/prefix-check.ts";
import { readTranscript } from "../../../bench/demo/read-transcript.ts";
import { scriptReplies } from "../../../bench/demo/recorded-replies.ts";
import { differenceFrom } from "../../../bench/demo/reply-difference.ts";

const user = (content: string) => ({ role: "user" as const, content });
const assistant = (content: string) => ({ role: "assistant" as const, content });

const { readPrompt } = chooseClient("chat");
const linesOf = (messages: ReturnType<typeof user | typeof assistant>[]) => readPrompt({ messages }).lines;

describe("checkPrefixes", () => {
  const grown = [
    [user("a")],
    [user("a"), assistant("b"), user("c")],
    [user("brief c"), assistant("d"), user("e")],
    [user("brief c"), assistant("d"), user("e"), assistant("f"), user("g")],
  ].map((messages) => readPrompt({ messages }));

  it("lets a compaction break the prefix, and nothing else", () => {
    expect(checkPrefixes(grown, (index) => index === 2)).toEqual({ pairs: 3, kept: 2, compactions: 1, broken: [] });
    expect(checkPrefixes(grown, () => false)).toEqual({ pairs: 3, kept: 2, compactions: 0, broken: [2] });
  });

  it("sees changed tools, and a history that got shorter", () => {
    const [first, second] = grown;
    if (!first || !second) throw new Error("no prompts");
    const other = readPrompt({ messages: [user("a")], tools: [1] });
    expect(checkPrefixes([other, second], () => false).broken).toEqual([1]);
    expect(checkPrefixes([second, first], () => false).broken).toEqual([1]);
  });

  it("lets the newest recalled block go or stay, and none come", () => {
    const block = `\n\n${RECALLED_LABEL}\nuser: it was b`;
    const asked = readPrompt({ messages: [user(`a${block}`)] });
    const stays = readPrompt({ messages: [user(`a${block}`), assistant("b"), user("c")] });
    const goes = readPrompt({ messages: [user("a"), assistant("b"), user("c")] });
    expect(checkPrefixes([asked, stays], () => false).broken).toEqual([]);
    expect(checkPrefixes([asked, goes], () => false).broken).toEqual([]);
    expect(checkPrefixes([readPrompt({ messages: [user("a")] }), stays], () => false).broken).toEqual([1]);
  });
});

describe("findFacts", () => {
  const brief = "[Record] code AB-1 [End]\n\n";
  const prompts = [linesOf([user(`${brief}next`), assistant("the code CD-2"), user("What about EF-3?")])];
  const find = (fact: string) =>
    findFacts([{ turn: 0, fact, statedInTurn: 0 }], (turn) => prompts[turn] ?? null, [brief]);

  it("tells brief, tail and question apart", () => {
    expect(find("AB-1")).toMatchObject({ asked: 1, inBrief: 1, inTail: 0, missing: [] });
    expect(find("CD-2")).toMatchObject({ asked: 1, inBrief: 0, inTail: 1, missing: [] });
    expect(find("EF-3").missing).toHaveLength(1);
  });

  it("counts what was recalled behind the question", () => {
    const asked = [linesOf([user(`What about GH-4?\n\n${RECALLED_LABEL}\nuser: it was IJ-5`)])];
    const count = (fact: string) => findFacts([{ turn: 0, fact, statedInTurn: 0 }], (turn) => asked[turn] ?? null, []);
    expect(count("IJ-5").recalled).toBe(1);
    expect(count("GH-4").missing).toHaveLength(1);
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
  const reply = scriptReplies(transcript, readPrompt);
  const ask = (...messages: ReturnType<typeof user | typeof assistant>[]) => reply({ model: "m", messages });

  it("finds the reply by the newest message, and by those before it where that occurs twice", () => {
    expect(ask(user("a"))).toEqual({ content: "1" });
    expect(ask(user("a"), assistant("1"), user("yes"))).toEqual({ content: "2" });
    expect(ask(user("brief b"), assistant("3"), user("yes"))).toEqual({ content: "4" });
  });

  it("does not mind whether an empty reply is sent back", () => {
    const silent = readTranscript(JSON.stringify([user("a"), assistant(""), user("yes"), assistant("2")]), 0);
    const reply = scriptReplies(silent, readPrompt);
    expect(reply({ messages: [user("a"), assistant(""), user("yes")] })).toEqual({ content: "2" });
    expect(reply({ messages: [user("a"), user("yes")] })).toEqual({ content: "2" });
  });

  it("refuses a message that was never recorded", () => {
    expect(ask(user("other"))).toMatchObject({ status: 400 });
  });
});

describe("readPrompt", () => {
  const text = (words: string) => ({ type: "text", text: words });
  const said = [
    { role: "user", text: "[Record]\nLook up A and B.", callIds: [], calledWith: [] },
    { role: "assistant", text: "", callIds: ["1", "2"], calledWith: ['{"code":"A"}', '{"code":"B"}'] },
    { role: "tool", text: "found A", callIds: ["1"], calledWith: [] },
    { role: "tool", text: "found B", callIds: ["2"], calledWith: [] },
    { role: "user", text: "Thanks.", callIds: [], calledWith: [] },
  ];

  it("reads one conversation alike from Responses and from Messages", () => {
    const input = [
      { role: "user", content: [text("[Record]"), text("Look up A and B.")] },
      { type: "reasoning", summary: [] },
      { type: "function_call", call_id: "1", name: "look_up", arguments: '{"code":"A"}' },
      { type: "function_call", call_id: "2", name: "look_up", arguments: '{"code":"B"}' },
      { type: "function_call_output", call_id: "1", output: "found A" },
      { type: "function_call_output", call_id: "2", output: "found B" },
      { role: "user", content: "Thanks." },
    ];
    expect(chooseClient("responses").readPrompt({ input }).lines).toEqual(said);
    const calls = ["A", "B"].map((code, index) => ({ type: "tool_use", id: String(index + 1), input: { code } }));
    const results = ["A", "B"].map((code, index) => {
      return { type: "tool_result", tool_use_id: String(index + 1), content: `found ${code}` };
    });
    const messages = [
      { role: "user", content: [text("[Record]"), text("Look up A and B.")] },
      { role: "assistant", content: calls },
      { role: "user", content: [...results, text("Thanks.")] },
    ];
    expect(chooseClient("messages").readPrompt({ messages }).lines).toEqual(said);
  });

  it("overlooks cache markers on Messages, and nothing else", () => {
    const { readPrompt: read } = chooseClient("messages");
    const marked = [{ ...text("a"), cache_control: { type: "ephemeral" } }];
    const plain = read({ system: "s", messages: [user("a")] }).pieces;
    expect(read({ system: "s", messages: [{ role: "user", content: marked }] }).pieces).toEqual(plain);
    expect(read({ system: "t", messages: [user("a")] }).pieces).not.toEqual(plain);
    expect(read({ system: "s", messages: [{ role: "user", content: [text("a"), text("")] }] }).pieces).not.toEqual(
      plain,
    );
  });

  it("sees changed instructions on Responses", () => {
    const [one, other] = ["a", "b"].map((instructions) => {
      return chooseClient("responses").readPrompt({ instructions, input: "hi" }).pieces;
    });
    expect(one).not.toEqual(other);
  });
});

describe("differenceFrom", () => {
  const step = { content: null, toolCalls: [{ id: "1", name: "look_up", arguments: '{"code": "A"}' }], results: [] };
  const call = (given: unknown) =>
    differenceFrom(step, { content: null, toolCalls: [{ id: "1", name: "look_up", arguments: given }] });

  it("compares arguments as text or as a value, whichever the API hands over", () => {
    expect(call('{"code": "A"}')).toBeNull();
    expect(call({ code: "A" })).toBeNull();
    expect(call('{"code":"A"}')).toMatch("is recorded");
    expect(call({ code: "B" })).toMatch("is recorded");
    expect(differenceFrom(step, { content: "x", toolCalls: [] })).toMatch('begins "x" where nothing is recorded');
    expect(differenceFrom(step, { content: null, toolCalls: [] })).toMatch("is recorded");
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
