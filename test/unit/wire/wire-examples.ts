/**
 * What a wire brings to the contract suite: examples in its own shapes.
 *
 * `wire.contract.ts` states the laws over them. A wire without a thing (no replies by id, no string as input) leaves
 * the list empty or answers null; nothing here may be particular to one API.
 */
import type { MessageFacts } from "../../../src/model/message.ts";
import type { Usage } from "../../../src/model/usage.ts";
import type { Edit, SpokenText, Wire } from "../../../src/wire/wire.ts";

/** The edit that changes nothing. */
export const NO_EDIT: Edit = {
  cut: 0,
  brief: null,
  stored: null,
  standsAlone: false,
  cacheKey: null,
  heldBy: null,
  recalled: null,
  lasting: [],
  replaced: [],
};

/** A named example. */
export type Named<T> = readonly [name: string, example: T];

export interface WireExamples {
  /** Messages of one conversation as stored JSON, oldest first: two users' at least that carry a brief, calls, results. */
  conversation: readonly string[];
  /** A body with these messages, with `gap` (white space) wherever it may stand, with or without what a delta leaves out. */
  body(messages: readonly string[], options: { gap: string; head: boolean }): string;
  /** The same as a delta that names a reply which the upstream holds; null where the wire has no such thing. */
  heldBody: ((messages: readonly string[], gap: string) => string) | null;
  /** Other bodies that are read. */
  requests: readonly Named<string>[];
  /** Texts that are left alone. */
  notRequests: readonly Named<string>[];
  notMessages: readonly Named<string>[];
  /** Two spellings of one message. */
  spellings: readonly Named<readonly [one: string, other: string]>[];
  /** Messages that look alike and are not the same. */
  differences: readonly Named<readonly [one: string, other: string]>[];
  facts: readonly Named<readonly [json: string, facts: Partial<MessageFacts>]>[];
  texts: readonly Named<readonly [json: string, spoken: SpokenText[]]>[];
  /** Other wires: `{"role":"user","content":"hi"}` is a message in each, and none of them may take it for another's. */
  others: readonly Wire[];
  /** Whole answers, with characters of several bytes in them. */
  replies: readonly Named<ReplyExample>[];
  /** An event that no version of the API knows, up to and including its blank line. */
  unknownEvent: string;
  /** Streams (true) and bodies that broke off or are not finished yet. */
  unfinished: readonly Named<readonly [text: string, isEventStream: boolean]>[];
  /** Errors in place of an answer. */
  failures: readonly Named<readonly [text: string, isEventStream: boolean]>[];
  /** The sentence in the wire's error envelope, and its code where the envelope has a place for one; null: no such envelope. */
  readError(body: unknown): { message: unknown; code?: unknown } | null;
}

export interface ReplyExample {
  text: string;
  isEventStream: boolean;
  /** The messages that a client sends back for it. */
  replay: readonly string[];
  usage: Usage | null;
  finishReason: string | null;
  id: string | null;
}
