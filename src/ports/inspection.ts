/**
 * What can be asked of a session by whoever may look at it, and what the answers look like.
 *
 * One call of the object for every kind of question, so that who may ask is decided in one place. The views are
 * the JSON of the API as it stands in docs/INSPECT.md, and the pages are drawn from the same: keys are snake_case, times
 * are ISO 8601, costs are in units of one uncached input token, and in USD only where the model's price is known.
 * Types only; everything here crosses an RPC.
 */
import type { Hash } from "../model/hash.ts";
import type { Role } from "../model/message.ts";
import type { SessionNews, SessionPlace } from "./live.ts";
import type {
  BodyName,
  BodyText,
  DiffView,
  MoneyView,
  TurnName,
  TurnPage,
  TurnSummary,
  TurnView,
} from "./turn-view.ts";
import type { ExportCursor, ExportPage, HistoryView } from "./transfer.ts";

/** Every kind of question, with what is asked and what is answered. Null instead: there is no such thing for this caller. */
export interface Inspections {
  session: { ask: { turns: number }; view: SessionView };
  /** The session as a whole, one point for each of its newest turns; what the pages are drawn from. */
  outline: { ask: { turns: number }; view: OutlineView };
  message: { ask: { hash: Hash }; view: StoredMessageView };
  /** Newest first. `before`: only turns with a smaller number. */
  turns: { ask: { before: number | null; limit: number }; view: TurnPage };
  turn: { ask: { turn: TurnName }; view: TurnView };
  /** One recorded body, put together again byte for byte. */
  body: { ask: { turn: TurnName; body: BodyName }; view: BodyText };
  /** What was sent and what went up, side by side. Null as well: one of them is no longer kept. */
  diff: { ask: { turn: TurnName }; view: DiffView };
  /** The threads of the session, as branches of one tree. */
  tree: { ask: Record<string, never>; view: TreeView };
  /** The messages of one thread, newest last. `thread` null: the thread of the newest turn. */
  messages: { ask: { thread: Hash | null; before: number | null; limit: number }; view: MessagePage };
  briefs: { ask: Record<string, never>; view: { epochs: EpochView[]; briefs: BriefView[] } };
  brief: { ask: { id: number }; view: BriefView };
  /** Single statements that a model has drawn from the session, each with the messages that it rests on. */
  facts: { ask: Record<string, never>; view: { facts: FactLineView[] } };
  search: { ask: { query: string; limit: number }; view: { hits: SearchHit[] } };
  /** `since` null: from now on. */
  news: { ask: { since: SessionPlace | null }; view: SessionNews };
  /** Lines of an export. `cursor` null: its beginning; `id`: the public id of the session. */
  export: { ask: { id: string; now: number; cursor: ExportCursor | null }; view: ExportPage };
  /** A thread as its client would send it. `thread` null: the thread of the newest turn. */
  history: { ask: { thread: Hash | null }; view: HistoryView };
  /** Some of these messages, from the first one on: as many as one page holds. */
  bodies: { ask: { hashes: Hash[] }; view: { bodies: string[] } };
}

export type InspectionKind = keyof Inspections;
export type Ask<Kind extends InspectionKind> = Inspections[Kind]["ask"];
export type View<Kind extends InspectionKind> = Inspections[Kind]["view"];

export interface LedgerView {
  calls: number;
  compactions: number;
  input_token_units: MoneyView;
  usd: (MoneyView & { priced_calls: number }) | null;
  tokens: { client: number; forwarded: number; cached: number; output: number };
  bytes: { client: number; forwarded: number };
  cache_miss_rate: number;
  distiller: DistillerView | null;
}

/** Part of what was spent. */
export interface DistillerView {
  calls: number;
  tokens: { prompt: number; output: number };
  input_token_units: number;
  usd: number | null;
  priced_calls: number;
}

export interface SessionView {
  created_at: string;
  updated_at: string;
  counts: { turns: number; messages: number; threads: number };
  ledger: LedgerView;
  tenant: { key: string; is_told: boolean; others: Record<string, unknown> | null };
  /** The newest, oldest of them first. */
  turns: TurnSummary[];
  epochs: EpochView[];
  briefs: BriefView[];
  segments: SegmentView[];
  pending: { uncounted_messages: number; turns: number; digests: number; messages_to_read_for_facts: number };
}

export interface OutlineView extends Pick<SessionView, "created_at" | "updated_at" | "counts" | "ledger" | "epochs"> {
  /** Oldest first. */
  points: TurnPoint[];
  briefs: BriefOutline[];
  /** Whether work behind the replies is under way. */
  is_at_work: boolean;
}

