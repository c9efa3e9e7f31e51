/**
 * Where the words of a query stand: what pieces, messages, their neighbours and sittings hold of it.
 *
 * BM25 of our own over the rows found for each word, because the index's bm25() takes common words for worthless in a small
 * archive (measured: 65 % against 57 % at the same budget). An answer often stands beside the words that were asked
 * for, so a message also counts what those around it hold and it does not, and sittings are documents of their own.
 * Must not know what a score is used for.
 */
import type { Catalogue } from "./catalogue.ts";
import { positionsOf } from "./find-words.ts";
import type { Grouping } from "./group-pieces.ts";
import { nodeOf } from "./piece-numbers.ts";

/** BM25's usual constants. */
const K1 = 1.2;
const B = 0.75;

/** What a word in the message before, and the one before that, is worth to a message without it; and behind it. */
const BEFORE_SHARES = [0.6, 0.3];
const BEHIND_SHARES = [0.5, 0.2];

export interface Evidence {
  /** By piece. */
  own: Float64Array;
  /** By message: its best piece. */
  best: Float64Array;
  /** By message, as one document. */
  message: Float64Array;
  /** By message: words that stand around it and not in it. */
  around: Float64Array;
  /** By message: its best note. */
  note: Float64Array;
  /** By sitting, as one document. */
  sitting: Float64Array;
  /** The row of the best note of all, or null. */
  bestNote: number | null;
}

/** Adds up what every word of the query is worth where it stands. `found` are the rows of the index by word. */
export function gatherEvidence(
  catalogue: Catalogue,
  grouping: Grouping,
  words: ReadonlyMap<string, number>,
  found: ReadonlyMap<string, readonly number[]>,
): Evidence {
  const { count, ids } = catalogue;
  const { messages, messageOf, sittings } = grouping;
  const out: Evidence = {
    own: new Float64Array(count),
    best: new Float64Array(messages),
    message: new Float64Array(messages),
    around: new Float64Array(messages),
    note: new Float64Array(messages),
    sitting: new Float64Array(sittings),
    bestNote: null,
  };
  const lengths = grouping.relativeLengths;
  const notes = new Map<number, number>();
  const seen = new Set<string>();
  for (const [word, weight] of words) {
    const rows = found.get(word) ?? [];
    // Two forms of one stem are found in the same places: they count once.
    const key = `${word.slice(0, 2)}:${rows.length}:${rows[0]}:${rows.at(-1)}`;
    if (rows.length === 0 || seen.has(key)) continue;
    seen.add(key);
    const hits = positionsOf(rows, ids);
    const rare = weight * rarity(count, hits.length);
    const holding: number[] = [];
    for (const at of hits) {
      const message = messageOf[at] ?? 0;
      out.own[at] = (out.own[at] ?? 0) + rare * saturation(1, lengths.piece[at] ?? 1);
      if (holding.at(-1) === message) continue;
      holding.push(message);
      out.message[message] = (out.message[message] ?? 0) + rare * saturation(1, lengths.message[message] ?? 1);
    }
    addAround(out.around, grouping, holding, rare);
    addSittings(out.sitting, grouping, hits, weight);
    for (const row of rows) if (row < 0) notes.set(row, (notes.get(row) ?? 0) + rare);
  }
  for (let at = 0; at < count; at++) {
    const message = messageOf[at] ?? 0;
    out.best[message] = Math.max(out.best[message] ?? 0, out.own[at] ?? 0);
  }
  addNotes(out, catalogue, grouping, notes);
  return out;
}

/** Gives a word to the messages around those that hold it: each takes it once, from where it is nearest. */
function addAround(around: Float64Array, { sittingOf }: Grouping, holding: readonly number[], rare: number): void {
  const holds = new Set(holding);
  const shares = new Map<number, number>();
  for (const message of holding) {
    for (let distance = 1; distance <= BEFORE_SHARES.length; distance++) {
      for (const [near, share] of [
        [message + distance, BEFORE_SHARES[distance - 1] ?? 0],
        [message - distance, BEHIND_SHARES[distance - 1] ?? 0],
      ] as const) {
        if (holds.has(near) || sittingOf[near] !== sittingOf[message]) continue;
        if (share > (shares.get(near) ?? 0)) shares.set(near, share);
      }
    }
  }
  for (const [near, share] of shares) around[near] = (around[near] ?? 0) + rare * share;
}

function addSittings(
  sitting: Float64Array,
  { messageOf, sittingOf, sittings, relativeLengths }: Grouping,
  hits: readonly number[],
  weight: number,
): void {
  const times = new Map<number, number>();
  for (const at of hits) {
    const own = sittingOf[messageOf[at] ?? 0] ?? 0;
    times.set(own, (times.get(own) ?? 0) + 1);
  }
  const rare = weight * rarity(sittings, times.size);
  for (const [own, count] of times)
    sitting[own] = (sitting[own] ?? 0) + rare * saturation(count, relativeLengths.sitting[own] ?? 1);
}

/** A note's words count for the message that it rests on. */
function addNotes(
  out: Evidence,
  { nodes }: Catalogue,
  { messageOf }: Grouping,
  notes: ReadonlyMap<number, number>,
): void {
  let most = 0;
  const rows = [...notes.keys()].toSorted((a, b) => b - a);
  for (const row of rows) {
    const node = nodeOf(-1 - row);
    const at = positionsOf([node], nodes)[0];
    if (at === undefined) continue;
    const message = messageOf[at] ?? 0;
    const score = notes.get(row) ?? 0;
    out.note[message] = Math.max(out.note[message] ?? 0, score);
    if (score > most) {
      most = score;
      out.bestNote = row;
    }
  }
}

/** What it tells that a word is held by so many of all. */
export function rarity(all: number, holding: number): number {
  return Math.log(1 + (all - holding + 0.5) / (holding + 0.5));
}

function saturation(times: number, length: number): number {
  return (times * (K1 + 1)) / (times + K1 * (1 - B + B * length));
}
