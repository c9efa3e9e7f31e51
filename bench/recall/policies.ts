/**
 * The context policies that are compared: the last turns, plain FTS5 over the same pieces, and Strata's recall.
 *
 * All count tokens alike and show the same labels and days, so that a budget means the same to each.
 */
import { gptTokenCounter } from "../../src/adapters/gpt-token-counter.ts";
import { addMessage, addNotes, createArchive } from "../../src/recall/archive.ts";
import { cutPieces } from "../../src/recall/cut-pieces.ts";
import { RecallIndex } from "../../src/recall/catalogue.ts";
import { recall } from "../../src/recall/recall.ts";
import { openNodeSql } from "../../test/fakes/sql/node-sql.ts";
import { speakerOf, type Conversation, type Note, type Turn } from "./conversations.ts";

export interface Forwarded {
  text: string;
  tokens: number;
  pieces: { turn: number; text: string }[];
}

/** A policy that has read a conversation. */
export interface Reader {
  forward(question: string, budgetTokens: number): Forwarded;
  /** Rows written and pieces, where the policy has an index. */
  written: { rows: number; pieces: number } | null;
  close(): void;
}

export interface Policy {
  name: string;
  read(conversation: Conversation, notes: readonly Note[]): Reader;
}

const counted = new Map<string, number>();

/** Token counts are kept: the same pieces come back for every question. */
function countTokens(text: string): number {
  let tokens = counted.get(text);
  if (tokens === undefined) counted.set(text, (tokens = gptTokenCounter.countTokens(text)));
  return tokens;
}

export const POLICIES: readonly Policy[] = [
  { name: "last-N", read: readLast },
  { name: "FTS5", read: readFts },
  { name: "Strata", read: (conversation, notes) => readStrata(conversation, notes, false) },
  { name: "by need", read: (conversation, notes) => readStrata(conversation, notes, true) },
];

interface Unit {
  turn: number;
  text: string;
}

function cost(turn: Turn | undefined, unit: Unit): number {
  return countTokens(unit.text) + countTokens(`${turn?.speaker ?? ""}: `) + 1;
}

/** Takes units in the order given while they fit, and shows them in the order of the conversation. */
function pack(
  conversation: Conversation,
  units: Iterable<Unit>,
  budgetTokens: number,
  stopAtFirst: boolean,
): Forwarded {
  const taken: Unit[] = [];
  const days = new Set<string>();
  let room = budgetTokens;
  for (const unit of units) {
    const turn = conversation.turns[unit.turn];
    const day = dayOf(turn);
    const need = cost(turn, unit) + (day === "" || days.has(day) ? 0 : countTokens(`[${day}]\n`));
    if (need > room) {
      if (stopAtFirst) break;
      continue;
    }
    room -= need;
    days.add(day);
    taken.push(unit);
  }
  taken.sort((a, b) => a.turn - b.turn);
  return { text: taken.map(({ text }) => text).join("\n"), tokens: budgetTokens - room, pieces: taken };
}

function dayOf(turn: Turn | undefined): string {
  return turn === undefined || turn.at === null ? "" : new Date(turn.at).toISOString().slice(0, 10);
}

function readLast(conversation: Conversation): Reader {
  return {
    written: null,
    close: () => {},
    forward: (_question, budgetTokens) =>
      pack(conversation, conversation.turns.map(({ text }, turn) => ({ turn, text })).toReversed(), budgetTokens, true),
  };
}

function readFts(conversation: Conversation): Reader {
  const sql = openNodeSql();
  sql.run("CREATE VIRTUAL TABLE piece USING fts5(text, tokenize='porter unicode61')");
  const units: Unit[] = [];
  sql.transaction(() => {
    conversation.turns.forEach(({ text }, turn) => {
      for (const cut of cutPieces(text, countTokens)) {
        sql.run("INSERT INTO piece (rowid, text) VALUES (?, ?)", units.length, cut.text);
        units.push({ turn, text: cut.text });
      }
    });
  });
  return {
    written: { rows: units.length, pieces: units.length },
    close: () => sql.close(),
    forward(question, budgetTokens) {
      const words = new Set(question.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
      const match = [...words].map((word) => `"${word}"`).join(" OR ");
      const rows = sql.all<{ id: number }>(
        "SELECT rowid AS id FROM piece WHERE piece MATCH ? ORDER BY bm25(piece) LIMIT 600",
        match,
      );
      return pack(
        conversation,
        rows.flatMap(({ id }) => units[id] ?? []),
        budgetTokens,
        false,
      );
    },
  };
}

/** `byNeed`: half the budget for a question with one answer, and nothing that scores under 40 % of the best. */
function readStrata(conversation: Conversation, notes: readonly Note[], byNeed: boolean): Reader {
  const sql = openNodeSql();
  createArchive(sql);
  let pieces = 0;
  sql.transaction(() => {
    conversation.turns.forEach((turn, at) => {
      const message = { node: at + 1, role: turn.role, speaker: speakerOf(turn), text: turn.text, at: turn.at };
      pieces += addMessage(sql, message, countTokens);
    });
    addNotes(
      sql,
      notes.map(({ turn, text }) => ({ node: turn + 1, text, at: conversation.turns[turn]?.at ?? null })),
      countTokens,
    );
  });
  const [rows] = sql.all<{ count: number }>(
    "SELECT (SELECT count(*) FROM recall_piece) * 2 + (SELECT count(*) FROM recall_speaker) AS count",
  );
  const last = conversation.turns.at(-1)?.at ?? null;
  const index = new RecallIndex();
  return {
    written: { rows: rows?.count ?? 0, pieces },
    close: () => sql.close(),
    forward(question, budgetTokens) {
      const need = byNeed ? { smallTokens: budgetTokens / 2, floor: 0.4 } : {};
      const { text, tokens, pieces } = recall(sql, question, { budgetTokens, at: last, index, ...need });
      return { text, tokens, pieces: pieces.map((piece) => ({ turn: piece.node - 1, text: piece.text })) };
    },
  };
}
