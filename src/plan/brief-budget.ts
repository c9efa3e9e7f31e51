/**
 * How many tokens a brief may have.
 *
 * A share of what it stands for, within bounds: a short span must not be replaced by a text as long as itself, and a
 * long one is carried by its originals in the store, not by an ever longer brief. The rule that decides whether a
 * brief would pay uses the same number before it is written.
 */

/** The size that the compaction rule was measured with; beyond it verbatim turns are the better use of a prompt. */
const BRIEF_TOKENS_MAX = 1500;
const BRIEF_TOKENS_FLOOR = 256;
const BRIEF_SHARE = 0.4;

/**
 * @param leavingTokens verbatim history that leaves the prompt
 * @param replacedTokens size of the brief that the new one replaces, 0 without one
 */
export function briefBudget(leavingTokens: number, replacedTokens: number): number {
  const share = Math.floor(BRIEF_SHARE * (leavingTokens + replacedTokens));
  return Math.min(BRIEF_TOKENS_MAX, Math.max(BRIEF_TOKENS_FLOOR, share));
}
