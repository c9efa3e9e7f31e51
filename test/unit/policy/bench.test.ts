/**
 * The policy bench on a small input: it must keep running, keep agreeing with the pinned decisions of the reference,
 * and be able to notice when they disagree.
 */
import { describe, expect, it } from "vitest";
import { modelCompactions } from "../../../bench/policy/compaction-model.ts";
import { thresholdCost, uncachedReplayCost } from "../../../bench/policy/baselines.ts";
import { findOptimum } from "../../../bench/policy/optimum.ts";
import { pinnedTraces, readPinnedMarks } from "../../../bench/policy/pinned-decisions.ts";
import { PRICE_TABLES } from "../../../bench/policy/price-tables.ts";
import { countDifferences, marksByRule, runPolicyBench } from "../../../bench/policy/run-bench.ts";
import { synthesiseTraces } from "../../../bench/policy/synthetic-traces.ts";
import { toTrace, type Trace } from "../../../bench/policy/traces.ts";
import { DEFAULT_POLICY_OPTIONS } from "../../../src/policy/ski-rental.ts";
import { priceTable } from "./any-session.ts";

describe("the pinned decisions", () => {
  it.each(PRICE_TABLES)("are the rule's own on $name, alone and with a tenant", (prices) => {
    const pinned = readPinnedMarks()[prices.name];
    expect(pinned).toBeDefined();
    expect(marksByRule(pinnedTraces(), prices, DEFAULT_POLICY_OPTIONS)).toEqual(pinned);
  });

  it("contain compactions and recalls on every price table", () => {
    for (const { alone, withTenant } of Object.values(readPinnedMarks())) {
      for (const marks of [alone.join(""), withTenant.join("")]) {
        expect(marks).toMatch(/[13]/);
        expect(marks).toMatch(/[23]/);
      }
    }
  });

  it.each([{ alpha: 1.02 }, { sessionSlack: 0.05 }, { rereadShare: 0.09 }, { recallTokens: 500 }])(
    "differ from those of a rule with %o",
    (change) => {
      const pinned = readPinnedMarks()["claude4x-5m"]?.alone ?? [];
      const options = { ...DEFAULT_POLICY_OPTIONS, ...change };
      const ours = marksByRule(pinnedTraces(), priceTable("claude4x-5m"), options);
      expect(countDifferences(ours.alone, pinned)).toBeGreaterThan(0);
    },
  );

  it("counts a missing call and a missing session as different", () => {
    expect(countDifferences(["012", "3"], ["012", "3"])).toBe(0);
    expect(countDifferences(["01", "3"], ["012"])).toBe(2);
    expect(countDifferences(["013"], ["012"])).toBe(1);
  });
});

describe("the bench", () => {
  it("measures every table and finds no difference", () => {
    const traces = synthesiseTraces(7, 2);
    const result = runPolicyBench({ traces, reference: null });
    const pinnedCalls = pinnedTraces().reduce((sum, trace) => sum + trace.calls.length, 0);
    expect(result).toMatchObject({ differingDecisions: 0, comparedWith: "pinned", sessions: 8 });
    expect(result.comparedDecisions).toBe(pinnedCalls * 2 * PRICE_TABLES.length);
    expect(result.tables.map(({ table }) => table)).toEqual(PRICE_TABLES.map(({ name }) => name));
    for (const table of result.tables) {
      expect(table.guardedOverOptimum).toBeGreaterThanOrEqual(1);
      expect(table.overReplay).toBeLessThan(1);
      expect(table.worstSessionOverReplay).toBeLessThanOrEqual(1.1);
      expect(table.threshold160kOverOptimum).toBeGreaterThan(1);
    }
  });
});

