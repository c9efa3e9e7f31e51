/**
 * Where the values of a JSON text begin and end.
 *
 * Strata forwards the client's own bytes: it splices messages, it does not re-serialise them. So it needs
 * the position of every value, not the value. One pass, no recursion, jumps over strings with `indexOf`.
 * It must not decode anything, and it answers null wherever the text is not plainly an object or an
 * array: the caller then leaves the request alone. A slice that is to be read goes through JSON.parse,
 * which has the last word on what is valid.
 */

/** Half-open range of UTF-16 positions. */
export interface Slice {
  start: number;
  end: number;
}

export interface Member {
  /** The key as decoded text. */
  key: string;
  /** The range of the key's literal, quotes included. */
  name: Slice;
  value: Slice;
}

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== LINE_FEED && code !== CARRIAGE_RETURN && code !== TAB) return at;
    at++;
  }
}

/** Position behind the closing quote of the string that opens at `from`, or -1 when it never closes. */
function skipString(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return -1;
    let backslashes = 0;
    for (let i = quote - 1; i > from && text.charCodeAt(i) === BACKSLASH; i--) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** Position behind the value that starts at `from`, or -1. Brackets are only counted: JSON.parse checks them later. */
function skipValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return skipString(text, from);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return skipScalar(text, from);
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      if (at < 0) return -1;
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return at + 1;
    }
    at++;
  }
  return -1;
}

function skipScalar(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || code <= SPACE) break;
    at++;
  }
  return at > from ? at : -1;
}

/** The members of the object that fills `text` between `start` and `end` (white space around it allowed). */
export function sliceObject(text: string, start = 0, end = text.length): Member[] | null {
  let at = skipSpace(text, start);
  if (text.charCodeAt(at) !== OPEN_BRACE) return null;
  at = skipSpace(text, at + 1);
  const members: Member[] = [];
  if (text.charCodeAt(at) === CLOSE_BRACE) return closes(text, at, end) ? members : null;
  for (;;) {
    if (text.charCodeAt(at) !== QUOTE) return null;
    const nameEnd = skipString(text, at);
    if (nameEnd < 0) return null;
    const name = { start: at, end: nameEnd };
    const colon = skipSpace(text, nameEnd);
    if (text.charCodeAt(colon) !== COLON) return null;
    const valueStart = skipSpace(text, colon + 1);
    const valueEnd = skipValue(text, valueStart);
    if (valueEnd < 0 || valueEnd > end) return null;
    const key = readKey(text, name);
    if (key === null) return null;
    members.push({ key, name, value: { start: valueStart, end: valueEnd } });
    at = skipSpace(text, valueEnd);
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACE) return closes(text, at, end) ? members : null;
    if (code !== COMMA) return null;
    at = skipSpace(text, at + 1);
  }
}

/** The elements of the array that fills `text` between `start` and `end`. */
export function sliceArray(text: string, start = 0, end = text.length): Slice[] | null {
  let at = skipSpace(text, start);
  if (text.charCodeAt(at) !== OPEN_BRACKET) return null;
  at = skipSpace(text, at + 1);
  const elements: Slice[] = [];
  if (text.charCodeAt(at) === CLOSE_BRACKET) return closes(text, at, end) ? elements : null;
  for (;;) {
    const valueEnd = skipValue(text, at);
    if (valueEnd < 0 || valueEnd > end) return null;
    elements.push({ start: at, end: valueEnd });
    at = skipSpace(text, valueEnd);
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACKET) return closes(text, at, end) ? elements : null;
    if (code !== COMMA) return null;
    at = skipSpace(text, at + 1);
  }
}

/** True when nothing but white space stands between the closing bracket at `at` and `end`. */
function closes(text: string, at: number, end: number): boolean {
  return skipSpace(text, at + 1) >= end && at < end;
}

function readKey(text: string, name: Slice): string | null {
  const inner = text.slice(name.start + 1, name.end - 1);
  if (!inner.includes("\\")) return inner;
  try {
    const key: unknown = JSON.parse(text.slice(name.start, name.end));
    return typeof key === "string" ? key : null;
  } catch {
    return null;
  }
}
