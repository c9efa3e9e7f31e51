/**
 * The session as the edge sees it: one call before the upstream, one after the reply.
 *
 * Everything here crosses an RPC, so it is plain data. `open` reads and decides but writes nothing; what it decided
 * comes back with `close` in the ticket, so that the object need not remember a turn that is under way.
 */
import type { Hash } from "../model/hash.ts";
import type { Message, MessageFacts } from "../model/message.ts";
import type { KeepReason, PlanMode, PlanReason } from "../model/plan.ts";
import type { RecallCall } from "../model/recall-call.ts";
import type { CacheLifetime, Usage } from "../model/usage.ts";
import type { Verdict } from "../model/verdict.ts";
import type { WireName } from "../model/wire.ts";
import type { Ask, InspectionKind, View } from "./inspection.ts";
import type { SessionNews, SessionPlace } from "./live.ts";
import type { ImportAnswer, ImportStep } from "./transfer.ts";
import type { MemoryNote, RecalledBlocks } from "./prompt-blocks.ts";
import type { Checkpoint, Recording } from "./recording.ts";
import type { ReleaseAsk, ReleaseReply } from "./release.ts";
import type { KnownResult, ShortForm } from "./result-shortener.ts";

/**
 * Hashes of what stands before the history: another head means another cache. `tools` or `system` null: as in the turn
 * before. `format`: a forced output format, null without one.
 */
export interface HeadHash {
  tools: Hash | null;
  system: Hash | null;
  format: Hash | null;
}

/** The turn that a request goes on from without sending its history: by its rev, by the upstream's id of its reply, or the newest. */
export type Parent = { by: "rev"; rev: string } | { by: "reply"; id: string } | { by: "newest" };

/** Whether a brief may stand in for what came before, as far as the request alone can tell. */
export interface RewriteRule {
  /** The request must go upstream whole, and why. */
  leaveAlone: KeepReason | null;
  /** What the provider does with bound reasoning behind a changed prefix. */
  binding: "refuses" | "drops" | null;
  /** Whether the reply may bring more of it; `unasked`: as the model likes, so only its earlier replies tell. */
  bindsReply: boolean | "unasked";
}

/** What the client sent, as far as lineage and policy need it. */
export interface TurnRequest {
  /** Tenant key: HMAC of the credential. A session answers only to the tenant that it was created for. */
  tenant: Hash;
  wire: WireName;
  /** Name that this turn's position in the conversation will have; minted by the edge. */
  rev: string;
  /** Milliseconds since the epoch. */
  now: number;
  model: string | null;
  hasTools: boolean;
  headHash: HeadHash;
  headTokensEstimate: number;
  /** The turn that a delta continues, or null when the full history was sent. */
  parent: Parent | null;
  /** Raw bytes of the history before its last assistant message: their hash, and how many messages they hold. */
  prior: { hash: Hash; count: number } | null;
  /** The messages behind `prior`, or all of them, oldest first, with their length in characters. */
  messages: (MessageFacts & { chars: number })[];
  /** True when the client says that it sends this request again. */
  isRetry: boolean;
  rewrite: RewriteRule;
  cacheLifetime: CacheLifetime | null;
  /** True when no brief is wanted: an upstream has just refused one. */
  plain: boolean;
  /** What the user has just said, to recall what it is about; null when nothing is to be recalled. */
  query: string | null;
  /** True when the client wants tool results to go up whole. */
  keepsTools: boolean;
  /** False: no text of this turn may be stored, nor of any that goes on from it. */
  keepsContent: boolean;
}

/** What `open` decided, carried by the edge to `close`. */
export interface Ticket {
  verdict: Verdict;
  mode: PlanMode;
  reason: PlanReason;
  /** Chain of the deepest known message of the request, or null when not even the first is known. */
  known: Hash | null;
  /** How many of the request's `messages` are known: `close` brings the rest. */
  knownCount: number;
  /** Rev of the turn whose state this one builds on, or null at the start of a thread. */
  base: string | null;
  /** What stood before the history of the turn that a delta goes on from; null for a full history. */
  head: Hash[] | null;
  /** Brief that this turn adopts, when it compacts. */
  adopts: number | null;
  /** The session's own numbers; opaque to the edge. */
  forecast: unknown;
  /** Tokens of the whole conversation, and of what is forwarded: estimates until the reply's usage is known. */
  tokens: { client: number; forwarded: number };
  recalled: RecalledBlocks;
  /** False: the upstream has refused a request of this thread with facts, blocks or a tool of ours, and gets none. */
  takesAdditions: boolean;
  /** Tokens that this call may carry beyond what is planned before the session exceeds its bound; null for its first call. */
  spareTokens: number | null;
}

