/**
 * When to compact: the ski-rental rule. Tokens that could leave the prompt cost rent on every call; leaving costs a
 * one-time price. The rule compacts when the rent paid since the last compaction, this call's included, has reached
 * that price, or when compacting is no dearer than staying, as after the cache has expired. It so stays within twice
 * the best that hindsight could do, without a threshold in tokens and without a forecast.
 * It must not read a clock, change what it is given, or let a guard be overdrawn, except where the window is full.
 */
import { priceCompaction, priceReplay, priceStay, type Alternative, type Compaction } from "./alternatives.ts";
import { isWarm, type CachePrices } from "./cache-model.ts";
import { sessionAffords, tenantAffords } from "./guards.ts";
import { addToLedger, type Ledger } from "./ledger.ts";
import type { PolicyOptions } from "./options.ts";
import type { CallFacts, CutOffer, PolicyState } from "./state.ts";

export { DEFAULT_POLICY_OPTIONS, type PolicyOptions } from "./options.ts";
export { newPolicyState, type CallFacts, type CutOffer, type PolicyState } from "./state.ts";

/** Why a call compacts. */
type CompactReason =
  /** The cache has expired, so the prompt is written anew in any case and a shorter one costs no more. */
  | "cold_cache"
  /** The cache is warm, and compacting is still no dearer than staying. */
  | "cheaper_now"
  /** The rent has reached the one-time price. */
  | "rent_paid"
  /** Money said no, but the prompt would hardly fit the model's window. */
  | "window_full";

/** Why a call does not compact. */
type StayReason =
  /** No cut was offered, or nothing would leave, or the prompt would not get shorter. */
  | "nothing_to_drop"
  | "rent_not_paid"
  /** Wanted, but the session, or the tenant, would exceed its share over full replay. */
  | "session_guard"
  | "tenant_guard"
  /** Wanted and affordable, but its brief is not written yet. */
  | "brief_not_ready";

export type DecisionReason = CompactReason | StayReason;

/** The decision for one call, with the numbers it rests on. Costs in the unit of the prices. */
export interface Decision {
  readonly compact: boolean;
  readonly reason: DecisionReason;
  /** Whether this call may carry a recalled block. */
  readonly recall: boolean;
  /** Whether the previous prompt is expected in the cache. */
  readonly warm: boolean;
  /** What the tokens that could leave cost in this call if they stay; 0 when nothing could. */
  readonly rent: number;
  /** The one-time price that the rent is held against; 0 when nothing could leave. */
  readonly oneTimePrice: number;
  /** The call without compaction, and with it (distiller and re-reads included; null when nothing could leave). */
  readonly stayCost: number;
  readonly compactCost: number | null;
  /** What the chosen way costs, the recalled block included. */
  readonly cost: number;
  /** The same call under full replay: its prompt and its cost. */
  readonly replayTokens: number;
  readonly replayCost: number;
  /** The prompt as decided (without the recalled block), and two of its parts. */
  readonly promptTokens: number;
  readonly briefTokens: number;
  readonly tailTokens: number;
  /** Verbatim history that leaves, or could have left. */
  readonly leavingTokens: number;
  /**
   * Whether a brief for the next compaction is worth writing now, off the request path: the rent nears the trigger, or
   * only the brief is missing. The guards must afford the distiller.
   */
  readonly shouldPrepare: boolean;
  /**
   * Whether this call would compact on a cold cache, so that a brief is worth writing when the cache is about to expire.
   * True long before `shouldPrepare`: a caller that distilled at once each time would pay for briefs that go stale.
   */
  readonly shouldPrepareAtExpiry: boolean;
}

/** The money of the session so far, and of the tenant's other sessions (null: no tenant guard). */
export interface Ledgers {
  readonly session: Ledger;
  readonly tenant: Ledger | null;
}

interface Verdict {
  readonly compact: boolean;
  readonly reason: DecisionReason;
}

const NOTHING_TO_DROP: Verdict = { compact: false, reason: "nothing_to_drop" };

/** Decides, before a call is forwarded, whether to compact first and whether to recall. `offer` null: no cut possible. */
export function decideCompaction(
  state: PolicyState,
  ledgers: Ledgers,
  offer: CutOffer | null,
  call: CallFacts,
  prices: CachePrices,
  options: PolicyOptions,
): Decision {
  const weigh = (warm: boolean) => {
    const replay = priceReplay(state, call, warm, prices);
    const stay = priceStay(state, call, warm, prices, options);
    const compaction = offer === null ? null : priceCompaction(state, offer, call, warm, prices, options, stay);
    const verdict = judge(state, ledgers, call, options, stay, compaction, replay.cost, warm);
    return { replay, stay, compaction, verdict };
  };

  const warm = call.warm ?? isWarm(call.nowSeconds, state.lastAtSeconds, prices);
  const { replay, stay, compaction, verdict } = weigh(warm);
  const ready = offer?.ready ?? true;
  const { compact, reason } = verdict.compact && !ready ? refused("brief_not_ready") : verdict;
  const chosen: Alternative = compact && compaction !== null ? compaction : stay;
  const afterCall = addToLedger(ledgers.session, { spent: chosen.cost, replay: replay.cost });
  const recallEntry = { spent: chosen.recallCost, replay: 0 };
  const recall = chosen.recallCost > 0 && sessionAffords(afterCall, recallEntry, options.sessionSlack);
  const canPrepare = compaction !== null && !compact && affordsBrief(ledgers, stay, compaction, replay.cost, options);

  return {
    compact,
    reason,
    recall,
    warm,
    rent: compaction?.rent ?? 0,
    oneTimePrice: compaction?.oneTimePrice ?? 0,
    stayCost: stay.cost,
    compactCost: compaction?.cost ?? null,
    cost: recall ? chosen.cost + chosen.recallCost : chosen.cost,
    replayTokens: replay.promptTokens,
    replayCost: replay.cost,
    promptTokens: chosen.promptTokens,
    briefTokens: compact && compaction !== null ? compaction.briefTokens : state.briefTokens,
    tailTokens: compact && compaction !== null ? compaction.tailTokens : state.historyTokens,
    leavingTokens: compaction?.leavingTokens ?? 0,
    shouldPrepare: (verdict.compact && !compact) || (canPrepare && isNearTrigger(state, compaction, options)),
    shouldPrepareAtExpiry: canPrepare && weigh(false).verdict.compact,
  };
}

