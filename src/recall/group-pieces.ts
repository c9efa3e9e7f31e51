/**
 * How the pieces of a catalogue group: into messages, and these into sittings.
 *
 * A sitting is a stretch of talk without a long pause; without times all is one. What a word counts for in a text of
 * some length is the same for every word, so it is reckoned here once. Must not look at any word.
 */
import type { PieceColumns } from "./catalogue.ts";
import { TRAIT_QUESTION } from "./traits.ts";

/** A pause of this long starts a new sitting. Sittings are hours or days apart, replies minutes. */
const SITTING_PAUSE_MS = 2 * 60 * 60 * 1000;

/** All by position. */
export interface Grouping {
  /** People with names talk to each other: nobody is there to serve, and nobody's wishes are orders. */
  peers: boolean;
  messages: number;
  /** Ordinal of each piece's message. */
  messageOf: Uint32Array;
  /** 1 for messages that ask something. */
  asks: Uint8Array;
  /** Ordinal of each message's sitting. */
  sittingOf: Uint32Array;
  sittings: number;
  /** What a word that is held once counts for, by the length of what holds it. */
  pieceShares: Float64Array;
  messageShares: Float64Array;
  /** Lengths in content words, as parts of the mean. */
  sittingLengths: Float64Array;
}

/** BM25's usual constants. */
const K1 = 1.2;
const B = 0.75;

/** BM25's weight of a word that is held so many times. */
export function saturation(times: number, relativeLength: number): number {
  return (times * (K1 + 1)) / (times + K1 * (1 - B + B * relativeLength));
}

export function groupPieces({ count, nodes, speakers, times, traits, words }: PieceColumns): Grouping {
  const messageOf = new Uint32Array(count);
  const asks = new Uint8Array(count);
  const sittingOf = new Uint32Array(count);
  const messageWords = new Float64Array(count);
  const sittingWords = new Float64Array(count);
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
    messageWords[message] = (messageWords[message] ?? 0) + (words[at] ?? 0);
    sittingWords[sitting] = (sittingWords[sitting] ?? 0) + (words[at] ?? 0);
    if (((traits[at] ?? 0) & TRAIT_QUESTION) !== 0) asks[message] = 1;
  }
  return {
    peers: !speakers.includes(0) && new Set(speakers).size > 1,
    messages: message + 1,
    messageOf,
    asks,
    sittingOf: sittingOf.subarray(0, message + 1),
    sittings: sitting + 1,
    pieceShares: relativeLengths(words).map((length) => saturation(1, length)),
    messageShares: relativeLengths(messageWords.subarray(0, message + 1)).map((length) => saturation(1, length)),
    sittingLengths: relativeLengths(sittingWords.subarray(0, sitting + 1)),
  };
}

function relativeLengths(lengths: Uint8Array | Float64Array): Float64Array {
  let total = 0;
  for (const length of lengths) total += length;
  const mean = Math.max(total / Math.max(lengths.length, 1), 1);
  const out = new Float64Array(lengths.length);
  for (let at = 0; at < out.length; at++) out[at] = (lengths[at] ?? 0) / mean;
  return out;
}
