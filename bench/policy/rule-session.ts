/**
 * Runs one trace through the rule of src/policy, the way a session object does: offer a cut, decide, settle.
 * Money comes from the cost model, so what is measured is the rule and not the provider.
 * It must not know any other strategy; comparisons are made elsewhere.
 */
import type { CachePrices } from "../../src/policy/cache-model.ts";
import { addToLedger, EMPTY_LEDGER, type Ledger } from "../../src/policy/ledger.ts";
import {
  decideCompaction,
  modelledEntry,
  newPolicyState,
  settleCall,
  type CallFacts,
  type Decision,
  type PolicyOptions,
  type PolicyState,
} from "../../src/policy/ski-rental.ts";
import type { Trace } from "./traces.ts";

/** What one session came to. */
export interface SessionOutcome {
  readonly ledger: Ledger;
  readonly compactions: number;
  /** One mark per call, see `decisionMark`. */
  readonly marks: string;
}

/** What a watcher sees after each call. */
export interface SettledCall {
  readonly before: PolicyState;
  readonly decision: Decision;
  readonly after: PolicyState;
  readonly ledger: Ledger;
}

/** A decision as one digit: 1 for a compaction plus 2 for a recall. */
export function decisionMark(compact: boolean, recall: boolean): string {
  return String((compact ? 1 : 0) + (recall ? 2 : 0));
}

/** How many of the newest items stay verbatim, and their tokens: both guards filled, whole exchanges only. */
export function verbatimTail(
  items: readonly number[],
  options: PolicyOptions,
): { keptItems: number; tailTokens: number } {
  let keptItems = 0;
  let tailTokens = 0;
  while (keptItems < items.length && (tailTokens < options.guardTokens || keptItems < options.guardItems)) {
    keptItems++;
    tailTokens += items[items.length - keptItems] ?? 0;
  }
  return { keptItems, tailTokens };
}

/** `tenant` is the ledger of the tenant's other sessions, null to run without the tenant guard. */
export function runRule(
  trace: Trace,
  prices: CachePrices,
  options: PolicyOptions,
  tenant: Ledger | null,
  watch?: (settled: SettledCall) => void,
): SessionOutcome {
  let state = newPolicyState(trace.headTokens);
  let session = EMPTY_LEDGER;
  let items: number[] = [];
  let compactions = 0;
  let marks = "";
  for (const { atSeconds, newTokens, outputTokens, isUserTurn } of trace.calls) {
    const call: CallFacts = { nowSeconds: atSeconds, newTokens, isUserTurn, expectedOutputTokens: 0 };
    const { keptItems, tailTokens } = verbatimTail(items, options);
    const offer = { tailTokens, briefTokens: null };
    const decision = decideCompaction(state, { session, tenant }, offer, call, prices, options);
    const before = state;
    state = settleCall(state, decision, call, outputTokens);
    session = addToLedger(session, modelledEntry(decision, call, outputTokens, prices));
    if (decision.compact) {
      items = items.slice(items.length - keptItems);
      compactions++;
    }
    items.push(newTokens + outputTokens);
    marks += decisionMark(decision.compact, decision.recall);
    watch?.({ before, decision, after: state, ledger: session });
  }
  return { ledger: session, compactions, marks };
}
