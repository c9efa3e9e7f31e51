/**
 * The recalled block's room: small within the session guard, larger only out of what the session has saved.
 */
import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY_OPTIONS } from "../../../src/policy/ski-rental.ts";
import { budgetRecall } from "../../../src/policy/recall-budget.ts";
import type { CachePrices } from "../../../src/policy/cache-model.ts";

const PRICES: CachePrices = {
  input: 1,
  read: 0.1,
  write: 1.25,
  output: 5,
  ttlSeconds: 300,
  minimumTokens: 0,
  granuleTokens: 1,
};
/** A call that costs 400 with its small block, 1,000 as a replay. */
const CALL = { recall: true, cost: 800, replayCost: 1000, promptTokens: 4000, replayTokens: 9000 };

describe("budgetRecall", () => {
  it("gives nothing where the rule gives nothing", () => {
    const ledger = { spent: 0, replay: 1e6 };
    expect(budgetRecall({ ...CALL, recall: false }, ledger, PRICES, DEFAULT_POLICY_OPTIONS)).toEqual({
      small: 0,
      large: 0,
    });
  });

  it("gives the most to a session that has saved enough", () => {
    expect(budgetRecall(CALL, { spent: 5_000, replay: 10_000 }, PRICES, DEFAULT_POLICY_OPTIONS)).toEqual({
      small: 400,
      large: 2000,
    });
  });

  it("gives what a session has saved, this call included, and the tenant's slack", () => {
    // (1 + 0.01) * (10,000 + 1,000) - (10,000 + 800 - 400)
    expect(budgetRecall(CALL, { spent: 10_000, replay: 10_000 }, PRICES, DEFAULT_POLICY_OPTIONS).large).toBe(710);
  });

  it("never gives less than the small block that the rule has priced in", () => {
    expect(budgetRecall(CALL, { spent: 10_900, replay: 10_000 }, PRICES, DEFAULT_POLICY_OPTIONS)).toEqual({
      small: 400,
      large: 400,
    });
  });

  it("has nothing to pay where input is free", () => {
    const free = { ...PRICES, input: 0 };
    expect(budgetRecall({ ...CALL, cost: 0 }, { spent: 0, replay: 0 }, free, DEFAULT_POLICY_OPTIONS).large).toBe(2000);
  });

  it("never makes the prompt longer than the replay, because a block may have to stay in it", () => {
    const ledger = { spent: 5_000, replay: 10_000 };
    const roomFor = (replayTokens: number) =>
      budgetRecall({ ...CALL, replayTokens }, ledger, PRICES, DEFAULT_POLICY_OPTIONS);
    expect(roomFor(5_500)).toEqual({ small: 400, large: 1_500 });
    expect(roomFor(4_300)).toEqual({ small: 300, large: 300 });
    expect(roomFor(3_900)).toEqual({ small: 0, large: 0 });
  });
});
