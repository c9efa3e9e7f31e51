/**
 * How many tokens a recalled block may have in one call.
 *
 * It is paid in full on every call that carries one, because it stands behind the cached prefix. A small block is part
 * of the rule's own arithmetic and bound by the session guard. A larger one, for a question that needs it, must be
 * affordable twice: out of what the session has saved, and within what the tenant may spend, where that is known.
 * And because a block may have to stay in the prompt, none makes it longer than the replay.
 * It must not weigh what the block is worth.
 */
import type { CachePrices } from "./cache-model.ts";
import { tenantLeft } from "./guards.ts";
import { EMPTY_LEDGER } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { PolicyOptions } from "./options.ts";
import type { Decision, Ledgers } from "./ski-rental.ts";

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
  { session, tenant }: Ledgers,
  prices: CachePrices,
  options: PolicyOptions,
): RecallBudget {
  if (!decision.recall) return { small: 0, large: 0 };
  const { recallTokens, recallTokensMax, tenantSlack } = options;
  const withoutBlock = { spent: decision.cost - recallTokens * prices.input, replay: decision.replayCost };
  // A session that is ahead by itself may not spend what others of its tenant have overdrawn.
  const ownLeft = tenantLeft(EMPTY_LEDGER, session, withoutBlock, tenantSlack);
  const left = tenant === null ? ownLeft : Math.min(ownLeft, tenantLeft(tenant, session, withoutBlock, tenantSlack));
  const affordable = prices.input > 0 ? Math.floor(left / prices.input) : recallTokensMax;
  const room = Math.max(0, decision.replayTokens - decision.promptTokens);
  const small = Math.min(recallTokens, room);
  return { small, large: Math.max(small, Math.min(recallTokensMax, affordable, room)) };
}