/**
 * The thread's state once the call was answered. Pass the sizes as measured where they are known: `call.newTokens` and
 * `outputTokens` may differ from what was expected when the decision fell.
 */
export function settleCall(state: PolicyState, decision: Decision, call: CallFacts, outputTokens: number): PolicyState {
  const { headTokens } = state;
  const { compact, briefTokens, tailTokens } = decision;
  const exchangeTokens = call.newTokens + outputTokens;
  return {
    headTokens,
    briefTokens,
    historyTokens: tailTokens + exchangeTokens,
    rawTokens: state.rawTokens + exchangeTokens,
    droppedTokens: compact ? state.droppedTokens + decision.leavingTokens : state.droppedTokens,
    rent: compact ? 0 : state.rent + decision.rent,
    lastAtSeconds: call.nowSeconds,
    lastPromptTokens: headTokens + briefTokens + tailTokens + call.newTokens,
    lastReplayTokens: headTokens + state.rawTokens + call.newTokens,
    calls: state.calls + 1,
    userTurns: state.userTurns + (call.isUserTurn ? 1 : 0),
  };
}

/**
 * The ledger entry of a call as the cost model sees it, for callers without a bill. With a bill, enter that instead:
 * `{ spent: billed, replay: what the same usage would have cost under replay }`.
 */
export function modelledEntry(decision: Decision, call: CallFacts, outputTokens: number, prices: CachePrices): Ledger {
  const unexpectedOutputCost = (outputTokens - call.expectedOutputTokens) * prices.output;
  return { spent: decision.cost + unexpectedOutputCost, replay: decision.replayCost + unexpectedOutputCost };
}

/** The rule and its guards, for one assumption about the cache. */
function judge(
  state: PolicyState,
  ledgers: Ledgers,
  call: CallFacts,
  options: PolicyOptions,
  stay: Alternative,
  compaction: Compaction | null,
  replayCost: number,
  warm: boolean,
): Verdict {
  if (compaction === null || !(compaction.shrinkTokens > options.minimumShrinkTokens)) return NOTHING_TO_DROP;
  const byMoney = judgeMoney(state, ledgers, options, stay, compaction, replayCost, warm);
  return !byMoney.compact && isWindowFull(stay, call, options) ? wanted("window_full") : byMoney;
}

function judgeMoney(
  state: PolicyState,
  ledgers: Ledgers,
  options: PolicyOptions,
  stay: Alternative,
  compaction: Compaction,
  replayCost: number,
  warm: boolean,
): Verdict {
  const { rent, difference, oneTimePrice } = compaction;
  const noDearer = difference <= 0;
  const rentPaid = rent > 0 && state.rent + rent >= options.alpha * oneTimePrice;
  if (!noDearer && !rentPaid) return refused("rent_not_paid");

  const entry = { spent: compaction.cost, replay: replayCost };
  if (!sessionAffords(ledgers.session, entry, options.sessionSlack)) return refused("session_guard");
  const asksTenant = ledgers.tenant !== null && compaction.cost > stay.cost;
  if (asksTenant && !tenantAffords(ledgers.tenant, ledgers.session, entry, options.tenantSlack)) {
    return refused("tenant_guard");
  }
  if (!noDearer) return wanted("rent_paid");
  return wanted(warm ? "cheaper_now" : "cold_cache");
}

/** Whether the rent is close enough to the trigger that a brief should be on its way. */
function isNearTrigger(state: PolicyState, compaction: Compaction, options: PolicyOptions): boolean {
  if (!(compaction.shrinkTokens > options.minimumShrinkTokens)) return false;
  return state.rent + compaction.rent >= options.prepareShare * options.alpha * compaction.oneTimePrice;
}

/** Whether the distiller's bill for a brief that may never be used leaves both ledgers within their bounds. */
function affordsBrief(
  ledgers: Ledgers,
  stay: Alternative,
  compaction: Compaction,
  replayCost: number,
  options: PolicyOptions,
): boolean {
  const { session, tenant } = ledgers;
  const entry = { spent: stay.cost + compaction.distillCost, replay: replayCost };
  if (!sessionAffords(session, entry, options.sessionSlack)) return false;
  return tenant === null || compaction.distillCost === 0 || tenantAffords(tenant, session, entry, options.tenantSlack);
}

function isWindowFull(stay: Alternative, call: CallFacts, options: PolicyOptions): boolean {
  const { windowTokens } = call;
  return typeof windowTokens === "number" && stay.promptTokens > options.windowShare * windowTokens;
}

function wanted(reason: CompactReason): Verdict {
  return { compact: true, reason };
}

function refused(reason: StayReason): Verdict {
  return { compact: false, reason };
}
