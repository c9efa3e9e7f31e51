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
/** Citations, search results and encrypted search content: later blocks point at them by index. */
export const KEEP_CITATION = 8;
/** A tool that the provider itself runs, and its result. */
export const KEEP_SERVER_TOOL = 16;
/** Something that only the upstream can resolve: an item, a file or a container by its id. */
export const KEEP_REFERENCE = 32;
/** Tools or settings that change in mid-conversation. */
export const KEEP_TOOL_CHANGE = 64;
/** A summary that the provider wrote, bound to its place. */
export const KEEP_COMPACTION = 128;

/** Why a stored message has no words: bits, so that a path can carry the sum of what it holds. */
export const GONE_DELETED = 1;
/** They were never to be kept. */
export const GONE_UNKEPT = 2;

export interface MessageFacts {
  /** Who speaks; a message that holds nothing but tool results is the tool's, whatever the wire calls its role. */
  role: Role;
  /** Hash of the canonical form. Never equal between two wires. */
  fingerprint: Hash;
  /** Tool calls that this message opens. */
  opensCalls: number;
  /** Tool calls that it answers. */
  answersCalls: number;
  /** Sum of KEEP_* bits; 0 when the message may be dropped once a brief stands for it. */
  keep: number;
  /** Whether a brief can be put before this message's own content. */
  carriesBrief: boolean;
  /** Whether it holds reasoning that the provider has bound to everything before it (signed or encrypted). */
  isBound: boolean;
}

/** A message on its way into storage. */
export interface Message extends MessageFacts {
  /** The message's own JSON, byte for byte; several items with commas between them where the wire cannot part them. */
  json: string;
  /** Its length as it came, where `json` has been blanked. */
  chars?: number;
}
