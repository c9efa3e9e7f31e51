/**
 * The directory of a tenant's sessions and what they cost together.
 *
 * Sessions report absolute numbers, each report numbered: one that comes twice, or behind a later one, changes nothing.
 * What crosses here are ids (HMACs), times, counts and the model's name; never a word of a conversation.
 */
import type { Hash } from "../model/hash.ts";
import type { LedgerView } from "./inspection.ts";
import type { TenantNews, TenantPlace } from "./live.ts";

/** What was spent, beside what a full replay through the provider's cache would have cost. */
export interface Spending {
  spent: number;
  replay: number;
}

/**
 * What the guards weigh, in two pots, because units of an unknown price cannot be added to USD: calls whose model has a
 * price, in USD, and the others, in uncached input tokens. A model that condenses counts with the model that it serves.
 */
export interface Money {
  usd: Spending;
  unpriced: Spending;
}

/** Sums over calls; each can be added to, and taken off, another's. */
export interface LedgerSums {
  calls: number;
  compactions: number;
  /** Of all calls, in uncached input tokens of the model of each. */
  spent: number;
  replay: number;
  uncachedReplay: number;
  /** Of the calls whose model has a known price, in USD. */
  pricedCalls: number;
  usdSpent: number;
  usdReplay: number;
  usdUncachedReplay: number;
  /** The two pots. */
  weighedUsdSpent: number;
  weighedUsdReplay: number;
  unpricedSpent: number;
  unpricedReplay: number;
  clientTokens: number;
  forwardedTokens: number;
  cachedTokens: number;
  outputTokens: number;
  /** Of what was spent, the part of a model that condenses: its calls, those with a known price, and their USD. */
  distillerCalls: number;
  distillerPricedCalls: number;
  distillerUsd: number;
}

/** A session as it stands now. */
export interface SessionReport {
  /** Public id. */
  id: string;
  /** Grows whenever the session has something else to report. */
  seq: number;
  /** With the id, names one life of a session: an id that comes back after a deletion begins anew. Of an imported one, when it came. */
  createdAt: number;
  updatedAt: number;
  turns: number;
  /** The last call's model. */
  model: string | null;
  sums: LedgerSums;
}

/** Where a page of the list begins: behind this entry. */
export interface EntryPlace {
  updatedAt: number;
  id: string;
}

/** Which entries a list shows. */
export interface EntrySearch {
  /** Beginning of the public id, or a part of the model's name in whatever case; null: any. */
  text: string | null;
  /** Public ids that the text may stand for: where one of them is there, nothing else is shown. */
  names: readonly string[];
  /** First and last time of the newest turn, in milliseconds since the epoch; null: any. */
  since: number | null;
  until: number | null;
}

export interface EntryPage {
  /** May be empty before the end of the list: a search looks at a bounded part of it at a time. */
  sessions: EntryView[];
  /** Null: there are no more. */
  next: EntryPlace | null;
}

/** The views are the JSON of the API; see `inspection.ts` for their form. */
export interface EntryView {
  id: string;
  created_at: string;
  updated_at: string;
  turns: number;
  model: string | null;
  ledger: Pick<LedgerView, "calls" | "compactions" | "input_token_units" | "usd" | "tokens">;
}

/** Over sessions, units are added up only where nothing better is known: they are of different models. */
export interface TenantLedgerView extends Pick<LedgerView, "calls" | "compactions" | "usd" | "tokens"> {
  unpriced_input_token_units: Spending;
  /** Part of what was spent. Null: no model has condensed anything. */
  distiller: { calls: number; usd: number | null; priced_calls: number } | null;
}

export interface TenantView {
  sessions: number;
  updated_at: string;
  ledger: TenantLedgerView;
}

export interface DayView {
  /** In UTC: "2026-11-23". */
  day: string;
  ledger: TenantLedgerView;
}

/** How far the deletion of everything is. */
export interface DeletionView {
  state: "none" | "running" | "done";
  asked_at: string | null;
  finished_at: string | null;
  deleted: { sessions: number; messages: number; facts: number };
  sessions_left: number;
}

export interface TenantRpc {
  /** Answers the money of the tenant's other sessions. */
  report(report: SessionReport): Promise<Money>;
  /** Sessions, newest first. Null: the tenant has never had one. */
  list(after: EntryPlace | null, limit: number, search?: EntrySearch): Promise<EntryPage | null>;
  /** The tenant's totals. Null: it has never had a session. */
  ledger(): Promise<TenantView | null>;
  /** What it has spent on each day from the first to the last, both included; days without a turn are left out. */
  days(first: string, last: string): Promise<DayView[] | null>;
  /** Waits until sessions have reported since that place, or so long. `since` null: answers at once, with the place now. */
  watch(since: TenantPlace | null, waitMs: number): Promise<TenantNews>;
  /** Drops a session's entry. What it has cost stays in the totals. */
  forget(id: string): Promise<void>;
  /** Deletes all sessions of the tenant, and what is known from them. Null: it has never had one. */
  deleteAll(tenant: Hash): Promise<DeletionView | null>;
  /** Null: nothing was ever to be deleted. */
  deletion(): Promise<DeletionView | null>;
}

export interface Tenants {
  find(tenant: Hash): TenantRpc;
}
