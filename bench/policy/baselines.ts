/**
 * The strategies that the rule is held against besides the optimum: full replay without any cache discount, and the
 * common fixed threshold, where a prompt over 160,000 tokens is summarised in place by the model itself.
 * Full replay through the cache needs no function here, because every session's ledger carries it.
 * They must not be tuned: they stand for what is usual.
 */
import type { CachePrices } from "../../src/policy/cache-model.ts";
import type { PolicyOptions } from "../../src/policy/options.ts";
import { at, modelCompactions } from "./compaction-model.ts";
import type { Trace } from "./traces.ts";

/** 80 % of a 200,000-token window, where coding agents commonly compact by themselves. */
const THRESHOLD_TOKENS = 160_000;

/** Every call resends everything and pays full price for it. */
export function uncachedReplayCost(trace: Trace, prices: CachePrices): number {
  let historyTokens = 0;
  let cost = 0;
  for (const { newTokens, outputTokens } of trace.calls) {
    cost += (trace.headTokens + historyTokens + newTokens) * prices.input + outputTokens * prices.output;
    historyTokens += newTokens + outputTokens;
  }
  return cost;
}

/** Append until the prompt exceeds the threshold, then let the model summarise its own conversation. */
export function thresholdCost(trace: Trace, prices: CachePrices, options: PolicyOptions): number {
  const { callCount, cutBefore, promptTokens, stayCost, compactCost } = modelCompactions(
    trace,
    prices,
    options,
    "inline",
  );
  let cut = 0;
  let cost = 0;
  for (let i = 0; i < callCount; i++) {
    const newCut = at(cutBefore, i);
    if (newCut > cut && promptTokens(i, cut) > THRESHOLD_TOKENS) {
      cost += compactCost(i, cut);
      cut = newCut;
    } else {
      cost += stayCost(i, cut);
    }
  }
  return cost;
}
