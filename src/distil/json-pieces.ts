/**
 * Cuts JSON text into short quotes that keep together what belongs together.
 *
 * Tool results are mostly JSON. A value is worth little without its key and its neighbours, so a small object is
 * one quote, and a large one is quoted as runs of its scalar members. Every quote is a slice of the text itself.
 * This file must not rebuild or reorder JSON: nothing that was not written there may be quoted.
 */

/** A slice of the source text: offsets in UTF-16 units, end exclusive. */
export interface Slice {
  start: number;
  end: number;
}

/** An object or array up to this many characters is quoted whole. */
const WHOLE_CHARS_MAX = 400;
/** Length at which a run of scalar members ends. */
const RUN_CHARS_MAX = 240;
/** Nesting beyond this is left alone. */
const DEPTH_MAX = 40;
/** Longer texts are not parsed. */
const TEXT_CHARS_MAX = 400_000;
/** Quotes taken from one text; a long listing is better recalled than quoted. */
const SLICES_MAX = 200;

interface Value extends Slice {
  /** Start of the key for a member of an object, else of the value. */
  head: number;
  members: Value[] | null;
}

/** The quotes of a JSON object or array, or null when the text is not one. */
export function cutJson(text: string): Slice[] | null {
  if (text.length > TEXT_CHARS_MAX || !/^\s*[{[]/.test(text.slice(0, 200))) return null;
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const slices: Slice[] = [];
  const root = readValue(text, skipSpace(text, 0), 0);
  if (root !== null) emitValue(root, slices);
  return slices;
}

function emitValue(value: Value, slices: Slice[]): void {
  if (slices.length >= SLICES_MAX) return;
  const { members } = value;
  if (value.end - value.head <= WHOLE_CHARS_MAX) {
    if (members === null || members.length > 0) slices.push({ start: value.head, end: value.end });
    return;
  }
  if (members === null) return;
  let run: Slice | null = null;
  for (const member of members) {
    const scalar = member.members === null && member.end - member.head <= RUN_CHARS_MAX;
    if (scalar && run !== null && member.end - run.start <= RUN_CHARS_MAX) {
      run.end = member.end;
      continue;
    }
    run = scalar ? { start: member.head, end: member.end } : null;
    if (run !== null && slices.length < SLICES_MAX) slices.push(run);
    if (!scalar && member.members !== null) emitValue(member, slices);
  }
}

/** Reads one value of text that is known to be valid JSON. Null when it is nested too deep. */
function readValue(text: string, start: number, depth: number): Value | null {
  const open = text[start];
  if (open !== "{" && open !== "[") {
    return { head: start, start, end: open === '"' ? endOfString(text, start) : endOfWord(text, start), members: null };
  }
  if (depth > DEPTH_MAX) return null;
  const members: Value[] = [];
  let at = skipSpace(text, start + 1);
  while (text[at] !== "}" && text[at] !== "]") {
    const head = at;
    if (open === "{") at = skipSpace(text, skipSpace(text, endOfString(text, at)) + 1);
    const member = readValue(text, at, depth + 1);
    if (member === null) return null;
    member.head = head;
    members.push(member);
    at = skipSpace(text, member.end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return { head: start, start, end: at + 1, members };
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function endOfWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && !/[,\]}\s]/.test(text.charAt(at))) at++;
  return at;
}
