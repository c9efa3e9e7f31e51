/**
 * Finished segments that a model condenses: when it is asked, what becomes of its answers and of its failures.
 *
 * What an answer may say is the gate's matter and tested there.
 */
import { describe, expect, it } from "vitest";
import type { ChatMessage } from "../../fakes/played-session.ts";
import { scriptWriter } from "../../fakes/distiller/script-writer.ts";
import { ledgerOf, play, reply, say, segmentsOf, start, user } from "./condensed-talk.ts";

describe("finished segments", () => {
  it("are condensed once each, from their own messages, and told in the briefs after", async () => {
    const writer = scriptWriter();
    const conversation = start(writer);
    await play(conversation, 60);
    const segments = segmentsOf(conversation).filter(({ level }) => level === 1);
    expect(segments.length).toBeGreaterThan(3);
    expect(writer.prompts).toHaveLength(segments.length);
    let depth = 0;
    for (const [index, { fromDepth, toDepth, state, previous, digest, tokens }] of segments.entries()) {
      expect(fromDepth).toBe(depth);
      depth = toDepth;
      expect(state).toBe("digested");
      expect(previous).toBe(segments[index - 1]?.id ?? null);
      expect(tokens).toBeGreaterThan(5000);
      expect(digest?.gists[0]?.text).toContain(`In step ${fromDepth} I want`);
      expect(writer.prompts[index]?.material).toContain(`In step ${fromDepth} I want`);
      expect(writer.prompts[index]?.material).not.toContain(`In step ${toDepth} I want`);
    }
    const adopted = conversation.tables.briefs.find(conversation.tables.briefs.epochs().at(-1)?.brief ?? null);
    expect(adopted?.written.map(({ segment }) => segment)).toContain(segments[0]?.id);
    expect(adopted?.text).toContain(segments[0]?.digest?.gists[0]?.text);
  });

  it("leave their facts beside the messages that they rest on, once each", async () => {
    const conversation = start(scriptWriter());
    await play(conversation, 60);
    const facts = segmentsOf(conversation).flatMap(({ digest }) => digest?.facts ?? []);
    expect(facts.length).toBeGreaterThan(0);
    const notes = conversation.sql.all<{ text: string }>("SELECT text FROM recall_note ORDER BY id");
    expect(new Set(notes.map(({ text }) => text))).toEqual(new Set(facts.map(({ text }) => text)));
  });

  it("are rolled up by eight, from what was written of them", async () => {
    const writer = scriptWriter();
    const conversation = start(writer);
    await play(conversation, 44, [], 5);
    const [rollUp, ...more] = segmentsOf(conversation).filter(({ level }) => level === 2);
    expect(more).toEqual([]);
    expect(rollUp).toMatchObject({ state: "digested", fromDepth: 0 });
    const parts = segmentsOf(conversation).filter(
      ({ level, toDepth }) => level === 1 && toDepth <= (rollUp?.toDepth ?? 0),
    );
    expect(parts).toHaveLength(8);
    // Each line names messages, never segments: nothing is a summary of summaries of summaries.
    const nodes = new Set(parts.flatMap(({ digest }) => digest?.gists.flatMap(({ sources }) => sources) ?? []));
    for (const { sources } of rollUp?.digest?.gists ?? []) for (const node of sources) expect(nodes).toContain(node);
    const prompt = writer.prompts.find(({ task }) => task.includes("several consecutive stretches"));
    expect(prompt?.material).toContain(parts[0]?.digest?.gists[0]?.text);
    expect(prompt?.material).not.toContain("Take care of the paint and of the ropes. Take care");
    const latest = conversation.tables.briefs.all().findLast(({ written }) => written.length > 0);
    expect(latest?.written.map(({ segment }) => segment)).toContain(rollUp?.id);
    expect(latest?.written.map(({ segment }) => segment)).not.toContain(parts[0]?.id);
  });

  it("are shared by threads that share them", async () => {
    const writer = scriptWriter();
    const conversation = start(writer);
    const history = await play(conversation, 40);
    const calls = writer.prompts.length;
    expect(calls).toBeGreaterThan(0);
    await play(conversation, 10, history.slice(0, 50));
    const starts = segmentsOf(conversation).map(({ endChain }) => endChain);
    expect(new Set(starts).size).toBe(starts.length);
    expect(writer.prompts.filter(({ material }) => material.includes("In step 0 I want"))).toHaveLength(1);
  });

  it("do not exist where no model writes", async () => {
    const conversation = start(null);
    await play(conversation, 40);
    expect(segmentsOf(conversation)).toEqual([]);
    expect(ledgerOf(conversation).distiller).toBeUndefined();
  });
});

