/**
 * What a compaction makes of tool results: those that stayed whole become short with the one rewrite, and one that only
 * names an earlier call speaks for itself again when that call leaves.
 */
import { describe, expect, it } from "vitest";
import type { WireName } from "../../../src/model/wire.ts";
import { answer, boats, calling, itemsOf, result, resultText, say, ToolThread } from "./tool-thread.ts";
import type { Item, Played } from "./tool-thread.ts";

const WIRES = ["chat-completions", "responses", "messages"] as const;
const SHORT = /^\[JSON, shortened: /;
const REPEAT = /^\[same result as the earlier call /;
const words = (turn: number): string =>
  `mk${turn}x In step ${turn} I want ${turn * 3} crates. ${"Mind it. ".repeat(12)}`;

/** Every result that went up, by the id of its call. */
function resultsOf({ body }: Played): Map<unknown, string> {
  const idOf = (item: Item): unknown => {
    const [block] = Array.isArray(item["content"]) ? (item["content"] as Item[]) : [];
    return item["call_id"] ?? item["tool_call_id"] ?? block?.["tool_use_id"];
  };
  const answers = itemsOf(body).filter((item) => idOf(item) !== undefined && item["type"] !== "function_call");
  return new Map(answers.map((item) => [idOf(item), resultText(item)]));
}

/** An exchange with one call and its result; answers what went up with the result. */
async function exchange(thread: ToolThread, turn: number, text: string, headers = {}): Promise<Played> {
  const { wire } = thread;
  await thread.turn([say(wire, words(turn))], calling(wire, `c${turn}`), headers);
  return thread.turn([result(wire, `c${turn}`, text)], answer(wire, `Done with ${turn}. ${words(turn)}`), headers);
}

/** Goes on until a call compacts, and answers that call. */
async function compact(thread: ToolThread, headers = {}): Promise<Played> {
  const { wire } = thread;
  for (let turn = 50; turn < 90; turn++) {
    thread.conversation.pass(4000);
    const sent = await thread.turn([say(wire, words(turn))], answer(wire, `Done with ${turn}.`), headers);
    if (sent.plan.mode === "brief") return sent;
  }
  throw new Error("no compaction");
}

const guard = { guardTokens: 700 };

function start(wire: WireName, wholeResultChars = 32_000): ToolThread {
  return new ToolThread(wire, { STRATA_WHOLE_RESULT_CHARS: String(wholeResultChars) }, guard);
}

describe.each(WIRES)("a compaction on %s", (wire) => {
  it("takes the results that stay with it into its rewrite, and they stay so", async () => {
    const thread = start(wire);
    await exchange(thread, 1, boats(20));
    await exchange(thread, 2, boats(21));
    const whole = await exchange(thread, 3, boats(12));
    expect([...resultsOf(whole).values()]).toEqual([boats(20), boats(21), boats(12)]);
    const rewritten = await compact(thread);
    const short = resultsOf(rewritten);
    expect(short.size).toBeGreaterThan(0);
    for (const text of short.values()) expect(text).toMatch(SHORT);
    expect(itemsOf(rewritten.asDelta ?? "")).toEqual(itemsOf(rewritten.body));
    const next = await thread.turn([say(wire, "Go on.")], answer(wire, "Yes."));
    expect(next.plan.reason).toBe("epoch");
    expect(resultsOf(next)).toEqual(short);
  });

  it("does not leave a result pointing at a call that has left", async () => {
    const thread = start(wire, 800);
    await exchange(thread, 1, boats(20));
    await exchange(thread, 2, "Nothing found.".repeat(60));
    const again = await exchange(thread, 3, boats(20));
    expect(resultsOf(again).get("c3")).toMatch(REPEAT);
    const rewritten = await compact(thread);
    const left = resultsOf(rewritten);
    expect(left.has("c1")).toBe(false);
    expect(left.get("c3")).toMatch(SHORT);
    expect(itemsOf(rewritten.asDelta ?? "")).toEqual(itemsOf(rewritten.body));
  });

  it("leaves them whole for a client that wants them so", async () => {
    const thread = start(wire);
    for (const turn of [1, 2, 3]) await exchange(thread, turn, boats(20 + turn));
    const rewritten = await compact(thread, { "x-strata-tools": "keep" });
    const whole = resultsOf(rewritten);
    expect(whole.size).toBeGreaterThan(0);
    for (const [id, text] of whole) expect(text).toBe(boats(20 + Number(String(id).slice(1))));
    const next = await thread.turn([say(wire, "Go on.")], answer(wire, "Yes."));
    expect(resultsOf(next)).toEqual(whole);
  });
});
