/**
 * How long a brief may be: the budget, and never more than a share of what it stands for.
 *
 * A summary as long as its source saves nothing, and summaries of summaries that may grow do grow.
 * Shared by the distiller and the gate, so that both speak of the same number. Counting stops as soon as the budget
 * is the tighter bound: a long span is not tokenised to its end. This file must not look at meaning.
 */
import type { BriefPiece, SpanMessage } from "../ports/distiller.ts";

/** Largest brief, as a share of the tokens it replaces (span and quotes of the previous brief). */
const REPLACED_SHARE_MAX = 0.6;

export interface Allowance {
  /** Tokens a brief may have. */
  tokens: number;
  /** Tokens it replaces, counted only as far as needed: a lower bound. */
  replacedTokens: number;
}

export function measureAllowance(
  span: readonly SpanMessage[],
  kept: readonly BriefPiece[],
  budgetTokens: number,
  countTokens: (text: string) => number,
): Allowance {
  const enough = budgetTokens / REPLACED_SHARE_MAX;
  let replacedTokens = 0;
  for (const source of [...span, ...kept.filter(({ unshown }) => unshown !== true)]) {
    if (replacedTokens >= enough) break;
    replacedTokens += countTokens(source.text);
  }
  return { tokens: Math.min(budgetTokens, Math.floor(replacedTokens * REPLACED_SHARE_MAX)), replacedTokens };
}
