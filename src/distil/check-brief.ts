/**
 * The commit gate: a brief that does not pass stands for nothing, and the history stays as it was.
 *
 * It trusts no distiller. Quotes must be verbatim and come from who is said to have said them; figures, names of
 * things and addresses in the text must occur in the quoted sources; what a model wrote must stand in a digest that
 * passed its own gate; the user's pins must be there, or counted and carried; the text must be a record, within its
 * budget, and no error message. It must not mend a brief, and must not depend on how one was written.
 */
import { fail, ok, type Result } from "../model/result.ts";
import type { Brief, BriefPiece, DistilInput, SpanMessage } from "../ports/distiller.ts";
import { measureAllowance } from "./allowance.ts";
import { scanAtoms } from "./atoms.ts";
import { plainForm } from "./classify.ts";
import { FAILURE } from "./cues.ts";
import { KnownValues } from "./digests/known-values.ts";
import { carriedPins, pinsInForce, requiredPins } from "./pins/pins.ts";
import { readPins } from "./read-span.ts";
import {
  BRIEF_END,
  BRIEF_LABEL,
  dayOf,
  foldLine,
  HEADINGS,
  INSTRUCTIONS_HEADING,
  renderUnshown,
  speakerOf,
} from "./record.ts";
import { renderWritten } from "./digests/written-lines.ts";

/** Why a brief is refused, with the numbers to look at. Texts are cut to what a log needs. */
export type CheckFailure =
  | { code: "empty" }
  | { code: "unlabelled"; detail: "label" | "end" | "end_repeated" | "written" }
  | { code: "over_budget"; tokens: number; budgetTokens: number }
  | { code: "too_long_for_span"; tokens: number; allowedTokens: number; replacedTokens: number }
  | { code: "error_text"; line: string }
  | { code: "unknown_source"; piece: number; node: number }
  | { code: "not_verbatim"; piece: number; node: number }
  | { code: "instruction_not_from_user"; piece: number; node: number }
  | { code: "unsourced_instruction"; line: string }
  | { code: "unsourced_value"; value: string; line: string }
  | { code: "unknown_digest"; segment: number }
  | { code: "pin_missing"; missing: number; required: number; first: string }
  | { code: "pin_lost"; lost: number; inForce: number; first: string }
  | { code: "pins_uncounted"; unshown: number };

/** A brief that may be committed: its tokens recounted, and what was looked at. */
export interface CheckedBrief {
  brief: Brief;
  /** Quotes, values and pins that were verified. */
  checked: { pieces: number; values: number; pins: number };
  /** Tokens the brief replaces, counted only as far as needed: a lower bound. */
  replacedTokens: number;
}

/** Characters of a line or value that a failure reports. */
const REPORT_CHARS = 160;
/** A line that starts a quote in our own rendering. */
const QUOTE_PREFIX = /^- [^:]{1,60}: "?/u;

/** Verifies a brief against the input it was distilled from. The first failure is reported. */
export function checkBrief(brief: Brief, input: DistilInput): Result<CheckedBrief, CheckFailure> {
  const { span, kept, budgetTokens, countTokens } = input;
  const frame = checkFrame(brief);
  if (frame !== null) return fail(frame);
  const tokens = countTokens(brief.text);
  if (tokens > budgetTokens) return fail({ code: "over_budget", tokens, budgetTokens });
  const { tokens: allowedTokens, replacedTokens } = measureAllowance(span, kept, budgetTokens, countTokens);
  if (tokens > allowedTokens) return fail({ code: "too_long_for_span", tokens, allowedTokens, replacedTokens });
  const foreign = findForeignLine(brief, input);
  if (foreign !== null) return fail(foreign);
  const quoted = withoutWritten(brief);
  const note = renderUnshown(brief.pieces);
  const lines = bodyLines(quoted).filter((line) => line !== note);
  const broken = checkNotError(lines) ?? checkPieces(brief.pieces, span, kept) ?? checkInstructionLines(brief, lines);
  if (broken !== null) return fail(broken);
  const values = checkValues(lines, brief.pieces, span);
  if (typeof values !== "number") return fail(values);
  const inForce = pinsInForce([...kept, ...readPins(span)]);
  const required = requiredPins(inForce, budgetTokens, countTokens);
  const unheld = checkPins({ ...brief, text: quoted }, inForce, required);
  if (unheld !== null) return fail(unheld);
  const checked = { pieces: brief.pieces.length, values, pins: required.length };
  return ok({ brief: { ...brief, tokens }, checked, replacedTokens });
}

