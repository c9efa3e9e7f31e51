/**
 * Deletion of a message and of a branch, on every wire: no byte of the words stays in the session's file, and what is left
 * goes on as a conversation.
 *
 * SQLite's own wiping is off, as in an object. The words are searched one by one, because the index of words keeps each by
 * itself, and in every spelling in which they could lie there.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WireName } from "../../../src/model/wire.ts";
import { REWRITES } from "../../../src/session/release/rewrite-tables.ts";
import { findTraces } from "../../fakes/find-traces.ts";
import { scriptWriter } from "../../fakes/distiller/script-writer.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation, SentTurn } from "../../fakes/played-session.ts";
import { answer, boats, calling, itemsOf, result, say, writeBody } from "./tool-thread.ts";
import type { Item } from "./tool-thread.ts";

const WIRES: WireName[] = ["chat-completions", "responses", "messages"];
const POLICY = { recallTokens: 200, recallTokensMax: 1200, guardTokens: 500, sessionSlack: 5 };
const CHEAP = { input: 0.01, read: 0.01, write: 0.01, output: 0.04, ttlSeconds: 300 };
const PRICE = { ...CHEAP, minimumTokens: 0, granuleTokens: 1, windowTokens: null };

/** Said once, and in a way that gets it into everything: a wish, a figure, a name. */
const SECRET_WORDS = ["marmaladeoctopus", "kryptonbadger", "zephyrinus", "quillfeather", "jürgenßon", "73918264"];
const SECRET =
  "Always call me Zephyrinus. The passphrase of Quillfeather is marmaladeoctopus kryptonbadger, Jürgenßon said on 3 March: 73918264.";
const QUESTION = "What is the passphrase of Quillfeather that Jürgenßon said?";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "release-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** The words that can still be found in the session's file. */
const traces = (words: readonly string[]): string[] =>
  findTraces(folder, words).map((trace) => trace.slice(0, trace.indexOf(" in ")));

class Play {
  readonly wire: WireName;
  readonly conversation: Conversation;
  items: Item[] = [];
  sent: SentTurn[] = [];

  constructor(wire: WireName, writes = true) {
    this.wire = wire;
    const writer = writes ? scriptWriter() : null;
    this.conversation = startConversation(
      POLICY,
      { read: 0.1 },
      {
        wire,
        writer,
        writerPrice: PRICE,
        sql: openNodeSql(join(folder, "session.db")),
      },
    );
    this.conversation.sql.run("PRAGMA secure_delete = OFF");
    this.conversation.sql.run("PRAGMA synchronous = OFF");
  }

  async ask(item: Item, reply: Item, headers: Record<string, string> = {}): Promise<SentTurn> {
    this.items.push(item);
    const isDelta = "x-strata-parent" in headers;
    const text = writeBody(this.wire, isDelta ? [item] : this.items);
    const turn = await this.conversation.send(text, { message: reply as ChatMessage }, headers);
    this.items.push(reply);
    this.sent.push(turn);
    this.conversation.pass(20);
    await this.conversation.work();
    return turn;
  }

  async talk(turns: number, from = 0): Promise<void> {
    for (let turn = from; turn < from + turns; turn++) {
      const filler = `Crates ${turn} of type K-${turn} go to dock ${turn % 9}, and the foreman signs. ${"Mind the paint on the rail. ".repeat(60)}`;
      await this.ask(say(this.wire, filler), answer(this.wire, `Noted, number ${turn}.`));
    }
  }

  async useTool(id: string, text: string): Promise<void> {
    await this.ask(say(this.wire, `Look ${id} up.`), calling(this.wire, id));
    await this.ask(result(this.wire, id, text), answer(this.wire, `Looked ${id} up.`));
  }

  chainOf(text: string): string {
    const { tables } = this.conversation;
    const nodes = tables.sql.all<{ chain: string; message: string }>("SELECT chain, message FROM node ORDER BY id");
    return nodes.find(({ message }) => tables.store.body(message)?.json.includes(text))?.chain ?? "";
  }

  get kept(): string {
    return JSON.stringify(this.conversation.sql.all("SELECT body FROM message"));
  }
}

vi.setConfig({ testTimeout: 30_000 });

