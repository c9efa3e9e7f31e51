/**
 * Where the words of a query stand: scores of pieces, messages and sittings by what they say themselves.
 *
 * BM25 of our own over one search per word, because the index's bm25() takes common words for worthless in a small
 * archive (measured: 65 % against 57 % at the same budget). Messages and sittings are scored as documents of their own: an
 * answer often stands beside the words that were asked for. Must not know what a score is used for.
 */
import type { Catalogue } from "./catalogue.ts";
import { positionsOf } from "./find-words.ts";

/** A pause of this long starts a new sitting. Sittings are hours or days apart, replies minutes. */
const SITTING_PAUSE_MS = 2 * 60 * 60 * 1000;
/** BM25's usual constants. */
const K1 = 1.2;
const B = 0.75;

/** How the pieces group; all by position. */
export interface Grouping {
  messages: number;
  /** Ordinal of each piece's message. */
  messageOf: Uint32Array;
  /** Ordinal of each message's sitting. */
  sittingOf: Uint32Array;
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

export function groupPieces({ count, nodes, times }: Catalogue): Grouping {
  const messageOf = new Uint32Array(count);
  const sittingOf = new Uint32Array(count);
  let message = -1;
  let sitting = 0;
  let last = NaN;
  for (let at = 0; at < count; at++) {
    if (nodes[at] !== nodes[at - 1]) {
      const time = times[at] ?? NaN;
      if (time - last > SITTING_PAUSE_MS) sitting++;
      if (!Number.isNaN(time)) last = time;
      sittingOf[++message] = sitting;
    }
    messageOf[at] = message;
  }
  return { messages: message + 1, messageOf, sittingOf: sittingOf.subarray(0, message + 1), sittings: sitting + 1 };
}

/** Adds up what every word of the query is worth where it stands. `found` are the rows of the index by word. */
export function gatherEvidence(
  catalogue: Catalogue,
  { messages, messageOf, sittingOf, sittings }: Grouping,
  words: ReadonlyMap<string, number>,
  found: ReadonlyMap<string, readonly number[]>,
): Evidence {
  const { ids, count } = catalogue;
  const out: Evidence = {
    own: new Float64Array(count),
    best: new Float64Array(messages),
    message: new Float64Array(messages),
    sitting: new Float64Array(sittings),
  };
  const messageWords = new Float64Array(messages);
  const sittingWords = new Float64Array(sittings);
  for (let at = 0; at < count; at++) {
    const message = messageOf[at] ?? 0;
    const sitting = sittingOf[message] ?? 0;
    const length = catalogue.words[at] ?? 0;
    messageWords[message] = (messageWords[message] ?? 0) + length;
    sittingWords[sitting] = (sittingWords[sitting] ?? 0) + length;
  }
  const pieceLength = relativeLengths(catalogue.words);
  const messageLength = relativeLengths(messageWords);
  const sittingLength = relativeLengths(sittingWords);
  const timesInSitting = new Uint32Array(sittings);
  const seen = new Set<string>();
  for (const [word, weight] of words) {
    const rows = found.get(word) ?? [];
    // Two forms of one stem are found in the same places: they count once.
    const key = `${word.slice(0, 2)}:${rows.length}:${rows[0]}:${rows.at(-1)}`;
    if (rows.length === 0 || seen.has(key)) continue;
    seen.add(key);
    const hits = positionsOf(rows, ids);
    const rare = weight * rarity(count, hits.length);
    timesInSitting.fill(0);
    let sittingsHolding = 0;
    let messageBefore = -1;
    for (const at of hits) {
      const message = messageOf[at] ?? 0;
      const sitting = sittingOf[message] ?? 0;
      out.own[at] = (out.own[at] ?? 0) + rare * saturation(1, pieceLength[at] ?? 1);
      if (timesInSitting[sitting] === 0) sittingsHolding++;
      timesInSitting[sitting] = (timesInSitting[sitting] ?? 0) + 1;
      if (message !== messageBefore)
        out.message[message] = (out.message[message] ?? 0) + rare * saturation(1, messageLength[message] ?? 1);
      messageBefore = message;
    }
    const rareSitting = weight * rarity(sittings, sittingsHolding);
    for (let sitting = 0; sitting < sittings; sitting++) {
      const times = timesInSitting[sitting] ?? 0;
      if (times > 0)
        out.sitting[sitting] =
          (out.sitting[sitting] ?? 0) + rareSitting * saturation(times, sittingLength[sitting] ?? 1);
    }
  }
  for (let at = 0; at < count; at++) {
    const message = messageOf[at] ?? 0;
    out.best[message] = Math.max(out.best[message] ?? 0, out.own[at] ?? 0);
  }
  return out;
}

function rarity(all: number, holding: number): number {
  return Math.log(1 + (all - holding + 0.5) / (holding + 0.5));
}

function saturation(times: number, length: number): number {
  return (times * (K1 + 1)) / (times + K1 * (1 - B + B * length));
}

/** Lengths as parts of the mean. */
function relativeLengths(lengths: Uint8Array | Float64Array): Float64Array {
  let total = 0;
  for (const length of lengths) total += length;
  const mean = Math.max(total / Math.max(lengths.length, 1), 1);
  const out = new Float64Array(lengths.length);
  for (let at = 0; at < out.length; at++) out[at] = (lengths[at] ?? 0) / mean;
  return out;
}
