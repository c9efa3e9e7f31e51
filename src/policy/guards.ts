/**
 * The two solvency guards: a session, and all of a tenant's sessions together, may cost at most a fixed share more than
 * the full replay that their ledgers record beside them.
 * As long as the cache behaves as modelled, a call that does not compact never costs more than the same call under
 * replay, so refusing the compactions that would overdraw a ledger is enough to keep every ledger within its bound.
 * They must not weigh whether a compaction is worth its price: that is the ski-rental rule's question.
 */
import type { Ledger } from "./ledger.ts";

/** Whether a session may add `entry` and still have spent at most `1 + slack` times its replay. */
export function sessionAffords(session: Ledger, entry: Ledger, slack: number): boolean {
  return session.spent + entry.spent <= (1 + slack) * (session.replay + entry.replay);
}

/**
 * Whether a tenant may, through this session, add `entry` and stay within `1 + slack` times the replay of all sessions.
 * `others` is the tenant's ledger without this session, so that the session's own entries are not counted twice.
 */
export function tenantAffords(others: Ledger, session: Ledger, entry: Ledger, slack: number): boolean {
  return tenantLeft(others, session, entry, slack) >= 0;
}

/** What a tenant could spend beyond `entry` and still be within its bound; negative where it cannot afford `entry`. */
export function tenantLeft(others: Ledger, session: Ledger, entry: Ledger, slack: number): number {
  const spent = others.spent + session.spent + entry.spent;
  return (1 + slack) * (others.replay + session.replay + entry.replay) - spent;
}
