/**
 * Writes the body that goes upstream, by splicing the client's own bytes.
 *
 * Retained messages are copied, never re-serialised. New are the brief, always a text block of its own before the
 * content of the first user message that stays, so that a cache breakpoint can stand on it, what is recalled, a block
 * behind the newest, and the breakpoints. It answers null where an edit has no place; the caller then forwards the
 * original.
 */
import type { Member, Slice } from "../json-slices.ts";
import { findSlice, textOf } from "../read-members.ts";
import { addTool, appendTool } from "../recall-tool.ts";
import { rewriteMessages, rewriteStored } from "../rewrite-messages.ts";
import { splice, withMembers, withoutMembers } from "../splice-body.ts";
import type { Splice } from "../splice-body.ts";
import { trimMarkers } from "../trim-markers.ts";
import { appendPart, findUserContent } from "../user-content.ts";
import type { DecodedRequest, Edit, StoredMessages } from "../wire.ts";
import { HEAD_KEYS } from "./decode.ts";
import { placeBreakpoints } from "./place-breakpoints.ts";
import type { Places } from "./place-breakpoints.ts";
import { recallTool } from "./recall-tool.ts";
import { isBlock } from "./schema.ts";

export function encode(given: DecodedRequest, asked: Edit): string | null {
  const placed = rewriteStored(given, asked, putRecalledBehind);
  const request = placed && rewriteMessages(given, placed, putRecalledBehind);
  if (placed === null || request === null) return null;
  const { text, members } = request;
  const added = { brief: asked.brief !== null, recalled: asked.recalled !== null };
  const marksRecalled = added.recalled && cachesItself(request);
  const ours = Number(added.brief) + Number(marksRecalled);
  const edit = { ...placed, stored: placed.stored && trimStored(request, placed.stored, ours) };
  if (edit.heldBy) return encodeHeld(request, edit, edit.heldBy);
  const history = editHistory(request, edit);
  const head = missingHead(request, edit.stored?.head ?? []);
  if (history === null || head === null) return null;
  const offersRecall = edit.offersRecall ?? false;
  const isUncut = edit.cut === 0 && edit.brief === null && edit.stored === null && !edit.standsAlone && !offersRecall;
  const state = edit.standsAlone ? editThread(members, edit.isHeldAnew ?? false) : [];
  const tools = offersRecall ? offerRecall(request, head) : withMembers(members, head);
  const body = isUncut ? text : splice(text, [...history, ...tools, ...state]);
  if (ours === 0) return body;
  const isOnlyCut = edit.stored === null && state.length === 0 && !offersRecall;
  return placeBreakpoints(body, isOnlyCut ? movePlaces(request, edit.cut, body) : null, added);
}

/** Whether the client leaves it to the API to put a breakpoint on the last block, whatever that is. */
function cachesItself({ text, members }: DecodedRequest): boolean {
  const automatic = findSlice(members, "cache_control");
  return automatic !== null && textOf(text, automatic) !== "null";
}

/** The stored members that the body has none of, and the recall tool behind whichever tools there are. */
function offerRecall({ text, members }: DecodedRequest, head: readonly string[]): Splice[] {
  const { definition } = recallTool;
  const at = head.findIndex((member) => member.startsWith(TOOLS));
  if (at < 0) return [...withMembers(members, head), ...addTool(text, members, definition)];
  const tools = appendTool(head[at]?.slice(TOOLS.length) ?? "", definition);
  return withMembers(members, head.with(at, TOOLS + tools));
}

const TOOLS = '"tools":';

/** A client that marks what it sends would otherwise be refused after a few turns. */
function trimStored({ text }: DecodedRequest, stored: StoredMessages, ours: number): StoredMessages {
  return trimMarkers(stored, "cache_control", [text, ...stored.head], ours);
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
  const content = findUserContent(message);
  if (content === null) return null;
  const literal = textOf(message, content);
  const block = JSON.stringify({ type: "text", text: brief });
  if (literal.startsWith('"')) {
    const own = literal === '""' ? "" : `,{"type":"text","text":${literal}}`;
    return splice(message, [{ ...content, text: `[${block}${own}]` }]);
  }
  const blocks = parseSpoken(literal);
  if (blocks === null) return null;
  const at = content.start + 1;
  return splice(message, [{ start: at, end: at, text: block + (blocks.length > 0 ? "," : "") }]);
}

function putRecalledBehind(message: string, recalled: string): string | null {
  const content = findUserContent(message);
  if (content === null) return null;
  const literal = textOf(message, content);
  if (!literal.startsWith('"') && parseSpoken(literal) === null) return null;
  return appendPart(message, content, { type: "text", text: recalled }, null);
}

/** The blocks of a user's turn; null where a tool's result is among them, which must come first in its message. */
function parseSpoken(literal: string): unknown[] | null {
  const blocks = parseBlocks(literal);
  return blocks?.some((own) => isBlock(own) && own.type === "tool_result") ? null : blocks;
}

function parseBlocks(literal: string): unknown[] | null {
  try {
    const blocks: unknown = JSON.parse(literal);
    return Array.isArray(blocks) ? blocks : null;
  } catch {
    return null;
  }
}
