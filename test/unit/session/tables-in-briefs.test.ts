/**
 * What tools answered in the part of a thread that leaves: in the brief as tables, in the next brief again, made from
 * the answers themselves.
 */
import { describe, expect, it } from "vitest";
import { answer, boats, calling, itemsOf, result, say, ToolThread } from "./tool-thread.ts";

const WIRES = ["chat-completions", "responses", "messages"] as const;
const HEADING = "What tools answered (JSON as names once, then values in that order):";
const words = (turn: number): string =>
  `mk${turn}x In step ${turn} I want ${turn * 3} crates of type K-${turn}. ${"Mind the paint, and the crew. ".repeat(24)}`;

/** Talks on until the thread has been compacted so often; answers what went up then. */
async function talkUntil(thread: ToolThread, from: number, compactions: number): Promise<string> {
  const { wire, conversation } = thread;
  for (let turn = from; turn < from + 60; turn++) {
    const { body } = await thread.turn([say(wire, words(turn))], answer(wire, `Done with ${turn}.`));
    if (conversation.tables.briefs.epochs().length >= compactions) return body;
  }
  throw new Error("no compaction");
}

function newestBrief({ conversation: { tables } }: ToolThread) {
  const brief = tables.briefs.find(tables.briefs.epochs().at(-1)?.brief ?? null);
  if (!brief) throw new Error("no brief");
  return brief;
}

/** Depths that the newest turn names as what its brief rests on. */
function sourcesShown({ conversation: { session, tables } }: ToolThread): number[] {
  const number = tables.log.session()?.turns ?? 0;
  const turn = session.inspect(null, "turn", { turn: { number } });
  return turn?.pieces.find(({ kind }) => kind === "brief")?.sources ?? [];
}

function depthsOf({ conversation: { tables } }: ToolThread, nodes: readonly number[]): number[] {
  expect(nodes.length).toBeGreaterThan(0);
  return tables.sql
    .all<{ depth: number }>(
      "SELECT depth FROM node WHERE id IN (SELECT value FROM json_each(?))",
      JSON.stringify(nodes),
    )
    .map(({ depth }) => depth);
}

describe.each(WIRES)("on %s a brief", (wire) => {
  it("holds what tools answered, whole lines of it, and so does the brief after it", async () => {
    const thread = new ToolThread(wire, {}, { guardTokens: 300 });
    for (const turn of [1, 2, 3]) {
      await thread.turn([say(wire, `${words(turn)} Which boats?`)], calling(wire, `c${turn}`));
      await thread.turn([result(wire, `c${turn}`, boats(3, turn * 100))], answer(wire, `Found for ${turn}.`));
    }
    const body = await talkUntil(thread, 4, 1);
    const first = newestBrief(thread);
    expect(first.text).toContain(HEADING);
    expect(first.text).toContain("\nB100,P0,40,false\n");
    expect(first.text).not.toContain('"boat":');
    expect(JSON.stringify(itemsOf(body)[0])).toContain("B100,P0,40,false");
    expect(sourcesShown(thread)).toEqual(expect.arrayContaining(depthsOf(thread, first.tables)));
    await talkUntil(thread, 20, 2);
    const second = newestBrief(thread);
    expect(second.id).toBeGreaterThan(first.id);
    expect(second.tables).toEqual(expect.arrayContaining(first.tables));
    expect(second.text).toContain("\nB100,P0,40,false\n");
  });

  it("has no tables where tools answered in words", async () => {
    const thread = new ToolThread(wire, {}, { guardTokens: 300 });
    await thread.turn([say(wire, words(1))], calling(wire, "c1"));
    await thread.turn([result(wire, "c1", `Boat B7 lies at pier P3. ${words(1)}`)], answer(wire, "B7."));
    await talkUntil(thread, 2, 1);
    const brief = newestBrief(thread);
    expect(brief.text).not.toContain(HEADING);
    expect(brief.tables).toEqual([]);
  });
});
