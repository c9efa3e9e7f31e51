/**
 * A turn as an inspection shows it: what was decided and why, what it cost, which pieces went up, and the recorded bodies.
 *
 * Types only, in the form of the JSON API (see `inspection.ts`). A body is shown byte for byte or not at all; what is
 * no longer kept leaves its hash and size.
 */
import type { Hash } from "../model/hash.ts";
import type { PieceReason } from "../model/piece.ts";
import type { Role } from "../model/message.ts";
import type { Usage } from "../model/usage.ts";

/** A turn by its rev, or by its number in the session. */
export type TurnName = { rev: string } | { number: number };

/** What a client sent, what went upstream (the n-th call of the turn, counted from 0), or what was refused before that. */
export type BodyName = { side: "client" } | { side: "forwarded"; call: number } | { side: "refused" };

export interface MoneyView {
  spent: number;
  replay: number;
  uncached_replay: number;
}

export interface TurnPage {
  turns: TurnSummary[];
  /** `before` of the next page; null: there is none. */
  next_before: number | null;
}

export interface TurnSummary {
  rev: string;
  number: number;
  at: string;
  status: string;
  attempts: number;
  verdict: string;
  plan: string;
  reason: string;
  model: string | null;
  /** How the session was identified. */
  identity: string;
  http_status: number;
  rewrite_refused: boolean;
  additions_refused: boolean;
  epoch: number | null;
  bytes: { client: number; forwarded: number; reply: number };
  usage: Usage | null;
  further_usage: (Usage | null)[];
  bill: BillView | null;
  decision: DecisionView | null;
  short_results: { all: number; fresh: number } | null;
  recalled: { tokens: number; nodes: number[]; text: string; depth: number } | null;
  /** The memory of the end user, and the facts of it that went up. */
  memory: { name: string; facts: number[]; tokens: number } | null;
  timings_ms: Record<string, number>;
}

/** What the call cost beside a full replay through the provider's cache. */
export interface BillView {
  prompt_tokens: number;
  cached_tokens: number;
  output_tokens: number;
  replay_tokens: number;
  replay_cached_tokens: number;
  input_token_units: MoneyView;
  usd: MoneyView | null;
  /** `billed`: the token counts are the upstream's own. `estimated`: it reported none. */
  source: "billed" | "estimated";
  further: { calls: number; prompt_tokens: number; cached_tokens: number };
}

/** The numbers that the compaction rule decided by. */
export interface DecisionView {
  compacts: boolean;
  reason: string;
  is_warm: boolean;
  /** Rent that the thread had paid before this call (null in a turn of an older version), and what this call adds to it. */
  rent_paid: number | null;
  rent: number;
  one_time_price: number;
  stay_cost: number;
  compact_cost: number | null;
  replay_cost: number;
  tokens: { prompt: number; replay: number; brief: number; tail: number; leaving: number };
  /** What the session had cost before the call, and by how much it may exceed its replay; null in a turn of an older version. */
  guard: { session_spent: number; session_replay: number; slack: number } | null;
}

/** A turn with everything that is known of it. */
export interface TurnView extends TurnSummary {
  /** The turn before it in its thread, and those that go on from it. */
  before: { rev: string; number: number } | null;
  after: { rev: string; number: number }[];
  /** Chains of the last message of the request and of the reply. */
  asked: Hash | null;
  reply: Hash | null;
  /** What the client's conversation and the prompt are made of, in their order. */
  pieces: PieceView[];
  /** Of a very long thread the oldest messages are not listed: how many. */
  omitted_messages: number;
  /** Null: not recorded, with the reason. */
  bodies: { client: BodyView; refused: BodyView | null; forwarded: BodyView[] } | { missing: string };
}

/** What became of a piece. */
export type PieceFate =
  /** Went up as the client wrote it. */
  | "verbatim"
  /** Left the prompt; the brief stands for it. */
  | "in_brief"
  /** Went up with its tool results in short form. */
  | "short_form"
  /** Was added by Strata. */
  | "added"
  /** Was not sent again, because the upstream holds it. */
  | "held_upstream";

export interface PieceView {
  kind: "head" | "brief" | "message" | "recalled" | "user_facts" | "recall_tool" | "cache_marker" | "reply";
  fate: PieceFate;
  /** A code; docs/INSPECT.md has a sentence for each. */
  reason: PieceReason;
  /** Place in the thread, counted from 1; null for what is no message. */
  depth: number | null;
  role: Role | null;
  /** Of the stored message, where it is one. */
  hash: Hash | null;
  is_new: boolean;
  tokens: number | null;
  /** Of the message as it came, where it went up in short form. */
  whole_tokens?: number;
  /** What a person would read of it, cut short where it is long. */
  text: string;
  is_cut: boolean;
  /** Depths of the messages that it rests on: of a brief or a recalled block. */
  sources: number[];
}

/** Half-open range of positions in a text, counted in UTF-16 units. */
export interface Stretch {
  start: number;
  end: number;
}

/** What the client sent beside the turn's first call: commas and brackets between the stretches are left out. */
export interface DiffView {
  client: BodyView;
  forwarded: BodyView;
  pieces: DiffPiece[];
}

/** Null on one side: it is not there. Both: the same text, or, where it was added or shortened, one in place of the other. */
export interface DiffPiece {
  kind: PieceView["kind"];
  fate: PieceFate;
  reason: PieceReason;
  depth: number | null;
  client: Stretch | null;
  forwarded: Stretch | null;
}

export interface BodyView {
  bytes: number;
  /** Of the bytes, in hex. */
  sha256: string;
  /** Of the answer to it; null for what the client sent. */
  http_status: number | null;
  /** Whether the text can still be shown: it may have been released, or never have been kept. */
  has_text: boolean;
  /** The same bytes as the client's. */
  is_client: boolean;
}

export interface BodyText {
  body: BodyView;
  /** Null: only the hash and the size are left. */
  text: string | null;
}
