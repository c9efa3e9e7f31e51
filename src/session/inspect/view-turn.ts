/**
 * A turn's row as an inspection shows it.
 *
 * Shapes only; it decides nothing. Fields that rows of older versions do not have are null.
 */
import type { BillView, DecisionView, TurnSummary } from "../../ports/turn-view.ts";
import type { Decision } from "../../policy/ski-rental.ts";
import type { Forecast } from "../forecast.ts";
import type { CallBill } from "../session-ledger.ts";
import type { TurnRow } from "../turn-log.ts";

export function viewTurn(turn: TurnRow): TurnSummary {
  const { record } = turn;
  const bill = (record["bill"] ?? null) as CallBill | null;
  const decision = (record["decision"] ?? null) as Decision | null;
  return {
    rev: turn.rev,
    number: turn.seq,
    at: new Date(turn.at).toISOString(),
    status: turn.status,
    attempts: turn.attempts,
    verdict: turn.verdict,
    plan: turn.mode,
    reason: turn.reason,
    model: record["model"] as TurnSummary["model"],
    identity: record["identity"] as TurnSummary["identity"],
    http_status: record["httpStatus"] as TurnSummary["http_status"],
    rewrite_refused: record["rewriteRefused"] as TurnSummary["rewrite_refused"],
    additions_refused: (record["additionsRefused"] ?? false) as TurnSummary["additions_refused"],
    epoch: record["epoch"] as TurnSummary["epoch"],
    bytes: record["bytes"] as TurnSummary["bytes"],
    usage: record["usage"] as TurnSummary["usage"],
    further_usage: (record["further"] ?? []) as TurnSummary["further_usage"],
    bill: bill && viewBill(bill),
    decision: decision && viewDecision(decision, record),
    short_results: record["short"] as TurnSummary["short_results"],
    recalled: (record["recalled"] ?? null) as TurnSummary["recalled"],
    memory: (record["memory"] ?? null) as TurnSummary["memory"],
    timings_ms: record["timings"] as TurnSummary["timings_ms"],
  };
}

function viewBill(bill: CallBill): BillView {
  const { spent, replay, uncachedReplay, usdPerUnit, further } = bill;
  return {
    prompt_tokens: bill.promptTokens,
    cached_tokens: bill.cachedTokens,
    output_tokens: bill.outputTokens,
    replay_tokens: bill.replayTokens,
    replay_cached_tokens: bill.replayCachedTokens,
    input_token_units: { spent, replay, uncached_replay: uncachedReplay },
    usd:
      usdPerUnit === null
        ? null
        : { spent: spent * usdPerUnit, replay: replay * usdPerUnit, uncached_replay: uncachedReplay * usdPerUnit },
    source: bill.source,
    further: {
      calls: further.calls,
      prompt_tokens: further.promptTokens,
      cached_tokens: further.cachedTokens,
    },
  };
}

function viewDecision(decision: Decision, record: TurnRow["record"]): DecisionView {
  const guard = (record["guard"] ?? null) as Forecast["guard"] | null;
  return {
    compacts: decision.compact,
    reason: decision.reason,
    is_warm: decision.warm,
    rent_paid: (record["rentPaid"] ?? null) as number | null,
    rent: decision.rent,
    one_time_price: decision.oneTimePrice,
    stay_cost: decision.stayCost,
    compact_cost: decision.compactCost,
    replay_cost: decision.replayCost,
    tokens: {
      prompt: decision.promptTokens,
      replay: decision.replayTokens,
      brief: decision.briefTokens,
      tail: decision.tailTokens,
      leaving: decision.leavingTokens,
    },
    guard: guard && { session_spent: guard.spent, session_replay: guard.replay, slack: guard.slack },
  };
}