describe.each(WIRES)("a message on %s", (wire) => {
  it("leaves no byte of its words, whatever was made of them, and the conversation goes on", async () => {
    const play = new Play(wire);
    await play.talk(1);
    await play.ask(say(wire, SECRET), answer(wire, "I keep that in mind."));
    await play.talk(30, 1);
    const asked = await play.ask(say(wire, QUESTION), answer(wire, "As you said."));
    expect(asked.plan.mode).toBe("brief");
    expect(asked.body.toLowerCase()).toContain("kryptonbadger");
    const { tables } = play.conversation;
    expect(JSON.stringify(tables.segments.all()).toLowerCase()).toContain("kryptonbadger");
    expect(traces(SECRET_WORDS)).toEqual(SECRET_WORDS);

    // The question says two of the words itself.
    const released = play.conversation.release({ kind: "message", chain: play.chainOf("Zephyrinus") });
    expect(released).toMatchObject({ messages: 1, copies: 0 });
    expect(released?.briefs).toBeGreaterThan(0);
    expect(released?.digests).toBeGreaterThan(0);
    expect(traces(["marmaladeoctopus", "kryptonbadger", "zephyrinus", "73918264"])).toEqual([]);
    play.conversation.release({ kind: "message", chain: play.chainOf("What is the passphrase") });
    expect(traces(SECRET_WORDS)).toEqual([]);

    await play.conversation.work();
    const next = await play.ask(say(wire, "And what is next?"), answer(wire, "The crates."));
    expect(next.verdict).toBe("continue");
    await play.talk(12, 40);
    expect(play.sent.at(-1)?.plan.mode).toBe("brief");
    expect(traces(SECRET_WORDS)).toEqual([]);
    expect(play.kept).toContain("Crates 5 of type");
  });
});

describe.each(WIRES)("a tool's result on %s", (wire) => {
  const LONG = boats(30).replace("B7", "Kryptonbadger").replace("P3", "Marmaladeoctopus");
  const WORDS = ["marmaladeoctopus", "kryptonbadger"];

  it("leaves its call answered, and no byte in short forms, tables and recorded bodies", async () => {
    const play = new Play(wire, false);
    await play.useTool("look-1", LONG);
    await play.useTool("look-2", LONG);
    await play.talk(16);
    await play.ask(say(wire, "Which boat is Kryptonbadger, and where is Marmaladeoctopus?"), answer(wire, "There."));
    const { tables } = play.conversation;
    expect(tables.sql.all("SELECT 1 FROM form")).not.toEqual([]);
    const { recordings } = tables;
    const bodyOf = (turn: SentTurn) => recordings.find(turn.rev)?.bodies[0];
    const [early, late] = [play.sent[0], play.sent.at(-1)] as [SentTurn, SentTurn];
    expect(bodyOf(late)?.text).not.toBeNull();
    for (let left = play.chainOf("Kryptonbadger"); left !== ""; left = play.chainOf("Kryptonbadger"))
      play.conversation.release({ kind: "message", chain: left });
    expect(traces(WORDS)).toEqual([]);
    expect(bodyOf(late)).toMatchObject({ text: null, side: "client" });
    expect(bodyOf(late)?.sha256).toMatch(/^[0-9a-f]{64}$/);
    const first = bodyOf(early);
    expect(first && recordings.text(first)).toContain("Look look-1 up.");

    // A delta has what is left of it: the call stands, and its result answers it.
    const next = await play.ask(say(wire, "Go on."), answer(wire, "Yes."), { "x-strata-parent": late.rev });
    const items = JSON.stringify(itemsOf(next.body));
    expect(next.plan.mode === "brief" || items.includes("look-1")).toBe(true);
    expect(traces(WORDS)).toEqual([]);
  });
});

it("a history that is sent again is not stored again, nor recorded", async () => {
  const play = new Play("chat-completions", false);
  await play.talk(1);
  await play.ask(say("chat-completions", SECRET), answer("chat-completions", "Noted."));
  play.conversation.release({ kind: "message", chain: play.chainOf("Zephyrinus") });
  const again = await play.ask(say("chat-completions", "What now?"), answer("chat-completions", "Crates."));
  expect(again.body).toContain("Zephyrinus");
  expect(again.verdict).toBe("continue");
  expect(play.conversation.tables.recordings.find(again.rev)?.bodies.map(({ text }) => text)).toEqual([null, null]);
  expect(traces(SECRET_WORDS)).toEqual([]);
});

