/**
 * Writes the body that goes upstream, by splicing the client's own bytes.
 *
 * Retained messages are copied, never re-serialised; the only new bytes are the brief, put before the content
 * of the first retained user message so that roles still alternate and there is still one system message.
 * It answers null where the splice has no place; the caller then forwards the original.
 */
import type { ChatRequest } from "./decode.ts";
import { sliceObject } from "../json-slices.ts";

/** Drops the first `cut` messages of the history (the head stays) and puts the brief before the next one. */
export function encodeBrief(request: ChatRequest, cut: number, brief: string): string | null {
  const { text, messages, headCount } = request;
  const firstDropped = messages[headCount];
  const firstKept = messages[headCount + cut];
  if (!firstDropped || !firstKept || cut < 1) return null;
  const carrier = putBriefBefore(text.slice(firstKept.start, firstKept.end), brief);
  if (carrier === null) return null;
  return text.slice(0, firstDropped.start) + carrier + text.slice(firstKept.end);
}

/** Stored messages as JSON texts: leading system messages, the first behind the cut, and the rest with commas between. */
export interface Stored {
  head: readonly string[];
  first: string | null;
  rest: string;
  /** Of the client's own messages behind its head, how many the brief stands for. */
  skip: number;
}

/**
 * Puts stored messages before the ones a delta client sent; the stored head only where the delta brings none of its own.
 *
 * @param brief text before the first message behind the head, or null when nothing was dropped
 */
export function encodeDelta(request: ChatRequest, stored: Stored, brief: string | null): string | null {
  const { text, array, messages, headCount } = request;
  const own = messages.map((slice) => text.slice(slice.start, slice.end));
  const head = headCount > 0 ? own.slice(0, headCount) : stored.head;
  const fresh = own.slice(headCount + stored.skip);
  const carrier = stored.first ?? fresh.shift() ?? "";
  const first = brief === null ? carrier : putBriefBefore(carrier, brief);
  if (first === null) return null;
  const all = [...head, first, stored.rest, ...fresh].filter((part) => part !== "");
  return `${text.slice(0, array.start)}[${all.join(",")}]${text.slice(array.end)}`;
}

/** The message with the brief in front of its content: string content stays a string, parts get one more part. */
function putBriefBefore(message: string, brief: string): string | null {
  const members = sliceObject(message);
  const role = members?.findLast((member) => member.key === "role")?.value;
  if (!role || message.slice(role.start, role.end) !== '"user"') return null;
  // With two of the same key it depends on the reader which one counts.
  const [content, another] = members?.filter((member) => member.key === "content") ?? [];
  if (!content || another) return null;
  const opening = message[content.value.start];
  const before = message.slice(0, content.value.start + 1);
  const after = message.slice(content.value.start + 1);
  if (opening === '"') return before + JSON.stringify(brief).slice(1, -1) + after;
  if (opening !== "[") return null;
  const part = JSON.stringify({ type: "text", text: brief });
  return before + part + (after.trimStart().startsWith("]") ? "" : ",") + after;
}
