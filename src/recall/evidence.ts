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
import { saturation } from "./group-pieces.ts";
import type { Grouping } from "./group-pieces.ts";
import { nodeOf, noteRow } from "./piece-numbers.ts";

/** What a word in the message before, and the one before that, is worth to a message without it; and behind it. */
const BEFORE_SHARES = [0.6, 0.3];
const BEHIND_SHARES = [0.5, 0.2];
const AROUND_MESSAGES = BEFORE_SHARES.length;

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
  /** What a piece would have that holds every word of the query once. */
  asked: number;
  /** The row of the best note of all, or null. */
  bestNote: number | null;
}

/** Adds up what every word of the query is worth where it stands. `found` are the rows of the index by word. */
export function gatherEvidence(
  catalogue: Catalogue,
  words: ReadonlyMap<string, number>,
  found: ReadonlyMap<string, readonly number[]>,
): Evidence {
  const { count, ids, grouping } = catalogue;
  const { messages, messageOf, messageShares, pieceShares, sittings } = grouping;
  const out: Evidence = {
    own: new Float64Array(count),
    best: new Float64Array(messages),
    message: new Float64Array(messages),
    around: new Float64Array(messages),
    note: new Float64Array(messages),
    sitting: new Float64Array(sittings),
    asked: 0,
    bestNote: null,
  };
  const notes = new Map<number, number>();
  const shares = new Float64Array(messages);
  const seen = new Set<string>();
  for (const [word, weight] of words) {
    const rows = found.get(word) ?? [];
    // Two forms of one stem are found in the same places: they count once.
    const key = `${word.slice(0, 2)}:${rows.length}:${rows[0]}:${rows.at(-1)}`;
    if (rows.length > 0 && seen.has(key)) continue;
    seen.add(key);
    const hits = positionsOf(rows, ids);
    const rare = weight * rarity(count, hits.length);
    out.asked += rare;
    if (rows.length === 0) continue;
    const holding: number[] = [];
    let before = -1;
    for (const at of hits) {
      const message = messageOf[at] ?? 0;
      out.own[at] = (out.own[at] ?? 0) + rare * (pieceShares[at] ?? 0);
      if (message === before) continue;
      before = message;
      holding.push(message);
      out.message[message] = (out.message[message] ?? 0) + rare * (messageShares[message] ?? 0);
    }
    addAround(out.around, grouping, holding, rare, shares);
    addSittings(out.sitting, grouping, hits, weight);
    for (const row of rows) {
      if (row >= 0) break;
      notes.set(row, (notes.get(row) ?? 0) + rare);
    }
  }
  for (let at = 0; at < count; at++) {
    const own = out.own[at] ?? 0;
    if (own > 0) out.best[messageOf[at] ?? 0] = Math.max(out.best[messageOf[at] ?? 0] ?? 0, own);
  }
  addNotes(out, catalogue, notes);
  return out;
}

/**
 * Gives a word to the messages around those that hold it: each takes it once, from where it is nearest. `shares` is
 * scratch by message, zero between calls; 1 marks those that hold the word themselves.
 */
function addAround(
  around: Float64Array,
  { sittingOf }: Grouping,
  holding: readonly number[],
  rare: number,
  shares: Float64Array,
): void {
  for (const message of holding) shares[message] = 1;
  const near: number[] = [];
  const offer = (from: number, to: number, share: number): void => {
    const had = shares[to];
    if (had === undefined || had >= share || sittingOf[to] !== sittingOf[from]) return;
    if (had === 0) near.push(to);
    shares[to] = share;
  };
  for (const message of holding) {
    for (let step = 0; step < AROUND_MESSAGES; step++) {
      offer(message, message + step + 1, BEFORE_SHARES[step] ?? 0);
      offer(message, message - step - 1, BEHIND_SHARES[step] ?? 0);
    }
  }
  for (const message of near) {
    around[message] = (around[message] ?? 0) + rare * (shares[message] ?? 0);
    shares[message] = 0;
  }
  for (const message of holding) shares[message] = 0;
}

function addSittings(
  sitting: Float64Array,
  { messageOf, sittingOf, sittings, sittingLengths }: Grouping,
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
    sitting[own] = (sitting[own] ?? 0) + rare * saturation(count, sittingLengths[own] ?? 1);
}

/** A note's words count for the message that it rests on. */
function addNotes(out: Evidence, { nodes, grouping }: Catalogue, notes: ReadonlyMap<number, number>): void {
  let most = 0;
  const rows = [...notes.keys()].toSorted((a, b) => b - a);
  for (const row of rows) {
    const node = nodeOf(noteRow(row));
    const at = positionsOf([node], nodes)[0];
    if (at === undefined) continue;
    const message = grouping.messageOf[at] ?? 0;
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