/** The pins that must be shown are, the others are carried, and the text says how many. */
function checkPins(
  { text, pieces }: Brief,
  inForce: readonly BriefPiece[],
  required: readonly BriefPiece[],
): CheckFailure | null {
  const written = foldLine(text);
  const isShown = (piece: BriefPiece): boolean => written.includes(foldLine(piece.text));
  const missing = required.filter((piece) => !isShown(piece));
  if (missing[0] !== undefined) {
    const first = missing[0].text.slice(0, REPORT_CHARS);
    return { code: "pin_missing", missing: missing.length, required: required.length, first };
  }
  const carried = pieces.filter(({ unshown }) => unshown === true);
  const carriedTexts = new Set(carried.map((piece) => piece.text));
  const lost = carriedPins(inForce.filter((piece) => !isShown(piece))).filter((piece) => !carriedTexts.has(piece.text));
  if (lost[0] !== undefined) {
    return { code: "pin_lost", lost: lost.length, inForce: inForce.length, first: lost[0].text.slice(0, REPORT_CHARS) };
  }
  const isCounted = carried.length === 0 || text.includes(`\n${renderUnshown(pieces)}\n`);
  return isCounted ? null : { code: "pins_uncounted", unshown: carried.length };
}

function checkFrame({ text, pieces, written = [] }: Brief): CheckFailure | null {
  if (text.trim() === "") return { code: "empty" };
  if (!text.startsWith(`${BRIEF_LABEL}\n`)) return { code: "unlabelled", detail: "label" };
  if (!text.endsWith(`\n${BRIEF_END}\n\n`)) return { code: "unlabelled", detail: "end" };
  if (text.indexOf(BRIEF_END) !== text.length - BRIEF_END.length - 2)
    return { code: "unlabelled", detail: "end_repeated" };
  if (!text.endsWith(`${renderWritten(written)}${BRIEF_END}\n\n`)) return { code: "unlabelled", detail: "written" };
  const isEmpty = pieces.length === 0 || bodyLines(text).every((line) => HEADINGS.includes(line));
  return isEmpty && written.length === 0 ? { code: "empty" } : null;
}

/** The first written line that no digest of the thread holds; each was checked against its sources when it was written. */
function findForeignLine({ written = [] }: Brief, { digests = [] }: DistilInput): CheckFailure | null {
  const known = new Set(
    digests.flatMap(({ id, digest: { gists, threads } }) => [
      ...gists.map(({ text }) => `${id} gist ${text}`),
      ...threads.map(({ text }) => `${id} thread ${text}`),
    ]),
  );
  const foreign = written.find(({ segment, kind, text }) => !known.has(`${segment} ${kind} ${text}`));
  return foreign === undefined ? null : { code: "unknown_digest", segment: foreign.segment };
}

/** The record as it would be without its written lines, which stand at its end. */
function withoutWritten({ text, written = [] }: Brief): string {
  const end = `${BRIEF_END}\n\n`;
  return text.slice(0, text.length - end.length - renderWritten(written).length) + end;
}

function bodyLines(text: string): string[] {
  const body = text.slice(BRIEF_LABEL.length, text.length - BRIEF_END.length - 2);
  return body.split("\n").filter((line) => line.trim() !== "");
}