it("a turn that was under way brings nothing back", async () => {
  const play = new Play("chat-completions", false);
  await play.talk(1);
  await play.ask(say("chat-completions", SECRET), answer("chat-completions", "Noted."));
  await play.talk(16, 1);
  const { conversation } = play;
  play.items.push(say("chat-completions", QUESTION));
  const text = writeBody("chat-completions", play.items);
  const planned = await conversation.plan(text);
  if (!planned.ok) throw new Error("no plan");
  expect(planned.value.ticket?.recalled.newest?.text).toContain("kryptonbadger");
  conversation.release({ kind: "message", chain: play.chainOf("Zephyrinus") });
  await conversation.finish(planned.value, text, { message: { role: "assistant", content: "As you said." } });
  expect(conversation.turns().at(-1)?.record["recalled"]).toBeNull();
  expect(traces(["marmaladeoctopus", "kryptonbadger", "zephyrinus", "73918264"])).toEqual([]);

  const behind = await conversation.plan(writeBody("chat-completions", [...play.items, say("chat-completions", "x")]));
  if (!behind.ok) throw new Error("no plan");
  conversation.release({ kind: "branch", thread: conversation.tables.log.session()?.recent.tips.at(-1) ?? "" });
  await conversation.finish(behind.value, text, { message: { role: "assistant", content: "Late." } });
  expect(conversation.sql.all("SELECT 1 FROM node")).toEqual([]);
  expect(traces(SECRET_WORDS)).toEqual([]);
});

describe.each(WIRES)("a branch on %s", (wire) => {
  it("goes with all that was made of it, and leaves the other as it was", async () => {
    const play = new Play(wire);
    await play.talk(3);
    const fork = play.items.length;
    await play.ask(say(wire, SECRET), answer(wire, "I keep that in mind."));
    await play.talk(26, 3);
    await play.ask(say(wire, QUESTION), answer(wire, "Kryptonbadger."));
    const lost = play.conversation.tables.log.session()?.recent.tips.at(-1) ?? "";
    play.items = play.items.slice(0, fork);
    await play.talk(14, 100);
    const { tables } = play.conversation;
    const other = tables.log.session()?.recent.tips.at(-1) ?? "";
    const before = tables.store.bodiesBelow(other, 0);
    const state = tables.log.newest(1)[0]?.state;
    expect(traces(SECRET_WORDS)).toEqual(SECRET_WORDS);

    const released = play.conversation.release({ kind: "branch", thread: lost });
    expect(released).toMatchObject({ messages: 56, turns: 28 });
    expect(traces(SECRET_WORDS)).toEqual([]);
    expect(tables.store.bodiesBelow(other, 0)).toEqual(before);
    expect(tables.log.newest(1)[0]?.state).toEqual(state);
    expect(tables.log.session()?.recent.tips).not.toContain(lost);
    expect(play.conversation.release({ kind: "branch", thread: lost })).toBeNull();

    await play.talk(3, 200);
    expect(play.sent.at(-1)?.verdict).toBe("continue");
    expect(play.sent.at(-1)?.plan).toEqual({ mode: "brief", reason: "epoch" });
    expect(traces(SECRET_WORDS)).toEqual([]);
  });
});

it("two answers to one question are two branches", async () => {
  const play = new Play("chat-completions", false);
  await play.talk(2);
  const question = say("chat-completions", "Tell me.");
  await play.ask(question, answer("chat-completions", SECRET));
  const first = play.sent.at(-1)?.rev;
  play.items.splice(-2);
  await play.ask(question, answer("chat-completions", "The other answer."));
  const { tables } = play.conversation;
  expect(play.conversation.release({ kind: "branch", thread: play.chainOf("Zephyrinus") })).toMatchObject({
    messages: 1,
  });
  expect(traces(SECRET_WORDS)).toEqual([]);
  expect(tables.log.find(first ?? "")).toBeNull();
  await play.ask(say("chat-completions", "Thanks."), answer("chat-completions", "Yes."));
  expect(play.sent.at(-1)?.verdict).toBe("continue");
});

it("writes every table of a session anew, and the schema stays", async () => {
  const play = new Play("messages", false);
  await play.talk(2);
  const read = (): unknown[] =>
    play.conversation.sql.all("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'scrub%' ORDER BY name");
  const before = read();
  const tables = play.conversation.sql.all<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'recall_index%' ORDER BY name",
  );
  const archive = ["recall_note", "recall_piece", "recall_speaker"];
  expect(tables.map(({ name }) => name)).toEqual([...REWRITES.map(({ table }) => table), ...archive].toSorted());
  play.conversation.release({ kind: "message", chain: play.chainOf("Crates 1") });
  expect(read()).toEqual(before);
});
