/** Reports of made-up sessions, whose sums follow from one number. It must not assert anything. */
import type { LedgerSums, SessionReport } from "../../../src/ports/tenant-directory.ts";

/** A public id that sorts by its number. */
export function idOf(session: number): string {
  return `st_${String(session).padStart(43, "0")}`;
}

export function sumsOf(calls: number): LedgerSums {
  return {
    calls,
    compactions: Math.floor(calls / 10),
    spent: 90.1 * calls,
    replay: 100.3 * calls,
    uncachedReplay: 1000 * calls,
    pricedCalls: Math.ceil(calls / 2),
    usdSpent: 0.0009 * calls,
    usdReplay: 0.001 * calls,
    usdUncachedReplay: 0.01 * calls,
    weighedUsdSpent: 0.00091 * calls,
    weighedUsdReplay: 0.00101 * calls,
    unpricedSpent: 45.7 * calls,
    unpricedReplay: 50.1 * calls,
    clientTokens: 2000 * calls,
    forwardedTokens: 1500 * calls,
    cachedTokens: 1000 * calls,
    outputTokens: 20 * calls,
    distillerCalls: Math.floor(calls / 4),
    distillerPricedCalls: Math.floor(calls / 8),
    distillerUsd: 0.00001 * calls,
  };
}

/** The report of a session after so many turns of one call each; `life` tells sessions under one id apart. */
export function reportOf(session: number, turns: number, life = 0): SessionReport {
  const createdAt = 1_700_000_000_000 + life * 86_400_000 + session;
  const updatedAt = createdAt + turns * 1000;
  return { id: idOf(session), seq: turns, createdAt, updatedAt, turns, model: "gpt-5.4", sums: sumsOf(turns) };
}
