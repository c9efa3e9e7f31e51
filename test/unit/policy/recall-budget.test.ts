/**
 * The recalled block's room: small within the session guard, larger only out of what the session has saved and its
 * tenant can spend.
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

const alone = (spent: number, replay: number) => ({ session: { spent, replay }, tenant: null });

describe("budgetRecall", () => {
  it("gives nothing where the rule gives nothing", () => {
    expect(budgetRecall({ ...CALL, recall: false }, alone(0, 1e6), PRICES, DEFAULT_POLICY_OPTIONS)).toEqual({
      small: 0,
      large: 0,
    });
  });

  it("gives the most to a session that has saved enough", () => {
    expect(budgetRecall(CALL, alone(5_000, 10_000), PRICES, DEFAULT_POLICY_OPTIONS)).toEqual({
      small: 400,
      large: 2000,
    });
  });

  it("gives what a session has saved, this call included, and the tenant's slack", () => {
    // (1 + 0.01) * (10,000 + 1,000) - (10,000 + 800 - 400)
    expect(budgetRecall(CALL, alone(10_000, 10_000), PRICES, DEFAULT_POLICY_OPTIONS).large).toBe(710);
  });

  it("never gives less than the small block that the rule has priced in", () => {
    expect(budgetRecall(CALL, alone(10_900, 10_000), PRICES, DEFAULT_POLICY_OPTIONS)).toEqual({
      small: 400,
      large: 400,
    });
  });

  it("gives no more than the tenant can spend, whatever the session has saved", () => {
    const saved = { spent: 5_000, replay: 10_000 };
    const large = (spent: number, replay: number): number =>
      budgetRecall(CALL, { session: saved, tenant: { spent, replay } }, PRICES, DEFAULT_POLICY_OPTIONS).large;
    // The others have overdrawn by 5,000; with this session's savings 1.01 * 111,000 - 110,400 are left.
    expect(large(105_000, 100_000)).toBe(1710);
    expect(large(107_000, 100_000)).toBe(400);
    expect(large(90_000, 100_000)).toBe(2000);
  });

  it("gives nothing of what others have saved to a session that has saved nothing", () => {
    const ledgers = { session: { spent: 10_900, replay: 10_000 }, tenant: { spent: 0, replay: 1e6 } };
    expect(budgetRecall(CALL, ledgers, PRICES, DEFAULT_POLICY_OPTIONS).large).toBe(400);
  });

  it("has nothing to pay where input is free", () => {
    const free = { ...PRICES, input: 0 };
    expect(budgetRecall({ ...CALL, cost: 0 }, alone(0, 0), free, DEFAULT_POLICY_OPTIONS).large).toBe(2000);
  });

  it("never makes the prompt longer than the replay, because a block may have to stay in it", () => {
    const ledger = alone(5_000, 10_000);
    const roomFor = (replayTokens: number) =>
      budgetRecall({ ...CALL, replayTokens }, ledger, PRICES, DEFAULT_POLICY_OPTIONS);
    expect(roomFor(5_500)).toEqual({ small: 400, large: 1_500 });
    expect(roomFor(4_300)).toEqual({ small: 300, large: 300 });
    expect(roomFor(3_900)).toEqual({ small: 0, large: 0 });
  });
});
