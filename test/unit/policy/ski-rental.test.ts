/**
 * The rule by example: one thread, one call, each reason for compacting or not.
 * The thread is a coding agent's on a 5 minute cache: 20,000 tokens of head, 60,000 of history, 8,000 of it in the tail.
 */
import { describe, expect, it } from "vitest";
import type { Ledger } from "../../../src/policy/ledger.ts";
import {
  decideCompaction,
  DEFAULT_POLICY_OPTIONS,
  modelledEntry,
  newPolicyState,
  settleCall,
  type CallFacts,
  type CutOffer,
  type PolicyOptions,
  type PolicyState,
} from "../../../src/policy/ski-rental.ts";
import { priceTable } from "./any-session.ts";

const prices = priceTable("claude4x-5m");
const rich: Ledger = { spent: 1_000_000, replay: 1_000_000 };
const cut: CutOffer = { tailTokens: 8000, briefTokens: null };

const thread: PolicyState = {
  ...newPolicyState(20_000),
  historyTokens: 60_000,
  rawTokens: 60_000,
  lastAtSeconds: 1000,
  lastPromptTokens: 79_000,
  lastReplayTokens: 79_000,
  calls: 40,
  userTurns: 4,
};

const warmCall: CallFacts = { nowSeconds: 1010, newTokens: 500, isUserTurn: false, expectedOutputTokens: 0 };
const coldCall: CallFacts = { ...warmCall, nowSeconds: 1301 };

function decide(
  changes: {
    state?: Partial<PolicyState>;
    session?: Ledger;
    tenant?: Ledger;
    offer?: CutOffer | null;
    call?: CallFacts;
    options?: Partial<PolicyOptions>;
  } = {},
) {
  return decideCompaction(
    { ...thread, ...changes.state },
    { session: changes.session ?? rich, tenant: changes.tenant ?? null },
    changes.offer === undefined ? cut : changes.offer,
    changes.call ?? warmCall,
    prices,
    { ...DEFAULT_POLICY_OPTIONS, ...changes.options },
  );
}

describe("the rule", () => {
  it("stays while the rent has not paid for a compaction, and adds to it", () => {
    const decision = decide();
    expect(decision).toMatchObject({ compact: false, reason: "rent_not_paid", warm: true, leavingTokens: 52_000 });
    // 50,500 tokens shorter at 0.1 each, less the recall that a first compaction would start on every tenth call.
    expect(decision.rent).toBeCloseTo(5050 - 400 * (4 / 41), 9);
    expect(settleCall(thread, decision, warmCall, 100).rent).toBe(decision.rent);
  });

  it("compacts once the rent has reached the one-time price", () => {
    const { rent, oneTimePrice } = decide();
    const shortOfIt = decide({ state: { rent: oneTimePrice - rent - 1 } });
    const reached = decide({ state: { rent: oneTimePrice - rent + 1 } });
    expect(shortOfIt.compact).toBe(false);
    expect(reached).toMatchObject({ compact: true, reason: "rent_paid", promptTokens: 20_000 + 1500 + 8000 + 500 });
  });

  it("waits longer with a larger alpha", () => {
    const { rent, oneTimePrice } = decide();
    const state = { rent: 1.5 * oneTimePrice - rent };
    expect(decide({ state }).compact).toBe(true);
    expect(decide({ state, options: { alpha: 2 } }).compact).toBe(false);
  });

  it("compacts on a cold cache, where the prompt is written anew in any case", () => {
    expect(decide({ call: coldCall })).toMatchObject({ compact: true, reason: "cold_cache", warm: false });
  });

  it("believes a caller who knows better than the clock", () => {
    expect(decide({ call: { ...warmCall, warm: false } }).reason).toBe("cold_cache");
    expect(decide({ call: { ...coldCall, warm: true } }).reason).toBe("rent_not_paid");
  });

  it("has nothing to drop without an offer, or when the tail is the whole history", () => {
    expect(decide({ offer: null, call: coldCall }).reason).toBe("nothing_to_drop");
    expect(decide({ offer: { tailTokens: 60_000, briefTokens: null }, call: coldCall }).reason).toBe("nothing_to_drop");
  });

  it("does not rewrite a brief that would take in nothing new", () => {
    const state = { briefTokens: 1500, droppedTokens: 9000 };
    const offer = { tailTokens: 60_000, briefTokens: 10 };
    expect(decide({ state, offer, call: coldCall }).reason).toBe("nothing_to_drop");
  });

  it("needs rent in this call, whatever was paid before", () => {
    // 50 tokens shorter save less than the recall costs that a first compaction starts.
    const decision = decide({ state: { rent: 1e6 }, offer: { tailTokens: 59_900, briefTokens: 50 } });
    expect(decision).toMatchObject({ rent: 0, reason: "rent_not_paid" });
  });

  it("does not replace history by a brief that is longer", () => {
    expect(decide({ offer: { tailTokens: 59_000, briefTokens: 1200 }, call: coldCall }).reason).toBe("nothing_to_drop");
  });

  it("uses the size of a brief that is written, and asks nothing for it again", () => {
    const estimated = decide({ call: coldCall });
    const written = decide({ call: coldCall, offer: { ...cut, briefTokens: 700, distillCost: 0 } });
    expect(written.promptTokens).toBe(estimated.promptTokens - 800);
    // The distiller's bill was 5 % of 52,000 tokens in and 1,500 out; the 800 tokens are no longer written, nor re-read.
    const distiller = 0.05 * (52_000 + 1500 * 5);
    const rereads = ((0.08 * 52_000) / 1500) * 0.1 * 800;
    expect((estimated.compactCost ?? 0) - (written.compactCost ?? 0)).toBeCloseTo(distiller + 800 * 1.25 + rereads, 6);
  });
});

