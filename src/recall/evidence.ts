/**
 * Where the words of a query stand: scores of pieces, messages and sittings by what they say themselves.
 *
 * BM25 of our own over one search per word, because the index's bm25() takes common words for worthless in a small
 * archive (measured: 65 % against 57 % at the same budget). Messages and sittings are scored as documents of their own: an
 * answer often stands beside the words that were asked for. Must not know what a score is used for.
 */
import { findWord } from "./archive.ts";
import type { Catalogue } from "./archive.ts";
import type { Sql } from "../ports/sql.ts";

/** A pause of this long starts a new sitting. Sittings are hours or days apart, replies minutes. */
const SITTING_PAUSE_MS = 2 * 60 * 60 * 1000;
/** BM25's usual constants. */
const K1 = 1.2;
const B = 0.75;

/** How the pieces group; all by position. */
export interface Grouping {
  /** Ordinal of each piece's message. */
  messageOf: number[];
  /** Ordinal of each message's sitting. */
  sittingOf: number[];
  sittings: number;
}

export interface Evidence {
  /** By piece. */
  own: Float64Array;
  /** By message: its best piece. */
  best: Float64Array;
  /** By message, as one document. */
  message: Float64Array;
  /** By sitting, as one document. */
  sitting: Float64Array;
}

export function groupPieces({ nodes, times }: Catalogue): Grouping {
  const messageOf: number[] = [];
  const sittingOf: number[] = [];
  let sitting = 0;
  let last: number | null = null;
  for (let at = 0; at < nodes.length; at++) {
    if (nodes[at] !== nodes[at - 1]) {
      const time = times[at] ?? null;
      if (time !== null && last !== null && time - last > SITTING_PAUSE_MS) sitting++;
      last = time ?? last;
      sittingOf.push(sitting);
    }
    messageOf.push(sittingOf.length - 1);
  }
  return { messageOf, sittingOf, sittings: sitting + 1 };
}

/** Looks up every word that does not name a participant, and adds up what it is worth where it stands. */
export function gatherEvidence(
  sql: Sql,
  catalogue: Catalogue,
  { messageOf, sittingOf, sittings }: Grouping,
  words: ReadonlyMap<string, number>,
): Evidence {
  const { ids } = catalogue;
  const messages = sittingOf.length;
  const out: Evidence = {
    own: new Float64Array(ids.length),
    best: new Float64Array(messages),
    message: new Float64Array(messages),
    sitting: new Float64Array(sittings),
  };
  const pieceLength = relativeLengths(catalogue.words);
  const messageLength = relativeLengths(sums(catalogue.words, (at) => messageOf[at] ?? 0, messages));
  const sittingLength = relativeLengths(sums(catalogue.words, (at) => sittingOf[messageOf[at] ?? 0] ?? 0, sittings));
  const seen = new Set<string>();
  for (const [word, weight] of words) {
    const list = findWord(sql, word);
    // Two forms of one stem are found in the same places: they count once.
    const key = `${word.slice(0, 2)}:${list}`;
    if (list === "" || seen.has(key)) continue;
    seen.add(key);
    const hits = positionsOf(list, ids);
    const rare = weight * rarity(ids.length, hits.length);
    const perSitting = new Map<number, number>();
    let messageBefore = -1;
    for (const at of hits) {
      const message = messageOf[at] ?? 0;
      const sitting = sittingOf[message] ?? 0;
      out.own[at] = (out.own[at] ?? 0) + rare * saturation(1, pieceLength[at] ?? 1);
      perSitting.set(sitting, (perSitting.get(sitting) ?? 0) + 1);
      if (message !== messageBefore)
        out.message[message] = (out.message[message] ?? 0) + rare * saturation(1, messageLength[message] ?? 1);
      messageBefore = message;
    }
    const rareSitting = weight * rarity(sittings, perSitting.size);
    for (const [sitting, times] of perSitting)
      out.sitting[sitting] = (out.sitting[sitting] ?? 0) + rareSitting * saturation(times, sittingLength[sitting] ?? 1);
  }
  for (let at = 0; at < ids.length; at++) {
    const message = messageOf[at] ?? 0;
    out.best[message] = Math.max(out.best[message] ?? 0, out.own[at] ?? 0);
  }
  return out;
}

/** Where ids stand in the catalogue. Both ascend; an id that the catalogue leaves out is skipped. */
export function positionsOf(list: string, ids: readonly number[]): number[] {
  const found: number[] = [];
  if (list === "") return found;
  let from = 0;
  for (const id of JSON.parse(`[${list}]`) as number[]) {
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

function rarity(all: number, holding: number): number {
  return Math.log(1 + (all - holding + 0.5) / (holding + 0.5));
}

function saturation(times: number, length: number): number {
  return (times * (K1 + 1)) / (times + K1 * (1 - B + B * length));
}

function sums(values: readonly number[], groupOf: (at: number) => number, groups: number): number[] {
  const out = Array.from({ length: groups }, () => 0);
  for (let at = 0; at < values.length; at++) {
    const group = groupOf(at);
    out[group] = (out[group] ?? 0) + (values[at] ?? 0);
  }
  return out;
}

/** Lengths as parts of the mean. */
function relativeLengths(lengths: readonly number[]): Float64Array {
  let total = 0;
  for (const length of lengths) total += length;
  const mean = Math.max(total / Math.max(lengths.length, 1), 1);
  const out = new Float64Array(lengths.length);
  for (let at = 0; at < out.length; at++) out[at] = (lengths[at] ?? 0) / mean;
  return out;
}
