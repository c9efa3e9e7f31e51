/**
 * What `session.open` is told about the messages of a request.
 *
 * A short history is fingerprinted at once. A long one is recognised by one hash over its raw bytes up to the last
 * reply, which is what the session saw as the whole history one turn ago; only what comes behind is parsed. When
 * that hash is not known, every message is read after all.
 */
import { hashText } from "../model/hash.ts";
import type { Hash } from "../model/hash.ts";
import { FINGERPRINT_UPFRONT_MESSAGES_MAX } from "../model/limits.ts";
import type { Message } from "../model/message.ts";
import { readMessage, roleOf } from "../wire/chat-completions/decode.ts";
import type { ChatRequest } from "../wire/chat-completions/decode.ts";

export interface History {
  prior: { hash: Hash; count: number } | null;
  /** The messages behind `prior`, or all. */
  messages: Message[];
}

/** Null: a message of it is no chat message that Strata knows. */
export function readHistory(request: ChatRequest): History | null {
  const count = request.messages.length - request.headCount;
  const prior = count > FINGERPRINT_UPFRONT_MESSAGES_MAX ? hashPrior(request) : null;
  return readFrom(request, prior);
}

export function readWholeHistory(request: ChatRequest): History | null {
  return readFrom(request, null);
}

/** Hash over all messages behind the head, for the next turn's `prior`. */
export function hashHistory(request: ChatRequest): { hash: Hash; count: number } {
  return hashUpTo(request, request.messages.length);
}

function hashPrior(request: ChatRequest): { hash: Hash; count: number } | null {
  for (let index = request.messages.length - 1; index > request.headCount; index--) {
    const slice = request.messages[index];
    if (slice && roleOf(request.text, slice) === "assistant") return hashUpTo(request, index);
  }
  return null;
}

function hashUpTo({ text, messages, headCount }: ChatRequest, end: number): { hash: Hash; count: number } {
  const first = messages[headCount];
  const last = messages[end - 1];
  const raw = first && last && end > headCount ? text.slice(first.start, last.end) : "";
  return { hash: hashText(raw), count: end - headCount };
}

function readFrom(request: ChatRequest, prior: History["prior"]): History | null {
  const messages: Message[] = [];
  for (const slice of request.messages.slice(request.headCount + (prior?.count ?? 0))) {
    const message = readMessage(request.text.slice(slice.start, slice.end));
    if (message === null) return null;
    messages.push(message);
  }
  return { prior, messages };
}
