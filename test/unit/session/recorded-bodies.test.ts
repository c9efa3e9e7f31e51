/**
 * What was sent can be shown again, byte for byte, whatever the client does with its history; and keeping it costs what
 * is new in a turn, not what the turn drags along.
 */
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation } from "../../fakes/played-session.ts";
import { Client, WIRES } from "./restless-client.ts";
import type { Action } from "./restless-client.ts";
import { answer, say, writeBody } from "./tool-thread.ts";
import type { Item } from "./tool-thread.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Every recorded body against what was sent; answers how many there were. */
function judgeRecordings({ tables: { recordings }, exchanges }: Conversation): number {
  let count = 0;
  for (const { rev, client, forwarded } of exchanges) {
    for (const body of recordings.find(rev)?.bodies ?? []) {
      const sent = body.side === "client" ? client : forwarded;
      expect(recordings.text(body), `${body.side} of ${rev}`).toBe(sent);
      expect([body.sha256, body.bytes, body.isClient]).toEqual([
        sha256(sent),
        Buffer.byteLength(sent),
        body.side === "forwarded" && sent === client,
      ]);
      count++;
    }
  }
  return count;
}

/** What is called the same stands on both sides, in order; answers why the pieces of all turns went up as they did. */
function judgeViews({ session, exchanges }: Conversation): Set<string> {
  const reasons = new Set<string>();
  for (const { rev, client, forwarded } of exchanges) {
    const turn = { rev };
    const pieces = session.inspect(null, "turn", { turn })?.pieces ?? [];
    const depths = pieces.filter(({ kind }) => kind === "message").map(({ depth }) => depth);
    expect(depths).toEqual(depths.map((_, index) => index + 1));
    const diff = session.inspect(null, "diff", { turn })?.pieces ?? [];
    const ends = [0, 0];
    for (const piece of diff) {
      const texts = [piece.client && client.slice(piece.client.start, piece.client.end)];
      texts.push(piece.forwarded && forwarded.slice(piece.forwarded.start, piece.forwarded.end));
      const isSame = piece.fate === "verbatim" && piece.client !== null;
      if (isSame) expect(texts[0]).toBe(texts[1]);
      for (const [side, stretch] of [piece.client, piece.forwarded].entries()) {
        const text = side === 0 ? client : forwarded;
        if (stretch) expect(text.slice(ends[side], stretch.start)).toMatch(/^[\s,]*$/);
        if (stretch) ends[side] = stretch.end;
      }
    }
    expect(ends).toEqual([client.length, forwarded.length]);
    for (const { reason } of [...pieces, ...diff]) reasons.add(reason);
  }
  return reasons;
}

const [size, calls] = [fc.integer({ min: 40, max: 900 }), fc.constantFrom(0, 0, 1, 2)];
const [found, rounds] = [fc.oneof(size, fc.constantFrom(2000, 2001)), fc.constantFrom(1, 3)];
const spoken = fc.record({ kind: fc.constant("say"), size, calls, found, rounds, thinks: fc.boolean() });
const night = fc.record({ kind: fc.constant("night"), seconds: fc.constantFrom(200, 4000, 90_000) });
const other = fc.constantFrom("regenerate", "spell", "strip", "model", "side", "back");
const anything: fc.Arbitrary<Action> = fc.oneof(
  { weight: 20, arbitrary: spoken },
  { weight: 3, arbitrary: night },
  { weight: 6, arbitrary: other.map((kind) => ({ kind })) },
);

describe.each(WIRES)("on %s", { timeout: 120_000 }, (wire) => {
  it("every body comes back with its hash, and what no recording needs can be dropped at any time", async () => {
    let briefs = 0;
    const reasons = new Set<string>();
    const marks = fc.constantFrom("none", "automatic", "moving", "an hour");
    const actions = fc.array(anything, { minLength: 12, maxLength: 30, size: "max" });
    const plays = fc.asyncProperty(actions, marks, fc.integer({ min: 0, max: 99 }), async (played, marker, some) => {
      const client = new Client(wire, marker, { recallTokens: 300, recallTokensMax: 400 });
      briefs += (await client.play(played)).briefs;
      const { conversation } = client;
      const { tables, exchanges } = conversation;
      expect(judgeRecordings(conversation)).toBe(2 * exchanges.length);
      const looked = exchanges.filter((_, index) => index % 3 === some % 3);
      for (const reason of judgeViews({ ...conversation, exchanges: looked })) reasons.add(reason);
      const gone = exchanges.filter((_, index) => (index * 7 + some) % 3 === 0).map(({ rev }) => rev);
      tables.recordings.forget(gone.slice(1));
      tables.recordings.remove(gone.slice(0, 1));
      tables.recordings.collect();
      const kept = exchanges.filter(({ rev }) => !gone.includes(rev));
      judgeRecordings({ ...conversation, exchanges: kept });
      for (const rev of gone.slice(1))
        for (const body of tables.recordings.find(rev)?.bodies ?? []) expect(tables.recordings.text(body)).toBeNull();
      tables.recordings.remove(exchanges.map(({ rev }) => rev));
      tables.recordings.collect();
      expect(conversation.sql.all("SELECT hash FROM body_prefix UNION SELECT hash FROM body_piece")).toEqual([]);
    });
    await fc.assert(plays, { numRuns: 6 });
    expect(briefs).toBeGreaterThan(6);
    for (const reason of ["brief_in_force", "before_the_cut", "behind_the_cut", "about_the_question"])
      expect(reasons).toContain(reason);
  });

  it("a client that sends only what is new has both its few bytes and the long prompt recorded", async () => {
    const conversation = startConversation({ guardTokens: 200 }, {}, { wire });
    let rev: string | null = null;
    let items: Item[] = [];
    for (let turn = 0; turn < 24; turn++) {
      const fresh = say(wire, `question ${turn} 💬 ${"about the boats at the pier ".repeat(8)}`);
      const headers = rev === null ? {} : { "x-strata-parent": rev };
      const reply = answer(wire, `answer ${turn}`);
      const message = (wire === "responses" ? { items: [reply] } : reply) as ChatMessage;
      items = [...items, fresh];
      const sent = await conversation.send(writeBody(wire, [fresh]), { message }, headers);
      rev = sent.rev;
      conversation.pass(turn === 16 ? 40_000 : 20);
      await conversation.work();
    }
    expect(judgeRecordings(conversation)).toBe(48);
    expect(conversation.turns().at(-1)?.mode).toBe("brief");
  });
});

