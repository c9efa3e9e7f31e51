/**
 * Puts the tool results of one message into short form, without knowing which wire the message came from.
 *
 * The same step serves the edge, before a large result goes up for the first time, and the session, when a compaction
 * rewrites the prompt in any case. It must be deterministic: what was forwarded once has to come out the same again.
 */
import type { Hash } from "../model/hash.ts";

/** A tool call as the model wrote it. */
export interface ToolCall {
  /** The id that its result names. */
  id: string;
  name: string;
  /** The arguments as text. */
  text: string;
}

/** A result that stands in the prompt, to be named where it comes again. */
export interface KnownResult {
  /** Place of its message in the thread, counted from 1. */
  depth: number;
  /** Hash of its text. */
  hash: Hash;
  /** Its call as `name(arguments)`. */
  call: string;
}

/** One text of a tool's result; a result in several parts has several. */
export interface ResultText {
  callId: string | null;
  toolName: string | null;
  text: string;
}

export interface LongMessage {
  depth: number;
  /** Name under which the original is kept. */
  original: Hash;
  /** The message with other texts in its results: what `shorten` answers, null to leave one as it is; null when none has changed. */
  replaceResults: (shorten: (result: ResultText) => string | null) => string | null;
}

export interface ShortenRules {
  /** The calls that the results answer, by id. */
  calls: ReadonlyMap<string, ToolCall>;
  /** Results that are forwarded before this message. */
  earlier: readonly KnownResult[];
  /** Tools whose results are never touched; `*` stands for all of them. */
  keepTools: ReadonlySet<string>;
  countTokens: (text: string) => number;
  /** Shorter results stay whole. */
  charsMin: number;
  /** Results are read until they have this many characters together; what comes behind stays whole. */
  charsMax: number;
}

/** A message in short form. */
export interface ShortForm {
  depth: number;
  /** The message in its wire's own form. */
  json: string;
  /** Hash of the message that it was made of. */
  original: Hash;
  savedTokens: number;
  /** Depth of the earliest message that it points at; null when it stands by itself. */
  refersTo: number | null;
}

export interface ShortenedMessage {
  form: ShortForm | null;
  /** Its own results that can be named when they come again. */
  results: KnownResult[];
  /** Characters of the results that were read. */
  chars: number;
}

export type ShortenMessage = (message: LongMessage, rules: ShortenRules) => ShortenedMessage;
