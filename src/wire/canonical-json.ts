/**
 * What two spellings of one JSON value have in common. For matching only: nothing in this form is ever forwarded.
 *
 * RFC 8785 would do, but it refuses half a surrogate pair, which clients produce when they cut a text inside an emoji;
 * JSON.stringify escapes it. Recursive: a nesting too deep to walk throws, and the caller's try answers it.
 */
import { isRecord } from "./read-members.ts";

/** The value with the keys of every object in order. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [key, sortKeys(member)]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A string that is never closed goes up to the end: looked for anew behind each quote in it, it would take quadratic time. */
const STRINGS = /"[^"\\]*(?:\\[^][^"\\]*)*(?:"|\\?$)/g;

/** A tool call's arguments as a value, so that re-serialising does not matter; as text where a number would lose digits. */
export function canonicalArguments(text: string): unknown {
  // Some clients send no arguments as none.
  if (text === "") return [{}];
  if (/\d{16}/.test(text) && /\d{16}/.test(text.replace(STRINGS, ""))) return text;
  try {
    return [JSON.parse(text)];
  } catch {
    return text;
  }
}
