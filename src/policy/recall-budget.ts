/**
 * How many tokens a recalled block may have in one call.
 *
 * It is paid in full on every call that carries one, because it stands behind the cached prefix. A small block is part
 * of the rule's own arithmetic and bound by the session guard; a larger one, for a question that needs it, is
 * bound by what the session has saved: with it the session still costs no more than its replay and the tenant's slack.
 * And because a block may have to stay in the prompt, none makes it longer than the replay.
 * It must not weigh what the block is worth.
 */
import type { CachePrices } from "./cache-model.ts";
import type { Ledger } from "./ledger.ts";
import type { PolicyOptions } from "./options.ts";
import type { Decision } from "./ski-rental.ts";

/** Tokens for a question with one answer, and for one about many things. Both 0: no block. */
export interface RecallBudget {
  readonly small: number;
  readonly large: number;
}

/** Tokens that a call may carry uncached beyond its decided cost while the session stays within its bound; never negative. */
export function spareTokens(
  decision: Pick<Decision, "cost" | "replayCost">,
  session: Ledger,
  prices: CachePrices,
  { sessionSlack }: Pick<PolicyOptions, "sessionSlack">,
): number {
  if (prices.input <= 0) return Number.MAX_SAFE_INTEGER;
  const left = (1 + sessionSlack) * (session.replay + decision.replayCost) - (session.spent + decision.cost);
  return Math.max(0, Math.floor(left / prices.input));
}

export function budgetRecall(
  decision: Pick<Decision, "recall" | "cost" | "replayCost" | "promptTokens" | "replayTokens">,
  session: Ledger,
  prices: CachePrices,
  options: PolicyOptions,
): RecallBudget {
  if (!decision.recall) return { small: 0, large: 0 };
  const { recallTokens, recallTokensMax, tenantSlack } = options;
  const costWithout = decision.cost - recallTokens * prices.input;
  const saved = (1 + tenantSlack) * (session.replay + decision.replayCost) - (session.spent + costWithout);
  const affordable = prices.input > 0 ? Math.floor(saved / prices.input) : recallTokensMax;
  const room = Math.max(0, decision.replayTokens - decision.promptTokens);
  const small = Math.min(recallTokens, room);
  return { small, large: Math.max(small, Math.min(recallTokensMax, affordable, room)) };
}