/** Stored messages as JSON texts. One text for many messages, because an RPC pays for each string. */
export interface StoredHistory {
  /** What stood before the history of the turn that is continued, as its wire stores it. */
  head: string[];
  /** First message from the cut on, which carries the brief where there is one; null when all are new. */
  first: string | null;
  /** The messages behind it, with commas between them. */
  rest: string;
  /** How many of the client's own messages stand before the cut: a delta may reach back over several turns. */
  skip: number;
  /** Lengths of the messages in `rest`, only where blocks stand behind some of them. */
  lengths?: number[];
}

/** A message of the client's own, by its place in what the client sent, and what goes up in its place. */
export interface ReplacedMessage {
  index: number;
  json: string;
}

/** The short form of a message that went up before, with the hash of the bytes that it was made of. */
export interface KnownForm extends ReplacedMessage {
  original: Hash;
}

/** What the edge must know to put new tool results into short form. */
export interface Shortening {
  /** Messages of the thread before the client's own. */
  depth: number;
  /** From here on the client's messages are new to the thread. */
  from: number;
  /** For a delta: the stored messages whose calls it may answer. */
  calling: string[];
  /** Large results that are forwarded. */
  results: KnownResult[];
  /** Characters that the thread's short forms may still have. */
  charsMax: number;
}

export type OpenReply =
  | {
      kind: "opened";
      ticket: Ticket;
      /** How many leading messages of the history the brief stands for; 0 without one. */
      cut: number;
      brief: string | null;
      /** Only for a delta: what the client did not send. */
      stored: StoredHistory | null;
      /** Messages of the client's own that go up in short form; those of `stored` are in it already. */
      replaced: KnownForm[];
      /** How many messages go up in short form, those of `stored` included. */
      shortCount: number;
      /** Null: tool results go up as they came. */
      shortening: Shortening | null;
      /** The upstream's own id of the reply that the request follows, and how many of the request's messages end with it. */
      follows: { replyId: string; count: number } | null;
      /** What the session has of the bodies of the turn before, shortest first. */
      recorded: Checkpoint[];
    }
  /** The raw prior is not known: send the facts of all messages. */
  | { kind: "unknown_prior" }
  | { kind: "unknown_parent" }
  /** The object belongs to another tenant. */
  | { kind: "foreign" };

export type TurnStatus =
  | "complete"
  /** The client left before the reply was complete. */
  | "aborted"
  /** The upstream's stream ended before the reply was complete. */
  | "broken"
  /** The upstream answered with an error. */
  | "refused";