describe("the guards", () => {
  it("refuses what would overdraw the session", () => {
    const session = { spent: 1_100_000, replay: 1_000_000 };
    expect(decide({ session, state: { rent: 1e6 } }).reason).toBe("session_guard");
  });

  it("refuses what would overdraw the tenant, unless it costs no more than staying", () => {
    const tenant = { spent: 1_030_000, replay: 1_000_000 };
    expect(decide({ tenant, state: { rent: 1e6 } }).reason).toBe("tenant_guard");
    const far = { spent: 2_000_000, replay: 1_000_000 };
    expect(decide({ tenant: far, call: coldCall }).reason).toBe("cold_cache");
  });

  it("drops the recalled block that the session cannot afford", () => {
    const state = { droppedTokens: 5000, briefTokens: 1500 };
    const call = { ...warmCall, isUserTurn: true };
    expect(decide({ state, call }).recall).toBe(true);
    expect(decide({ state, call, session: { spent: 1_120_000, replay: 1_000_000 } }).recall).toBe(false);
  });

  it("recalls only on user turns, once something has left", () => {
    expect(decide({ state: { droppedTokens: 5000 } }).recall).toBe(false);
    expect(decide({ call: { ...warmCall, isUserTurn: true } }).recall).toBe(false);
  });
});

describe("the window", () => {
  it("compacts a prompt over 90 % of it, whatever the guards say", () => {
    const session = { spent: 2_000_000, replay: 1_000_000 };
    const full = { ...warmCall, windowTokens: 80_500 / 0.9 - 1 };
    const roomy = { ...warmCall, windowTokens: 80_500 / 0.9 + 1 };
    expect(decide({ session, call: full })).toMatchObject({ compact: true, reason: "window_full" });
    expect(decide({ session, call: roomy }).compact).toBe(false);
    expect(decide({ session, call: { ...warmCall, windowTokens: null } }).compact).toBe(false);
  });

  it("is not the reason where money says the same", () => {
    expect(decide({ call: { ...coldCall, windowTokens: 50_000 } }).reason).toBe("cold_cache");
  });

  it("cannot compact where there is nothing to drop", () => {
    const full = { ...warmCall, windowTokens: 50_000 };
    expect(decide({ offer: null, call: full }).reason).toBe("nothing_to_drop");
  });
});

