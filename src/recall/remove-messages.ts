/**
 * Takes messages out of the archive so that no byte of them stays in the file.
 *
 * A deleted row leaves its bytes on the page it stood on, and an object's SQLite cannot be told to wipe them. So
 * texts are overwritten where they lie; the index, which scatters words over its segments, is overwritten, dropped and
 * built again from the texts that stay; and the pages that were given back are filled with zeros. Costs as much as
 * indexing what stays: for a deletion on demand, never for a turn.
 */
import type { Sql } from "../ports/sql.ts";
import { addToIndex, ARCHIVE_SCHEMA, markChanged } from "./archive.ts";
import { MINUTE_MS, noteRow, PIECES_PER_NODE, unpackNumbers } from "./piece-numbers.ts";
import { TRAIT_CODE } from "./traits.ts";
import { cutWords } from "./words.ts";

/** Texts read at once while the index is built again: under a megabyte. */
const BATCH_ROWS = 500;
/** One value stays well under the 2 MB that a row holds. */
const SCRUB_BYTES = 1_000_000;
/** Freed pages are reused in any order among those that were free before; so many more are filled. */
const SCRUB_SPARE_BYTES = 256 * 1024;

export function removeMessages(sql: Sql, nodes: readonly number[]): void {
  sql.transaction(() => {
    for (const node of nodes) {
      const first = node * PIECES_PER_NODE;
      const last = first + PIECES_PER_NODE - 1;
      // Of the same size in bytes, so that they are written over the old ones.
      sql.run(
        `UPDATE recall_piece SET text = substr(hex(zeroblob(length(CAST(text AS BLOB)))), 1, length(CAST(text AS BLOB)))
        WHERE id BETWEEN ? AND ?`,
        first,
        last,
      );
      sql.run(
        `UPDATE recall_note SET text = substr(hex(zeroblob(length(CAST(text AS BLOB)))), 1, length(CAST(text AS BLOB)))
        WHERE id BETWEEN ? AND ?`,
        first,
        last,
      );
      sql.run("DELETE FROM recall_piece WHERE id BETWEEN ? AND ?", first, last);
      sql.run("DELETE FROM recall_note WHERE id BETWEEN ? AND ?", first, last);
    }
    removeSpeakers(sql);
    rebuildIndex(sql);
    markChanged(sql);
  });
}

function removeSpeakers(sql: Sql): void {
  sql.run(
    `UPDATE recall_speaker SET name = substr(hex(zeroblob(length(CAST(name AS BLOB)))), 1, length(CAST(name AS BLOB)))
    WHERE id NOT IN (SELECT (packed >> 2) & 255 FROM recall_piece)`,
  );
  sql.run("DELETE FROM recall_speaker WHERE id NOT IN (SELECT (packed >> 2) & 255 FROM recall_piece)");
}

function rebuildIndex(sql: Sql): void {
  const [size] = sql.all<{ bytes: number | null }>("SELECT sum(length(block)) AS bytes FROM recall_index_data");
  sql.run("UPDATE recall_index_data SET block = zeroblob(length(block))");
  sql.run("DROP TABLE recall_index");
  scrubFreePages(sql, (size?.bytes ?? 0) + SCRUB_SPARE_BYTES);
  for (const statement of ARCHIVE_SCHEMA) sql.run(statement);
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
    sql.run("INSERT INTO recall_scrub (zeros) VALUES (zeroblob(?))", Math.min(left, SCRUB_BYTES));
  sql.run("DROP TABLE recall_scrub");
}
