/**
 * What `session.open` is told about the messages of a request.
 *
 * A short history is fingerprinted at once. A long one is recognised by one hash over its raw bytes up to shortly
 * before the last reply, which the session saw one turn ago; only what comes behind is parsed. When that hash is not
 * known, every message is read after all. The messages right before the reply are left out of the hash, because
 * clients still change their bytes: a cache marker moves on, and a content array becomes a string again.
 */
import { closeHash, openHash } from "../model/hash.ts";
import type { Hash, OpenHash } from "../model/hash.ts";
import { FINGERPRINT_UPFRONT_CHARS_MAX, FINGERPRINT_UPFRONT_MESSAGES_MAX, MOVING_MESSAGES } from "../model/limits.ts";
import type { Message } from "../model/message.ts";
import type { DecodedRequest, Wire } from "../wire/wire.ts";

export interface History {
  prior: { hash: Hash; count: number } | null;
  /** The hash of `prior` before it was closed: what has settled since goes on from it. */
  hashing: Hashing | null;
  /** The messages behind `prior`, or all. */
  messages: Message[];
}

/** Null: a message of it is none that Strata knows. */
export function readHistory(wire: Wire, request: DecodedRequest): History | null {
  const count = isLong(request) ? countPrior(wire, request) : 0;
  const hashing = count > 0 ? extend(null, request, count) : null;
  return readFrom(wire, request, hashing);
}

export function readWholeHistory(wire: Wire, request: DecodedRequest): History | null {
  return readFrom(wire, request, null);
}

/** Whether reading every message costs more than a hash over their bytes, and a second question where that is not known. */
function isLong({ history, array }: DecodedRequest): boolean {
  return history.length > FINGERPRINT_UPFRONT_MESSAGES_MAX || array.end - array.start > FINGERPRINT_UPFRONT_CHARS_MAX;
}

/** Hash over the settled part of the history, for the next turn's `prior`. */
export function hashSettled(request: DecodedRequest, hashing: Hashing | null): { hash: Hash; count: number } {
  const count = Math.max(0, request.history.length - MOVING_MESSAGES);
  const from = hashing !== null && hashing.count <= count ? hashing : null;
  return close(extend(from, request, count));
}

/** A hash that is still open, over the first `count` messages. */
export interface Hashing {
  open: OpenHash;
  count: number;
}

function extend(from: Hashing | null, { text, history }: DecodedRequest, count: number): Hashing {
  const start = from === null ? history[0]?.start : history[from.count - 1]?.end;
  const end = history[count - 1]?.end;
  const open = from?.open.copy() ?? openHash();
  if (start !== undefined && end !== undefined) open.update(text.slice(start, end));
  return { open, count };
}

function close({ open, count }: Hashing): { hash: Hash; count: number } {
  return { hash: closeHash(open.copy()), count };
}

/** What was settled when the newest reply was asked for: the reply is the last run of the model's own messages. */
function countPrior(wire: Wire, { history, text }: DecodedRequest): number {
  const isReply = (index: number): boolean => {
    const slice = history[index];
    return slice !== undefined && wire.isReply(text, slice);
  };
  let index = history.length - 1;
  while (index > 0 && !isReply(index)) index--;
  while (index > 0 && isReply(index - 1)) index--;
  return Math.max(0, index - MOVING_MESSAGES);
}

function readFrom(wire: Wire, request: DecodedRequest, hashing: Hashing | null): History | null {
  const messages: Message[] = [];
  for (const slice of request.history.slice(hashing?.count ?? 0)) {
    const message = wire.readMessage(request.text.slice(slice.start, slice.end));
    if (message === null) return null;
    messages.push(message);
  }
  return { prior: hashing && close(hashing), hashing, messages };
}
