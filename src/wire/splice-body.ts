/**
 * Replaces parts of a body and leaves every other byte as the client wrote it.
 *
 * Shared by all wires. It works on positions only; what stands there is the wire's business.
 */
import { sliceObject } from "./json-slices.ts";
import type { Member, Slice } from "./json-slices.ts";

export interface Splice extends Slice {
  text: string;
}

/** Applies replacements that do not overlap, in any order. */
export function splice(text: string, splices: readonly Splice[]): string {
  let result = "";
  let at = 0;
  for (const { start, end, text: inserted } of splices.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(at, start) + inserted;
    at = end;
  }
  return result + text.slice(at);
}

/** Takes members out of the object whose members they are, each with one comma. */
export function withoutMembers(members: readonly Member[], keys: ReadonlySet<string>): Splice[] {
  const lastKept = members.findLastIndex(({ key }) => !keys.has(key));
  const splices: Splice[] = [];
  for (const [index, { key, name }] of members.entries()) {
    const next = members[index + 1];
    if (keys.has(key) && index < lastKept && next) splices.push({ start: name.start, end: next.name.start, text: "" });
  }
  const last = members.at(-1);
  const kept = members[lastKept];
  if (kept && last && kept !== last) splices.push({ start: kept.value.end, end: last.value.end, text: "" });
  return splices;
}

/** Puts members in front of the others. `text` is each one's `"key":value`. */
export function withMembers(members: readonly Member[], texts: readonly string[]): Splice[] {
  const [first] = members;
  if (!first || texts.length === 0) return [];
  return [{ start: first.name.start, end: first.name.start, text: `${texts.join(",")},` }];
}

/** Gives an object inside a text a member: in place of its own of that name, or behind its last. Null: no object, or an empty one. */
export function setMember(text: string, { start, end }: Slice, key: string, json: string): Splice | null {
  const members = sliceObject(text, start, end) ?? [];
  const own = members.find((member) => member.key === key);
  if (own) return { ...own.value, text: json };
  const at = members.at(-1)?.value.end;
  return at === undefined ? null : { start: at, end: at, text: `,"${key}":${json}` };
}
