/**
 * Writes the body that goes upstream, by splicing the client's own bytes.
 *
 * Retained messages are copied, never re-serialised; the only new bytes are the brief, put before the content
 * of the first retained user message so that roles still alternate and there is still one system message, and
 * what is recalled, behind the newest one. It answers null where a splice has no place; the caller then forwards the
 * original.
 */
import { keptPieces, markerBeforeRecalled, marksItsCache, nameCache, takesBreakpoints } from "../openai-cache.ts";
import { textOf } from "../read-members.ts";
import { addTool } from "../recall-tool.ts";
import { rewriteMessages, rewriteStored } from "../rewrite-messages.ts";
import { splice, withMembers } from "../splice-body.ts";
import type { Splice } from "../splice-body.ts";
import { trimMarkers } from "../trim-markers.ts";
import { appendPart, findUserContent } from "../user-content.ts";
import type { PartMarker } from "../user-content.ts";
import type { DecodedRequest, Edit } from "../wire.ts";
import { recallTool } from "./recall-tool.ts";

export function encode(given: DecodedRequest, asked: Edit): string | null {
  // This API has no ids for replies: there is nothing that an upstream could hold.
  if (asked.heldBy !== null) return null;
  const takesParts = takesBreakpoints(given);
  const putBehind = (message: string, recalled: string, isNewest: boolean): string | null => {
    const marker = isNewest ? markerBeforeRecalled(given, asked) : null;
    return putRecalledBehind(message, recalled, takesParts, marker);
  };
  const edit = rewriteStored(given, asked, putBehind);
  const request = edit && rewriteMessages(given, edit, putBehind);
  if (edit === null || request === null) return null;
  const { text, members } = request;
  const stored =
    edit.stored && trimMarkers(edit.stored, "prompt_cache_breakpoint", [text], edit.brief === null ? 0 : 1);
  const messages = edit.stored === null ? cutMessages(request, edit) : joinStored(request, { ...edit, stored });
  if (messages === null) return null;
  const tool = edit.offersRecall ? addTool(text, members, recallTool.definition) : [];
  return splice(text, [...withMembers(members, nameCache(request, edit)), ...tool, ...messages]);
}

/** Drops the first messages of the history (the head stays) and puts the brief before the next one. */
function cutMessages(request: DecodedRequest, { cut, brief }: Edit): Splice[] | null {
  if (brief === null) return [];
  const firstDropped = request.history[0];
  const firstKept = request.history[cut];
  if (!firstDropped || !firstKept || cut < 1) return null;
  const isMarked = marksItsCache(request, keptPieces(request, cut));
  const carrier = putBriefBefore(textOf(request.text, firstKept), brief, isMarked);
  return carrier === null ? null : [{ start: firstDropped.start, end: firstKept.end, text: carrier }];
}

/** Puts stored messages before the ones a delta client sent; the stored head only where the delta brings none of its own. */
function joinStored(request: DecodedRequest, { stored, brief }: Edit): Splice[] | null {
  if (stored === null) return null;
  const { text, array, head, history } = request;
  const own = head.length > 0 ? head.map((slice) => textOf(text, slice)) : stored.head;
  const fresh = history.slice(stored.skip).map((slice) => textOf(text, slice));
  const carrier = stored.first ?? fresh.shift() ?? "";
  const first =
    brief === null
      ? carrier
      : putBriefBefore(carrier, brief, marksItsCache(request, [text, stored.first ?? "", stored.rest]));
  if (first === null) return null;
  const all = [...own, first, stored.rest, ...fresh].filter((part) => part !== "");
  return [{ start: array.start, end: array.end, text: `[${all.reduce((joined, part) => `${joined},${part}`)}]` }];
}

/** The message with the brief in front of its content: string content stays a string, parts get one more part. */
function putBriefBefore(message: string, brief: string, isMarked: boolean): string | null {
  const content = findUserContent(message);
  if (content === null) return null;
  const { start, end } = content;
  const opening = message[start];
  const inner = message.slice(start + 1, end);
  const marker = isMarked ? { prompt_cache_breakpoint: { mode: "explicit" } } : {};
  const part = JSON.stringify({ type: "text", text: brief, ...marker });
  if (opening === '"' && !isMarked)
    return splice(message, [{ start, end, text: `"${JSON.stringify(brief).slice(1, -1)}${inner}` }]);
  if (opening === '"') {
    const said = inner === '"' ? "" : `,{"type":"text","text":${textOf(message, content)}}`;
    return splice(message, [{ start, end, text: `[${part}${said}]` }]);
  }
  if (opening !== "[") return null;
  return splice(message, [{ start, end, text: `[${part}${inner.trimStart().startsWith("]") ? "" : ","}${inner}` }]);
}

/**
 * A string stays a string, because not every server of one's own takes parts; a breakpoint needs one. Whether there is
 * room for it must not decide: the block would have another form on the next turn.
 */
function putRecalledBehind(
  message: string,
  recalled: string,
  takesParts: boolean,
  marker: PartMarker | null,
): string | null {
  const content = findUserContent(message);
  if (content === null) return null;
  const literal = textOf(message, content);
  if (!literal.startsWith('"') || takesParts)
    return appendPart(message, content, { type: "text", text: recalled }, marker);
  const gap = literal === '""' ? "" : "\n\n";
  return splice(message, [{ ...content, text: literal.slice(0, -1) + JSON.stringify(gap + recalled).slice(1) }]);
}
