/**
 * What every API that Strata understands must offer; one folder each, with the same file names.
 *
 * A wire reads positions and facts and splices the client's own bytes. It holds no state, knows no session and no
 * policy, and answers null wherever it is not sure: the caller then forwards what came. The contract is held by one
 * suite (`test/unit/wire/wire.contract.ts`) that every wire runs.
 */
import type { StrataError } from "../model/errors.ts";
import type { Message, Role } from "../model/message.ts";
import type { KeepReason } from "../model/plan.ts";
import type { CacheLifetime, Usage } from "../model/usage.ts";
import type { WireName } from "../model/wire.ts";
import type { HistoryFrame } from "./frame-history.ts";
import type { Member, Slice } from "./json-slices.ts";
import type { RecallTool } from "./recall-tool.ts";

/** A request as far as Strata reads it. All positions point into `text`. */
export interface DecodedRequest {
  /** The body as text. */
  text: string;
  /** Top-level members of the body, in order. */
  members: Member[];
  /** The value that holds the messages: an array with its brackets, or (Responses) a string with its quotes. */
  array: Slice;
  /** Leading elements of the array that are no part of the history: system and developer messages (chat, responses). */
  head: Slice[];
  /** The history, oldest first. One slice may span several elements that may not be parted. */
  history: Slice[];
  model: string | null;
  hasTools: boolean;
  /** Canonical text of the tools, "" without any: equal texts read the same prompt cache. */
  tools: string;
  /** Canonical text of everything else before the history (system, instructions, leading system messages), "" without any. */
  system: string;
  /** Text of a forced output format, "" without one. */
  format: string;
  /** What a delta client may leave out and still means: JSON texts in the wire's own form, for `StoredMessages.head`. */
  headTexts: string[];
  /** Everything but the history, in tokens, roughly: tools, system, parameters. */
  headTokensEstimate: number;
  /** More than one answer was asked for: which one the client keeps is not known. */
  manyChoices: boolean;
  /** End user as the client names them. */
  endUser: string | null;
  /** Session ids that the body carries. */
  bodySignals: { conversation: string | null; metadataUser: string | null; promptCacheKey: string | null };
  /** State of the upstream that the body builds on, or null when the body stands alone. */
  held: HeldState | null;
  /** Whether the client may go on from this reply by its id alone. */
  repliesById: boolean;
  /** The reply is made in the background and fetched later. */
  isBackground: boolean;
  cacheLifetime: CacheLifetime | null;
  /** Why this request must go upstream whole whatever it costs, as far as the body alone can tell. */
  leaveAlone: KeepReason | null;
  /**
   * What the provider does with bound reasoning behind a changed prefix: refuses the request, drops the reasoning
   * silently, or does not care (null).
   */
  binding: "refuses" | "drops" | null;
  /** Whether the reply may bring new reasoning that is bound to what is forwarded now; `unasked`: as the model likes. */
  bindsReply: boolean | "unasked";
}

/** `start`: nothing before, but the upstream is asked to remember. */
export type HeldState = { kind: "start" } | { kind: "reply"; id: string } | { kind: "conversation"; id: string };

/** Stored messages as JSON texts. */
export interface StoredMessages {
  /** `headTexts` of the turn that is continued: used where the delta brings none of its own. */
  head: readonly string[];
  /** First stored message from the cut on, or null when all are new. */
  first: string | null;
  /** The messages behind it, with commas between them. */
  rest: string;
  /** Of the client's own messages, how many the brief stands for. */
  skip: number;
  /** Lengths of the messages in `rest`, only where blocks stand behind some of them. */
  lengths?: readonly number[];
}

