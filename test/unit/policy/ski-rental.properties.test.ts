/**
 * The laws of the rule, over arbitrary sessions and every price table: it never overdraws its session, never compacts
 * for nothing, never changes what it is given, never beats hindsight, and ignores an unknown window.
 * The cache behaves as modelled here; what a real provider forgets is the ledger's business.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findOptimum } from "../../../bench/policy/optimum.ts";
import { runRule, verbatimTail, type SettledCall } from "../../../bench/policy/rule-session.ts";
import type { Trace } from "../../../bench/policy/traces.ts";
import { EMPTY_LEDGER } from "../../../src/policy/ledger.ts";
import {
  decideCompaction,
  DEFAULT_POLICY_OPTIONS,
  newPolicyState,
  settleCall,
  type CallFacts,
  type PolicyOptions,
} from "../../../src/policy/ski-rental.ts";
import type { PriceTable } from "../../../bench/policy/price-tables.ts";
import { anyPriceTable, anyTrace } from "./any-session.ts";

/** Sums of floats in another order. */
const ROUNDING = 1e-9;
const options = DEFAULT_POLICY_OPTIONS;
const unguarded: PolicyOptions = { ...options, sessionSlack: Number.POSITIVE_INFINITY };

function settledCalls(trace: Trace, prices: PriceTable, settings: PolicyOptions): SettledCall[] {
  const calls: SettledCall[] = [];
  runRule(trace, prices, settings, null, (settled) => calls.push(settled));
  return calls;
}

describe("solvency", () => {
  it("keeps every session within its slack over full replay, after every call", () => {
    fc.assert(
      fc.property(anyTrace, anyPriceTable, fc.constantFrom(0, 0.02, 0.1), (trace, prices, sessionSlack) => {
        // A shorter prompt can waste up to one granule more of its cached prefix than replay does.
        const granuleCost = (prices.granuleTokens - 1) * (prices.write - prices.read);
        let calls = 0;
        for (const { ledger } of settledCalls(trace, prices, { ...options, sessionSlack })) {
          calls++;
          const bound = (1 + sessionSlack) * ledger.replay + calls * granuleCost;
          expect(ledger.spent).toBeLessThanOrEqual(bound * (1 + ROUNDING));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("compactions", () => {
  it("drop something and shorten the prompt, and every other call keeps all", () => {
    fc.assert(
      fc.property(anyTrace, anyPriceTable, (trace, prices) => {
        for (const { before, decision, after } of settledCalls(trace, prices, unguarded)) {
          if (decision.compact) {
            expect(decision.leavingTokens).toBeGreaterThan(0);
            expect(after.lastPromptTokens).toBeLessThan(
              before.headTokens + before.briefTokens + before.historyTokens + (after.rawTokens - before.rawTokens),
            );
            expect(after.droppedTokens).toBe(before.droppedTokens + decision.leavingTokens);
          } else {
            expect(after.droppedTokens).toBe(before.droppedTokens);
            expect(after.briefTokens).toBe(before.briefTokens);
          }
          expect(after.droppedTokens + after.historyTokens).toBe(after.rawTokens);
        }
      }),
    );
  });

  it("on a cold cache cost no more than staying would have", () => {
    let seen = 0;
    fc.assert(
      fc.property(anyTrace, anyPriceTable, (trace, prices) => {
        for (const { decision } of settledCalls(trace, prices, options)) {
          if (decision.reason !== "cold_cache") continue;
          seen++;
          expect(decision.compactCost).toBeLessThanOrEqual(decision.stayCost);
        }
      }),
    );
    expect(seen).toBeGreaterThan(0);
  });
});

describe("hindsight", () => {
  it("is never beaten by the rule", () => {
    fc.assert(
      fc.property(anyTrace, anyPriceTable, fc.constantFrom(0.5, 1, 2), (trace, prices, alpha) => {
        const { ledger } = runRule(trace, prices, { ...unguarded, alpha }, null);
        expect(findOptimum(trace, prices, options).cost).toBeLessThanOrEqual(ledger.spent * (1 + ROUNDING));
      }),
    );
  });

  it("is never dearer than full replay", () => {
    fc.assert(
      fc.property(anyTrace, anyPriceTable, (trace, prices) => {
        const { ledger } = runRule(trace, prices, options, null);
        expect(findOptimum(trace, prices, options).cost).toBeLessThanOrEqual(ledger.replay * (1 + ROUNDING));
      }),
    );
  });
});

describe("purity", () => {
  it("works on frozen inputs, gives the same answer twice, and changes nothing", () => {
    fc.assert(
      fc.property(anyTrace, anyPriceTable, (trace, prices) => {
        for (const { before, ledger } of settledCalls(trace, prices, options)) {
          const state = Object.freeze({ ...before });
          const ledgers = Object.freeze({ session: Object.freeze({ ...ledger }), tenant: EMPTY_LEDGER });
          const offer = Object.freeze({ tailTokens: state.historyTokens / 2, briefTokens: null });
          const call: CallFacts = Object.freeze({
            nowSeconds: (state.lastAtSeconds ?? 0) + 400,
            newTokens: 10,
            isUserTurn: true,
            expectedOutputTokens: 5,
          });
          const frozenPrices = Object.freeze({ ...prices });
          const decision = Object.freeze(decideCompaction(state, ledgers, offer, call, frozenPrices, options));
          expect(decideCompaction(state, ledgers, offer, call, frozenPrices, options)).toEqual(decision);
          expect(settleCall(state, decision, call, 7)).toEqual(settleCall(state, decision, call, 7));
          expect(state).toEqual(before);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("the window", () => {
  it("keeps every prompt below it while the tail allows, and changes nothing while it is far", () => {
    fc.assert(
      fc.property(anyTrace, anyPriceTable, (trace, prices) => {
        const windowTokens = trace.headTokens + 60_000;
        let state = newPolicyState(trace.headTokens);
        const items: number[] = [];
        for (const { atSeconds, newTokens, outputTokens, isUserTurn } of trace.calls) {
          const call: CallFacts = { nowSeconds: atSeconds, newTokens, isUserTurn, expectedOutputTokens: 0 };
          const { keptItems, tailTokens } = verbatimTail(items, options);
          const offer = { tailTokens, briefTokens: null };
          // A ledger so far overdrawn that the guard refuses everything: only the window is left to decide.
          const ledgers = { session: { spent: 1e12, replay: 1 }, tenant: null };
          const without = decideCompaction(state, ledgers, offer, call, prices, options);
          const withWindow = decideCompaction(state, ledgers, offer, { ...call, windowTokens }, prices, options);
          expect(without.compact).toBe(false);
          const isOver = without.promptTokens > 0.9 * windowTokens;
          if (!isOver) expect(withWindow).toEqual(without);
          else if (withWindow.reason === "nothing_to_drop") expect(withWindow.compact).toBe(false);
          else expect(withWindow).toMatchObject({ compact: true, reason: "window_full" });
          if (withWindow.compact) items.splice(0, items.length - keptItems);
          items.push(newTokens + outputTokens);
          state = settleCall(state, withWindow, call, outputTokens);
        }
      }),
    );
  });
});
