/**
 * Cuts a thread into segments: stretches that are condensed once, when they are over, and never again.
 *
 * A segment ends before a user's words, at a pause in the conversation or when it has grown large, and never inside a
 * tool exchange. Whether it ends after a message depends on nothing but the segment so far and the message that comes
 * next, so the same thread is always cut in the same places. This file must not look at what is said.
 */
import type { Role } from "../../model/message.ts";

/** A message of a thread, as far as cutting needs it. */
export interface ThreadMessage {
  role: Role;
  tokens: number;
  /** Tool calls of the path that have no result yet. */
  openCalls: number;
  /** When it was first seen. */
  at: number;
}

/** From this size on a segment ends with its exchange: about ten pages, of which a model still keeps the thread. */
const SEGMENT_TOKENS = 6_000;
/** Beyond this it ends in the middle of an exchange too, for agents whose one task fills many pages. */
const SEGMENT_TOKENS_MAX = 8_000;
/** … and so it does with so many messages, because each takes a line of its own. */
const SEGMENT_MESSAGES_MAX = 200;
/** A pause this long ends a segment as well … */
const PAUSE_MS = 30 * 60 * 1000;
/** … unless it would be hardly worth a call. */
const PAUSED_TOKENS_MIN = 1_500;

/** The segments that are over, oldest first; what comes after the last one is still growing. */
export function cutSegments<Message extends ThreadMessage>(messages: readonly Message[]): Message[][] {
  const segments: Message[][] = [];
  let current: Message[] = [];
  let tokens = 0;
  for (const [index, message] of messages.entries()) {
    const next = messages[index + 1];
    current.push(message);
    tokens += message.tokens;
    if (next === undefined || !endsBetween(message, next, tokens, current.length)) continue;
    segments.push(current);
    current = [];
    tokens = 0;
  }
  return segments;
}

function endsBetween(last: ThreadMessage, next: ThreadMessage, tokens: number, messages: number): boolean {
  if (last.openCalls > 0) return false;
  if (tokens >= SEGMENT_TOKENS_MAX || messages >= SEGMENT_MESSAGES_MAX) return true;
  if (next.role !== "user") return false;
  return tokens >= SEGMENT_TOKENS || (tokens >= PAUSED_TOKENS_MIN && next.at - last.at >= PAUSE_MS);
}

/** So many segments are rolled up into one. */
export const ROLLED_UP_SEGMENTS = 8;
/** The newest segments stand for themselves. */
export const DETAILED_SEGMENTS = 4;

/**
 * Places of the roll-ups of a thread with `count` segments, as counts of segments up to and with their last. A roll-up is written
 * from segments only, never from another roll-up.
 */
export function rollUpEnds(count: number): number[] {
  const whole = Math.max(0, Math.floor((count - DETAILED_SEGMENTS) / ROLLED_UP_SEGMENTS));
  return Array.from({ length: whole }, (_, index) => (index + 1) * ROLLED_UP_SEGMENTS);
}
