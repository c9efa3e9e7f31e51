/**
 * What `session.open` is told about the messages of a request.
 *
 * A short history is fingerprinted at once. A long one is recognised by one hash over its raw bytes up to shortly
 * before the last reply, which the session saw one turn ago; only what comes behind is parsed. When that hash is not
 * known, every message is read after all. The messages right before the reply are left out of the hash, because
 * clients still change their bytes: a cache marker moves on, and a content array becomes a string again.
 */
import { hashText } from "../model/hash.ts";
import type { Hash } from "../model/hash.ts";
import { FINGERPRINT_UPFRONT_MESSAGES_MAX, MOVING_MESSAGES } from "../model/limits.ts";
import type { Message } from "../model/message.ts";
import type { DecodedRequest, Wire } from "../wire/wire.ts";

export interface History {
  prior: { hash: Hash; count: number } | null;
  /** The messages behind `prior`, or all. */
  messages: Message[];
}

/** Null: a message of it is none that Strata knows. */
export function readHistory(wire: Wire, request: DecodedRequest): History | null {
  const prior = request.history.length > FINGERPRINT_UPFRONT_MESSAGES_MAX ? hashPrior(wire, request) : null;
  return readFrom(wire, request, prior);
}

export function readWholeHistory(wire: Wire, request: DecodedRequest): History | null {
  return readFrom(wire, request, null);
}

/** Hash over the settled part of the history, for the next turn's `prior`. */
export function hashSettled(request: DecodedRequest): { hash: Hash; count: number } {
  return hashUpTo(request, Math.max(0, request.history.length - MOVING_MESSAGES));
}

/** What was settled when the newest reply was asked for: the reply is the last run of the model's own messages. */
function hashPrior(wire: Wire, request: DecodedRequest): { hash: Hash; count: number } | null {
  const { history, text } = request;
  const isReply = (index: number): boolean => {
    const slice = history[index];
    return slice !== undefined && wire.isReply(text, slice);
  };
  let index = history.length - 1;
  while (index > 0 && !isReply(index)) index--;
  while (index > 0 && isReply(index - 1)) index--;
  return index > MOVING_MESSAGES ? hashUpTo(request, index - MOVING_MESSAGES) : null;
}

function hashUpTo({ text, history }: DecodedRequest, count: number): { hash: Hash; count: number } {
  const first = history[0];
  const last = history[count - 1];
  return { hash: hashText(first && last ? text.slice(first.start, last.end) : ""), count };
}

function readFrom(wire: Wire, request: DecodedRequest, prior: History["prior"]): History | null {
  const messages: Message[] = [];
  for (const slice of request.history.slice(prior?.count ?? 0)) {
    const message = wire.readMessage(request.text.slice(slice.start, slice.end));
    if (message === null) return null;
    messages.push(message);
  }
  return { prior, messages };
}