describe("a failure", () => {
  it("is tried once more, later, and then left to quotes", async () => {
    const writer = scriptWriter({ code: "timed_out" });
    const conversation = start(writer);
    await play(conversation, 40);
    const segments = segmentsOf(conversation);
    expect(segments[0]).toMatchObject({ state: "failed", attempts: 2, digest: null, checks: { code: "timed_out" } });
    expect(writer.prompts.length).toBeLessThanOrEqual(2 * segments.length);
    expect(conversation.tables.briefs.all().every(({ written }) => written.length === 0)).toBe(true);
    expect(conversation.tables.briefs.epochs().length).toBeGreaterThan(0);
  });

  it("of one segment leaves the others to be told", async () => {
    const writer = scriptWriter("talks");
    const conversation = start(writer);
    const history = await play(conversation, 24);
    writer.answer = "well";
    await play(conversation, 30, history);
    const states = segmentsOf(conversation).map(({ state }) => state);
    expect(states[0]).toBe("failed");
    expect(states).toContain("digested");
  });

  it("of all that would be rolled up leaves nothing to ask", async () => {
    const writer = scriptWriter("talks");
    const conversation = start(writer);
    await play(conversation, 50, [], 5);
    const [rollUp] = segmentsOf(conversation).filter(({ level }) => level === 2);
    expect(rollUp).toMatchObject({ state: "failed", attempts: 0, checks: { code: "nothing_to_condense" } });
    expect(writer.prompts.filter(({ task }) => task.includes("several consecutive stretches"))).toEqual([]);
  });

  it("of the upstream to take a rewritten request ends the calls for its thread", async () => {
    const writer = scriptWriter();
    const conversation = start(writer);
    const history = await play(conversation, 10);
    conversation.pass(50_000);
    history.push(user(say(history.length)));
    const text = JSON.stringify({ model: "m", messages: history });
    await conversation.send(text, { message: reply("Done."), rewriteRefused: true });
    history.push(reply("Done."));
    const asked = writer.prompts.length;
    await play(conversation, 30, history);
    expect(writer.prompts).toHaveLength(asked);
  });

  it("to know the schema is met with plain words, at once and from then on", async () => {
    const writer = scriptWriter({ code: "format_refused", status: 400 });
    const ask = writer.write.bind(writer);
    const conversation = start({
      ...writer,
      write: (prompt) => {
        writer.answer = prompt.isStructured ? { code: "format_refused", status: 400 } : "well";
        return ask(prompt);
      },
    });
    await play(conversation, 40);
    expect(segmentsOf(conversation).every(({ state }) => state === "digested")).toBe(true);
    expect(writer.prompts.map(({ isStructured }) => isStructured).filter(Boolean)).toHaveLength(1);
    // A refused request costs nothing.
    const billed = ledgerOf(conversation).distiller;
    expect(billed?.promptTokens).toBe((writer.prompts.length - 1) * 6000);
  });
});

describe("while a model writes", () => {
  it("the conversation goes on, and nothing of it is lost", async () => {
    const writer = scriptWriter();
    const conversation = start(writer);
    const history: ChatMessage[] = [];
    let during = 0;
    writer.meanwhile = async () => {
      during++;
      history.push(user(say(history.length)));
      await conversation.send(JSON.stringify({ model: "m", messages: history }), { message: reply("Noted.") });
      history.push(reply("Noted."));
    };
    await play(conversation, 40, history);
    expect(during).toBeGreaterThan(1);
    const session = conversation.tables.log.session();
    expect(session?.turns).toBe(40 + during);
    expect(session?.pending).toMatchObject({ uncounted: [], turns: [], digests: [] });
    expect(session?.ledger.calls).toBe(40 + during);
    expect(segmentsOf(conversation).every(({ state }) => state === "digested")).toBe(true);
    expect(conversation.tables.briefs.all().some(({ written }) => written.length > 0)).toBe(true);
  });
});
