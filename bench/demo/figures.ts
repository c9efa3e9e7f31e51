/**
 * The final figures: tokens and money of three ways to hold the same conversation, and how far the ledger can be believed.
 *
 * Strata's row is what the provider billed; the row beside it is what a second provider billed for the same conversation
 * without Strata; the ledger's own numbers are compared with both. An unknown price gives null, never 0.
 */
import type { ModelPrice } from "../../src/ports/price-book.ts";
import type { Usage } from "./clients/client.ts";
import type { SessionJson } from "./session-view.ts";

export interface Bill {
  promptTokens: number;
  cachedTokens: number;
  outputTokens: number;
  usd: number | null;
}

export function sumBill(requests: Usage[], price: ModelPrice | null): Bill {
  const total: Bill = { promptTokens: 0, cachedTokens: 0, outputTokens: 0, usd: price && 0 };
  for (const request of requests) {
    total.promptTokens += request.promptTokens;
    total.cachedTokens += request.cachedTokens;
    total.outputTokens += request.completionTokens;
    if (total.usd !== null && price) total.usd += costOfRequest(request, price);
  }
  return total;
}

/** The same prompts for a provider without a prompt cache. */
export function withoutCache(requests: Usage[], price: ModelPrice | null): Bill {
  const plain = price && { ...price, read: price.input, write: price.input };
  const tier = price?.longPrompt;
  const plainTier = tier && { ...tier, read: tier.input, write: tier.input };
  const uncached = requests.map((request) => ({ ...request, cachedTokens: 0, cacheWriteTokens: 0 }));
  return sumBill(uncached, plain && (plainTier ? { ...plain, longPrompt: plainTier } : plain));
}

/** At list price, the tier for long prompts included; where writes are not told, all that was not read was written. */
function costOfRequest(request: Usage, price: ModelPrice): number {
  const { promptTokens, cachedTokens, completionTokens } = request;
  const written = request.cacheWriteTokens ?? promptTokens - cachedTokens;
  const tier = price.longPrompt && promptTokens > price.longPrompt.aboveTokens ? price.longPrompt : price;
  const plain = promptTokens - cachedTokens - written;
  const input = plain * tier.input + cachedTokens * tier.read + written * tier.write;
  return (input + completionTokens * tier.output) / 1_000_000;
}

/** How far `value` lies above (or, negative, below) `base`, in percent; null where one of them is unknown. */
export function percentAbove(value: number | null, base: number | null): number | null {
  return value === null || base === null || base === 0 ? null : (value / base - 1) * 100;
}

export interface LedgerCheck {
  spentUsd: number | null;
  replayUsd: number | null;
  /** The ledger against what was billed, with Strata and without, in percent. */
  spentOffPercent: number | null;
  replayOffPercent: number | null;
}

export function checkLedger(session: SessionJson | null, strata: Bill, replay: Bill | null): LedgerCheck {
  const usd = session?.ledger.usd ?? null;
  const spentUsd = usd?.spent ?? null;
  const replayUsd = usd?.replay ?? null;
  return {
    spentUsd,
    replayUsd,
    spentOffPercent: percentAbove(spentUsd, strata.usd),
    replayOffPercent: percentAbove(replayUsd, replay?.usd ?? null),
  };
}
