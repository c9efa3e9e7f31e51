/**
 * Keeps in force what a user wants held: standing instructions, and who they are and what they like.
 *
 * A later pin replaces an earlier one when both set the same thing for the same scope, or when it says itself that it
 * revises or withdraws and speaks of the earlier one. In doubt both stay, in their order. What has no room in a brief
 * is carried with it unshown and comes back when there is room. This file must not forget a pin for lack of room
 * before `PINS_CARRIED_MAX`.
 */
import { PINS_CARRIED_MAX, PINS_HELD_MAX } from "../../model/limits.ts";
import type { BriefPiece } from "../../ports/distiller.ts";
import { plainForm } from "../classify.ts";
import { FORGET_ALL, FORGET_LAST, REVISION } from "../cues.ts";
import { BRIEF_END, BRIEF_LABEL, dayOf, foldLine, INSTRUCTIONS_HEADING, renderLine } from "../record.ts";
import { readSetting, type Setting } from "./slots.ts";
import { readWish, takesBack } from "./wish.ts";

/**
 * Shares of a brief's budget up to which pins claim their place before anything else, each kind beyond those before it.
 * Half of the smallest brief holds the longest quote.
 */
const CLAIMS = [
  { claim: "order", share: 0.5 },
  { claim: "identity", share: 0.6 },
  { claim: "taste", share: 0.7 },
] as const;
/** Below this no further line is tried. */
const LINE_TOKENS_MIN = 4;
/** Share of an earlier pin's content words that a revision must repeat to replace it. */
const SUBJECT_SHARE = 0.6;

interface Held extends Setting {
  piece: BriefPiece;
  plain: string;
  /** What it does to the pins before it. */
  act: "set" | "revise" | "withdraw" | "forget_last" | "forget_all";
}

/** Whether a piece is the user's own instruction or preference. */
export function isPin({ kind, role }: BriefPiece): boolean {
  return role === "user" && (kind === "instruction" || kind === "preference");
}

/** The pins that still hold, oldest first. `all` is in the order of the conversation. */
export function pinsInForce(all: readonly BriefPiece[]): BriefPiece[] {
  let held: Held[] = [];
  for (const piece of all) {
    if (!isPin(piece)) continue;
    const next = hold(piece);
    const left = next.act === "forget_last" ? held.slice(0, -1) : held.filter((older) => !replaces(next, older));
    // What only takes back has done its work; without anything to take back it stays, for whoever reads it.
    if (left.length === held.length || next.act === "set" || next.act === "revise") left.push(next);
    held = left.slice(-PINS_HELD_MAX);
  }
  return held.map(({ piece }) => piece);
}

function hold(piece: BriefPiece): Held {
  const plain = plainForm(foldLine(piece.text));
  return { piece, plain, act: actOf(plain), ...readSetting(plain) };
}

function actOf(plain: string): Held["act"] {
  if (FORGET_ALL.test(plain)) return "forget_all";
  if (FORGET_LAST.test(plain)) return "forget_last";
  if (takesBack(plain)) return "withdraw";
  return REVISION.test(plain) ? "revise" : "set";
}

function replaces(next: Held, older: Held): boolean {
  if (next.plain === older.plain) return true;
  if (next.act === "forget_all") return older.piece.kind === "instruction";
  const setsAgain = older.slots.size > 0 && older.slots.isSubsetOf(next.slots);
  if (next.act === "withdraw") {
    if (setsAgain) return hasScopeOf(next, older);
    return next.slots.size === 0 && next.words.size > 0 && next.words.isSubsetOf(older.words);
  }
  if (next.piece.kind !== older.piece.kind) return false;
  if (setsAgain) return hasScopeOf(next, older);
  return next.act === "revise" && sharedWith(next, older) >= SUBJECT_SHARE;
}

/** One that takes back for a case only, "when we talk about work", leaves the rule for all others. */
function hasScopeOf(next: Setting, older: Setting): boolean {
  return older.scope.isSubsetOf(next.scope) && next.scope.isSubsetOf(older.scope);
}

/** How much of what the older pin speaks of the newer one speaks of too. */
function sharedWith(next: Setting, older: Setting): number {
  return older.words.size === 0 ? 0 : older.words.intersection(next.words).size / older.words.size;
}

function claimOf({ kind, text }: BriefPiece): (typeof CLAIMS)[number]["claim"] {
  if (kind === "instruction") return "order";
  return readWish(text, plainForm(text)) === "identity" ? "identity" : "taste";
}

/**
 * Of the pins in force, those that a brief must show: the newest instructions that fit, then who the user is, then what
 * he likes. Reckoned on the budget alone, so that a short span cannot crowd them out. Oldest first; one that is too long
 * by itself is passed over.
 */
export function requiredPins(
  inForce: readonly BriefPiece[],
  budgetTokens: number,
  countTokens: (text: string) => number,
): BriefPiece[] {
  const frame = countTokens(`${BRIEF_LABEL}\n${INSTRUCTIONS_HEADING}\n${BRIEF_END}\n\n`);
  const room = budgetTokens - frame;
  const newestFirst = inForce.map((piece) => ({ piece, claim: claimOf(piece) })).toReversed();
  const required = new Set<BriefPiece>();
  let spent = 0;
  for (const { claim, share } of CLAIMS) {
    for (const { piece } of newestFirst.filter((pin) => pin.claim === claim)) {
      if (room * share - spent < LINE_TOKENS_MIN) break;
      const cost = countTokens(`${dayOf(piece.at) ?? ""}\n${renderLine(piece)}\n`);
      if (spent + cost > room * share) continue;
      spent += cost;
      required.add(piece);
    }
  }
  return inForce.filter((piece) => required.has(piece));
}

/** Of the pins that a brief does not show, those that it carries: instructions before preferences, the newest first. Oldest first. */
export function carriedPins(unshown: readonly BriefPiece[]): BriefPiece[] {
  const byClaim = unshown
    .toReversed()
    .toSorted((a, b) => Number(b.kind === "instruction") - Number(a.kind === "instruction"));
  const carried = new Set(byClaim.slice(0, PINS_CARRIED_MAX));
  return unshown.filter((piece) => carried.has(piece));
}
