/**
 * Packs the old part of an agent's run into a budget: what the user said, and what the tools answered, as tables.
 *
 * A tool result is worth more than the talk about it, because the talk repeats it. So the user's words and the
 * results go first, the latest of each tool before older ones; then sentences of the assistant; rows and log lines
 * nobody spoke of come last. Everything is written in the order of the run, and lines left out are counted.
 * This file must not cut a line: values of one object stay together or leave together.
 */
import { cutRun } from "./tool-run.ts";
import type { Head, Piece, PieceKind, RunTurn } from "./tool-run.ts";

export interface PackOptions {
  countTokens: (text: string) => number;
  budgetTokens: number;
}

export interface PackedRun {
  text: string;
  tokens: number;
}

/** First line of a packed run. */
export const PACK_NOTE = "[earlier turns; JSON as names once, then values in that order]";

/** The order in which pieces are taken in. */
const KINDS: readonly PieceKind[] = ["user", "result", "said", "row"];
/** The user's words take at most this share before the results have had their turn. */
const USER_SHARE_MAX = 0.5;

/** With less room than this nothing is tried: counting tokens is what costs time here. */
const PIECE_TOKENS_MIN = 3;

/** The run in at most `budgetTokens`; empty when nothing fits. */
export function packRun(turns: readonly RunTurn[], options: PackOptions): PackedRun {
  const { text, tokens } = packPieces(cutRun(turns), options, PACK_NOTE);
  return { text, tokens };
}

/** Lines of a run below a first line, in at most `budgetTokens`, with the lines that were taken in. */
export function packPieces(
  pieces: readonly Piece[],
  { countTokens, budgetTokens }: PackOptions,
  note: string,
): PackedRun & { taken: Piece[] } {
  const taken = choose(pieces, budgetTokens, countTokens, note);
  for (;;) {
    const text = render(pieces, new Set(taken), note);
    const tokens = countTokens(text);
    if (tokens <= budgetTokens) return { text, tokens, taken };
    taken.pop();
  }
}

/** The pieces that fit, by what they cost one by one, in the order in which they were taken. */
function choose(
  pieces: readonly Piece[],
  budgetTokens: number,
  countTokens: (text: string) => number,
  note: string,
): Piece[] {
  const count = (text: string): number => countTokens(`${text}\n`);
  const paid = new Set<Head>();
  const taken: Piece[] = [];
  let spent = count(note);
  const take = (piece: Piece, limit: number): boolean => {
    if (limit - spent < PIECE_TOKENS_MIN) return false;
    const heads = piece.heads.filter((head) => !paid.has(head));
    let cost = count(piece.text);
    for (const head of heads) cost += count(head.text);
    if (spent + cost > limit) return false;
    for (const head of heads) paid.add(head);
    taken.push(piece);
    spent += cost;
    return true;
  };
  const late: Piece[] = [];
  for (const kind of KINDS) {
    const queue = pieces.filter((piece) => piece.kind === kind).toSorted(byWorth);
    for (const piece of queue) {
      const limit = kind === "user" ? budgetTokens * USER_SHARE_MAX : budgetTokens;
      if (!take(piece, limit) && kind === "user") late.push(piece);
    }
  }
  for (const piece of late) take(piece, budgetTokens);
  return taken;
}

/** What each tool said last, then newest turn first; the lines of one turn stay in their order. */
function byWorth(one: Piece, other: Piece): number {
  return Number(other.latest) - Number(one.latest) || other.turn - one.turn;
}

function render(pieces: readonly Piece[], kept: ReadonlySet<Piece>, note: string): string {
  const names: string[] = [];
  const lines: string[] = [];
  const written = new Set<Head>();
  let left = 0;
  for (const piece of pieces) {
    if (!kept.has(piece)) {
      if (piece.kind === "row") left++;
      continue;
    }
    for (const head of piece.heads) {
      if (written.has(head)) continue;
      written.add(head);
      (head.place === "names" ? names : lines).push(head.text);
    }
    lines.push(piece.text);
  }
  if (lines.length === 0) return "";
  if (left > 0) lines.push(`[${left} lines left out]`);
  return [note, ...names, ...lines].join("\n");
}
