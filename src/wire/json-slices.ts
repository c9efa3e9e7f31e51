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
  const members: Member[] = [];
  const close = walkObject(text, skipSpace(text, start), members, null, null);
  return close > 0 && close <= end && skipSpace(text, close) >= end ? members : null;
}

/** The elements of the array that fills `text` between `start` and `end`. */
export function sliceArray(text: string, start = 0, end = text.length): Slice[] | null {
  const elements: Slice[] = [];
  const close = walkArray(text, skipSpace(text, start), elements, null);
  return close > 0 && close <= end && skipSpace(text, close) >= end ? elements : null;
}

/** The elements of the array that opens at `from`, or those behind the one that ends there; null where it never closes. */
export function sliceElements(text: string, from: number, opened: Opened): Slice[] | null {
  const at = skipSpace(text, from);
  const code = text.charCodeAt(at);
  const first = skipSpace(text, at + 1);
  const isEmpty = code === CLOSE_BRACKET || (code === OPEN_BRACKET && text.charCodeAt(first) === CLOSE_BRACKET);
  if (isEmpty) return [];
  if (code !== OPEN_BRACKET && code !== COMMA) return null;
  return walkElements(text, first, opened.elements, opened) < 0 ? null : opened.elements;
}

/** The elements of one array of an object, and of each that is an object the members asked for. */
export interface Opened {
  /** The member whose value is opened. */
  key: string;
  /** Members of the elements that are noted; null: elements are not looked into. */
  wanted: ReadonlySet<string> | null;
  elements: Slice[];
  /** Beside each element its wanted members, in order; null where it is no object. */
  peeked: (Member[] | null)[];
}

/** The members of the object that fills `text`, with one of its arrays opened in the same pass. */
export function openObject(text: string, opened: Opened): Member[] | null {
  const members: Member[] = [];
  const close = walkObject(text, skipSpace(text, 0), members, null, opened);
  return close > 0 && skipSpace(text, close) >= text.length ? members : null;
}

/** Position behind the object that begins at `from`, or -1. Notes its members, or only the wanted ones. */
function walkObject(
  text: string,
  from: number,
  members: Member[],
  wanted: ReadonlySet<string> | null,
  opened: Opened | null,
): number {
  if (text.charCodeAt(from) !== OPEN_BRACE) return -1;
  let at = skipSpace(text, from + 1);
  if (text.charCodeAt(at) === CLOSE_BRACE) return at + 1;
  for (;;) {
    if (text.charCodeAt(at) !== QUOTE) return -1;
    const nameEnd = skipString(text, at);
    if (nameEnd < 0) return -1;
    const colon = skipSpace(text, nameEnd);
    if (text.charCodeAt(colon) !== COLON) return -1;
    const valueStart = skipSpace(text, colon + 1);
    const key = readKey(text, at, nameEnd);
    if (key === null) return -1;
    const opens = opened !== null && key === opened.key && text.charCodeAt(valueStart) === OPEN_BRACKET;
    const valueEnd = opens ? walkArray(text, valueStart, opened.elements, opened) : skipValue(text, valueStart);
    if (valueEnd < 0) return -1;
    if (wanted === null || wanted.has(key))
      members.push({ key, name: { start: at, end: nameEnd }, value: { start: valueStart, end: valueEnd } });
    at = skipSpace(text, valueEnd);
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACE) return at + 1;
    if (code !== COMMA) return -1;
    at = skipSpace(text, at + 1);
  }
}

/** Position behind the array that begins at `from`, or -1. */
function walkArray(text: string, from: number, elements: Slice[], opened: Opened | null): number {
  if (text.charCodeAt(from) !== OPEN_BRACKET) return -1;
  const at = skipSpace(text, from + 1);
  return text.charCodeAt(at) === CLOSE_BRACKET ? at + 1 : walkElements(text, at, elements, opened);
}

/** Position behind the array whose next element begins at `from`, or -1. */
function walkElements(text: string, from: number, elements: Slice[], opened: Opened | null): number {
  let at = from;
  for (;;) {
    let valueEnd: number;
    if (opened !== null && opened.wanted !== null) {
      const isObject = text.charCodeAt(at) === OPEN_BRACE;
      const members: Member[] = [];
      valueEnd = isObject ? walkObject(text, at, members, opened.wanted, null) : skipValue(text, at);
      opened.peeked.push(isObject ? members : null);
    } else valueEnd = skipValue(text, at);
    if (valueEnd < 0) return -1;
    elements.push({ start: at, end: valueEnd });
    at = skipSpace(text, valueEnd);
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACKET) return at + 1;
    if (code !== COMMA) return -1;
    at = skipSpace(text, at + 1);
  }
}

function readKey(text: string, start: number, end: number): string | null {
  const inner = text.slice(start + 1, end - 1);
  if (!inner.includes("\\")) return inner;
  try {
    const key: unknown = JSON.parse(text.slice(start, end));
    return typeof key === "string" ? key : null;
  } catch {
    return null;
  }
}
