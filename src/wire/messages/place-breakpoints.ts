/**
 * Puts cache breakpoints on a body that carries a brief: one behind the brief, which stays as it is until the next
 * compaction, and one at the end where the client does not cache its history itself.
 *
 * The client's own markers win and there are never more than the API allows. Markers are counted by walking the parsed
 * blocks, because the words may as well stand in a user's text; they are put in by position, so that no other byte
 * changes. Where the body cannot be read it must come back as it was.
 */
import { sliceArray, sliceObject } from "../json-slices.ts";
import type { Slice } from "../json-slices.ts";
import { isRecord } from "../read-members.ts";
import { splice } from "../splice-body.ts";
import type { Splice } from "../splice-body.ts";
import { isBlock } from "./schema.ts";
import type { ContentBlock } from "./schema.ts";

/** The API refuses a fifth. */
const BREAKPOINTS_MAX = 4;

const MARKER_KEY = '"cache_control"';
const SHORT = '{"type":"ephemeral"}';
const LONG = '{"type":"ephemeral","ttl":"1h"}';

/** Where the parts of a body stand, for those who know it without looking. */
export interface Places {
  members: ReadonlyMap<string, Slice>;
  messages: readonly Slice[];
}

/** @param body whose first message holds the brief as its first block */
export function placeBreakpoints(body: string, places: Places | null): string {
  try {
    return splice(body, chooseBreakpoints(body, places ?? findPlaces(body)));
  } catch {
    return body;
  }
}

function findPlaces(body: string): Places {
  const members = new Map(sliceObject(body)?.map((member) => [member.key, member.value]));
  const array = members.get("messages");
  return { members, messages: (array && sliceArray(body, array.start, array.end)) ?? [] };
}

function chooseBreakpoints(body: string, { members: slices, messages }: Places): Splice[] {
  const [first] = messages;
  const brief = first && contentBlocks(body, first)?.[0];
  if (!brief) return [];

  const head = ["system", "tools"].flatMap((key) => readMarkers(body, slices.get(key)));
  const isMarked = body.slice(first.start, messages.at(-1)?.end).includes(MARKER_KEY);
  const inMessages = isMarked ? messages.flatMap((slice) => readMarkers(body, slice)) : [];
  const whole = slices.get("cache_control");
  const automatic: unknown = whole ? JSON.parse(body.slice(whole.start, whole.end)) : null;
  const ofHistory = automatic === null ? inMessages : [...inMessages, automatic];
  let room = BREAKPOINTS_MAX - head.length - ofHistory.length;

  const placed: Splice[] = [];
  if (room > 0) {
    // A lifetime of five minutes may not come before one of an hour.
    placed.push(markBlock(body, brief, ofHistory.some(isLong) ? LONG : SHORT));
    room--;
  }
  const last = room > 0 && ofHistory.length === 0 ? markLast(body, messages, brief) : null;
  if (last) placed.push(last);
  return placed;
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

/** A marker on the last block that can carry one; null when that is the brief, which has its own. */
function markLast(body: string, messages: readonly Slice[], brief: Slice): Splice | null {
  for (const message of messages.toReversed()) {
    const content = contentOf(body, message);
    if (!content) continue;
    const literal = body.slice(content.start, content.end);
    if (literal.startsWith('"')) {
      const text: unknown = JSON.parse(literal);
      if (typeof text !== "string" || text.trim() === "") continue;
      return { ...content, text: `[{"type":"text","text":${literal},${MARKER_KEY}:${SHORT}}]` };
    }
    const blocks = sliceArray(body, content.start, content.end) ?? [];
    const last = blocks.findLast(({ start, end }) => carriesMarker(JSON.parse(body.slice(start, end))));
    if (last) return last.start === brief.start ? null : markBlock(body, last, SHORT);
  }
  return null;
}

function carriesMarker(value: unknown): boolean {
  if (!isBlock(value)) return false;
  const { type, text }: ContentBlock = value;
  if (type === "text") return typeof text === "string" && text.trim() !== "";
  return type === "tool_result" || type === "tool_use" || type === "image" || type === "document";
}

/** Writes the marker over a null, or behind the block's last member. */
function markBlock(body: string, block: Slice, marker: string): Splice {
  const members = sliceObject(body, block.start, block.end);
  const unset = members?.find((member) => member.key === "cache_control");
  if (unset) return { ...unset.value, text: marker };
  const end = members?.at(-1)?.value.end;
  if (end === undefined) throw new Error("a block without members");
  return { start: end, end, text: `,${MARKER_KEY}:${marker}` };
}

function contentOf(body: string, message: Slice): Slice | undefined {
  const members = sliceObject(body, message.start, message.end);
  return members?.findLast((member) => member.key === "content")?.value;
}

function contentBlocks(body: string, message: Slice): Slice[] | null {
  const content = contentOf(body, message);
  return content ? sliceArray(body, content.start, content.end) : null;
}
