/**
 * What the compaction rule remembers of a thread between calls, and what it is told about the call at hand.
 * The state is a dozen plain numbers, so that a session can store it beside the thread and read it back without a walk
 * over its history.
 * It must not hold messages, prices or money of other sessions.
 */

/** A thread's memory of sizes and rent. All sizes in tokens; replace it, never change it. */
export interface PolicyState {
  /** The stable head of every prompt: tools and system. */
  readonly headTokens: number;
  /** The brief now in the prompt; 0 before the first compaction. */
  readonly briefTokens: number;
  /** Verbatim history since the last cut. */
  readonly historyTokens: number;
  /** The whole transcript, as a full replay would send it (without the head). */
  readonly rawTokens: number;
  /** What the brief stands for. */
  readonly droppedTokens: number;
  /** Rent paid since the last compaction, in the unit of the prices. */
  readonly rent: number;
  /** Start of the last call; null before the first. */
  readonly lastAtSeconds: number | null;
  /** The prompt of the last call, as forwarded. */
  readonly lastPromptTokens: number;
  /** The prompt of the last call, had everything been replayed. */
  readonly lastReplayTokens: number;
  readonly calls: number;
  readonly userTurns: number;
}

/** Where the prompt could be cut now. */
export interface CutOffer {
  /** Verbatim history that would stay. */
  readonly tailTokens: number;
  /** Size of the brief written for this cut; null expects one of `options.briefTokens`, or less where less is dropped. */
  readonly briefTokens: number | null;
  /** What writing the brief still costs. Absent: estimated. 0: it is written and its bill is in the ledger already. */
  readonly distillCost?: number;
  /** False while the brief is still to be written: the rule then only says that it is wanted. Absent means ready. */
  readonly ready?: boolean;
}

/** The call at hand. */
export interface CallFacts {
  readonly nowSeconds: number;
  /** What this call adds to the transcript. */
  readonly newTokens: number;
  /** True when a user speaks, false for a step inside a tool loop. */
  readonly isUserTurn: boolean;
  /** Cancels out of the rule itself and only sharpens the guards; 0 when unknown. */
  readonly expectedOutputTokens: number;
  /** Overrides the clock rule where the caller knows better. */
  readonly warm?: boolean;
  /** The model's context window; null or absent when unknown. */
  readonly windowTokens?: number | null;
}

/** The state of a thread before its first call. */
export function newPolicyState(headTokens: number): PolicyState {
  return {
    headTokens,
    briefTokens: 0,
    historyTokens: 0,
    rawTokens: 0,
    droppedTokens: 0,
    rent: 0,
    lastAtSeconds: null,
    lastPromptTokens: 0,
    lastReplayTokens: 0,
    calls: 0,
    userTurns: 0,
  };
}
