/**
 * What turns dropped messages into a brief.
 *
 * A distiller runs off the request path. It is handed whole messages and answers with quotes that name
 * the message they come from; it never writes to storage, and its answer is committed only after the
 * checks of `distil/check-brief`.
 */
import type { Result } from "../model/result.ts";

/** One message of the span that leaves the prompt, reduced to what a person would read of it. */
export interface SpanMessage {
  /** Row id of the message's node in the session's tree: the provenance of every quote. */
  node: number;
  role: "user" | "assistant" | "tool";
  /** The participant's own name where the wire carries one, else null. */
  speaker: string | null;
  /** Plain text; a tool call is rendered as `name(arguments)`. */
  text: string;
  /** Milliseconds since the epoch when the message was first seen, or null when unknown. */
  at: number | null;
}

/** Why a sentence stands in a brief. `fact` is the catch-all for sentences rich in names, numbers and paths. */
export type PieceKind = "instruction" | "preference" | "decision" | "question" | "fact";

/** A verbatim quote with its source. */
export interface BriefPiece {
  node: number;
  role: SpanMessage["role"];
  speaker: string | null;
  at: number | null;
  kind: PieceKind;
  /** Verbatim substring of the source message's text (white space at its ends removed). */
  text: string;
  /** In force, but without room in the brief's text: carried, so that a later brief can show it. */
  unshown?: true;
}

/** A sentence that a model wrote, with the messages that it rests on. */
export interface WrittenLine {
  text: string;
  /** Row ids of the nodes of those messages. */
  sources: number[];
}

/** What a model wrote of one segment, after its checks. */
export interface Digest {
  /** What happened, the most telling sentence first. */
  gists: WrittenLine[];
  /** What was still open at the segment's end. */
  threads: WrittenLine[];
  /** Single statements, for recall; no part of a brief. */
  facts: WrittenLine[];
}

/** A stretch of the conversation that a model has condensed; what it wrote has passed its checks. */
export interface DigestedSegment {
  id: number;
  /** Row ids of its first and its last node: on one thread they only ever grow. */
  from: number;
  to: number;
  /** When its last message was first seen. */
  at: number | null;
  /** Whether it stands for several segments. */
  isRollUp: boolean;
  digest: Digest;
}

/** A written line in a brief: taken over as it stands in the digest of its segment. */
export interface BriefLine extends WrittenLine {
  segment: number;
  kind: "gist" | "thread";
  at: number | null;
}

/** A distilled text and the quotes that it is made of, in the order of the conversation. */
export interface Brief {
  text: string;
  tokens: number;
  pieces: BriefPiece[];
  /** What a model wrote, in the order of the conversation; absent where everything is quoted. */
  written?: BriefLine[];
}

export interface DistilInput {
  /** Quotes of the brief that this one replaces: they compete again for the budget, pins first. */
  kept: BriefPiece[];
  /** Messages that leave the prompt now, oldest first. */
  span: SpanMessage[];
  /** What a model has written of the thread so far, oldest first; absent where none has. */
  digests?: DigestedSegment[];
  /** Upper bound for `Brief.tokens`, label and headings included. */
  budgetTokens: number;
  countTokens: (text: string) => number;
}

export type DistilError =
  | { code: "nothing_to_keep" | "no_room_for_pins" }
  | { code: "distiller_failed"; detail: string };

export interface Distiller {
  /** Recorded with every brief, e.g. `extractive-1`. */
  readonly method: string;
  distil(input: DistilInput): Promise<Result<Brief, DistilError>>;
}