describe("the optimum", () => {
  it("is the cheapest of all plans, tried one by one", () => {
    const trace = shortened(synthesiseTraces(3, 1)[3], 9);
    for (const prices of PRICE_TABLES) {
      const { callCount, cutBefore, stayCost, compactCost } = modelCompactions(trace, prices, DEFAULT_POLICY_OPTIONS);
      let cheapest = Number.POSITIVE_INFINITY;
      for (let plan = 0; plan < 2 ** callCount; plan++) {
        let cut = 0;
        let cost = 0;
        for (let i = 0; i < callCount; i++) {
          const newCut = cutBefore[i] ?? 0;
          const compacts = ((plan >> i) & 1) === 1 && newCut > cut;
          cost += compacts ? compactCost(i, cut) : stayCost(i, cut);
          if (compacts) cut = newCut;
        }
        cheapest = Math.min(cheapest, cost);
      }
      expect(findOptimum(trace, prices, DEFAULT_POLICY_OPTIONS).cost).toBeCloseTo(cheapest, 6);
    }
  });
});

describe("the baselines", () => {
  const calls = [
    { atSeconds: 0, newTokens: 100_000, outputTokens: 100, isUserTurn: true },
    { atSeconds: 10, newTokens: 10_000, outputTokens: 200, isUserTurn: false },
    { atSeconds: 20, newTokens: 50_000, outputTokens: 300, isUserTurn: false },
  ];
  const trace: Trace = { dataset: "hand", id: "hand", headTokens: 5000, calls };
  const prices = priceTable("claude4x-5m");

  it("pay full price for everything without a cache", () => {
    expect(uncachedReplayCost(trace, prices)).toBe(105_000 + 115_100 + 165_300 + 5 * 600);
  });

  it("summarise in place above 160,000 tokens", () => {
    // Both exchanges stay verbatim (the guard keeps two), so nothing can leave yet: plain replay through the cache.
    const first = 105_000 * 1.25 + 500;
    const second = 105_000 * 0.1 + 10_100 * 1.25 + 1000;
    const third = 115_100 * 0.1 + 50_200 * 1.25 + 1500;
    expect(thresholdCost(trace, prices, DEFAULT_POLICY_OPTIONS)).toBeCloseTo(first + second + third, 6);

    // With one exchange verbatim, the first leaves: the model reads its last prompt and writes a brief of 1,500 tokens.
    const options = { ...DEFAULT_POLICY_OPTIONS, guardItems: 1, rereadShare: 0 };
    const compacted = 5000 * 0.1 + (1500 + 10_200 + 50_000) * 1.25 + 1500;
    const inlineBrief = 115_100 * 0.1 + 1500 * 5;
    expect(thresholdCost(trace, prices, options)).toBeCloseTo(first + second + compacted + inlineBrief, 6);
  });
});

describe("reading traces", () => {
  it("adds up gaps and keeps sizes", () => {
    const session = {
      ds: "set",
      id: 4,
      S: 512,
      calls: [
        [null, 10, 20, 1],
        [30.5, 40, 50, 0],
      ],
    };
    expect(toTrace(session, "here")).toEqual({
      dataset: "set",
      id: "4",
      headTokens: 512,
      calls: [
        { atSeconds: 0, newTokens: 10, outputTokens: 20, isUserTurn: true },
        { atSeconds: 30.5, newTokens: 40, outputTokens: 50, isUserTurn: false },
      ],
    });
  });

  it.each([{}, { S: 1 }, { S: "1", calls: [] }, { S: 1, calls: [7] }, { S: 1, calls: [[null, "1", 2, 0]] }, null])(
    "refuses %o and says where",
    (session) => {
      expect(() => toTrace(session, "file, session 3")).toThrow(/^file, session 3/);
    },
  );

  it("makes the same synthetic traces from the same seed", () => {
    expect(synthesiseTraces(5, 1)).toEqual(synthesiseTraces(5, 1));
    expect(synthesiseTraces(5, 1)).not.toEqual(synthesiseTraces(6, 1));
  });
});

function shortened(trace: Trace | undefined, callCount: number): Trace {
  if (trace === undefined || trace.calls.length < callCount) throw new Error("the trace is too short");
  return { ...trace, calls: trace.calls.slice(0, callCount) };
}
