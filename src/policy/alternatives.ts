/**
 * Prices the three ways to make a call: keep the prompt as it is, compact it first, or replay the whole transcript.
 * The prices are those of this call alone, plus what a compaction commits to: the distiller's bill and the tokens that
 * the model will read again because they left its sight.
 * It must not choose between them. The order of the sums is part of the contract, because a decision that hangs on the
 * last bit must fall the same way everywhere.
 */
import { cachedTokens, callCost, type CachePrices } from "./cache-model.ts";
import type { PolicyOptions } from "./options.ts";
import type { CallFacts, CutOffer, PolicyState } from "./state.ts";

/** One way to make the call. `cost` includes the expected output and leaves out the recalled block. */
export interface Alternative {
  readonly promptTokens: number;
  readonly cost: number;
  /** Price of the recalled block that goes with it. */
  readonly recallCost: number;
}

export interface Compaction extends Alternative {
  /** Verbatim history that leaves the prompt, size of the brief that stands for all that left, and what stays. */
  readonly leavingTokens: number;
  readonly briefTokens: number;
  readonly tailTokens: number;
  /** What its brief still costs to write; part of `cost`. */
  readonly distillCost: number;
  /** By how much the prompt gets shorter. */
  readonly shrinkTokens: number;
  /** What those tokens cost in this call if they stay, net of the recall that would replace them. */
  readonly rent: number;
  /** Extra cost of compacting over staying, in this call. */
  readonly difference: number;
  /** The one-time price of compacting now: the difference, had the leaving tokens cost nothing. */
  readonly oneTimePrice: number;
}

/** The call under a full replay of the transcript through the provider's cache. */
export function priceReplay(
  state: PolicyState,
  call: CallFacts,
  warm: boolean,
  prices: CachePrices,
): { promptTokens: number; cost: number } {
  const promptTokens = state.headTokens + state.rawTokens + call.newTokens;
  const cached = cachedTokens(state.lastReplayTokens, warm, prices);
  return { promptTokens, cost: callCost(promptTokens, cached, call.expectedOutputTokens, prices) };
}

/** The call with the prompt as it is. Recall is paid on user turns, once there is something to recall. */
export function priceStay(
  state: PolicyState,
  call: CallFacts,
  warm: boolean,
  prices: CachePrices,
  options: PolicyOptions,
): Alternative {
  const promptTokens = state.headTokens + state.briefTokens + state.historyTokens + call.newTokens;
  const cached = cachedTokens(state.lastPromptTokens, warm, prices);
  return {
    promptTokens,
    cost: callCost(promptTokens, cached, call.expectedOutputTokens, prices),
    recallCost: state.droppedTokens > 0 && call.isUserTurn ? options.recallTokens * prices.input : 0,
  };
}

/** The call after a compaction at the offered cut, weighed against `stay`; null when the cut would drop nothing. */
export function priceCompaction(
  state: PolicyState,
  offer: CutOffer,
  call: CallFacts,
  warm: boolean,
  prices: CachePrices,
  options: PolicyOptions,
  stay: Alternative,
): Compaction | null {
  const { tailTokens } = offer;
  const leavingTokens = state.historyTokens - tailTokens;
  if (!(leavingTokens > 0)) return null;

  const briefTokens = offer.briefTokens ?? Math.min(options.briefTokens, state.droppedTokens + leavingTokens);
  const promptTokens = state.headTokens + briefTokens + tailTokens + call.newTokens;
  const bareCost = callCost(
    promptTokens,
    cachedTokens(state.headTokens, warm, prices),
    call.expectedOutputTokens,
    prices,
  );
  const distillCost =
    offer.distillCost ?? distillationCost(leavingTokens + state.briefTokens, briefTokens, prices, options);
  const cost = bareCost + distillCost + rereadCost(leavingTokens, promptTokens, prices, options);
  const recallCost = call.isUserTurn ? options.recallTokens * prices.input : 0;

  const shrinkTokens = stay.promptTokens - promptTokens;
  const keepingCost = (warm ? prices.read : prices.write) * shrinkTokens;
  const rent = Math.max(0, keepingCost - newRecallRent(state, call, prices, options));
  const difference = cost + recallCost - (stay.cost + stay.recallCost);
  return {
    promptTokens,
    cost,
    recallCost,
    leavingTokens,
    briefTokens,
    tailTokens,
    distillCost,
    shrinkTokens,
    rent,
    difference,
    oneTimePrice: difference + rent,
  };
}

/** The distiller's bill for reading `sourceTokens` and writing `briefTokens`, at its share of the model's prices. */
function distillationCost(
  sourceTokens: number,
  briefTokens: number,
  prices: CachePrices,
  options: PolicyOptions,
): number {
  return options.distillerPriceShare * (sourceTokens * prices.input + briefTokens * prices.output);
}

/** What forgetting costs: a share of the leaving tokens comes back through extra calls, and stays for a while. */
export function rereadCost(
  leavingTokens: number,
  promptTokens: number,
  prices: CachePrices,
  options: PolicyOptions,
): number {
  const rereadTokens = options.rereadShare * leavingTokens;
  if (rereadTokens <= 0) return 0;
  const tokensCost = rereadTokens * (prices.write + prices.read * options.rereadLiveCalls);
  const extraCalls = rereadTokens / options.rereadCallTokens;
  return tokensCost + extraCalls * (prices.read * promptTokens + options.rereadOutputTokens * prices.output);
}

/** The first compaction starts recall on later user turns: its average price per call, so far as user turns go. */
function newRecallRent(state: PolicyState, call: CallFacts, prices: CachePrices, options: PolicyOptions): number {
  if (state.droppedTokens > 0) return 0;
  const userTurns = state.userTurns + (call.isUserTurn ? 1 : 0);
  return options.recallTokens * prices.input * (userTurns / (state.calls + 1));
}
