/**
 * Writes the body that goes upstream, by splicing the client's own bytes.
 *
 * Retained messages are copied, never re-serialised. New are the brief, always a text block of its own before the
 * content of the first user message that stays, so that a cache breakpoint can stand on it, and the breakpoints. It
 * answers null where an edit has no place; the caller then forwards the original.
 */
import { sliceObject } from "../json-slices.ts";
import type { Member, Slice } from "../json-slices.ts";
import { findSlice, textOf } from "../read-members.ts";
import { trimMarkers } from "../trim-markers.ts";
import { splice, withMembers, withoutMembers } from "../splice-body.ts";
import type { Splice } from "../splice-body.ts";
import type { DecodedRequest, Edit, StoredMessages } from "../wire.ts";
import { HEAD_KEYS } from "./decode.ts";
import { placeBreakpoints } from "./place-breakpoints.ts";
import type { Places } from "./place-breakpoints.ts";
import { isBlock } from "./schema.ts";

export function encode(request: DecodedRequest, given: Edit): string | null {
  const edit = { ...given, stored: given.stored && trimStored(request, given.stored, given.brief !== null) };
  if (edit.heldBy) return encodeHeld(request, edit, edit.heldBy);
  const history = editHistory(request, edit);
  const head = missingHead(request, edit.stored?.head ?? []);
  if (history === null || head === null) return null;
  const { text, members } = request;
  if (edit.cut === 0 && edit.brief === null && edit.stored === null && !edit.standsAlone) return text;
  const state = edit.standsAlone ? editThread(members, edit.isHeldAnew ?? false) : [];
  const body = splice(text, [...history, ...withMembers(members, head), ...state]);
  if (edit.brief === null) return body;
  const isOnlyCut = edit.stored === null && state.length === 0;
  return placeBreakpoints(body, isOnlyCut ? movePlaces(request, edit.cut, body) : null);
}

/** A client that marks what it sends would otherwise be refused after a few turns. */
function trimStored({ text }: DecodedRequest, stored: StoredMessages, hasBrief: boolean): StoredMessages {
  return trimMarkers(stored, "cache_control", [text, ...stored.head], hasBrief ? 1 : 0);
}

/** Where everything stands once nothing but the front of the history has changed its length. */
function movePlaces({ text, members, array, history }: DecodedRequest, cut: number, body: string): Places {
  const grown = body.length - text.length;
  const [first, carrier] = [history[0], history[cut]];
  const move = (start: number, end: number): Slice => ({ start: start + grown, end: end + grown });
  return {
    members: new Map(
      members.map(({ key, value: { start, end } }) => [key, start > array.start ? move(start, end) : { start, end }]),
    ),
    messages: [
      { start: first?.start ?? 0, end: (carrier?.end ?? 0) + grown },
      ...history.slice(cut + 1).map(({ start, end }) => move(start, end)),
    ],
  };
}

/** Takes the thread out, or begins a new one in its place. */
function editThread(members: readonly Member[], isHeldAnew: boolean): Splice[] {
  const thread = findSlice(members, "thread");
  if (isHeldAnew && thread) return [{ ...thread, text: '{"type":"create"}' }];
  return withoutMembers(members, new Set(["thread"]));
}

/** The upstream holds what came before: only what is new goes up, with the name of the reply that it follows. */
function encodeHeld(request: DecodedRequest, edit: Edit, { id, from }: { id: string; from: number }): string | null {
  const { text, members, history } = request;
  const [first] = history;
  const fresh = history[from];
  if (!first || !fresh || edit.cut > 0 || edit.brief !== null || edit.stored || edit.standsAlone) return null;
  const thread = JSON.stringify({ type: "continue", previous_message_id: id });
  return splice(text, [
    { start: first.start, end: fresh.start, text: "" },
    ...withMembers(members, [`"thread":${thread}`]),
    ...withoutMembers(members, new Set(["thread", ...HEAD_KEYS])),
  ]);
}

/** Replaces everything up to the first message that stays untouched; behind it, and between, every byte stays. */
function editHistory({ text, history }: DecodedRequest, { cut, brief, stored }: Edit): Splice[] | null {
  const leaving = stored ? stored.skip : cut;
  const [start, end] = [history[0]?.start, history.at(-1)?.end];
  const kept = history[leaving];
  if (start === undefined || end === undefined || leaving < 0 || leaving > history.length) return null;
  if (stored && cut > 0) return null;
  const [first, ...rest] = stored ? [stored.first ?? "", stored.rest].filter((part) => part !== "") : [];
  if (first === undefined) {
    // What stays is the client's own, the message that carries the brief included.
    if (!kept) return null;
    if (brief === null) return [{ start, end: kept.start, text: "" }];
    const carrier = stored || leaving > 0 ? putBriefBefore(textOf(text, kept), brief) : null;
    return carrier === null ? null : [{ start, end: kept.end, text: carrier }];
  }
  const carrier = brief === null ? first : putBriefBefore(first, brief);
  if (carrier === null) return null;
  const before = rest.reduce((joined, part) => `${joined},${part}`, carrier);
  return [{ start, end: kept?.start ?? end, text: kept ? `${before},` : before }];
}

/** Of the stored members those that the body has none of. Null: one that cannot be read. */
function missingHead({ members }: DecodedRequest, stored: readonly string[]): string[] | null {
  const own = new Set(members.map((member) => member.key));
  const missing: string[] = [];
  for (const text of stored) {
    // As `readHead` writes it: one member, its name first.
    const key = /^\{"(system|tools)":/.exec(text)?.[1];
    if (key === undefined) return null;
    if (!own.has(key)) missing.push(text.slice(1, -1));
  }
  return missing;
}

function putBriefBefore(message: string, brief: string): string | null {
  const members = sliceObject(message) ?? [];
  const [role, otherRole] = members.filter((member) => member.key === "role");
  const [content, otherContent] = members.filter((member) => member.key === "content");
  // With two of the same key it depends on the reader which one counts.
  if (!role || !content || otherRole || otherContent || textOf(message, role.value) !== '"user"') return null;
  const literal = textOf(message, content.value);
  const block = JSON.stringify({ type: "text", text: brief });
  if (literal.startsWith('"')) {
    const own = literal === '""' ? "" : `,{"type":"text","text":${literal}}`;
    return splice(message, [{ ...content.value, text: `[${block}${own}]` }]);
  }
  const blocks = parseBlocks(literal);
  // A tool's result must come first in its message: nothing can be put before it.
  if (!blocks || blocks.some((own) => isBlock(own) && own.type === "tool_result")) return null;
  const at = content.value.start + 1;
  return splice(message, [{ start: at, end: at, text: block + (blocks.length > 0 ? "," : "") }]);
}

function parseBlocks(literal: string): unknown[] | null {
  try {
    const blocks: unknown = JSON.parse(literal);
    return Array.isArray(blocks) ? blocks : null;
  } catch {
    return null;
  }
}
