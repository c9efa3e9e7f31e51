/**
 * Writes the body that goes upstream, by splicing the client's own bytes.
 *
 * Retained messages are copied, never re-serialised; the only new bytes are the brief, put before the content of the
 * first retained user message, what is recalled, put behind the newest, and the fields that name state of the upstream.
 * It answers null where a splice has no place; the caller then forwards the original.
 */
import { sliceObject } from "../json-slices.ts";
import type { Slice } from "../json-slices.ts";
import { keptPieces, markerBeforeRecalled, marksItsCache, nameCache } from "../openai-cache.ts";
import { textOf } from "../read-members.ts";
import { addTool } from "../recall-tool.ts";
import { rewriteMessages, rewriteStored } from "../rewrite-messages.ts";
import { splice, withMembers, withoutMembers } from "../splice-body.ts";
import type { Splice } from "../splice-body.ts";
import { trimMarkers } from "../trim-markers.ts";
import { appendPart, findUserContent } from "../user-content.ts";
import type { PartMarker } from "../user-content.ts";
import type { DecodedRequest, Edit, StoredMessages } from "../wire.ts";
import { storedForm } from "./read-message.ts";
import { recallTool } from "./recall-tool.ts";

/** Fields that make the upstream put something before the input. */
const STATE_FIELDS = new Set(["previous_response_id", "conversation"]);

export function encode(given: DecodedRequest, asked: Edit): string | null {
  const putBehind = (message: string, recalled: string, isNewest: boolean): string | null =>
    putRecalledBehind(storedForm(message), recalled, isNewest ? markerBeforeRecalled(given, asked) : null);
  const edit = rewriteStored(given, asked, putBehind);
  const request = edit && rewriteMessages(given, edit, putBehind);
  if (edit === null || request === null) return null;
  if (edit.heldBy !== null) return nameHeldReply(request, edit);
  const { text, members, held } = request;
  const stored =
    edit.stored && trimMarkers(edit.stored, "prompt_cache_breakpoint", [text], edit.brief === null ? 0 : 1);
  const messages = stored === null ? cutMessages(request, edit) : joinStored(request, stored, edit.brief);
  if (messages === null) return null;
  const state = edit.standsAlone && held !== null ? withoutMembers(members, STATE_FIELDS) : [];
  const tool = edit.offersRecall ? addTool(text, members, recallTool.definition) : [];
  const changes = [...messages, ...state, ...tool];
  if (changes.length === 0) return text;
  return splice(text, [...withMembers(members, nameCache(request, edit)), ...changes]);
}

/** Drops the first messages of the history (the head stays) and puts the brief before the next one. */
function cutMessages(request: DecodedRequest, { cut, brief }: Edit): Splice[] | null {
  const { text, array, history } = request;
  if (cut === 0 && brief === null) return [];
  const firstDropped = history[0];
  const firstKept = history[cut];
  if (!firstDropped || !firstKept) return null;
  if (brief === null) return [{ start: firstDropped.start, end: firstKept.start, text: "" }];
  const isMarked = marksItsCache(request, keptPieces(request, cut));
  const carrier = putBriefBefore(storedForm(textOf(text, firstKept)), brief, isMarked);
  if (carrier === null) return null;
  if (text[array.start] !== '"') return [{ start: firstDropped.start, end: firstKept.end, text: carrier }];
  // A string as input stays one where the brief needs no part of its own.
  const input = isMarked ? `[${carrier}]` : prefixString(textOf(text, array), brief);
  return [{ ...array, text: input }];
}

/** Puts stored messages before the ones a delta client sent; the stored head only where the delta brings none of its own. */
function joinStored(request: DecodedRequest, stored: StoredMessages, brief: string | null): Splice[] | null {
  const { text, array, head, history } = request;
  const own = head.length > 0 ? head.map((slice) => textOf(text, slice)) : stored.head;
  const fresh = history.slice(stored.skip).map((slice) => storedForm(textOf(text, slice)));
  const carrier = stored.first ?? fresh.shift();
  if (carrier === undefined) return null;
  const first =
    brief === null
      ? carrier
      : putBriefBefore(carrier, brief, marksItsCache(request, [text, stored.first ?? "", stored.rest]));
  if (first === null) return null;
  const all = [...own, first, stored.rest, ...fresh].filter((part) => part !== "");
  return [{ ...array, text: `[${all.reduce((joined, part) => `${joined},${part}`)}]` }];
}

/** Sends only what comes behind a reply that the upstream holds; it holds the head with it. */
function nameHeldReply(request: DecodedRequest, { heldBy, cut, brief, stored }: Edit): string | null {
  const { text, members, array, head, history } = request;
  const firstKept = heldBy && history[heldBy.from];
  if (!heldBy || !firstKept || cut > 0 || brief !== null || stored !== null) return null;
  const { start } = head[0] ?? history[0] ?? array;
  const dropped = firstKept.start > start ? [{ start, end: firstKept.start, text: "" }] : [];
  const name = [`"previous_response_id":${JSON.stringify(heldBy.id)}`];
  return splice(text, [...withMembers(members, name), ...withoutMembers(members, STATE_FIELDS), ...dropped]);
}

/**
 * The message with the brief in front of its content: parts get one more part, and string content stays a string unless
 * the brief is to end with a cache breakpoint, which only a part can carry.
 */
function putBriefBefore(message: string, brief: string, isMarked: boolean): string | null {
  const content = findContent(message);
  if (content === null) return null;
  const said = textOf(message, content);
  const marker = isMarked ? { prompt_cache_breakpoint: { mode: "explicit" } } : {};
  const part = JSON.stringify({ type: "input_text", text: brief, ...marker });
  if (said.startsWith('"') && !isMarked) return splice(message, [{ ...content, text: prefixString(said, brief) }]);
  const inner = said.startsWith("[") ? said.slice(1) : `{"type":"input_text","text":${said}}]`;
  if (!said.startsWith("[") && !said.startsWith('"')) return null;
  const comma = inner.trimStart().startsWith("]") ? "" : ",";
  return splice(message, [{ ...content, text: `[${part}${comma}${inner}` }]);
}

/** A JSON string with more text in front; what was there keeps its own escapes. */
function prefixString(literal: string, text: string): string {
  return `${JSON.stringify(text).slice(0, -1)}${literal.slice(1)}`;
}

function putRecalledBehind(message: string, recalled: string, marker: PartMarker | null): string | null {
  const content = findContent(message);
  return content && appendPart(message, content, { type: "input_text", text: recalled }, marker);
}

/** Null: not a message of the user's. */
function findContent(message: string): Slice | null {
  const type = sliceObject(message)?.findLast(({ key }) => key === "type")?.value;
  if (type && textOf(message, type) !== '"message"' && textOf(message, type) !== "null") return null;
  return findUserContent(message);
}
