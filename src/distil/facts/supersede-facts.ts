/**
 * Which facts a newer one ends, and whether it says anything new.
 *
 * A fact of the same slot is ended, an instruction that a newer one replaces, and what is plainly taken back ("I no
 * longer use it"). In doubt both stay: two facts side by side, each with its day, are better than a lost one. It must
 * not decide by meaning what words do not say.
 */
import type { BriefPiece } from "../../ports/distiller.ts";
import type { FactKind } from "../../ports/user-memory.ts";
import { STOP_WORDS } from "../cues.ts";
import { pinsInForce } from "../pins/pins.ts";

interface Held {
  kind: FactKind;
  slot: string | null;
  statement: string;
  saidAt: number;
}

/** The user says that something is over. */
const TAKEN_BACK =
  /\b(?:no longer|not .{1,60} any ?more|n't .{1,60} any ?more|stopped|quit|gave up|nicht mehr|kein\p{L}* .{1,40} mehr|ne .{1,40} plus|ya no|já não|não .{1,40} mais)\b|不再|もう.{1,20}(?:ない|ません)/iu;
/** The statement says what is not so. */
const DENIED = /\b(?:not|no longer|never|don't|didn't|isn't|nicht|kein\p{L}*|ne|n'\p{L}+|no|não)\b(?! only\b)/iu;
/** Stems of the verbs of a slot: what two statements of it share without being about the same. */
const SLOT_VERBS = new Set("live mov reside bas work call wohne lebe habite vivo moro".split(" "));
/** Words that a retraction must share with what it ends, of the older one's. */
const SUBJECT_OVERLAP = 0.6;

/** Of `held`, which are valid, those that `next` ends. */
export function findEnded<T extends Held>(next: Held, held: readonly T[]): T[] {
  const older = held.filter(({ saidAt }) => saidAt <= next.saidAt);
  const isRetraction = TAKEN_BACK.test(next.statement);
  return older.filter(
    (fact) =>
      endsSlot(next, fact) ||
      replaces(next, fact) ||
      (isRetraction && overlap(next.statement, fact.statement) >= SUBJECT_OVERLAP),
  );
}

/** The fact of the same slot that was said later than `next`, which has come late itself. */
export function findLater<T extends Held>(next: Held, held: readonly T[]): T | null {
  return held.find((fact) => fact.saidAt > next.saidAt && endsSlot(fact, next)) ?? null;
}

/** Who says that they do not live in Paris ends what puts them there, and nothing else. */
function endsSlot(newer: Held, older: Held): boolean {
  if (newer.slot === null || newer.slot !== older.slot) return false;
  if (!DENIED.test(newer.statement)) return true;
  const said = new Set(subjectWords(newer.statement));
  return subjectWords(older.statement).some((word) => said.has(word) && !SLOT_VERBS.has(word));
}

/** Whether it is known in these very words. */
export function isKnown(next: Held, held: readonly Held[]): boolean {
  const said = bare(next.statement);
  return held.some(({ slot, statement }) => slot === next.slot && bare(statement) === said);
}

/** Whether of two instructions alone only the newer is in force. */
function replaces(next: Held, older: Held): boolean {
  if (next.kind !== "instruction" || older.kind !== "instruction") return false;
  const before = asPiece(older, 0);
  return !pinsInForce([before, asPiece(next, 1)]).includes(before);
}

function asPiece({ statement, saidAt }: Held, node: number): BriefPiece {
  return { node, role: "user", speaker: null, at: saidAt, kind: "instruction", text: statement };
}

function bare(statement: string): string {
  return statement
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

function overlap(next: string, older: string): number {
  const subject = subjectWords(older);
  const said = new Set(subjectWords(next));
  return subject.length === 0 ? 0 : subject.filter((word) => said.has(word)).length / subject.length;
}

function subjectWords(statement: string): string[] {
  return bare(statement)
    .split(" ")
    .filter((word) => word.length > 2 && !STOP_WORDS.has(word))
    .map((word) => word.replace(/(?<=\p{L}{3})(?:ing|ed|s)$/u, ""));
}
