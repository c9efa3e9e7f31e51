/**
 * Adds up what sessions report, and takes a session's part off again.
 *
 * Totals are kept by differences, so that a report costs the same however many sessions there are. Arithmetic only.
 */
import type { LedgerSums, Money } from "../ports/tenant-directory.ts";

export interface TenantTotals {
  /** How many sessions have an entry. */
  sessions: number;
  updatedAt: number;
  sums: LedgerSums;
}

export const NO_SUMS: Readonly<LedgerSums> = {
  calls: 0,
  compactions: 0,
  spent: 0,
  replay: 0,
  uncachedReplay: 0,
  pricedCalls: 0,
  usdSpent: 0,
  usdReplay: 0,
  usdUncachedReplay: 0,
  weighedUsdSpent: 0,
  weighedUsdReplay: 0,
  unpricedSpent: 0,
  unpricedReplay: 0,
  clientTokens: 0,
  forwardedTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  distillerCalls: 0,
  distillerPricedCalls: 0,
  distillerUsd: 0,
};

const FIELDS = Object.keys(NO_SUMS) as (keyof LedgerSums)[];

/** Sums of an older version have not all of the fields. */
export function completeSums(sums: Partial<LedgerSums>): LedgerSums {
  return { ...NO_SUMS, ...sums };
}

export function readSums(json: string): LedgerSums {
  return completeSums(JSON.parse(json) as Partial<LedgerSums>);
}

/** `total` with `part` in the place of `before`. Never below zero: a difference of sums may miss it by its last bit. */
export function exchangeSums(total: LedgerSums, before: LedgerSums, part: LedgerSums): LedgerSums {
  const sums = { ...NO_SUMS };
  for (const field of FIELDS) sums[field] = Math.max(0, total[field] + (part[field] - before[field]));
  return sums;
}

export function moneyOf(sums: LedgerSums): Money {
  return {
    usd: { spent: sums.weighedUsdSpent, replay: sums.weighedUsdReplay },
    unpriced: { spent: sums.unpricedSpent, replay: sums.unpricedReplay },
  };
}
