/**
 * What is deleted on demand: a whole session, one branch of it, or the words of one message.
 *
 * Plain data, because it crosses an RPC. What is answered are counts, never a word of what has gone.
 */
import type { Hash } from "../model/hash.ts";

export type ReleaseAsk =
  /** Where its tenant deletes everything, the memories of its users go as well, and the directory drops the entry itself. */
  | { kind: "session"; askedBy?: "tenant" }
  /** The messages that no other thread goes through, by the chain of one of them. */
  | { kind: "branch"; thread: Hash }
  /** The words of one message; its place in the conversation stays. */
  | { kind: "message"; chain: Hash };

/** How many of each have gone, or have lost their words. */
export interface Released {
  messages: number;
  turns: number;
  briefs: number;
  /** Of what a model has condensed. */
  digests: number;
  /** Messages in short form. */
  forms: number;
  /** Of what is known of end users. */
  facts: number;
  /** Places in the same session that hold the very same message; they are messages of their own. */
  copies: number;
}

/** What a session answers: the counts, whose session it was, and what else was known under its turns. */
export interface ReleaseReply {
  tenant: Hash;
  released: Released;
  /** Ids by which upstreams named the replies that have gone, the newest last. */
  replyIds: string[];
}
