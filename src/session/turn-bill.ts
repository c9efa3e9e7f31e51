/**
 * What a turn has cost, in the form in which the edge hears of it.
 *
 * The numbers of the ledger, once more and for one call. Arithmetic only.
 */
import type { TurnBill, TurnRecord } from "../ports/session.ts";
import type { CallBill } from "./session-ledger.ts";

/** @param expectedCached what the provider's cache should have held of the prompt */
export function summariseBill(bill: CallBill, { usage }: Pick<TurnRecord, "usage">, expectedCached: number): TurnBill {
  const { usdPerUnit, further } = bill;
  return {
    tokens: {
      client: bill.replayTokens,
      forwarded: bill.promptTokens + further.promptTokens,
      cached: bill.cachedTokens + further.cachedTokens,
      cacheExpected: (usage?.cachedTokens ?? null) === null ? 0 : expectedCached,
      output: bill.outputTokens,
    },
    units: { spent: bill.spent, replay: bill.replay },
    usd: usdPerUnit === null ? null : { spent: bill.spent * usdPerUnit, replay: bill.replay * usdPerUnit },
  };
}