/** A turn as a point of a chart. */
export interface TurnPoint {
  number: number;
  at: string;
  status: string;
  verdict: string;
  plan: string;
  reason: string;
  epoch: number | null;
  rewrite_refused: boolean;
  model: string | null;
  tokens: {
    /** The whole conversation up to this turn, as a full replay would have sent it. */
    client: number;
    /** What went up, of it what the provider read from its cache. */
    forwarded: number;
    cached: number;
  } | null;
}

export type BriefOutline = Pick<
  BriefView,
  "id" | "state" | "method" | "covers_messages" | "covers_tokens" | "tokens" | "created_at"
>;

export interface SegmentView {
  id: number;
  level: number;
  previous: number | null;
  messages: { after: number; to: number };
  tokens: number;
  state: string;
  attempts: number;
  method: string;
  digest: unknown;
  checks: unknown;
  cost: DistillerView | null;
}

export interface StoredMessageView {
  hash: Hash;
  role: Role;
  first_at: string;
  /** The message as the client sent it. */
  json: string;
  /** What a person would read of it; nothing of a message that stands before the conversation. */
  parts: { role: Role; speaker: string | null; text: string }[];
  /** Where it stands, the newest last: the same bytes may have been said more than once. */
  places: SourceView[];
}

export interface TreeView {
  /** In the order in which they began; the first is the root. */
  branches: BranchView[];
  /** There are more branches, or older messages, than are shown. */
  is_cut: boolean;
}

export interface BranchView {
  /** Chain of its newest message: names the thread that ends with it. */
  thread: Hash;
  /** The message that it goes on from: its branch by place in the list; null for a root. */
  from: { branch: number; depth: number } | null;
  first_depth: number;
  last_depth: number;
  messages: number;
  tokens: number;
  started_at: string;
  /** Numbers of its first and newest turn. */
  turns: { first: number | null; last: number | null };
  /** First words of the user's first message on it; empty for a moment, until they are indexed. */
  title: string;
}

export interface MessagePage {
  /** Null: nothing has been said yet. */
  thread: Hash | null;
  /** How many messages the thread has. */
  depth: number;
  /** Of the newest turn of the thread: messages up to here are in its brief; 0 without one. */
  cut: number;
  brief: number | null;
  messages: ThreadMessageView[];
  /** `before` of the page of older messages; null: there is none. */
  next_before: number | null;
}

/** Where a message is now: `recalled` is in the brief and was put behind the newest question word for word. */
export type Stratum = "verbatim" | "short_form" | "in_brief" | "recalled" | "released";

export interface ThreadMessageView {
  depth: number;
  /** Row id: what briefs and facts name as their source. */
  node: number;
  chain: Hash;
  hash: Hash;
  role: Role;
  at: string;
  tokens: number;
  stratum: Stratum;
  /** What a person would read of it, cut short where it is long. */
  parts: { role: Role; speaker: string | null; text: string }[];
  is_cut: boolean;
  /** The turn that brought it; null where that turn is not stored any more. */
  turn: number | null;
  /** Threads that go on from it besides this one, by their chain. */
  other_branches: Hash[];
}

export interface EpochView {
  id: number;
  previous: number | null;
  brief: number;
  opened_by: string;
  reason: string;
  opened_at: string;
}

export interface BriefView {
  id: number;
  state: string;
  method: string;
  covers_messages: number;
  covers_tokens: number;
  tokens: number;
  text: string;
  /** Verbatim quotes, each with the message that it comes from. */
  pieces: (Record<string, unknown> & { node: number; text: string })[];
  /** What a model wrote, each with the messages that it rests on. */
  written: (Record<string, unknown> & { sources: number[]; text: string })[];
  checks: unknown;
  created_at: string;
  /** A thread in which it stands for the oldest messages; only where one brief is asked for. */
  thread?: Hash;
  /** The text line by line; only where one brief is asked for. */
  lines?: BriefLineView[];
  /** Depth, chain and hash of the messages that it names, by node; only where one brief is asked for. */
  sources?: SourceView[];
}

/** One line of a brief's text, and the messages that it rests on; label and headings rest on none. */
export interface BriefLineView {
  kind: "label" | "heading" | "day" | "quote" | "written" | "table";
  text: string;
  nodes: number[];
}

export interface SourceView {
  node: number;
  depth: number;
  chain: Hash;
  hash: Hash;
  role: Role;
  turn: number | null;
}

export interface FactLineView {
  text: string;
  segment: number;
  sources: SourceView[];
}

export interface SearchHit extends SourceView {
  /** The passage, and where in it the words of the query stand. */
  text: string;
  marks: { start: number; end: number }[];
  at: string | null;
  /** A thread that holds the message. */
  thread: Hash;
}
