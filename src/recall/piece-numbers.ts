/**
 * How the numbers of a piece are laid out: its id, and five small numbers in one.
 *
 * Piece ids are `node * PIECES_PER_NODE + ordinal`, so that the order of ids is the order of the conversation and a
 * message's pieces are one range. One packed column, because every column more is read for every piece.
 * Changing a width changes what is stored.
 */
import type { RecallRole } from "./message.ts";

/** Room for the pieces of one message in the order of ids; what is beyond is not indexed (about 5 MB of English). */
export const PIECES_PER_NODE = 16_384;
export const MINUTE_MS = 60_000;

export const ROLES: readonly RecallRole[] = ["assistant", "user", "tool"];
/** Places of `ROLES`. */
export const ROLE_USER = 1;
export const ROLE_TOOL = 2;

export interface PieceNumbers {
  role: number;
  speaker: number;
  traits: number;
  words: number;
  tokens: number;
}

export function nodeOf(id: number): number {
  return Math.floor(id / PIECES_PER_NODE);
}

/** Where a note stands in the index, and the other way round; pieces have the rows from 0. */
export function noteRow(id: number): number {
  return -1 - id;
}

/** Lowest first: 2, 8, 9, 8 and 8 bits. */
export function packNumbers({ role, speaker, traits, words, tokens }: PieceNumbers): number {
  return role + 4 * (speaker + 256 * (traits + 512 * (words + 256 * tokens)));
}

export function unpackNumbers(packed: number): PieceNumbers {
  const low = packed & 0x7ffff;
  const high = Math.floor(packed / 0x80000);
  return {
    role: low & 3,
    speaker: (low >> 2) & 255,
    traits: (low >> 10) & 511,
    words: high & 255,
    tokens: high >> 8,
  };
}
