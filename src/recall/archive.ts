/**
 * The archive: every message of a session in pieces, under an index of their words.
 *
 * Two rows a piece: its text with what the ranker needs, and its entry in a contentless FTS5 table. Pieces come in the
 * order of the conversation (`piece-numbers`), so a message's pieces are one range and no second index is written.
 * Notes are short statements about a message; they lie in the same index under negative ids. Must not decide what
 * is found. What is taken out again is the matter of `remove-messages`.
 */
import type { Sql } from "../ports/sql.ts";
import { cutPieces } from "./cut-pieces.ts";
import { dateIndexWords, readDates } from "./dates.ts";
import type { CountTokens, RecallMessage, RecallNote } from "./message.ts";
import { MINUTE_MS, nodeOf, noteRow, packNumbers, PIECES_PER_NODE, ROLES } from "./piece-numbers.ts";
import { readTraits } from "./traits.ts";
import { cutWords, STOP_WORDS } from "./words.ts";

/** What a JavaScript date can hold. */
const TIME_MAX = 8.64e15;
/** A model that was asked for short facts writes fewer and shorter ones. */
const NOTES_PER_NODE_MAX = 64;
const NOTE_CHARS_MAX = 500;

/** One statement each, so that a migration can list them. */
export const ARCHIVE_SCHEMA: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS recall_piece (
    id INTEGER PRIMARY KEY,
    packed INTEGER NOT NULL,
    at INTEGER,
    text TEXT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS recall_note (id INTEGER PRIMARY KEY, at INTEGER, tokens INTEGER NOT NULL, text TEXT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS recall_speaker (id INTEGER PRIMARY KEY, name TEXT NOT NULL, tokens INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS recall_state (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL)`,
  `CREATE VIRTUAL TABLE IF NOT EXISTS recall_index USING fts5(
    words, content='', contentless_delete=1, detail=none, tokenize="porter unicode61 categories 'L* N* Co M*'"
  )`,
];

export function createArchive(sql: Sql): void {
  for (const statement of ARCHIVE_SCHEMA) sql.run(statement);
}

/** Adds a message; one that is there already stays as it is. Returns how many pieces were written. */
export function addMessage(sql: Sql, message: RecallMessage, countTokens: CountTokens): number {
  const first = message.node * PIECES_PER_NODE;
  const [known] = sql.all(
    "SELECT 1 FROM recall_piece WHERE id BETWEEN ? AND ? LIMIT 1",
    first,
    first + PIECES_PER_NODE - 1,
  );
  if (known !== undefined) return 0;
  const speaker = message.speaker === null ? 0 : speakerId(sql, message.speaker, countTokens);
  // A lone half of a pair does not survive UTF-8.
  const cuts = cutPieces(message.text.toWellFormed(), countTokens).slice(0, PIECES_PER_NODE);
  const minutes = minutesOf(message.at);
  let written = 0;
  sql.transaction(() => {
    const [later] = sql.all("SELECT 1 FROM recall_piece WHERE id > ? LIMIT 1", first);
    if (later !== undefined) markChanged(sql);
    for (const [ordinal, cut] of cuts.entries()) {
      if (cut.text.trim() === "") continue;
      const words = cutWords(cut.text);
      const subject = words.filter((word) => !STOP_WORDS.has(word)).length;
      const id = first + ordinal;
      written++;
      sql.run(
        "INSERT INTO recall_piece (id, packed, at, text) VALUES (?, ?, ?, ?)",
        id,
        packNumbers({
          role: ROLES.indexOf(message.role),
          speaker,
          traits: readTraits(cut.text, { code: cut.code, user: message.role === "user" }),
          words: Math.min(subject, 255),
          tokens: cut.tokens,
        }),
        minutes,
        cut.text,
      );
      addToIndex(sql, id, words, cut.code ? "" : cut.text, message.at);
    }
  });
  return written;
}

/** Adds what is known of messages in other words; each helps to find its message. One already there stays. */
export function addNotes(sql: Sql, notes: readonly RecallNote[], countTokens: CountTokens): void {
  sql.transaction(() => {
    for (const { node, text, at } of notes) {
      const first = node * PIECES_PER_NODE;
      const known = sql.all<{ id: number; text: string }>(
        "SELECT id, text FROM recall_note WHERE id BETWEEN ? AND ? ORDER BY id",
        first,
        first + NOTES_PER_NODE_MAX - 1,
      );
      const short = text.slice(0, NOTE_CHARS_MAX).toWellFormed().trim();
      if (short === "" || known.length === NOTES_PER_NODE_MAX || known.some((note) => note.text === short)) continue;
      const id = (known.at(-1)?.id ?? first - 1) + 1;
      const tokens = countTokens(short);
      sql.run("INSERT INTO recall_note (id, at, tokens, text) VALUES (?, ?, ?, ?)", id, minutesOf(at), tokens, short);
      addToIndex(sql, noteRow(id), cutWords(short), short, at);
    }
  });
}

/** A note by its id. */
export function readNote(
  sql: Sql,
  id: number,
): { node: number; text: string; tokens: number; time: number | null } | null {
  const [note] = sql.all<{ text: string; tokens: number; at: number | null }>(
    "SELECT text, tokens, at FROM recall_note WHERE id = ?",
    id,
  );
  if (note === undefined) return null;
  const { text, tokens, at } = note;
  return { node: nodeOf(id), text, tokens, time: at === null ? null : at * MINUTE_MS };
}

/** Says that kept catalogues no longer hold, but for messages added behind the last. */
export function markChanged(sql: Sql): void {
  sql.run("INSERT INTO recall_state (id, version) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET version = version + 1");
}

/** Enters a text under its words and its dates; a row's own words stand first. */
export function addToIndex(sql: Sql, row: number, words: readonly string[], dated: string, at: number | null): void {
  const dates = dated === "" ? [] : dateIndexWords(readDates(dated, at));
  sql.run("INSERT INTO recall_index (rowid, words) VALUES (?, ?)", row, [...words, ...dates].join(" "));
}

/** The pieces' texts by id. */
export function readTexts(sql: Sql, ids: readonly number[]): Map<number, string> {
  const rows = sql.all<{ id: number; text: string }>(
    "SELECT id, text FROM recall_piece WHERE id IN (SELECT value FROM json_each(?))",
    JSON.stringify(ids),
  );
  return new Map(rows.map(({ id, text }) => [id, text]));
}

/** The first piece of each of these messages, by its number. */
export function readFirstTexts(sql: Sql, messages: readonly number[]): Map<number, string> {
  const rows = sql.all<{ message: number; text: string | null }>(
    `SELECT value AS message, (
       SELECT text FROM recall_piece WHERE id BETWEEN value * ?2 AND (value + 1) * ?2 - 1 ORDER BY id LIMIT 1
     ) AS text
     FROM json_each(?1)`,
    JSON.stringify(messages),
    PIECES_PER_NODE,
  );
  return new Map(rows.flatMap(({ message, text }) => (text === null ? [] : [[message, text]])));
}

function minutesOf(at: number | null): number | null {
  return at === null || !(Math.abs(at) <= TIME_MAX) ? null : Math.floor(at / MINUTE_MS);
}

/** Participants beyond these go by their role. */
const SPEAKERS_MAX = 255;
/** Names longer than this are cut: they are labels. */
const SPEAKER_CHARS_MAX = 60;

function speakerId(sql: Sql, name: string, countTokens: CountTokens): number {
  // On one line: a name is shown as a label.
  const short = name
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, SPEAKER_CHARS_MAX)
    .toWellFormed();
  if (short === "") return 0;
  const [known] = sql.all<{ id: number }>("SELECT id FROM recall_speaker WHERE name = ?", short);
  if (known !== undefined) return known.id;
  const [next] = sql.all<{ id: number }>("SELECT coalesce(max(id), 0) + 1 AS id FROM recall_speaker");
  if (next === undefined || next.id > SPEAKERS_MAX) return 0;
  sql.run("INSERT INTO recall_speaker (id, name, tokens) VALUES (?, ?, ?)", next.id, short, countTokens(short));
  return next.id;
}