describe("preparing a brief", () => {
  it("is wanted at 60 % of the trigger", () => {
    const { rent, oneTimePrice } = decide();
    expect(decide({ state: { rent: 0.6 * oneTimePrice - rent - 1 } }).shouldPrepare).toBe(false);
    expect(decide({ state: { rent: 0.6 * oneTimePrice - rent + 1 } }).shouldPrepare).toBe(true);
  });

  it("is wanted at the cache's expiry when a cold call would compact", () => {
    expect(decide()).toMatchObject({ shouldPrepare: false, shouldPrepareAtExpiry: true });
    // 100 tokens would leave for a brief of 50: not worth it even on a cold cache, once recall is paid for.
    const offer = { tailTokens: 59_900, briefTokens: 50 };
    expect(decide({ offer, call: { ...warmCall, isUserTurn: true } }).shouldPrepareAtExpiry).toBe(false);
    expect(decide({ offer: null })).toMatchObject({ shouldPrepare: false, shouldPrepareAtExpiry: false });
  });

  it("is over when the call compacts", () => {
    expect(decide({ call: coldCall })).toMatchObject({ shouldPrepare: false, shouldPrepareAtExpiry: false });
  });

  it("is not wanted when a ledger cannot afford the distiller, unless the brief is paid for", () => {
    const { rent, oneTimePrice } = decide();
    const state = { rent: 0.8 * oneTimePrice - rent };
    const paid = { ...cut, briefTokens: 1500, distillCost: 0 };
    const wanted = { shouldPrepare: true, shouldPrepareAtExpiry: true };
    const unwanted = { shouldPrepare: false, shouldPrepareAtExpiry: false };
    expect(decide({ state })).toMatchObject(wanted);
    expect(decide({ state, session: { spent: 1_102_000, replay: 1_000_000 } })).toMatchObject(unwanted);
    const tenant = { spent: 1_030_000, replay: 1_000_000 };
    expect(decide({ state, tenant })).toMatchObject(unwanted);
    expect(decide({ state, tenant, offer: paid })).toMatchObject(wanted);
  });

  it("makes a compaction wait, which then costs one more rent", () => {
    const decision = decide({ call: coldCall, offer: { ...cut, ready: false } });
    expect(decision).toMatchObject({ compact: false, reason: "brief_not_ready", shouldPrepare: true });
    const settled = settleCall(thread, decision, coldCall, 100);
    expect(settled.rent).toBeGreaterThan(0);
    expect(settled).toMatchObject({ historyTokens: 60_600, droppedTokens: 0 });
  });

  it("does not wait for the guards when the window is full", () => {
    const session = { spent: 2_000_000, replay: 1_000_000 };
    const decision = decide({ session, call: { ...warmCall, windowTokens: 85_000 }, offer: { ...cut, ready: false } });
    expect(decision).toMatchObject({ compact: false, reason: "brief_not_ready", shouldPrepare: true });
  });
});

describe("settling", () => {
  it("moves the leaving tokens under the brief and starts a new rent", () => {
    const settled = settleCall({ ...thread, rent: 9 }, decide({ call: coldCall, state: { rent: 9 } }), coldCall, 100);
    expect(settled).toEqual({
      headTokens: 20_000,
      briefTokens: 1500,
      historyTokens: 8600,
      rawTokens: 60_600,
      droppedTokens: 52_000,
      rent: 0,
      lastAtSeconds: 1301,
      lastPromptTokens: 30_000,
      lastReplayTokens: 80_500,
      calls: 41,
      userTurns: 4,
    });
  });

  it("takes measured sizes over expected ones", () => {
    const settled = settleCall(thread, decide(), { ...warmCall, newTokens: 700 }, 100);
    expect(settled).toMatchObject({ historyTokens: 60_800, lastPromptTokens: 80_700, lastReplayTokens: 80_700 });
  });

  it("counts the expected output once", () => {
    const expecting = { ...warmCall, expectedOutputTokens: 300 };
    const bill = modelledEntry(decide({ call: expecting }), expecting, 200, prices);
    const plain = modelledEntry(decide(), warmCall, 200, prices);
    expect(bill.spent).toBeCloseTo(plain.spent, 6);
    expect(bill.replay).toBeCloseTo(plain.replay, 6);
  });
});