/** How a body is to differ from what the client sent. */
export interface Edit {
  /** Leading messages of the client's history that leave; only without `stored`. */
  cut: number;
  /** Text before the first message that stays, or null. */
  brief: string | null;
  /** What a delta client did not send, or null. */
  stored: StoredMessages | null;
  /** Take out the fields that name state of the upstream: the body then says everything itself. */
  standsAlone: boolean;
  /** Where it stands alone: ask the upstream to hold from now on what the body says. */
  isHeldAnew?: boolean;
  /** Name of the conversation for the provider's prompt cache, set where the wire has such a field and the client left it out. */
  cacheKey: string | null;
  /** Put the recall tool behind the client's tools. */
  offersRecall?: boolean;
  /** Leave out the first `from` messages of the history and name the reply before them, which the upstream holds. */
  heldBy: { id: string; from: number } | null;
  /**
   * Text at the very end of the prompt, behind what the user said in the newest message and behind the last cache
   * breakpoint, or null. It is for this turn alone: the message comes again without it, so it has no place where the
   * upstream keeps what it is sent. Whether reasoning of the reply would be bound to it is for the caller to know.
   */
  recalled: string | null;
  /**
   * Blocks of earlier questions that stay where they were, because the cache goes on behind them: by index in the
   * client's own history, or, with `stored`, in the stored messages and the client's own behind them.
   */
  lasting: readonly { index: number; text: string }[];
  /** Messages of the client's own history, by index, that go up in another form. What leaves, leaves in any form. */
  replaced: readonly { index: number; json: string }[];
}

/** One text that a tool gave back. A result in several parts has several. */
export interface ResultText {
  callId: string | null;
  /** Where the result itself names its tool; most do not. */
  toolName: string | null;
  text: string;
}

/** A tool call that a message opens. */
export interface ReadCall {
  /** The id that its result names. */
  id: string;
  name: string;
  /** The arguments as the model wrote them. */
  text: string;
}

export interface ReadReply {
  /** The reply as messages in the form a client would send back; empty when there is none that can be read. */
  messages: string[];
  /** False when it ended without saying that it is whole. */
  complete: boolean;
  usage: Usage | null;
  finishReason: string | null;
  /** The upstream's id for it. */
  id: string | null;
}

export interface SpokenText {
  role: Role;
  /** The participant's own name where the wire carries one. */
  speaker: string | null;
  text: string;
}

/** The line that ends a stream. No raw line break can occur inside JSON, so no content can look like it. */
export interface Terminator {
  pattern: RegExp;
  /** The line only opens the last event: what follows up to the blank line belongs to it. */
  opensEvent: boolean;
}

/** Where a body is cut to be stored piece by piece. */
export interface BodySlices {
  /** What stands before the list of messages; small members go with what is around them. */
  opening: Slice[];
  /** The list of messages, with those that stand before the history. */
  messages: Slice[];
}

export interface Wire {
  readonly name: WireName;
  readonly terminator: Terminator;
  /** Null: not plainly a request of this API. */
  decode(text: string): DecodedRequest | null;
  /** Reads one message (a slice of `history`, or stored JSON). Null: none that Strata knows. */
  readMessage(json: string): Message | null;
  /** Whether the slice is the model's own. */
  isReply(text: string, slice: Slice): boolean;
  /** Cuts any text into its parts. `from`: 0, or the end of a message of its list: then only what comes behind is looked at. */
  sliceBody(text: string, from: number): BodySlices;
  /** The body with the edit. Null where it has no place. */
  encode(request: DecodedRequest, edit: Edit): string | null;
  readReply(bytes: readonly Uint8Array[], isEventStream: boolean): ReadReply;
  /** What a person would read of a stored message, in order; tool calls as `name(arguments)`. */
  readText(json: string): SpokenText[];
  /**
   * A stored message with other texts in its tool results: what `shorten` answers, null to leave one as it is. Pictures,
   * errors, markers and every other byte stay. Null: nothing has changed.
   */
  replaceResults(json: string, shorten: (result: ResultText) => string | null): string | null;
  /** A stored message without its words: what ties it to its neighbours stays, so that it can still be sent. */
  blankMessage(json: string): string;
  /** The calls of a stored message that the client answers. */
  readCalls(json: string): ReadCall[];
  /** What stands around the messages where a stored thread is written out: `head` as `headTexts` says. */
  frameHistory(model: string | null, head: readonly string[]): HistoryFrame;
  encodeError(error: StrataError): Response;
  /** Takes out headers that ask the upstream to hold state. */
  dropStateHeaders(headers: Headers): void;
  readonly recallTool: RecallTool;
}
