/**
 * The offline optimum: the cheapest way to choose when to compact, by one who knows the whole session beforehand.
 * A dynamic programme over the call of the last compaction, O(n^2) in the calls of a session. Same verbatim guard, same
 * brief, same distiller and same re-reads as the rule; only the moments of compacting differ.
 * It must not use the rule's state or decisions, and no guard holds it back.
 */
import type { CachePrices } from "../../src/policy/cache-model.ts";
import type { PolicyOptions } from "../../src/policy/options.ts";
import { at, modelCompactions } from "./compaction-model.ts";
import type { Trace } from "./traces.ts";

/** A compaction that drops less than a token is none. */
const SMALLEST_DROP_TOKENS = 1;

export interface Optimum {
  readonly cost: number;
  readonly compactions: number;
}

/** The cheapest plan for a session, in the unit of the prices. */
export function findOptimum(trace: Trace, prices: CachePrices, options: PolicyOptions): Optimum {
  const { callCount, cutBefore, stayCost, compactCost } = modelCompactions(trace, prices, options);
  // Plan p > 0 last compacted before call p - 1; plan 0 never did. A plan's cost covers the calls handled so far.
  const costs = new Float64Array(callCount + 1).fill(Number.POSITIVE_INFINITY);
  const compactions = new Float64Array(callCount + 1);
  const cuts = new Float64Array(callCount + 1);
  costs[0] = 0;
  for (let i = 0; i < callCount; i++) {
    const newCut = at(cutBefore, i);
    let cheapest = Number.POSITIVE_INFINITY;
    let cheapestCompactions = 0;
    for (let plan = 0; plan <= i; plan++) {
      const cost = at(costs, plan);
      if (cost === Number.POSITIVE_INFINITY) continue;
      const cut = at(cuts, plan);
      if (newCut - cut >= SMALLEST_DROP_TOKENS) {
        const compacted = cost + compactCost(i, cut);
        if (compacted < cheapest) {
          cheapest = compacted;
          cheapestCompactions = at(compactions, plan) + 1;
        }
      }
      costs[plan] = cost + stayCost(i, cut);
    }
    costs[i + 1] = cheapest;
    compactions[i + 1] = cheapestCompactions;
    cuts[i + 1] = newCut;
  }
  let best = 0;
  for (let plan = 1; plan <= callCount; plan++) if (at(costs, plan) < at(costs, best)) best = plan;
  return { cost: at(costs, best), compactions: at(compactions, best) };
}
