/**
 * Cuts a message into quotable sentences, each a slice of the message's own text.
 *
 * Prose is cut by the platform's segmenter, repaired where it cuts too much ("Dr. ", "v2.Next", "?q=1"); list
 * items, code lines and table rows stay whole lines. What is too long to quote is cut between clauses or left out.
 * Input is hostile: every step is linear in the text. This file must not judge what a sentence is worth.
 */
import { ABBREVIATIONS, ABBREVIATIONS_BEFORE_NUMBERS, CODE_LINE, CONTROL_TAGS } from "./cues.ts";
import { cutJson } from "./json-pieces.ts";
import { ownRanges } from "./record.ts";

/** What kind of line a sentence was found in. */
type SentenceForm = "prose" | "list" | "heading" | "code" | "table" | "json" | "call";

export interface Sentence {
  /** Verbatim slice of the message's text, without white space at its ends. */
  text: string;
  /** Offset of the slice in the message's text, in UTF-16 units. */
  start: number;
  form: SentenceForm;
  /** True inside quoted or tagged blocks: the author passes it on, and need not mean it. */
  pasted: boolean;
  /** Some clauses of a sentence that is too long to quote whole. */
  fragment: boolean;
}

/** Longest quote in characters; about 80 tokens of English. */
export const SENTENCE_CHARS_MAX = 320;
/** Of a longer message only the two ends are read: 100,000 characters each. */
const END_CHARS = 100_000;
/** Tagged blocks looked for in one message, so that a text made of tags stays linear. */
const TAG_LOOKUPS_MAX = 64;

