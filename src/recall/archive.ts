/**
 * The archive: every message of a session in pieces, under an index of their words.
 *
 * Two rows a piece: its text with what the ranker needs, and its entry in a contentless FTS5 table. Piece ids are
 * `node * PIECES_PER_NODE + ordinal`, so the order of ids is the order of the conversation, a message's pieces are one
 * range, and no second index is written. Removal blanks the text in place, deletes both rows and rewrites the index,
 * so that no word stays behind in it. Must not decide what is found.
 */
import type { Sql } from "../ports/sql.ts";
import { cutPieces } from "./cut-pieces.ts";
import { dateIndexWords, readDates } from "./dates.ts";
import type { CountTokens, RecallMessage, RecallRole } from "./message.ts";
import { readTraits } from "./traits.ts";
import { cutWords, STOP_WORDS } from "./words.ts";

/** Room for the pieces of one message in the order of ids; what is beyond is not indexed (about 5 MB of English). */
const PIECES_PER_NODE = 16_384;
/** Rows whose numbers fit one string of well under 2 MB. */
const CATALOGUE_ROWS = 20_000;
const MINUTE_MS = 60_000;
/** What a JavaScript date can hold. */
const TIME_MAX = 8.64e15;

const ROLES: readonly RecallRole[] = ["assistant", "user", "tool"];

/** One statement each, so that a migration can list them. */
export const ARCHIVE_SCHEMA: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS recall_piece (
    id INTEGER PRIMARY KEY,
    packed INTEGER NOT NULL,
    at INTEGER,
    text TEXT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS recall_speaker (id INTEGER PRIMARY KEY, name TEXT NOT NULL, tokens INTEGER NOT NULL)`,
  `CREATE VIRTUAL TABLE IF NOT EXISTS recall_index USING fts5(
    words, content='', contentless_delete=1, detail=none, tokenize="porter unicode61 categories 'L* N* Co M*'"
  )`,
];

/** What the ranker sees of the archive: parallel columns in the order of the conversation. */
export interface Catalogue {
  ids: number[];
  nodes: number[];
  roles: number[];
  speakers: number[];
  traits: number[];
  words: number[];
  tokens: number[];
  /** Unix milliseconds, rounded to minutes; null where the time is not known. */
  times: (number | null)[];
  /** Names by id, with what they cost. */
  speakerNames: Map<number, { name: string; tokens: number }>;
}

/** Places of `ROLES`. */
export const ROLE_USER = 1;
export const ROLE_TOOL = 2;

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
  const minutes =
    message.at === null || !(Math.abs(message.at) <= TIME_MAX) ? null : Math.floor(message.at / MINUTE_MS);
  let written = 0;
  sql.transaction(() => {
    for (const [ordinal, cut] of cuts.entries()) {
      if (cut.text.trim() === "") continue;
      const words = cutWords(cut.text);
      const subject = words.filter((word) => !STOP_WORDS.has(word)).length;
      const dates = cut.code ? [] : dateIndexWords(readDates(cut.text, message.at));
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
      sql.run("INSERT INTO recall_index (rowid, words) VALUES (?, ?)", id, [...words, ...dates].join(" "));
    }
  });
  return written;
}

/** Takes messages out, with every trace of their words. Rewrites the index: for a deletion, not for every turn. */
export function removeMessages(sql: Sql, nodes: readonly number[]): void {
  sql.transaction(() => {
    for (const node of nodes) {
      const first = node * PIECES_PER_NODE;
      const last = first + PIECES_PER_NODE - 1;
      // The row keeps its size, so it is overwritten where it lies.
      sql.run(
        `UPDATE recall_piece SET text = substr(hex(zeroblob(length(CAST(text AS BLOB)))), 1, length(CAST(text AS BLOB)))
        WHERE id BETWEEN ? AND ?`,
        first,
        last,
      );
      sql.run("DELETE FROM recall_index WHERE rowid BETWEEN ? AND ?", first, last);
      sql.run("DELETE FROM recall_piece WHERE id BETWEEN ? AND ?", first, last);
    }
    sql.run("DELETE FROM recall_speaker WHERE id NOT IN (SELECT (packed >> 2) & 255 FROM recall_piece)");
    sql.run("INSERT INTO recall_index (recall_index) VALUES ('optimize')");
  });
}

/** The ids of the pieces that hold a word, in order. The word must come from `cutWords`. */
export function findWord(sql: Sql, word: string): string {
  const [row] = sql.all<{ ids: string | null }>(
    "SELECT group_concat(rowid) AS ids FROM recall_index WHERE recall_index MATCH ?",
    `"${word.replaceAll('"', "")}"`,
  );
  return row?.ids ?? "";
}

