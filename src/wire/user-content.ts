/**
 * The content of a user's message: where it stands, and one more part behind it.
 *
 * Shared by all wires. What the user said stays byte for byte: a string becomes a part of its own, parts are followed by
 * one more. Whether a message may be added to at all is the wire's to know; here it must only plainly be the user's.
 */
import { sliceArray, sliceObject } from "./json-slices.ts";
import type { Slice } from "./json-slices.ts";
import { findSlice, onlyMember, textOf } from "./read-members.ts";
import { setMember, splice } from "./splice-body.ts";

/** Null: not plainly the user's. */
export function findUserContent(message: string): Slice | null {
  const members = sliceObject(message);
  const role = onlyMember(members, "role");
  return role && textOf(message, role) === '"user"' ? onlyMember(members, "content") : null;
}

/** A cache marker for the last part of what the user said: behind it stands what will not come again. */
export interface PartMarker {
  key: string;
  json: string;
}

/** @param content where it stands in the message. Null: neither a string nor parts. */
export function appendPart(
  message: string,
  content: Slice,
  { type, text }: { type: string; text: string },
  marker: PartMarker | null,
): string | null {
  const part = JSON.stringify({ type, text });
  const literal = textOf(message, content);
  if (literal.startsWith('"')) {
    const marked = marker === null ? "" : `,"${marker.key}":${marker.json}`;
    // An empty text is not taken as a part by every API.
    const own = literal === '""' ? "" : `{"type":"${type}","text":${literal}${marked}},`;
    return splice(message, [{ ...content, text: `[${own}${part}]` }]);
  }
  const parts = sliceArray(message, content.start, content.end);
  if (!parts) return null;
  const last = parts.at(-1);
  const at = last?.end ?? content.start + 1;
  const mark =
    marker && last && !isMarked(message, last, marker) ? setMember(message, last, marker.key, marker.json) : null;
  return splice(message, [...(mark ? [mark] : []), { start: at, end: at, text: last ? `,${part}` : part }]);
}

function isMarked(message: string, { start, end }: Slice, { key }: PartMarker): boolean {
  const own = findSlice(sliceObject(message, start, end) ?? [], key);
  return own !== null && textOf(message, own) !== "null";
}
