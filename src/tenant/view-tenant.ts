/**
 * What a look at a tenant shows: its sessions and its totals as JSON, in the words of a session's own view.
 *
 * Shapes only. USD stand only where some call had a price; units of one uncached input token are not added up over
 * sessions, because their models differ, but for the calls of which nothing better is known.
 */
import type { EntryView, LedgerSums, SessionReport, TenantLedgerView, TenantView } from "../ports/tenant-directory.ts";
import type { TenantTotals } from "./ledger-sums.ts";

export function viewEntry(entry: SessionReport): EntryView {
  const { sums } = entry;
  return {
    id: entry.id,
    created_at: new Date(entry.createdAt).toISOString(),
    updated_at: new Date(entry.updatedAt).toISOString(),
    turns: entry.turns,
    model: entry.model,
    ledger: {
      calls: sums.calls,
      compactions: sums.compactions,
      input_token_units: { spent: sums.spent, replay: sums.replay, uncached_replay: sums.uncachedReplay },
      usd: sums.pricedCalls === 0 ? null : viewUsd(sums),
      tokens: viewTokens(sums),
    },
  };
}

export function viewTenant({ sessions, updatedAt, sums }: TenantTotals): TenantView {
  return { sessions, updated_at: new Date(updatedAt).toISOString(), ledger: viewSums(sums) };
}

export function viewSums(sums: LedgerSums): TenantLedgerView {
  return {
    calls: sums.calls,
    compactions: sums.compactions,
    // On a day without a call a model that condenses may have been paid all the same.
    usd: sums.pricedCalls === 0 && sums.usdSpent === 0 ? null : viewUsd(sums),
    unpriced_input_token_units: { spent: sums.unpricedSpent, replay: sums.unpricedReplay },
    distiller: sums.distillerCalls === 0 ? null : viewDistiller(sums),
    tokens: viewTokens(sums),
  };
}

function viewUsd(sums: LedgerSums): NonNullable<TenantLedgerView["usd"]> {
  return {
    spent: sums.usdSpent,
    replay: sums.usdReplay,
    uncached_replay: sums.usdUncachedReplay,
    priced_calls: sums.pricedCalls,
  };
}

function viewDistiller(sums: LedgerSums): NonNullable<TenantLedgerView["distiller"]> {
  const { distillerCalls: calls, distillerPricedCalls: priced } = sums;
  return { calls, usd: priced === 0 ? null : sums.distillerUsd, priced_calls: priced };
}

function viewTokens(sums: LedgerSums): TenantLedgerView["tokens"] {
  return {
    client: sums.clientTokens,
    forwarded: sums.forwardedTokens,
    cached: sums.cachedTokens,
    output: sums.outputTokens,
  };
}
