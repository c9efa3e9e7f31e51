/**
 * Scores policies on the cases of recorded runs: are the needed values there, and are they still together?
 *
 * A case passes when every needed value stands in the forwarded text. A set of values that one JSON object held
 * passes when one line of the text holds all of it. Tokens are those of the forwarded text.
 * This file must not know how a policy works.
 */
import { holds, type AgentCase } from "./runs.ts";
import type { AgentPolicy, CountTokens } from "./policies.ts";

export interface Score {
  policy: string;
  budget: number;
  /** Share of cases, in percent. */
  valuesPresent: number;
  /** Share of sets of values of one object that stand on one line, in percent. */
  together: number;
  /** The same for objects with all that was nested in them. */
  togetherNested: number;
  meanTokens: number;
  /** Milliseconds a case, token counting included. */
  meanMs: number;
}

export function scorePolicy(
  name: string,
  policy: AgentPolicy,
  cases: readonly AgentCase[],
  budget: number,
  countTokens: CountTokens,
): Score {
  const beside = { held: 0, all: 0 };
  const nested = { held: 0, all: 0 };
  let present = 0;
  let tokens = 0;
  let ms = 0;
  for (const { history, needed, together, togetherNested } of cases) {
    const started = performance.now();
    const text = policy(history, budget, countTokens);
    ms += performance.now() - started;
    const used = countTokens(text);
    if (used > budget) throw new Error(`${name} used ${used} of ${budget} tokens`);
    tokens += used;
    if (needed.every((value) => holds(text, value))) present++;
    const lines = text.split("\n");
    count(beside, lines, together);
    count(nested, lines, togetherNested);
  }
  return {
    policy: name,
    budget,
    valuesPresent: (100 * present) / cases.length,
    together: (100 * beside.held) / beside.all,
    togetherNested: (100 * nested.held) / nested.all,
    meanTokens: tokens / cases.length,
    meanMs: ms / cases.length,
  };
}

function count(tally: { held: number; all: number }, lines: readonly string[], sets: AgentCase["together"]): void {
  for (const set of sets) {
    tally.all++;
    if (lines.some((line) => set.every((value) => holds(line, value)))) tally.held++;
  }
}

/** A counter that remembers: policies count the same lines over and over. */
export function remembering(countTokens: CountTokens): CountTokens {
  const known = new Map<string, number>();
  return (text) => {
    let tokens = known.get(text);
    if (tokens === undefined) known.set(text, (tokens = countTokens(text)));
    return tokens;
  };
}
