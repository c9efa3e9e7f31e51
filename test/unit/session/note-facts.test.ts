/**
 * How a session hands over what its user has said: once, later where the memory does not answer, and never in the way.
 *
 * Turns go through the real steps; only the memory's answers are the test's.
 */
import { describe, expect, it } from "vitest";
import { FACT_MESSAGES_PER_RUN_MAX, FACT_SEND_PAUSE_MS, FACT_SENDS_MAX } from "../../../src/model/limits.ts";
import type { JournalEvent } from "../../../src/ports/journal.ts";
import type { FactBatch, UserMemories } from "../../../src/ports/user-memory.ts";
import { wireMessageReader } from "../../../src/adapters/wire-message-reader.ts";
import { noteFacts } from "../../../src/session/facts/note-facts.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage } from "../../fakes/played-session.ts";

const REMEMBERED = { "x-strata-user": "ada" };

function start() {
  const conversation = startConversation({}, {}, { memory: "on" });
  const batches: { name: string; batch: FactBatch }[] = [];
  const scene = { isUp: true, now: Date.UTC(2027, 0, 1) };
  const memories: UserMemories = {
    find: (name) => ({
      note: async (batch) => {
        if (!scene.isUp) throw new Error("down");
        batches.push({ name, batch });
      },
      recall: async () => null,
      list: async () => null,
      add: () => Promise.reject(new Error("unused")),
      amend: () => Promise.reject(new Error("unused")),
      forgetSource: () => Promise.resolve(0),
      forget: () => Promise.reject(new Error("unused")),
    }),
  };
  const clock = { now: () => scene.now, wait: () => new Promise<void>(() => undefined) };
  const events: JournalEvent[] = [];
  const journal = { write: (event: JournalEvent) => void events.push(event) };
  const history: ChatMessage[] = [];
  const say = async (content: string, headers: Record<string, string> = REMEMBERED): Promise<void> => {
    history.push({ role: "user", content });
    const reply = { role: "assistant", content: "My name is Strata. I live in the cloud." };
    await conversation.send(JSON.stringify({ model: "m", messages: history }), { message: reply }, headers);
    history.push(reply);
  };
  const run = (): Promise<number | null> =>
    noteFacts(conversation.tables, { clock, reader: wireMessageReader, memories, journal });
  const said = (): string[] => batches.flatMap(({ batch }) => batch.facts.map(({ statement }) => statement));
  return { scene, batches, events, history, say, run, said };
}

describe("handing over", () => {
  it("brings the user's new words, once, under the session's and the user's names", async () => {
    const { batches, say, run, said } = start();
    await say("I'm vegan.");
    await say("What is due?");
    await say("I live in Oslo.");
    expect(await run()).toBeNull();
    expect(await run()).toBeNull();
    expect(said()).toEqual(["I'm vegan", "I live in Oslo"]);
    expect(batches[0]?.name).toMatch(/^us_/);
    expect(batches[0]?.batch).toMatchObject({ tenant: "tenant", session: expect.stringMatching(/^st_/), through: 5 });
    await say("I work as a nurse.");
    await run();
    expect(said()).toEqual(["I'm vegan", "I live in Oslo", "I work as a nurse"]);
    expect(batches.at(-1)?.batch.through).toBe(7);
  });

  it("leaves out what was said without leave, and asks nobody where nothing was said", async () => {
    const { batches, say, run, said } = start();
    await say("I'm vegan.", {});
    await say("I live in Oslo.", { ...REMEMBERED, "x-strata-memory": "off" });
    await say("What is due?");
    expect(await run()).toBeNull();
    expect(batches).toEqual([]);
    await say("I work as a nurse.");
    await run();
    expect(said()).toEqual(["I work as a nurse"]);
  });

  it("keeps two users of one session apart", async () => {
    const { batches, say, run } = start();
    await say("I'm vegan.");
    await say("I live in Oslo.", { "x-strata-user": "bob" });
    await say("I work as a nurse.");
    while ((await run()) !== null);
    expect(batches.map(({ batch }) => batch.facts.map(({ statement }) => statement))).toEqual([
      ["I'm vegan"],
      ["I live in Oslo"],
      ["I work as a nurse"],
    ]);
    expect(batches[0]?.name).toBe(batches[2]?.name);
    expect(batches[0]?.name).not.toBe(batches[1]?.name);
  });

  it("takes a long history in parts", async () => {
    const { batches, history, say, run } = start();
    for (let turn = 0; turn < FACT_MESSAGES_PER_RUN_MAX; turn++)
      history.push({ role: "user", content: `I love Band${turn}.` }, { role: "assistant", content: "Yes." });
    await say("I love Band99.");
    expect(await run()).not.toBeNull();
    expect(await run()).toBeNull();
    expect(batches.map(({ batch }) => batch.facts.length)).toEqual([FACT_MESSAGES_PER_RUN_MAX, 1]);
  });
});

describe("a memory that does not answer", () => {
  it("is asked again, later each time, and gets everything in the end", async () => {
    const { scene, events, say, run, said } = start();
    await say("I'm vegan.");
    scene.isUp = false;
    expect(await run()).toBe(scene.now + FACT_SEND_PAUSE_MS);
    // Not before its time.
    expect(await run()).toBe(scene.now + FACT_SEND_PAUSE_MS);
    scene.now += FACT_SEND_PAUSE_MS;
    await say("I live in Oslo.");
    expect(await run()).toBe(scene.now + 2 * FACT_SEND_PAUSE_MS);
    scene.isUp = true;
    scene.now += 2 * FACT_SEND_PAUSE_MS;
    expect(await run()).toBeNull();
    expect(said()).toEqual(["I'm vegan", "I live in Oslo"]);
    const fault = { event: "memory_unavailable", step: "note", error: "Error", tenant: "tenant" };
    expect(events).toEqual([fault, fault].map((event) => ({ ...event, session: expect.stringMatching(/^st_/) })));
  });

  it("is given up on at last, so that no alarm runs for ever", async () => {
    const { scene, say, run, said } = start();
    await say("I'm vegan.");
    scene.isUp = false;
    let runs = 0;
    for (let at = await run(); at !== null; at = await run()) {
      scene.now = at;
      runs++;
    }
    expect(runs).toBe(FACT_SENDS_MAX - 1);
    scene.isUp = true;
    await say("I live in Oslo.");
    await run();
    expect(said()).toEqual(["I live in Oslo"]);
  });
});
