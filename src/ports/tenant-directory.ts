/**
 * The directory of a tenant's sessions and what they cost together.
 *
 * Sessions report absolute numbers, each report numbered: one that comes twice, or behind a later one, changes nothing.
 * What crosses here are ids (HMACs), times, counts and the model's name; never a word of a conversation.
 */
import type { Hash } from "../model/hash.ts";

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
}

/** A session as it stands now. */
export interface SessionReport {
  /** Public id. */
  id: string;
  /** Grows whenever the session has something else to report. */
  seq: number;
  /** With the id, names one life of a session: an id that comes back after a deletion begins anew. */
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

export interface EntryPage {
  sessions: Record<string, unknown>[];
  /** Null: there are no more. */
  next: EntryPlace | null;
}

export interface TenantRpc {
  /** Answers the money of the tenant's other sessions. */
  report(report: SessionReport): Promise<Money>;
  /** Sessions, newest first. Null: the tenant has never had one. */
  list(after: EntryPlace | null, limit: number): Promise<EntryPage | null>;
  /** The tenant's totals. Null: it has never had a session. */
  ledger(): Promise<Record<string, unknown> | null>;
  /** Drops a session's entry. What it has cost stays in the totals. */
  forget(id: string): Promise<void>;
}

export interface Tenants {
  find(tenant: Hash): TenantRpc;
}
