/**
 * Looks words up in the index, all in one statement: one that crosses into SQLite for each would cost more than the search.
 *
 * A row that holds a word is a piece (from 0) or a note (below 0). Must not know what a word is worth.
 */
import type { Sql } from "../ports/sql.ts";
import { parseList } from "./catalogue.ts";

/** A word that so many rows hold, and this share of all pieces, tells them apart no longer and costs most to look up. */
const COMMON_ROWS = 1_000;
const COMMON_SHARE = 0.4;

/**
 * The rows that hold each word, in order; a word that is too common to tell anything is left out. The words must come
 * from `cutWords`, or name a date.
 */
export function findWords(sql: Sql, words: readonly string[], pieces = 0): Map<string, number[]> {
  const limit = Math.max(COMMON_ROWS, Math.ceil(pieces * COMMON_SHARE));
  const rows = sql.all<{ word: string; ids: string | null }>(
    `SELECT value AS word, (
      SELECT group_concat(rowid) FROM (
        SELECT rowid FROM recall_index WHERE recall_index MATCH '"' || value || '"' LIMIT ?2
      )
    ) AS ids
    FROM json_each(?1)`,
    JSON.stringify(words.map((word) => word.replaceAll('"', ""))),
    limit,
  );
  const lists = rows.map(({ word, ids }): [string, number[]] => [word, parseList(ids ?? "")]);
  return new Map(lists.filter(([, ids]) => ids.length < limit));
}

/** Where ids stand among others. Both ascend; an id that is not there is skipped. */
export function positionsOf(wanted: readonly number[], ids: Float64Array): number[] {
  return wanted.length * DENSE_ONE_IN > ids.length ? walkBoth(wanted, ids) : search(wanted, ids);
}

/** A word that one piece in so many holds is found faster by walking along both lists than by searching. */
const DENSE_ONE_IN = 8;

function walkBoth(wanted: readonly number[], ids: Float64Array): number[] {
  const found: number[] = [];
  let at = 0;
  for (const id of wanted) {
    while (at < ids.length && (ids[at] ?? 0) < id) at++;
    if (ids[at] === id) found.push(at);
  }
  return found;
}

function search(wanted: readonly number[], ids: Float64Array): number[] {
  const found: number[] = [];
  let from = 0;
  for (const id of wanted) {
    let to = ids.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((ids[middle] ?? 0) < id) from = middle + 1;
      else to = middle;
    }
    if (ids[from] === id) found.push(from);
  }
  return found;
}

/** So much of a word is taken for its stem where the index knows no other. */
const BEGINNING_SHARE = 2 / 3;
/** Shorter words have endings too, but too little before them. */
const BEGUN_WORD_CHARS_MIN = 6;
/** A beginning that more pieces share than one in so many is of too many words. */
const BEGINNING_ONE_IN = 20;

/**
 * Words that are nowhere are looked for by how they begin: endings of languages that the index does not stem, and
 * slips of the pen. Adds what it finds to `found`.
 */
export function findBeginnings(
  sql: Sql,
  words: ReadonlyMap<string, number>,
  found: Map<string, number[]>,
  pieces: number,
): void {
  const lost = [...words.keys()].filter(
    (word) => word.length >= BEGUN_WORD_CHARS_MIN && (found.get(word) ?? []).length === 0,
  );
  if (lost.length === 0) return;
  const rows = sql.all<{ at: number; ids: string | null }>(
    `SELECT key AS at,
      (SELECT group_concat(rowid) FROM recall_index WHERE recall_index MATCH '"' || value || '" *') AS ids
    FROM json_each(?)`,
    JSON.stringify(lost.map((word) => word.slice(0, Math.ceil(word.length * BEGINNING_SHARE)))),
  );
  for (const { at, ids } of rows) {
    const list = parseList<number>(ids ?? "");
    if (list.length * BEGINNING_ONE_IN <= pieces) found.set(lost[at] ?? "", list);
  }
}
