/**
 * The settings of the compaction rule in this product, over the rule's own defaults.
 *
 * Agents and chats differ only in how much stays verbatim. An extractive brief costs nothing, and without recall
 * nothing is recalled, so these are not priced in. An operator may override any number by name (STRATA_POLICY).
 */
import { DEFAULT_POLICY_OPTIONS } from "../policy/ski-rental.ts";
import type { PolicyOptions } from "../policy/ski-rental.ts";
import type { SessionPolicy } from "./forecast.ts";

/** Verbatim tokens and replies that a conversation without tools keeps: its turns are short, and a brief carries their gist. */
const CHAT_GUARD = { guardTokens: 2000, guardItems: 3 };

/**
 * A compaction must shorten the prompt by this much. The rule alone would, after a night, drop turns for a gain of a few
 * hundred tokens; that is too little money for words that nobody can read again.
 */
const MINIMUM_SHRINK_TOKENS = 1000;

/**
 * What a block takes for a question; a message that asks nothing gets half. Measured over recorded conversations: 600 and
 * 300 cost what 400 for both does, and bring back all of the evidence for 4 questions in a hundred more.
 */
const RECALL_TOKENS = 600;

export function choosePolicy(overrides: Readonly<Record<string, number>>, recalls: boolean): SessionPolicy {
  const known = Object.entries(overrides).filter(([name]) => name in DEFAULT_POLICY_OPTIONS);
  const base: PolicyOptions = {
    ...DEFAULT_POLICY_OPTIONS,
    recallTokens: recalls ? RECALL_TOKENS : 0,
    distillerPriceShare: 0,
    minimumShrinkTokens: MINIMUM_SHRINK_TOKENS,
  };
  const chosen = Object.fromEntries(known) as Partial<PolicyOptions>;
  return { agent: { ...base, ...chosen }, chat: { ...base, ...CHAT_GUARD, ...chosen } };
}
