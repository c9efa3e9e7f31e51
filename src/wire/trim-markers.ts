/**
 * Takes the oldest cache markers out of stored messages where there would be more than the API allows.
 *
 * A client that sends only what is new marks its newest message each time; put together again, the markers of many turns
 * would add up to a request that is refused. The newest ones and the client's own stay. Only positions are used, so no
 * other byte changes.
 */
import { sliceArray, sliceObject } from "./json-slices.ts";
import { splice, withoutMembers } from "./splice-body.ts";
import type { Splice } from "./splice-body.ts";
import type { StoredMessages } from "./wire.ts";

/** All three APIs refuse a fifth. */
const MARKERS_MAX = 4;

/**
 * @param beside everything else that goes up, in pieces
 * @param ours markers that will be added
 */
export function trimMarkers(
  stored: StoredMessages,
  key: string,
  beside: readonly string[],
  ours: number,
): StoredMessages {
  const literal = `"${key}"`;
  const count = (text: string): number => text.split(literal).length - 1;
  const inFirst = count(stored.first ?? "");
  const inRest = count(stored.rest);
  if (inFirst + inRest === 0) return stored;
  const room = MARKERS_MAX - ours - beside.reduce((sum, text) => sum + count(text), 0);
  const excess = inFirst + inRest - Math.max(0, room);
  if (excess <= 0) return stored;
  return {
    ...stored,
    first: stored.first && withoutOldest(stored.first, key, excess),
    rest: withoutOldest(stored.rest, key, excess - inFirst),
  };
}

/** @param text messages with commas between them */
function withoutOldest(text: string, key: string, excess: number): string {
  if (excess <= 0) return text;
  const list = `[${text}]`;
  const found = (sliceArray(list) ?? []).flatMap(({ start, end }) => findMarkers(list, start, end, key));
  return splice(list, found.slice(0, excess)).slice(1, -1);
}

/** Markers of a message's own parts, in order. */
function findMarkers(text: string, start: number, end: number, key: string): Splice[] {
  const content = sliceObject(text, start, end)?.findLast((member) => member.key === "content")?.value;
  const parts = content && sliceArray(text, content.start, content.end);
  return (parts ?? []).flatMap((part) => {
    const members = sliceObject(text, part.start, part.end) ?? [];
    return members.some((member) => member.key === key) ? withoutMembers(members, new Set([key])) : [];
  });
}