export interface TurnRecord {
  tenant: Hash;
  /** Public id of the session that the record is for. */
  session: string;
  wire: WireName;
  rev: string;
  /** When its request arrived: milliseconds since the epoch. */
  at: number;
  /** Null when the session could not be opened before the reply: its name follows from the first exchange. */
  ticket: Ticket | null;
  model: string | null;
  /** As in the request. */
  headHash: HeadHash;
  headTokensEstimate: number;
  hasTools: boolean;
  keepsContent: boolean;
  isRetry: boolean;
  rewrite: RewriteRule;
  cacheLifetime: CacheLifetime | null;
  /** How the session was identified. */
  identity: string;
  /** Hash of the raw history that was sent, for the next turn's fast path; null for a delta. */
  prior: { hash: Hash; count: number } | null;
  /** Messages behind the ticket's known ones (all, without a ticket), oldest first; none when the upstream refused the request. */
  messages: Message[];
  /** What stands before the history; null when a delta left it out and means that of the turn before. */
  head: { hash: Hash; json: string }[] | null;
  /** The reply's messages, oldest first; none when it is not whole or cannot be read. */
  reply: Message[];
  /** New messages that went up in short form, and the large results among the new ones. */
  shortened: { forms: ShortForm[]; results: KnownResult[] };
  /** The upstream's id of the reply, where a client may go on from it by that id. */
  replyId: string | null;
  /** Whether the upstream itself holds the conversation up to this reply. */
  isHeld: boolean;
  /** The upstream did not know what a body of ours built on, and the whole history was sent instead. */
  stateRefused: boolean;
  status: TurnStatus;
  httpStatus: number;
  /** Of the first call, where the turn took several. */
  usage: Usage | null;
  /** The calls by which searches of the model's were answered. */
  further: FurtherCall[];
  /** Tokens of the recall tool's definition in the prompt; 0 without it. */
  toolTokens: number;
  /** True when the upstream refused the rewritten request and the original was sent instead. */
  rewriteRefused: boolean;
  /** True when the refused request held additions of ours: facts about the user, recalled blocks, the recall tool. */
  additionsRefused: boolean;
  plan: { mode: PlanMode; reason: PlanReason };
  /** Null: nobody is remembered by this turn. */
  memory: MemoryNote | null;
  bytes: { client: number; forwarded: number; reply: number };
  /** Messages of the history in the request, and how many of them the session did not know. */
  own: number;
  fresh: number;
  /** Of the newest messages only so many went up, because the upstream holds the others; null: it holds none. */
  sentOnly: number | null;
  /** Null: nothing is recorded. */
  recording: Recording | null;
  /** Milliseconds of each step as the edge saw them. */
  timings: Record<string, number>;
}

/** What the model looks for in the part of its thread that is not forwarded. */
export interface SearchQuestion {
  tenant: Hash;
  /** Chain of the deepest message of the request that the session knew. */
  known: Hash;
  /** How many messages of the thread the brief stands for. */
  cut: number;
  /** Milliseconds since the epoch: what "last week" counts from. */
  now: number;
  calls: RecallCall[];
}

export interface SearchAnswer {
  /** One for each call. */
  texts: string[];
  /** Whether the session has money left for another search in this turn. */
  mayGoOn: boolean;
}

/** A call that the upstream answered after the first one of its turn. */
export interface FurtherCall {
  usage: Usage | null;
  /** Characters by which its body was longer than the one before. */
  addedChars: number;
  /** Characters of what it answered. */
  replyChars: number;
}

export interface CloseReply {
  stored: boolean;
  /** Null: nothing was billed, or the turn was stored before. */
  bill: TurnBill | null;
}

/** What a turn has cost, as the ledger has it. */
export interface TurnBill {
  /** `cacheExpected`: what the cache should have held, 0 where the upstream does not say what it held. */
  tokens: { client: number; forwarded: number; cached: number; cacheExpected: number; output: number };
  units: { spent: number; replay: number };
  /** Null: the model's price is not known. */
  usd: { spent: number; replay: number } | null;
}

export interface SessionRpc {
  open(request: TurnRequest): Promise<OpenReply>;
  close(record: TurnRecord): Promise<CloseReply>;
  /** The turn will never be closed: whoever waits for it may go on. */
  abandon(rev: string): Promise<void>;
  /** Searches the archive for the model. Null: there is no such session for this caller. */
  search(question: SearchQuestion): Promise<SearchAnswer | null>;
  /** Null: there is no such session, or nothing of that kind in it, for this caller; `tenant` null is an administrator. */
  inspect<Kind extends InspectionKind>(tenant: Hash | null, kind: Kind, ask: Ask<Kind>): Promise<View<Kind> | null>;
  /** Deletes on demand. Null: as for `inspect`. */
  release(tenant: Hash | null, ask: ReleaseAsk): Promise<ReleaseReply | null>;
  /** As `inspect`, for news: waits until there are some, or so long. `since` null: answers at once, where the session is now. */
  watch(tenant: Hash | null, since: SessionPlace | null, waitMs: number): Promise<SessionNews | null>;
  /** One step of an import of this session from a file. */
  receive(step: ImportStep): Promise<ImportAnswer>;
}
