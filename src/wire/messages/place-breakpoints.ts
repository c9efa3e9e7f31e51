/**
 * Puts cache breakpoints on a body that was added to: one behind the brief, which stays as it is until the next
 * compaction, and one at the end of what the client said where nothing else keeps that: it does not cache its history,
 * or its automatic breakpoint now falls on a recalled block, which no later prompt will have.
 *
 * The client's own markers win and there are never more than the API allows. Markers are counted by walking the parsed
 * blocks, because the words may as well stand in a user's text; they are put in by position, so no other byte changes.
 */
import { sliceArray, sliceObject } from "../json-slices.ts";
import type { Slice } from "../json-slices.ts";
import { isRecord, textOf } from "../read-members.ts";
import { setMember, splice } from "../splice-body.ts";
import type { Splice } from "../splice-body.ts";
import { isBlock } from "./schema.ts";
import type { ContentBlock } from "./schema.ts";

/** The API refuses a fifth. */
const BREAKPOINTS_MAX = 4;

const MARKER = "cache_control";
const MARKER_KEY = `"${MARKER}"`;
const SHORT = '{"type":"ephemeral"}';
const LONG = '{"type":"ephemeral","ttl":"1h"}';

/** Where the parts of a body stand, for those who know it without looking. */
export interface Places {
  members: ReadonlyMap<string, Slice>;
  messages: readonly Slice[];
}

/** What a body holds beside what the client said. */
export interface Added {
  /** The first block of the first message. */
  brief: boolean;
  /** The last block of the last message. */
  recalled: boolean;
}

/** Null: there is no room for a breakpoint before the recalled block. A body that cannot be read comes back as it was. */
export function placeBreakpoints(body: string, places: Places | null, added: Added): string | null {
  try {
    const chosen = chooseBreakpoints(body, places ?? findPlaces(body), added);
    return chosen && splice(body, chosen);
  } catch {
    return body;
  }
}

function findPlaces(body: string): Places {
  const members = new Map(sliceObject(body)?.map((member) => [member.key, member.value]));
  const array = members.get("messages");
  return { members, messages: (array && sliceArray(body, array.start, array.end)) ?? [] };
}

function chooseBreakpoints(body: string, { members: slices, messages }: Places, added: Added): Splice[] | null {
  const [first] = messages;
  const brief = (added.brief && first && contentBlocks(body, first)?.[0]) || null;

  const head = ["system", "tools"].flatMap((key) => readMarkers(body, slices.get(key)));
  const isMarked = body.slice(first?.start, messages.at(-1)?.end).includes(MARKER_KEY);
  const inMessages = isMarked ? messages.flatMap((slice) => readMarkers(body, slice)) : [];
  const top = slices.get(MARKER);
  const whole = top ? textOf(body, top) : "null";
  const automatic: unknown = JSON.parse(whole);
  const ofHistory = automatic === null ? inMessages : [...inMessages, automatic];
  const room = BREAKPOINTS_MAX - head.length - ofHistory.length;

  const placed = new Map<number, Splice>();
  const place = (slice: Slice, marker: string): void => {
    if (placed.size < room && !placed.has(slice.start)) placed.set(slice.start, mark(body, slice, marker));
  };
  const isPushed = added.recalled && automatic !== null;
  const isUnkept = brief !== null && ofHistory.length === 0;
  const end = isPushed || isUnkept ? findEnd(body, messages, added) : null;
  if (isPushed && end !== null && readMarkers(body, end).length === 0) {
    if (room < 1) return null;
    place(end, whole);
  }
  // A lifetime of five minutes may not come before one of an hour.
  if (brief !== null) place(brief, ofHistory.some(isLong) ? LONG : SHORT);
  if (isUnkept && end !== null) place(end, SHORT);
  return [...placed.values()];
}

function isLong(marker: unknown): boolean {
  return isRecord(marker) && marker["ttl"] === "1h";
}

/** The markers in a slice. Most messages have none, and those need no parsing. */
function readMarkers(body: string, slice: Slice | undefined): unknown[] {
  const text = slice ? body.slice(slice.start, slice.end) : "";
  return text.includes(MARKER_KEY) ? markersOf(JSON.parse(text)) : [];
}

/** Where blocks stand inside a message, a block, a document or a tool that is added; never inside a tool's input. */
const HOLDERS = ["content", "source", "tool", "definition", "tool_references"];

function markersOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(markersOf);
  if (!isRecord(value)) return [];
  const own = (value["cache_control"] ?? null) === null ? [] : [value["cache_control"]];
  return [...own, ...HOLDERS.flatMap((holder) => markersOf(value[holder]))];
}

/** The last block, or string of a content, that can carry a marker and comes again on the next turn. */
function findEnd(body: string, messages: readonly Slice[], { recalled }: Added): Slice | null {
  for (const message of messages.toReversed()) {
    const content = contentOf(body, message);
    if (!content) continue;
    if (body[content.start] === '"') {
      const text: unknown = JSON.parse(body.slice(content.start, content.end));
      if (typeof text === "string" && text.trim() !== "") return content;
      continue;
    }
    const blocks = sliceArray(body, content.start, content.end) ?? [];
    const own = recalled && message === messages.at(-1) ? blocks.slice(0, -1) : blocks;
    const last = own.findLast(({ start, end }) => carriesMarker(JSON.parse(body.slice(start, end))));
    if (last) return last;
  }
  return null;
}

function carriesMarker(value: unknown): boolean {
  if (!isBlock(value)) return false;
  const { type, text }: ContentBlock = value;
  if (type === "text") return typeof text === "string" && text.trim() !== "";
  return type === "tool_result" || type === "tool_use" || type === "image" || type === "document";
}

/** The marker on a block; a string becomes one. */
function mark(body: string, slice: Slice, marker: string): Splice {
  if (body[slice.start] === '"')
    return { ...slice, text: `[{"type":"text","text":${textOf(body, slice)},${MARKER_KEY}:${marker}}]` };
  const marked = setMember(body, slice, MARKER, marker);
  if (marked === null) throw new Error("a block without members");
  return marked;
}

function contentOf(body: string, message: Slice): Slice | undefined {
  const members = sliceObject(body, message.start, message.end);
  return members?.findLast((member) => member.key === "content")?.value;
}

function contentBlocks(body: string, message: Slice): Slice[] | null {
  const content = contentOf(body, message);
  return content ? sliceArray(body, content.start, content.end) : null;
}