/** Marks that set a block of code or of passed-on text apart. */
const FENCES = ["```", "~~~", '"""'];

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
const LIST_ITEM = /^\s{0,40}(?:[-*+•‣·]|\d{1,3}[.)])\s/u;
const CALL = /^[A-Za-z_][\w.-]{0,63}\(/;
const WIDE_STOP = /[。！？．｡]["'”’」』）)]{0,2}$/u;
const CLAUSE_END = /[,;:—–]\s+|[，；：、]|\s(?=(?:and|but|so|because|which|while|although|then|or)\s)/gu;

/** The sentences of a message in order. Text of an earlier brief inside it is left out. */
export function cutSentences(text: string): Sentence[] {
  const out: Sentence[] = [];
  for (const own of ownRanges(text)) {
    if (own.end - own.start <= 2 * END_CHARS) {
      cutRange(text, own.start, own.end, out);
      continue;
    }
    cutRange(text, own.start, spaceBefore(text, own.start + END_CHARS, own.start), out);
    cutRange(text, spaceAfter(text, own.end - END_CHARS, own.end), own.end, out);
  }
  return out;
}

function cutRange(text: string, start: number, end: number, out: Sentence[]): void {
  const slices = cutJson(text.slice(start, end));
  if (slices !== null) {
    for (const slice of slices) push(out, text, start + slice.start, start + slice.end, "json", false);
    return;
  }
  let fence = "";
  let tagEnd = -1;
  let tagged = 0;
  for (let at = start; at < end;) {
    let lineEnd = endOfLine(text, at, end);
    const line = text.slice(at, Math.min(lineEnd, at + 200));
    const lead = line.trimStart();
    const mark = FENCES.find((each) => lead.startsWith(each)) ?? "";
    if (mark !== "" && (fence === "" || fence === mark)) {
      fence = fence === "" ? mark : "";
    } else if (fence !== "") {
      if (lineEnd - at <= SENTENCE_CHARS_MAX) push(out, text, at, lineEnd, "code", true);
    } else {
      const tag = lead.startsWith("<") && at >= tagEnd ? /^<([A-Za-z][\w-]{0,40})[\s>]/.exec(lead)?.[1] : undefined;
      if (tag !== undefined && tagged++ < TAG_LOOKUPS_MAX) {
        const close = text.indexOf(`</${tag}>`, at);
        if (close >= 0 && close < end) {
          tagEnd = close + tag.length + 3;
          if (CONTROL_TAGS.has(tag.toLowerCase())) {
            at = tagEnd;
            continue;
          }
        }
      }
      const form = formOf(line);
      if (form === "list") lineEnd = joinNested(text, at, lineEnd, end);
      if (form === "prose") lineEnd = joinWrapped(text, at, lineEnd, end);
      cutBlock(text, at, lineEnd, form, at < tagEnd || lead.startsWith(">"), out);
    }
    at = lineEnd + 1;
  }
}

function formOf(line: string): SentenceForm {
  if (LIST_ITEM.test(line)) return "list";
  if (/^\s{0,40}\|/.test(line)) return "table";
  if (/^#{1,6} /.test(line)) return "heading";
  return CALL.test(line) ? "call" : "prose";
}

/** A list item and what is indented below it are one quote while they are short enough. */
function joinNested(text: string, start: number, firstEnd: number, end: number): number {
  const indent = indentOf(text, start);
  let to = firstEnd;
  while (to < end) {
    const next = endOfLine(text, to + 1, end);
    const deeper = indentOf(text, to + 1);
    if (next - start > SENTENCE_CHARS_MAX || deeper <= indent || to + 1 + deeper >= next) return to;
    to = next;
  }
  return to;
}

function indentOf(text: string, lineStart: number): number {
  let at = lineStart;
  while (at - lineStart < 80 && (text[at] === " " || text[at] === "\t")) at++;
  return at - lineStart;
}

/** A hard-wrapped paragraph goes on where a long line without a stop is followed by a small letter. */
function joinWrapped(text: string, start: number, firstEnd: number, end: number): number {
  let from = start;
  let to = firstEnd;
  while (to < end && to - from >= 50 && to - start < 4000) {
    if (!/[\p{L}\p{N},]/u.test(text.charAt(to - 1)) || !/\p{Ll}/u.test(text.charAt(to + 1))) return to;
    from = to + 1;
    to = endOfLine(text, from, end);
  }
  return to;
}

function cutBlock(
  text: string,
  start: number,
  end: number,
  form: SentenceForm,
  pasted: boolean,
  out: Sentence[],
): void {
  if (form === "call" && text.slice(start, end).trimEnd().endsWith(")")) {
    const cut = end - start <= SENTENCE_CHARS_MAX ? end : text.lastIndexOf(',"', start + SENTENCE_CHARS_MAX);
    if (cut > start) push(out, text, start, cut, "call", pasted);
    return;
  }
  const whole = form === "list" || form === "heading" || form === "table";
  if (whole && end - start <= SENTENCE_CHARS_MAX) return push(out, text, start, end, form, pasted);
  if (form === "table") return;
  const kept = form === "call" ? "prose" : form;
  cutProse(text, start, end, (from, to) => {
    if (to - from <= SENTENCE_CHARS_MAX) push(out, text, from, to, kept, pasted);
    else cutClauses(text, from, to, (a, b) => push(out, text, a, b, kept, pasted, true));
  });
}

function cutProse(text: string, start: number, end: number, take: (from: number, to: number) => void): void {
  const flat = text.slice(start, end).replaceAll("\n", " ");
  if (flat.search(/[.!?。！？．｡…।]\s*\S/u) < 0) return take(start, end);
  let from = 0;
  for (const { segment, index } of segmenter.segment(flat)) {
    const to = index + segment.length;
    if (to < flat.length && !endsHere(flat, from, to)) continue;
    take(start + from, start + to);
    from = to;
  }
}

/** Whether the segmenter's cut is one: not inside a word, a URL, or after an abbreviation. */
function endsHere(flat: string, from: number, to: number): boolean {
  const before = flat.slice(Math.max(from, to - 24), to);
  const stopped = before.trimEnd();
  if (stopped === before) return WIDE_STOP.test(before);
  const word = /([\p{L}.]{1,12})\.$/u.exec(stopped)?.[1];
  if (word === undefined) return true;
  if (/^\p{Lu}$/u.test(word)) return word === "I";
  const known = word.toLowerCase();
  if (ABBREVIATIONS.has(known)) return false;
  return !(ABBREVIATIONS_BEFORE_NUMBERS.has(known) && /\d/.test(flat.charAt(to)));
}

/** Groups of clauses up to the longest quote; a single clause beyond that is left out. */
function cutClauses(text: string, start: number, end: number, take: (from: number, to: number) => void): void {
  const sentence = text.slice(start, end);
  let from = 0;
  let last = 0;
  const step = (to: number): void => {
    if (to - from > SENTENCE_CHARS_MAX) {
      if (last > from) take(start + from, start + last);
      from = last;
    }
    if (to - from > SENTENCE_CHARS_MAX) from = to;
    last = to;
  };
  for (const match of sentence.matchAll(CLAUSE_END)) step(match.index + match[0].length);
  step(sentence.length);
  if (last > from) take(start + from, start + last);
}

function push(
  out: Sentence[],
  text: string,
  from: number,
  to: number,
  form: SentenceForm,
  pasted: boolean,
  fragment = false,
): void {
  const raw = text.slice(from, to);
  const trimmed = raw.trim();
  if (trimmed === "") return;
  const isCode = form === "prose" && CODE_LINE.test(trimmed);
  out.push({
    text: trimmed,
    start: from + raw.indexOf(trimmed),
    form: isCode ? "code" : form,
    pasted: pasted || isCode,
    fragment,
  });
}

function endOfLine(text: string, from: number, end: number): number {
  const at = text.indexOf("\n", from);
  return at < 0 || at > end ? end : at;
}

function spaceBefore(text: string, at: number, least: number): number {
  let to = at;
  while (to > least && !/\s/.test(text.charAt(to - 1))) to--;
  return to;
}

function spaceAfter(text: string, at: number, most: number): number {
  let from = at;
  while (from < most && !/\s/.test(text.charAt(from))) from++;
  return from;
}
