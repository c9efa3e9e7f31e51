/**
 * The settings of the compaction rule and their defaults.
 * None of them is a token threshold for compacting: that point follows from the price table. They say how much stays
 * verbatim, how large a brief is, what forgetting is expected to cost, and how far a ledger may be overdrawn.
 * It must not hold prices.
 */

export interface PolicyOptions {
  /** Rent is worth a compaction at this many times the one-time price. 1 balances both; 2 compacts about 30 % less often. */
  readonly alpha: number;
  /** How far a session may exceed its full replay: 0.1 is 10 %. */
  readonly sessionSlack: number;
  /** How far all sessions of a tenant together may exceed their full replay. */
  readonly tenantSlack: number;
  /** At least this much of the newest history stays verbatim. */
  readonly guardTokens: number;
  /** At least this many of the newest exchanges stay verbatim. */
  readonly guardItems: number;
  /** Expected size of a brief that is not written yet; never more than what it stands for. */
  readonly briefTokens: number;
  /** Size of the recalled block that a user turn carries once something has left the prompt. */
  readonly recallTokens: number;
  /** Most tokens of a recalled block, for a question that needs many pieces and a session that has saved them. */
  readonly recallTokensMax: number;
  /** Share of the leaving tokens that the model is expected to read again: 8.2 % over 86 recorded compactions. */
  readonly rereadShare: number;
  /** Tokens that one such re-read brings back. */
  readonly rereadCallTokens: number;
  /** Output tokens of the call that asks for a re-read. */
  readonly rereadOutputTokens: number;
  /** Calls during which the re-read tokens stay in the prompt. */
  readonly rereadLiveCalls: number;
  /** Price of the distiller's tokens relative to the model's own. 0.05 is a model 20 times cheaper, 0 an extractive brief. */
  readonly distillerPriceShare: number;
  /** A compaction must shorten the prompt by more than this. */
  readonly minimumShrinkTokens: number;
  /** A brief is worth preparing once the rent has reached this share of the trigger. */
  readonly prepareShare: number;
  /** A prompt above this share of the context window compacts regardless of money. */
  readonly windowShare: number;
}

/** Settings for coding agents, which were fixed before any held-out trace was looked at. */
export const DEFAULT_POLICY_OPTIONS: PolicyOptions = {
  alpha: 1,
  sessionSlack: 0.1,
  tenantSlack: 0.01,
  guardTokens: 8000,
  guardItems: 2,
  briefTokens: 1500,
  recallTokens: 400,
  recallTokensMax: 2000,
  rereadShare: 0.08,
  rereadCallTokens: 1500,
  rereadOutputTokens: 150,
  rereadLiveCalls: 10,
  distillerPriceShare: 0.05,
  minimumShrinkTokens: 0,
  prepareShare: 0.6,
  windowShare: 0.9,
};
