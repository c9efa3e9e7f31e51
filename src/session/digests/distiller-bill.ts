/**
 * What a model that writes digests costs, in the units of the session that it writes for.
 *
 * A unit is one uncached input token of the session's own model, so that its bill can stand in the same ledger. Where
 * one of the two prices is unknown the writer is taken to be as dear as the session's model, and USD stay unknown.
 */
import { DIGEST_INPUT_TOKENS_MAX } from "../../model/limits.ts";
import type { Usage } from "../../model/usage.ts";
import type { DigestWriter } from "../../ports/digest-writer.ts";
import type { ModelPrice, PriceBook } from "../../ports/price-book.ts";
import { toCachePrices } from "../thread-state.ts";

export interface DistillerBill {
  calls: number;
  promptTokens: number;
  outputTokens: number;
  /** In input-token equivalents of the session's model. */
  spent: number;
  /** USD of the calls whose model has a known price, and how many those are. */
  usd: number;
  pricedCalls: number;
}

export const NO_DISTILLER_BILL: DistillerBill = {
  calls: 0,
  promptTokens: 0,
  outputTokens: 0,
  spent: 0,
  usd: 0,
  pricedCalls: 0,
};

export interface BillPorts {
  prices: PriceBook;
  writer: DigestWriter | null;
}

/** Tokens that a digest is expected to have. */
const DIGEST_TOKENS = 600;

/** One call of the writer for a session that talks to `sessionModel`. */
export function billWriter({ prices, writer }: BillPorts, sessionModel: string | null, usage: Usage): DistillerBill {
  return billTokens(
    usage,
    writer === null ? null : prices.lookUp(writer.model),
    sessionModel === null ? null : prices.lookUp(sessionModel),
  );
}

/** What condensing these segments is expected to cost, in input-token equivalents of the session's model. */
export function expectDigestCost(
  ports: BillPorts,
  sessionModel: string | null,
  due: readonly { tokens: number }[],
): number {
  return due.reduce((sum, { tokens }) => {
    const usage = usageOf(Math.min(tokens, DIGEST_INPUT_TOKENS_MAX), DIGEST_TOKENS);
    return sum + billWriter(ports, sessionModel, usage).spent;
  }, 0);
}

export function usageOf(promptTokens: number, completionTokens: number): Usage {
  return { promptTokens, completionTokens, cachedTokens: null, cacheWriteTokens: null };
}

function billTokens(usage: Usage, writer: ModelPrice | null, session: ModelPrice | null): DistillerBill {
  const { promptTokens, completionTokens: outputTokens } = usage;
  const cached = usage.cachedTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const priced = writer && {
    microUsd:
      (promptTokens - cached - written) * writer.input +
      cached * writer.read +
      written * writer.write +
      outputTokens * writer.output,
  };
  const assumed = toCachePrices(session, promptTokens);
  const isComparable = priced !== null && session !== null && session.input > 0;
  return {
    calls: 1,
    promptTokens,
    outputTokens,
    spent: isComparable
      ? priced.microUsd / session.input
      : promptTokens * assumed.input + outputTokens * assumed.output,
    usd: (priced?.microUsd ?? 0) / 1e6,
    pricedCalls: priced ? 1 : 0,
  };
}

export function addBills(one: DistillerBill, other: DistillerBill, sign: 1 | -1 = 1): DistillerBill {
  return {
    calls: one.calls + sign * other.calls,
    promptTokens: one.promptTokens + sign * other.promptTokens,
    outputTokens: one.outputTokens + sign * other.outputTokens,
    spent: one.spent + sign * other.spent,
    usd: one.usd + sign * other.usd,
    pricedCalls: one.pricedCalls + sign * other.pricedCalls,
  };
}