/** An apology or a stack trace where a memory should be: by its first line, or by half of its lines. */
function checkNotError(lines: readonly string[]): CheckFailure | null {
  const said = lines.filter(
    (line) => !HEADINGS.includes(line) && !/^(?:Speakers: |\d{4}-\d\d-\d\d$|undated$)/u.test(line),
  );
  const errors = said.filter((line) => FAILURE.test(plainForm(line.replace(QUOTE_PREFIX, "").slice(0, 400))));
  const first = errors[0];
  if (first === undefined) return null;
  const leads = first === said[0] && !QUOTE_PREFIX.test(first);
  return leads || 2 * errors.length >= said.length ? { code: "error_text", line: first.slice(0, REPORT_CHARS) } : null;
}

function checkPieces(
  pieces: readonly BriefPiece[],
  span: readonly SpanMessage[],
  kept: readonly BriefPiece[],
): CheckFailure | null {
  const sources = new Map<number, SpanMessage[]>();
  for (const message of span) {
    const same = sources.get(message.node);
    if (same === undefined) sources.set(message.node, [message]);
    else same.push(message);
  }
  const keptKeys = new Set(kept.map(keyOf));
  for (const [index, piece] of pieces.entries()) {
    const at = { piece: index, node: piece.node };
    if (piece.kind === "instruction" && piece.role !== "user") return { code: "instruction_not_from_user", ...at };
    if (keptKeys.has(keyOf(piece))) continue;
    const said = sources.get(piece.node)?.filter((source) => isSameSpeaker(source, piece)) ?? [];
    if (said.length === 0) return { code: "unknown_source", ...at };
    const verbatim = piece.text.trim() !== "" && said.some((source) => source.text.includes(piece.text));
    if (!verbatim) return { code: "not_verbatim", ...at };
  }
  return null;
}

function keyOf({ node, role, speaker, at, kind, text }: BriefPiece): string {
  return JSON.stringify([node, role, speaker, at, kind, text]);
}

function isSameSpeaker(source: SpanMessage, piece: BriefPiece): boolean {
  return source.role === piece.role && source.speaker === piece.speaker && source.at === piece.at;
}

/** What stands under the heading of instructions must be a quote of one that the user gave. */
function checkInstructionLines({ pieces }: Brief, lines: readonly string[]): CheckFailure | null {
  const given = new Set<string>();
  for (const piece of pieces) if (piece.kind === "instruction") given.add(foldLine(piece.text));
  let inside = false;
  for (const line of lines) {
    if (HEADINGS.includes(line)) inside = line === INSTRUCTIONS_HEADING;
    else if (inside && !/^(?:\d{4}-\d\d-\d\d|undated)$/u.test(line)) {
      const quote = line.replace(QUOTE_PREFIX, "").replace(/"$/u, "");
      if (!given.has(quote) && !given.has(foldLine(quote))) {
        return { code: "unsourced_instruction", line: line.slice(0, REPORT_CHARS) };
      }
    }
  }
  return null;
}

/** The number of values verified, or the first one that no quoted source contains. */
function checkValues(
  lines: readonly string[],
  pieces: readonly BriefPiece[],
  span: readonly SpanMessage[],
): number | CheckFailure {
  const known = new KnownValues();
  const quoted = new Set(pieces.map(({ node }) => node));
  const days = new Set(pieces.map(({ at }) => dayOf(at)));
  for (const message of span) if (quoted.has(message.node)) known.learn(message.text);
  for (const piece of pieces) {
    known.learn(piece.text);
    known.learn(speakerOf(piece));
  }
  let values = 0;
  for (const line of lines) {
    if (days.has(line)) continue;
    for (const atom of scanAtoms(line)) {
      values++;
      if (!known.has(atom))
        return { code: "unsourced_value", value: atom.text.slice(0, REPORT_CHARS), line: line.slice(0, REPORT_CHARS) };
    }
  }
  return values;
}
