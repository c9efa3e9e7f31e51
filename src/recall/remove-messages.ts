/**
 * Takes messages out of the archive so that no byte of them stays in the database.
 *
 * A deleted row leaves its bytes on its page, a page that was split keeps copies of rows that moved, and an object's
 * SQLite cannot be told to wipe either. So what stays is copied into new tables and indexed anew, the old tables are
 * dropped, and the pages that they gave back are filled with zeros. Costs as much as indexing what stays: for a
 * deletion on demand, never for a turn. What a platform keeps outside the database is its own matter.
 */
import type { Sql } from "../ports/sql.ts";
import { addToIndex, ARCHIVE_SCHEMA, markChanged } from "./archive.ts";
import { MINUTE_MS, noteRow, unpackNumbers } from "./piece-numbers.ts";
import { TRAIT_CODE } from "./traits.ts";
import { cutWords } from "./words.ts";

const SET_ASIDE: readonly string[] = [
  "ALTER TABLE recall_piece RENAME TO recall_piece_old",
  "ALTER TABLE recall_note RENAME TO recall_note_old",
  "ALTER TABLE recall_speaker RENAME TO recall_speaker_old",
  "ALTER TABLE recall_index RENAME TO recall_index_old",
];

/** An id without its lowest 14 bits is its node (`piece-numbers`). */
const KEEP: readonly string[] = [
  "INSERT INTO recall_piece SELECT * FROM recall_piece_old WHERE id >> 14 NOT IN (SELECT value FROM json_each(?)) ORDER BY id",
  "INSERT INTO recall_note SELECT * FROM recall_note_old WHERE id >> 14 NOT IN (SELECT value FROM json_each(?)) ORDER BY id",
];
const KEEP_SPEAKERS =
  "INSERT INTO recall_speaker SELECT * FROM recall_speaker_old WHERE id IN (SELECT (packed >> 2) & 255 FROM recall_piece)";

const DROP_OLD: readonly string[] = [
  "DROP TABLE recall_piece_old",
  "DROP TABLE recall_note_old",
  "DROP TABLE recall_speaker_old",
  "DROP TABLE recall_index_old",
];

/** Texts read at once while the index is built again: under a megabyte. */
const BATCH_ROWS = 500;
/** A value of this size fills one page of 4,096 bytes with its row and 240 more to the brim: what a row leaves free is not wiped. */
const SCRUB_BYTES = 986_137;
/** Free pages are kept in bundles of 1,016 and the newest bundles used first: older pages lie among ours in one of them. */
const SCRUB_SPARE_BYTES = 1017 * 4096;
/** What a row of a table takes beside its text, and of the bytes written how many times as many lie on disk at most. */
const ROW_BYTES = 64;
const DISK_SPREAD = 3;

export function removeMessages(sql: Sql, nodes: readonly number[]): void {
  sql.transaction(() => {
    const bytes = sizeOnDisk(sql);
    for (const statement of [...SET_ASIDE, ...ARCHIVE_SCHEMA]) sql.run(statement);
    for (const statement of KEEP) sql.run(statement, JSON.stringify(nodes));
    sql.run(KEEP_SPEAKERS);
    fillIndex(sql);
    for (const statement of DROP_OLD) sql.run(statement);
    scrubFreePages(sql, bytes);
    markChanged(sql);
  });
}

/** At most so many bytes are given back. */
function sizeOnDisk(sql: Sql): number {
  const [size] = sql.all<{ bytes: number }>(
    `SELECT coalesce((SELECT sum(length(CAST(text AS BLOB)) + ?) FROM recall_piece), 0)
      + coalesce((SELECT sum(length(CAST(text AS BLOB)) + ?) FROM recall_note), 0)
      + coalesce((SELECT sum(length(block)) FROM recall_index_data), 0) AS bytes`,
    ROW_BYTES,
    ROW_BYTES,
  );
  return (size?.bytes ?? 0) * DISK_SPREAD + SCRUB_SPARE_BYTES;
}

function fillIndex(sql: Sql): void {
  readAll(sql, "SELECT id, packed, at, text FROM recall_piece WHERE id > ? ORDER BY id LIMIT ?", (row) => {
    const isCode = (unpackNumbers(row.packed).traits & TRAIT_CODE) !== 0;
    addToIndex(sql, row.id, cutWords(row.text), isCode ? "" : row.text, row.at === null ? null : row.at * MINUTE_MS);
  });
  readAll(sql, "SELECT id, 0 AS packed, at, text FROM recall_note WHERE id > ? ORDER BY id LIMIT ?", (row) => {
    addToIndex(sql, noteRow(row.id), cutWords(row.text), row.text, row.at === null ? null : row.at * MINUTE_MS);
  });
}

interface TextRow {
  id: number;
  packed: number;
  at: number | null;
  text: string;
}

function readAll(sql: Sql, query: string, visit: (row: TextRow) => void): void {
  for (let after = -1; ;) {
    const rows = sql.all<TextRow>(query, after, BATCH_ROWS);
    for (const row of rows) visit(row);
    if (rows.length < BATCH_ROWS) return;
    after = rows.at(-1)?.id ?? after;
  }
}

/** Takes pages from the free list, writes zeros over them, and gives them back. */
function scrubFreePages(sql: Sql, bytes: number): void {
  sql.run("CREATE TABLE recall_scrub (zeros BLOB NOT NULL)");
  for (let left = bytes; left > 0; left -= SCRUB_BYTES)
    sql.run("INSERT INTO recall_scrub (zeros) VALUES (zeroblob(?))", SCRUB_BYTES);
  sql.run("DROP TABLE recall_scrub");
}
