/**
 * Keeps the user's standing instructions in force: which of them still hold, and which a brief must contain.
 *
 * A later instruction replaces an earlier one when both set the same thing (units, language, a form of address)
 * without a condition, or when it says itself that it revises and speaks of the same subject. In doubt both stay,
 * in their order, and the newest always does. This file must not drop an instruction for lack of room.
 */
import type { BriefPiece } from "../ports/distiller.ts";
import { REVISION, STOP_WORDS } from "./cues.ts";
import { plainForm } from "./classify.ts";
import { BRIEF_END, BRIEF_LABEL, dayOf, foldLine, INSTRUCTIONS_HEADING, renderLine } from "./record.ts";

/** Share of a brief's budget that the newest instructions may claim; what lies beyond is welcome, not required. */
const REQUIRED_SHARE = 0.35;
/** Below this no further line is tried. */
const LINE_TOKENS_MIN = 4;
/** Words two instructions must share, of the shorter one's, for a revision to replace. */
const SUBJECT_OVERLAP = 0.4;

/** Things that have one value at a time. Two unconditional settings of one of them: the later holds. */
const SLOTS: readonly RegExp[] = [
  /\b(?:metric|imperial|kilomet\w+|miles|kilos|pounds)\b/u,
  /\b(?:celsius|fahrenheit)\b/u,
  /\b(?:call|address) me\b|叫我|と呼んで|\bnenn\w* mich\b|\bappelle\w*-moi\b|\bllámame\b/u,
  /\b(?:answer|reply|respond|write|speak|talk|switch)\b.{0,30}\b(?:english|german|french|spanish|italian|japanese|chinese|portuguese|dutch|korean|russian|arabic)\b/u,
  /\b(?:24|12)-hour\b/u,
  /\b(?:prices?|amounts?)\b.{0,30}\b(?:in euros?|in dollars?|in pounds|eur|usd|gbp)\b/u,
  /\b(?:tabs|spaces)\b.{0,30}\bindent|\bindent\w*\b.{0,30}\b(?:tabs|spaces)\b/u,
];
const CONDITION = /\b(?:when|if|for|while|whenever|unless|except|about|inside|during|with regard)\b/u;

/** The instructions that still hold, oldest first. `all` is in the order of the conversation. */
export function standingInstructions(all: readonly BriefPiece[]): BriefPiece[] {
  const held: { piece: BriefPiece; plain: string; words: Set<string> }[] = [];
  for (const piece of all) {
    if (piece.kind !== "instruction" || piece.role !== "user") continue;
    const plain = plainForm(foldLine(piece.text));
    const next = { piece, plain, words: subjectWords(plain) };
    for (let at = held.length - 1; at >= 0; at--) {
      const older = held[at];
      if (older !== undefined && replaces(next, older)) held.splice(at, 1);
    }
    held.push(next);
  }
  return held.map(({ piece }) => piece);
}

interface Ruling {
  plain: string;
  words: Set<string>;
}

function replaces(next: Ruling, older: Ruling): boolean {
  if (next.plain === older.plain) return true;
  const revises = REVISION.test(next.plain);
  const conditional = CONDITION.test(next.plain) || CONDITION.test(older.plain);
  if ((revises || !conditional) && SLOTS.some((slot) => slot.test(next.plain) && slot.test(older.plain))) {
    return !conditional || overlap(next, older) >= SUBJECT_OVERLAP;
  }
  return revises && overlap(next, older) >= SUBJECT_OVERLAP;
}

function overlap(a: Ruling, b: Ruling): number {
  const least = Math.min(a.words.size, b.words.size);
  if (least === 0) return 0;
  let shared = 0;
  for (const word of a.words) if (b.words.has(word)) shared++;
  return shared / least;
}

function subjectWords(plain: string): Set<string> {
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => word.length > 2 && !STOP_WORDS.has(word) && !FORCE_WORDS.has(word)));
}

/** Words that give an instruction its force and say nothing about its subject. */
const FORCE_WORDS = new Set(
  "always never please actually instead now from don remember anymore longer ever ask".split(" "),
);

/**
 * Of the instructions in force, the newest that fit `REQUIRED_SHARE` of the budget, oldest first.
 * One that is too long by itself is passed over.
 */
export function requiredInstructions(
  inForce: readonly BriefPiece[],
  budgetTokens: number,
  countTokens: (text: string) => number,
): BriefPiece[] {
  const frame = countTokens(`${BRIEF_LABEL}\n${INSTRUCTIONS_HEADING}\n${BRIEF_END}\n\n`);
  let room = (budgetTokens - frame) * REQUIRED_SHARE;
  const required: BriefPiece[] = [];
  for (const piece of inForce.toReversed()) {
    if (room < LINE_TOKENS_MIN) break;
    const cost = countTokens(`${dayOf(piece.at) ?? ""}\n${renderLine(piece)}\n`);
    if (cost > room) continue;
    room -= cost;
    required.push(piece);
  }
  return required.toReversed();
}
