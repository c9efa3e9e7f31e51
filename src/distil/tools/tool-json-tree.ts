/**
 * Reads the JSON of a tool result into a tree that keeps what `JSON.parse` loses.
 *
 * Numbers stay as they were written (1.0, 1e400, twenty digits), members keep their order, and a key that occurs
 * twice keeps both values. JSON lines (one object or array per line) are read as one array.
 * This file must not judge or shorten, and must not fail: text that is not JSON, or nested too deep, is null.
 */

export type JsonNode = JsonScalar | JsonArray | JsonObject;

export interface JsonScalar {
  kind: "scalar";
  /** The string's value, or the number or word as written. */
  text: string;
  isString: boolean;
}

export interface JsonArray {
  kind: "array";
  items: JsonNode[];
}

export interface JsonObject {
  kind: "object";
  members: JsonMember[];
}

export interface JsonMember {
  key: string;
  value: JsonNode;
}

/** Nesting beyond this is left alone. */
const DEPTH_MAX = 40;

interface Cursor {
  text: string;
  at: number;
}

/** The tree of an object, an array or JSON lines; null for everything else. */
export function readJsonTree(text: string): JsonNode | null {
  if (!/^\s*[{[]/.test(text.slice(0, 200))) return null;
  return readDocument(text) ?? readLines(text);
}

function readDocument(text: string): JsonNode | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  return readValue({ text, at: skipSpace(text, 0) }, 0);
}

/** JSON lines: at least two, and every line that is not empty is an object or an array. */
function readLines(text: string): JsonNode | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length < 2) return null;
  const items: JsonNode[] = [];
  for (const line of lines) {
    const item = /^\s*[{[]/.test(line.slice(0, 200)) ? readDocument(line) : null;
    if (item === null) return null;
    items.push(item);
  }
  return { kind: "array", items };
}

/** Reads one value of text that is known to be valid JSON. Null when it is nested too deep. */
function readValue(cursor: Cursor, depth: number): JsonNode | null {
  const open = cursor.text[cursor.at];
  if (open === '"') return { kind: "scalar", text: readString(cursor), isString: true };
  if (open !== "{" && open !== "[") return { kind: "scalar", text: readWord(cursor), isString: false };
  if (depth >= DEPTH_MAX) return null;
  const items: JsonNode[] = [];
  const members: JsonMember[] = [];
  move(cursor, 1);
  while (cursor.text[cursor.at] !== "}" && cursor.text[cursor.at] !== "]") {
    const key = open === "{" ? readString(cursor) : "";
    if (open === "{") {
      move(cursor, 0);
      move(cursor, 1);
    }
    const value = readValue(cursor, depth + 1);
    if (value === null) return null;
    if (open === "{") members.push({ key, value });
    else items.push(value);
    move(cursor, 0);
    if (cursor.text[cursor.at] === ",") move(cursor, 1);
  }
  cursor.at++;
  return open === "{" ? { kind: "object", members } : { kind: "array", items };
}

/** Goes on by some characters and then past white space. */
function move(cursor: Cursor, by: number): void {
  cursor.at = skipSpace(cursor.text, cursor.at + by);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}

function readString(cursor: Cursor): string {
  const { text, at: start } = cursor;
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  cursor.at = at + 1;
  const inner = text.slice(start + 1, at);
  return inner.includes("\\") ? (JSON.parse(text.slice(start, at + 1)) as string) : inner;
}

function readWord(cursor: Cursor): string {
  const start = cursor.at;
  while (cursor.at < cursor.text.length && !",]}".includes(cursor.text.charAt(cursor.at))) {
    if (cursor.text.charCodeAt(cursor.at) <= 32) break;
    cursor.at++;
  }
  return cursor.text.slice(start, cursor.at);
}
