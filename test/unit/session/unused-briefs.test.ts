/**
 * Briefs that were written and never adopted: let go, but not while a turn under way may still adopt one.
 */
import { describe, expect, it } from "vitest";
import { play, reply, say, start, user } from "./condensed-talk.ts";

describe("briefs that no thread uses", () => {
  it("are deleted an hour later, and every other one stays", async () => {
    const conversation = start(null);
    const history = await play(conversation, 60);
    const { briefs } = conversation.tables;
    const written = briefs.all().length;
    const adopted = briefs.epochs().map(({ brief }) => brief);
    expect(written).toBeGreaterThan(2 * adopted.length);
    conversation.pass(3700);
    await play(conversation, 20, history);
    const left = briefs.all().map(({ id }) => id);
    expect(left.length).toBeLessThan(written);
    for (const id of adopted) expect(left).toContain(id);
    const prepared = conversation.turns().at(-1)?.state?.prepared;
    if (prepared) expect(left).toContain(prepared);
  });

  /** A turn under way that is to adopt the prepared brief. */
  async function underWay() {
    const conversation = start(null);
    const history = await play(conversation, 8);
    conversation.pass(50_000);
    history.push(user(say(history.length)));
    const text = JSON.stringify({ model: "m", messages: history });
    const planned = await conversation.plan(text);
    if (!planned.ok || !planned.value.ticket?.adopts) throw new Error("adopts nothing");
    const finish = () => conversation.finish(planned.value, text, { message: reply("Done.") });
    return { conversation, adopts: planned.value.ticket.adopts, finish };
  }

  it("may still be adopted within the hour by a turn that was under way", async () => {
    const { conversation, adopts, finish } = await underWay();
    const { briefs } = conversation.tables;
    briefs.prune([], 1_000, 3_600_000);
    briefs.prune([], 3_600_000, 3_600_000);
    await finish();
    expect(briefs.epochs().map(({ brief }) => brief)).toEqual([adopts]);
    briefs.prune([], 9_000_000, 3_600_000);
    expect(briefs.find(adopts)).not.toBeNull();
    expect(conversation.turns().at(-1)?.state?.brief).toBe(adopts);
  });

  it("are not adopted by a turn that took longer, and its thread goes on whole", async () => {
    const { conversation, adopts, finish } = await underWay();
    const { briefs } = conversation.tables;
    // A newer one, so that the row is not the last.
    const other = briefs.add({ ...briefs.all()[0]!, text: "other" });
    briefs.prune([other], 1_000, 3_600_000);
    briefs.prune([other], 9_000_000, 3_600_000);
    expect(briefs.find(adopts)).toBeNull();
    await finish();
    expect(briefs.epochs()).toEqual([]);
    expect(conversation.turns().at(-1)?.state?.brief).toBeNull();
    await conversation.work();
  });

  it("never give their number to another", async () => {
    const conversation = start(null);
    const { briefs } = conversation.tables;
    await play(conversation, 30);
    const newest = Math.max(...briefs.all().map(({ id }) => id));
    briefs.prune([], 1e15, 0);
    briefs.prune([], 2e15, 0);
    const adopted = briefs.epochs().map(({ brief }) => brief);
    expect(new Set(briefs.all().map(({ id }) => id))).toEqual(new Set([...adopted, newest]));
  });
});
