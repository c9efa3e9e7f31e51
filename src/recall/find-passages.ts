/**
 * Search by hand: the messages that hold every word that was asked for, each with the passage that holds most of them.
 *
 * All words must be there, in whichever piece of what one speaker said in a message; what stands in quotation marks must
 * stand in the passage as it is written, and the last word may be begun only. The newest come first. Unlike recall it
 * judges nothing. What is asked for reaches the index as quoted words of letters and digits, never as an expression.
 */
import { SEARCH_PIECES_MAX, SEARCH_QUERY_CHARS_MAX, SEARCH_WORDS_MAX } from "../model/inspection-limits.ts";
import type { Sql } from "../ports/sql.ts";
import { readTexts } from "./archive.ts";
import { parseList } from "./catalogue.ts";
import { markWords } from "./mark-words.ts";
import type { Mark, SoughtWord } from "./mark-words.ts";
import { nodeOf } from "./piece-numbers.ts";
import { cutWords } from "./words.ts";

export interface Passage {
  /** Number of the message in the archive. */
  message: number;
  text: string;
  marks: Mark[];
}

interface Sought {
  words: SoughtWord[];
  /** As they are to stand in the passage: lower case, one space for any. */
  phrases: string[];
}

/** A word that is only just begun is of too many others. */
const BEGUN_CHARS_MIN = 2;
const PHRASE = /"([^"]*)"|“([^”]*)”/gu;

/** Nothing where no word was asked for. */
export function findPassages(sql: Sql, query: string, limit: number): Passage[] {
  const sought = readSought(query.slice(0, SEARCH_QUERY_CHARS_MAX).toWellFormed());
  if (sought.words.length === 0) return [];
  const candidates = rankPieces(findPieces(sql, sought.words));
  const passages: Passage[] = [];
  // A phrase is only known from the texts, so they are read some at a time.
  for (let from = 0; from < candidates.length && passages.length < limit; from += limit) {
    const batch = candidates.slice(from, from + limit);
    const texts = readTexts(sql, batch.flat());
    for (const pieces of batch) {
      if (passages.length === limit) break;
      const held = pieces.map((id) => ({ id, text: texts.get(id) ?? "" }));
      const found = held.find(({ text }) => sought.phrases.every((phrase) => flatten(text).includes(phrase)));
      if (found === undefined) continue;
      passages.push({ message: nodeOf(found.id), text: found.text, marks: markWords(found.text, sought.words) });
    }
  }
  return passages;
}

function readSought(query: string): Sought {
  const phrases = [...query.matchAll(PHRASE)].map(([, plain = "", curled = ""]) => flatten(plain + curled).trim());
  const words = cutWords(query);
  // A closing mark says that the word is whole.
  const isOpen = /[\p{L}\p{N}\p{M}]$/u.test(query);
  const last = words.at(-1) ?? "";
  const distinct = [...new Set(words)].slice(0, SEARCH_WORDS_MAX);
  return {
    words: distinct.map((word) => ({ word, isBegun: isOpen && word === last && word.length >= BEGUN_CHARS_MIN })),
    phrases: phrases.filter((phrase) => phrase !== ""),
  };
}

function flatten(text: string): string {
  return text.replace(/\s+/gu, " ").toLowerCase();
}

/** The newest pieces that hold each word. A word is letters, digits and marks: it cannot end its quotation. */
function findPieces(sql: Sql, words: readonly SoughtWord[]): number[][] {
  const rows = sql.all<{ ids: string | null }>(
    `SELECT (
       SELECT group_concat(rowid) FROM (
         SELECT rowid FROM recall_index WHERE recall_index MATCH value AND rowid >= 0 ORDER BY rowid DESC LIMIT ?2
       )
     ) AS ids
     FROM json_each(?1) ORDER BY key`,
    JSON.stringify(words.map(({ word, isBegun }) => (isBegun ? `"${word}" *` : `"${word}"`))),
    SEARCH_PIECES_MAX,
  );
  return rows.map(({ ids }) => parseList<number>(ids ?? ""));
}

/** For each message that holds every word, newest first: its pieces with any of them, those with most first. */
function rankPieces(lists: readonly number[][]): number[][] {
  const [rarest = [], ...others] = lists.toSorted((one, other) => one.length - other.length);
  let messages = new Set(rarest.map(nodeOf));
  for (const list of others) messages = messages.intersection(new Set(list.map(nodeOf)));
  const counts = new Map<number, Map<number, number>>();
  for (const id of lists.flat()) {
    const message = nodeOf(id);
    if (!messages.has(message)) continue;
    const pieces = counts.get(message) ?? new Map<number, number>();
    counts.set(message, pieces.set(id, (pieces.get(id) ?? 0) + 1));
  }
  return [...counts]
    .toSorted(([one], [other]) => other - one)
    .map(([, pieces]) => [...pieces].toSorted(([a, x], [b, y]) => y - x || a - b).map(([id]) => id));
}
