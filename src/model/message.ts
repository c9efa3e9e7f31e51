/**
 * A message as lineage and planning see it: who speaks, which message it is, what it ties together.
 *
 * The wire decides how a message is read; from here on nothing knows which API it came from. The text of a
 * message is only ever carried as the client's own JSON, never taken apart and put together again.
 */
import type { Hash } from "./hash.ts";

export type Role = "system" | "developer" | "user" | "assistant" | "tool";

/** Why a message may not leave the prompt: bits, so that a path can carry the sum of what it holds. */
export const KEEP_MEDIA = 1;
export const KEEP_SYSTEM = 2;
export const KEEP_UNKNOWN = 4;

export interface MessageFacts {
  role: Role;
  fingerprint: Hash;
  /** Tool calls that this message opens, less those that it answers. */
  opensCalls: number;
  answersCalls: number;
  /** Sum of KEEP_* bits; 0 when the message may be dropped once a brief stands for it. */
  keep: number;
  /** Whether a brief can be put before this message's own content. */
  carriesBrief: boolean;
}

/** A message on its way into storage. */
export interface Message extends MessageFacts {
  /** The message's own JSON, byte for byte. */
  json: string;
}
