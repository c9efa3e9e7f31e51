/**
 * The policy bench itself: replays traces on every price table, sets our cost beside the baselines', and counts the
 * decisions in which the rule and its reference part ways.
 * Everything is measured as the product runs, session guard on, but for `overOptimum`: the optimum knows no guard, so
 * the rule is set beside it without one (like with like), and `guardedOverOptimum` shows what the guard adds.
 * It must not print or read arguments: the command line does that, and a test runs this on a small input.
 */
import type { CachePrices } from "../../src/policy/cache-model.ts";
import { addToLedger, EMPTY_LEDGER } from "../../src/policy/ledger.ts";
import { DEFAULT_POLICY_OPTIONS, type PolicyOptions } from "../../src/policy/ski-rental.ts";
import { thresholdCost, uncachedReplayCost } from "./baselines.ts";
import { findOptimum } from "./optimum.ts";
import { marksByReference, pinnedTraces, readPinnedMarks, type TableMarks } from "./pinned-decisions.ts";
import { PRICE_TABLES, type PriceTable } from "./price-tables.ts";
import type { Reference } from "./reference.ts";
import { runRule, type SessionOutcome } from "./rule-session.ts";
import type { Trace } from "./traces.ts";

/** Costs are summed over all sessions before they are divided. */
interface TableResult {
  readonly table: string;
  /** The rule alone over the offline optimum: neither of them is held back by a guard. */
  readonly overOptimum: number;
  /** The rule with its session guard over that same optimum. */
  readonly guardedOverOptimum: number;
  readonly overReplay: number;
  readonly overUncachedReplay: number;
  readonly threshold160kOverOptimum: number;
  readonly worstSessionOverReplay: number;
  readonly compactionsPerSession: number;
}

export interface BenchResult {
  /** Calls, over all price tables, alone and with the tenant guard, whose decision differs from the reference's. */
  readonly differingDecisions: number;
  readonly comparedDecisions: number;
  readonly comparedWith: "reference" | "pinned";
  readonly sessions: number;
  readonly tables: readonly TableResult[];
}

export interface BenchInput {
  readonly traces: readonly Trace[];
  /** Null compares with the pinned decisions, on the synthetic traces that belong to them. */
  readonly reference: Reference | null;
  readonly tables?: readonly PriceTable[];
  readonly onProgress?: (message: string) => void;
}

export function runPolicyBench(input: BenchInput): BenchResult {
  const { traces, reference, tables = PRICE_TABLES, onProgress } = input;
  const compared = reference === null ? pinnedTraces() : traces;
  const pinned = reference === null ? readPinnedMarks() : null;
  let differingDecisions = 0;
  let comparedDecisions = 0;
  const results = tables.map((prices, index) => {
    onProgress?.(`${prices.name} (${index + 1} of ${tables.length})`);
    const expected = reference === null ? pinned?.[prices.name] : marksByReference(reference, compared, prices);
    if (expected === undefined) throw new Error(`no pinned decisions for the price table ${prices.name}`);
    const ours = marksByRule(compared, prices, DEFAULT_POLICY_OPTIONS);
    for (const mode of ["alone", "withTenant"] as const) {
      differingDecisions += countDifferences(ours[mode], expected[mode]);
      comparedDecisions += ours[mode].reduce((sum, marks) => sum + marks.length, 0);
    }
    return measureTable(traces, prices);
  });
  return {
    differingDecisions,
    comparedDecisions,
    comparedWith: reference === null ? "pinned" : "reference",
    sessions: traces.length,
    tables: results,
  };
}

/** Our marks for one price table, without and with the tenant guard. */
export function marksByRule(traces: readonly Trace[], prices: CachePrices, options: PolicyOptions): TableMarks {
  return {
    alone: traces.map((trace) => runRule(trace, prices, options, null).marks),
    withTenant: runTenant(traces, prices, options).map((outcome) => outcome.marks),
  };
}

/** The traces as one tenant's sessions, one after the other. */
function runTenant(traces: readonly Trace[], prices: CachePrices, options: PolicyOptions): SessionOutcome[] {
  let tenant = EMPTY_LEDGER;
  return traces.map((trace) => {
    const outcome = runRule(trace, prices, options, tenant);
    tenant = addToLedger(tenant, outcome.ledger);
    return outcome;
  });
}

/** Calls that differ; a missing session or call counts as different. */
export function countDifferences(ours: readonly string[], expected: readonly string[]): number {
  let differences = 0;
  for (let session = 0; session < Math.max(ours.length, expected.length); session++) {
    const our = ours[session] ?? "";
    const their = expected[session] ?? "";
    for (let call = 0; call < Math.max(our.length, their.length); call++) if (our[call] !== their[call]) differences++;
  }
  return differences;
}

function measureTable(traces: readonly Trace[], prices: PriceTable): TableResult {
  const options = DEFAULT_POLICY_OPTIONS;
  const unguarded = { ...options, sessionSlack: Number.POSITIVE_INFINITY };
  const sums = { spent: 0, unguarded: 0, replay: 0, uncachedReplay: 0, optimum: 0, threshold: 0, compactions: 0 };
  let worstSessionOverReplay = 0;
  for (const trace of traces) {
    const { ledger, compactions } = runRule(trace, prices, options, null);
    sums.spent += ledger.spent;
    sums.unguarded += runRule(trace, prices, unguarded, null).ledger.spent;
    sums.replay += ledger.replay;
    sums.uncachedReplay += uncachedReplayCost(trace, prices);
    sums.optimum += findOptimum(trace, prices, options).cost;
    sums.threshold += thresholdCost(trace, prices, options);
    sums.compactions += compactions;
    worstSessionOverReplay = Math.max(worstSessionOverReplay, ledger.spent / ledger.replay);
  }
  return {
    table: prices.name,
    overOptimum: sums.unguarded / sums.optimum,
    guardedOverOptimum: sums.spent / sums.optimum,
    overReplay: sums.spent / sums.replay,
    overUncachedReplay: sums.spent / sums.uncachedReplay,
    threshold160kOverOptimum: sums.threshold / sums.optimum,
    worstSessionOverReplay,
    compactionsPerSession: sums.compactions / traces.length,
  };
}
