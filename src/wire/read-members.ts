/**
 * Reads small values out of the members of a body that has been sliced.
 *
 * Shared by the decoders. A value that is not valid JSON counts as absent; a key that stands twice makes the body
 * unreadable, because it depends on the reader which of the two counts.
 */
import { openObject, sliceObject } from "./json-slices.ts";
import type { Member, Opened, Slice } from "./json-slices.ts";

/** The members of the object that fills `text`, or null where there is none or a key stands twice. */
export function readMembers(text: string, opened?: Opened): Member[] | null {
  const members = opened ? openObject(text, opened) : sliceObject(text);
  return members && new Set(members.map(({ key }) => key)).size === members.length ? members : null;
}

export function findSlice(members: readonly Member[], key: string): Slice | null {
  return members.find((member) => member.key === key)?.value ?? null;
}

/** The one member of that name, or null: with two it depends on the reader which one counts. */
export function onlyMember(members: readonly Member[] | null, key: string): Slice | null {
  const [own, another] = members?.filter((member) => member.key === key) ?? [];
  return own && !another ? own.value : null;
}

export function parseSlice(text: string, slice: Slice | null): unknown {
  if (!slice) return undefined;
  try {
    return JSON.parse(text.slice(slice.start, slice.end));
  } catch {
    return undefined;
  }
}

export function textOf(text: string, slice: Slice): string {
  return text.slice(slice.start, slice.end);
}

/** The value as text, or null when it is none or empty. */
export function asText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
