/**
 * The money of a whole trace, laid out for strategies that look at it from above: prefix sums of the history, the cut
 * before every call, and the cost of staying and of compacting for any earlier cut.
 * Baselines and the optimum share it; with the rule they share only what a token, a call and a re-read cost. What the
 * rule keeps as running numbers is computed here from the whole trace, so that a mistake in one shows in their ratio.
 * It must not decide when to compact.
 */
import { rereadCost } from "../../src/policy/alternatives.ts";
import { cachedTokens, callCost, isWarm, type CachePrices } from "../../src/policy/cache-model.ts";
import type { PolicyOptions } from "../../src/policy/options.ts";
import type { Trace } from "./traces.ts";

/** Who writes the brief: a cheaper model beside the conversation, or the same model within it, over its own cache. */
export type Distiller = "beside" | "inline";

export interface CompactionModel {
  readonly callCount: number;
  /** `cutBefore[i]`: tokens of the oldest history that a cut before call i would leave behind. */
  readonly cutBefore: Float64Array;
  /** The prompt of call i when everything up to `cut` is gone. */
  readonly promptTokens: (callIndex: number, cut: number) => number;
  /** The cost of call i when the last compaction cut at `cut` (0: none) and none happens now. */
  readonly stayCost: (callIndex: number, cut: number) => number;
  /** The cost of call i when it compacts, the last compaction having cut at `cut`. */
  readonly compactCost: (callIndex: number, cut: number) => number;
}

export function modelCompactions(
  trace: Trace,
  prices: CachePrices,
  options: PolicyOptions,
  distiller: Distiller = "beside",
): CompactionModel {
  const { calls, headTokens } = trace;
  const callCount = calls.length;
  const historyBefore = new Float64Array(callCount + 1);
  for (const [i, call] of calls.entries())
    historyBefore[i + 1] = at(historyBefore, i) + call.newTokens + call.outputTokens;
  const cutBefore = cutPoints(historyBefore, options);
  const warmAt = calls.map((call, i) => isWarm(call.atSeconds, calls[i - 1]?.atSeconds ?? null, prices));
  const recallCost = options.recallTokens * prices.input;
  const cachedHeadTokens = cachedTokens(headTokens, true, prices);

  const briefTokens = (cut: number) => Math.min(options.briefTokens, cut);
  const promptTokens = (i: number, cut: number) =>
    headTokens + briefTokens(cut) + (at(historyBefore, i) - cut) + (calls[i]?.newTokens ?? 0);
  const isWarmAt = (i: number) => warmAt[i] ?? false;
  const recallAt = (i: number) => (calls[i]?.isUserTurn ? recallCost : 0);

  const briefCost = (i: number, oldCut: number, newCut: number) => {
    if (distiller === "inline") {
      const readPrice = isWarmAt(i) ? prices.read : prices.input;
      return readPrice * promptTokens(i - 1, oldCut) + briefTokens(newCut) * prices.output;
    }
    const sourceTokens = newCut - oldCut + briefTokens(oldCut);
    return options.distillerPriceShare * (sourceTokens * prices.input + briefTokens(newCut) * prices.output);
  };

  return {
    callCount,
    cutBefore,
    promptTokens,
    stayCost: (i, cut) => {
      const cached = i === 0 ? 0 : cachedTokens(promptTokens(i - 1, cut), isWarmAt(i), prices);
      const cost = callCost(promptTokens(i, cut), cached, calls[i]?.outputTokens ?? 0, prices);
      return cut > 0 ? cost + recallAt(i) : cost;
    },
    compactCost: (i, cut) => {
      const newCut = at(cutBefore, i);
      const prompt = promptTokens(i, newCut);
      const cost = callCost(prompt, isWarmAt(i) ? cachedHeadTokens : 0, calls[i]?.outputTokens ?? 0, prices);
      return cost + recallAt(i) + briefCost(i, cut, newCut) + rereadCost(newCut - cut, prompt, prices, options);
    },
  };
}

/** Reads a typed array at an index known to be inside it. */
export function at(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}

/** For every call, the history that both verbatim guards let go. */
function cutPoints(historyBefore: Float64Array, options: PolicyOptions): Float64Array {
  const callCount = historyBefore.length - 1;
  const cuts = new Float64Array(callCount);
  for (let i = 0; i < callCount; i++) {
    const history = at(historyBefore, i);
    let first = i;
    while (first > 0 && (history - at(historyBefore, first) < options.guardTokens || i - first < options.guardItems)) {
      first--;
    }
    cuts[i] = at(historyBefore, first);
  }
  return cuts;
}