/** The pieces' texts by id. */
export function readTexts(sql: Sql, ids: readonly number[]): Map<number, string> {
  const rows = sql.all<{ id: number; text: string }>(
    "SELECT id, text FROM recall_piece WHERE id IN (SELECT value FROM json_each(?))",
    JSON.stringify(ids),
  );
  return new Map(rows.map(({ id, text }) => [id, text]));
}

/** Everything but the texts, in a few strings: a row object for every piece would cost more than the ranking. */
export function readCatalogue(sql: Sql, includes: (node: number) => boolean): Catalogue {
  const out: Catalogue = {
    ids: [],
    nodes: [],
    roles: [],
    speakers: [],
    traits: [],
    words: [],
    tokens: [],
    times: [],
    speakerNames: new Map(),
  };
  for (let after = -1; ;) {
    const [row] = sql.all<{ ids: string | null; packed: string; times: string; last: number; count: number }>(
      `SELECT group_concat(id) AS ids, group_concat(packed) AS packed, group_concat(coalesce(at, 'null')) AS times,
        max(id) AS last, count(*) AS count
      FROM (SELECT id, packed, at FROM recall_piece WHERE id > ? ORDER BY id LIMIT ?)`,
      after,
      CATALOGUE_ROWS,
    );
    if (row === undefined || row.ids === null) break;
    unpack(parseList(row.ids), parseList(row.packed), parseList(row.times), includes, out);
    if (row.count < CATALOGUE_ROWS) break;
    after = row.last;
  }
  for (const { id, name, tokens } of sql.all<{ id: number; name: string; tokens: number }>(
    "SELECT id, name, tokens FROM recall_speaker",
  ))
    out.speakerNames.set(id, { name, tokens });
  return out;
}

/** A list of numbers as `group_concat` writes it. */
function parseList<T extends number | null>(list: string): T[] {
  return JSON.parse(`[${list}]`) as T[];
}

interface PieceNumbers {
  role: number;
  speaker: number;
  traits: number;
  words: number;
  tokens: number;
}

/** Small numbers in one: every column more is read for every piece of every query. Lowest first: 2, 8, 8, 8, 8 bits. */
function packNumbers({ role, speaker, traits, words, tokens }: PieceNumbers): number {
  return role + 4 * (speaker + 256 * (traits + 256 * (words + 256 * tokens)));
}

function unpack(
  ids: readonly number[],
  packed: readonly number[],
  times: readonly (number | null)[],
  includes: (node: number) => boolean,
  out: Catalogue,
): void {
  let node = -1;
  let included = false;
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at] ?? 0;
    const own = Math.floor(id / PIECES_PER_NODE);
    if (own !== node) {
      node = own;
      included = includes(node);
    }
    if (!included) continue;
    const numbers = packed[at] ?? 0;
    const low = numbers & 0x3ffff;
    const high = Math.floor(numbers / 0x40000);
    out.ids.push(id);
    out.nodes.push(node);
    out.roles.push(low & 3);
    out.speakers.push((low >> 2) & 255);
    out.traits.push((low >> 10) & 255);
    out.words.push(high & 255);
    out.tokens.push(high >> 8);
    const minutes = times[at] ?? null;
    out.times.push(minutes === null ? null : minutes * MINUTE_MS);
  }
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
