/**
 * Takes messages out of the archive so that no byte of them stays in its tables.
 *
 * A deleted row leaves its bytes on its page, a page that was split keeps copies of rows that moved, and an object's
 * SQLite cannot be told to wipe either. So what stays is copied into new tables and indexed anew, and the old tables are
 * dropped; the pages that they gave back are for `scrub-pages`. Costs as much as indexing what stays: for a deletion
 * on demand, never for a turn.
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
const KEEP_PIECES =
  "INSERT INTO recall_piece SELECT * FROM recall_piece_old WHERE id >> 14 NOT IN (SELECT value FROM json_each(?)) ORDER BY id";
const KEEP_NOTES =
  "INSERT INTO recall_note SELECT * FROM recall_note_old WHERE id >> 14 NOT IN (SELECT value FROM json_each(?)) ORDER BY id";
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

export interface RemovedFromArchive {
  /** Entries whose text goes, with their notes. */
  entries: readonly number[];
  /** Entries of which the notes alone go: a note may tell of more messages than the one that it stands with. */
  notes: readonly number[];
}

export function removeMessages(sql: Sql, { entries, notes }: RemovedFromArchive): void {
  sql.transaction(() => {
    for (const statement of [...SET_ASIDE, ...ARCHIVE_SCHEMA]) sql.run(statement);
    sql.run(KEEP_PIECES, JSON.stringify(entries));
    sql.run(KEEP_NOTES, JSON.stringify([...entries, ...notes]));
    sql.run(KEEP_SPEAKERS);
    fillIndex(sql);
    for (const statement of DROP_OLD) sql.run(statement);
    markChanged(sql);
  });
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
