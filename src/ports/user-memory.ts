/**
 * What is known about one end user beyond a single session: facts, each with the words it comes from.
 *
 * One memory belongs to one end user of one tenant. Sessions send what their user has said, the edge asks for what
 * matters to a request, and the owner looks, corrects and deletes. Everything here crosses an RPC, so it is plain data.
 */
import type { Hash } from "../model/hash.ts";
import type { Result } from "../model/result.ts";

/** `constraint`: what must be minded though nobody asks, such as an allergy. */
export type FactKind = "instruction" | "constraint" | "preference" | "profile";

/** Whose word it is. Only a user's own can ever be an instruction. */
export type FactTrust = "user" | "assistant" | "tool";

/** A statement on its way into the memory. */
export interface FactDraft {
  kind: FactKind;
  /** What has one value at a time: a newer fact of the same slot ends the older one. Null: stands beside others. */
  slot: string | null;
  /** The clause that says it, on one line. */
  statement: string;
  /** The sentence that it stands in, verbatim. */
  quote: string;
  trust: FactTrust;
  /** Number of the message in its session; null for one that was added by hand. */
  node: number | null;
  /** Milliseconds since the epoch. */
  saidAt: number;
}

export interface FactBatch {
  tenant: Hash;
  /** Public id of the session. */
  session: string;
  /** Number of the last message that was read: a batch that comes twice is known by it. */
  through: number;
  facts: FactDraft[];
}

export interface FactQuestion {
  tenant: Hash;
  /** Public id of the asking session, whose own facts its history holds already; null while it has no name. */
  session: string | null;
  /** Newest text of the user. */
  text: string;
  now: number;
  tokensMax: number;
}

/** Messages that were deleted: what was said in them is not known any more. */
export interface ForgottenSource {
  tenant: Hash;
  /** Public id of the session. */
  session: string;
  /** Numbers of the messages in their session; null: all that it has said so far. */
  nodes: number[] | null;
}

/** A block of text for the end of a prompt. */
export interface RecalledFacts {
  text: string;
  /** Ids of the facts in it. */
  facts: number[];
  tokens: number;
}

/** A fact as its owner sees it. */
export interface FactView {
  id: number;
  state: "valid" | "superseded" | "ended";
  kind: FactKind;
  slot: string | null;
  statement: string;
  quote: string;
  trust: FactTrust;
  session: string | null;
  node: number | null;
  saidAt: number;
  validFrom: number;
  validUntil: number | null;
  supersededBy: number | null;
  createdAt: number;
}

/** What an owner changes. `statement`: a new fact takes the old one's place. `validUntil`: the fact ends then. */
export interface FactChange {
  statement: string | null;
  validUntil: number | null;
}

export type FactProblem = { code: "not_found" } | { code: "unreadable_fact"; problem: string };

/** `tenant` null: the caller is an administrator. */
export interface UserMemoryRpc {
  note(batch: FactBatch): Promise<void>;
  recall(question: FactQuestion): Promise<RecalledFacts | null>;
  /** Oldest first; null where there is no such memory for this caller. */
  list(tenant: Hash | null): Promise<FactView[] | null>;
  add(tenant: Hash, statement: string): Promise<Result<FactView, FactProblem>>;
  amend(tenant: Hash | null, id: number, change: FactChange): Promise<Result<FactView, FactProblem>>;
  /** @param id null: everything. Answers how many facts are gone. */
  forget(tenant: Hash | null, id: number | null): Promise<Result<number, FactProblem>>;
  /** Deletes what comes from these messages; what such a fact had ended holds again. Answers how many facts are gone. */
  forgetSource(source: ForgottenSource): Promise<number>;
}

/** Finds the memory of a name: `us_` and an HMAC over tenant and end user. */
export interface UserMemories {
  find(name: string): UserMemoryRpc;
}
