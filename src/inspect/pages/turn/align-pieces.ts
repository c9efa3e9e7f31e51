/**
 * The pieces of a turn as rows of two columns: what was received on the left, what was sent of it on the right.
 *
 * Messages that a brief stands for share one row with that brief. Whatever stays the same for long is folded away, but for
 * what is new and what stands next to it. Pure; it must not leave out a piece.
 */
import type { PieceView } from "../../../ports/turn-view.ts";

export interface Row {
  received: PieceView[];
  sent: PieceView[];
}

export type Fold = { kind: "row"; row: Row } | { kind: "folded"; rows: Row[] };

/** Rows of a kind in a row before they are folded, and how many of them stay in sight on either side. */
const ALIKE_MAX = 8;
const ALIKE_SHOWN = 2;

export function alignPieces(pieces: readonly PieceView[]): Row[] {
  const rows: Row[] = [];
  let briefRow: Row | null = null;
  for (const piece of pieces) {
    const isBrief = piece.kind === "brief";
    if (isBrief || piece.fate === "in_brief") {
      if (briefRow === null) rows.push((briefRow = { received: [], sent: [] }));
      if (isBrief) briefRow.sent.push(piece);
      else briefRow.received.push(piece);
    } else if (piece.kind === "reply" || piece.fate === "added") rows.push({ received: [], sent: [piece] });
    else if (piece.reason === "supplied") rows.push({ received: [], sent: [piece] });
    else if (piece.fate === "held_upstream") rows.push({ received: [piece], sent: [] });
    else rows.push({ received: [piece], sent: [piece] });
  }
  return rows;
}

/** Long stretches of messages that went up as they came, folded. */
export function foldRows(rows: readonly Row[]): Fold[] {
  const folds: Fold[] = [];
  for (let start = 0; start < rows.length;) {
    let end = start;
    while (end < rows.length && isPlain(rows[end])) end++;
    const alike = rows.slice(start, end);
    if (alike.length > ALIKE_MAX) {
      const inside = alike.slice(ALIKE_SHOWN, -ALIKE_SHOWN);
      folds.push(...asRows(alike.slice(0, ALIKE_SHOWN)));
      folds.push({ kind: "folded", rows: inside });
      folds.push(...asRows(alike.slice(-ALIKE_SHOWN)));
    } else folds.push(...asRows(alike));
    if (end < rows.length) folds.push(...asRows(rows.slice(end, end + 1)));
    start = end + 1;
  }
  return folds;
}

function asRows(rows: readonly Row[]): Fold[] {
  return rows.map((row) => ({ kind: "row", row }));
}

function isPlain(row: Row | undefined): boolean {
  const [piece] = row?.received ?? [];
  return piece?.kind === "message" && (piece.fate === "verbatim" || piece.fate === "held_upstream") && !piece.is_new;
}

/** Depths as ranges, as a person would write them: `1–180, 183`. */
export function sayRanges(depths: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const depth of depths.toSorted((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range && depth <= range.to + 1) range.to = depth;
    else ranges.push({ from: depth, to: depth });
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`)).join(", ");
}