describe("what recording costs", { timeout: 30_000 }, () => {
  /** Rows and bytes of the recorder's tables. */
  function measure({ sql }: Conversation): { rows: number; bytes: number } {
    const [sum] = sql.all<{ rows: number; bytes: number }>(
      `SELECT count(*) AS rows, sum(length(CAST(text AS BLOB))) AS bytes FROM (
         SELECT bodies AS text FROM recording UNION ALL SELECT parts FROM body_prefix UNION ALL SELECT text FROM body_piece)`,
    );
    return { rows: sum?.rows ?? 0, bytes: sum?.bytes ?? 0 };
  }

  it.each(WIRES)(
    "on %s is the same for the 300th turn as for the 30th, also where cache markers move",
    async (wire) => {
      const conversation = startConversation({ guardTokens: 2000 }, {}, { wire });
      const items: Item[] = [];
      const costs: number[] = [];
      let before = { rows: 0, bytes: 0 };
      for (let turn = 0; turn < 300; turn++) {
        items.push(say(wire, `question ${turn} ${"about the boats ".repeat(12)}`));
        const reply = answer(wire, `answer ${turn}`);
        const message = (wire === "responses" ? { items: [reply] } : reply) as ChatMessage;
        await conversation.send(writeBody(wire, wire === "messages" ? mark(items) : items), { message });
        items.push(reply);
        conversation.pass(20);
        if (turn % 10 === 0) await conversation.work();
        const now = measure(conversation);
        // A message that is marked, or no longer marked, is another text than the one that is stored.
        expect(now.rows - before.rows).toBeLessThanOrEqual(wire === "messages" ? 7 : 4);
        costs.push(now.bytes - before.bytes);
        before = now;
      }
      expect(judgeRecordings({ ...conversation, exchanges: conversation.exchanges.slice(-40) })).toBe(80);
      const mean = (from: number): number => costs.slice(from, from + 60).reduce((sum, cost) => sum + cost, 0) / 60;
      expect(conversation.turns()[100]?.mode).toBe("brief");
      expect(mean(240)).toBeLessThan(1.1 * mean(100));
      // A turn brings 300 characters; where markers move, two of its messages are stored in two spellings.
      expect(mean(240)).toBeLessThan(wire === "messages" ? 2500 : 1300);
    },
  );

  /** The newest two messages marked, as a client does that wants its history cached. */
  function mark(items: readonly Item[]): Item[] {
    const marker = { cache_control: { type: "ephemeral" } };
    return items.map((item, index) => {
      if (index < items.length - 2) return item;
      const blocks = Array.isArray(item["content"]) ? item["content"] : [{ type: "text", text: item["content"] }];
      return { ...item, content: [...blocks.slice(0, -1), { ...blocks.at(-1), ...marker }] };
    });
  }

  it("a date at the front costs its member and a name for each message", async () => {
    const conversation = startConversation({ guardTokens: 100_000 });
    const items: Item[] = Array.from({ length: 200 }, (_, at) =>
      at % 2 === 0
        ? say("chat-completions", `question ${at} ${"so long ".repeat(40)}`)
        : answer("chat-completions", `answer ${at}`),
    );
    const head = (day: number): Item => ({
      role: "system",
      content: `Today is day ${day}. ${"You help. ".repeat(40)}`,
    });
    const ask = (day: number): string =>
      writeBody("chat-completions", [head(day), ...items, say("chat-completions", `day ${day}?`)]);
    await conversation.send(ask(1), { message: { role: "assistant", content: "Yes." } });
    const before = measure(conversation);
    await conversation.send(ask(2), { message: { role: "assistant", content: "Yes." } });
    const { rows, bytes } = measure(conversation);
    expect(rows - before.rows).toBe(2);
    expect(bytes - before.bytes).toBeLessThan(200 * 32 + 1500);
    expect(judgeRecordings(conversation)).toBe(4);
  });

  it("a turn whose texts are too many keeps its hashes, and one whose parts are gone", async () => {
    const conversation = startConversation();
    const text = writeBody("chat-completions", [say("chat-completions", "x".repeat(100))], {
      extra: "y".repeat(14_000_000),
    });
    const { rev } = await conversation.send(text, { message: { role: "assistant", content: "Yes." } });
    const [client] = conversation.tables.recordings.find(rev)?.bodies ?? [];
    expect([client?.sha256, client?.text]).toEqual([sha256(text), null]);
    const { recordings } = conversation.tables;
    const lost = { side: "client", bytes: 1, sha256: "0", httpStatus: null, isClient: false } as const;
    const bodies = [{ ...lost, text: { prefix: null, closing: ["no-such-hash"] } }];
    recordings.keep("lost", { bodies, prefixes: [], pieces: [] }, []);
    recordings.keep(
      "cut",
      { bodies: [{ ...lost, text: { prefix: "none", closing: [] } }], prefixes: [], pieces: [] },
      [],
    );
    for (const gone of ["lost", "cut"]) expect(recordings.find(gone)?.bodies).toEqual([{ ...lost, text: null }]);
  });
});
