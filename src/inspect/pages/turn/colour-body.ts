/**
 * A body's text as stretches, each with what became of it, so that a page can colour the exact bytes.
 *
 * Joined again the stretches are the text, character for character, up to where it is cut. Pure.
 */
import type { DiffPiece } from "../../../ports/turn-view.ts";

export interface ColouredStretch {
  text: string;
  /** Null: commas and brackets between two pieces. */
  piece: DiffPiece | null;
}

export function colourBody(
  text: string,
  pieces: readonly DiffPiece[],
  side: "client" | "forwarded",
  charsMax: number,
): ColouredStretch[] {
  const stretches: ColouredStretch[] = [];
  const end = Math.min(text.length, charsMax);
  let at = 0;
  const add = (to: number, piece: DiffPiece | null): void => {
    if (to > at) stretches.push({ text: text.slice(at, to), piece });
    at = Math.max(at, to);
  };
  const placed = pieces.flatMap((piece) => {
    const stretch = piece[side];
    return stretch === null ? [] : [{ piece, ...stretch }];
  });
  for (const { piece, start, end: until } of placed.toSorted((a, b) => a.start - b.start)) {
    if (start >= end) break;
    add(Math.min(start, end), null);
    add(Math.min(until, end), piece);
  }
  add(end, null);
  return stretches;
}
