/**
 * Stores the short forms in which new messages went up, and carries a thread's forms on to its next state.
 *
 * The bill of the turn is corrected by what they saved, because the plan was made before they were. Part of the turn's
 * transaction. Where an upstream has refused a rewritten body the thread has no forms from then on.
 */
import type { Hash } from "../../model/hash.ts";
import { KNOWN_RESULTS_MAX } from "../../model/limits.ts";
import type { TurnRecord } from "../../ports/session.ts";
import type { Forecast } from "../forecast.ts";
import type { FormRef } from "./form-store.ts";
import type { TreeNode } from "../message-store.ts";
import type { SessionTables } from "../tables.ts";
import type { ThreadState } from "../thread-state.ts";

/** The plan with the prompt as it went up: `open` has sized new results whole. */
export function lessShortened(forecast: Forecast, { shortened }: TurnRecord): Forecast {
  const saved = shortened.forms.reduce((sum, { savedTokens }) => sum + savedTokens, 0);
  if (saved === 0) return forecast;
  const { decision } = forecast;
  return { ...forecast, decision: { ...decision, promptTokens: decision.promptTokens - saved } };
}

/** How many messages of a turn went up in short form, and how many of them for the first time. */
export function countShort({ forms, mayShorten }: Forecast, { shortened }: TurnRecord): { all: number; fresh: number } {
  const fresh = shortened.forms.length;
  return { all: fresh + (mayShorten ? forms.length : 0), fresh };
}

/** The forms of a thread after a turn that ends with `asked`. */
export function nextForms(
  tables: SessionTables,
  before: ThreadState | null,
  { shortened, rewriteRefused, additionsRefused }: TurnRecord,
  { adopts, forms }: Forecast,
  asked: TreeNode | null,
): Pick<ThreadState, "forms" | "preparedForms" | "results"> {
  if (before?.rewriteOff || (rewriteRefused && !additionsRefused)) return {};
  // This once all went up whole.
  if (rewriteRefused)
    return {
      forms: before?.forms ?? [],
      preparedForms: before?.preparedForms ?? [],
      results: before?.results ?? [],
    };
  const cut = tables.briefs.find(adopts ?? before?.brief ?? null)?.depth ?? 0;
  const known = (before?.results ?? []).filter(({ depth }) => depth > cut);
  const places = new Map(known.map((result) => [result.hash, result]));
  for (const result of shortened.results) if (!places.has(result.hash)) places.set(result.hash, result);
  return {
    forms: [...forms, ...storeForms(tables, shortened.forms, asked)],
    preparedForms: adopts === null ? (before?.preparedForms ?? []) : [],
    results: [...places.values()].slice(-KNOWN_RESULTS_MAX),
  };
}

function storeForms(tables: SessionTables, forms: TurnRecord["shortened"]["forms"], asked: TreeNode | null): FormRef[] {
  if (forms.length === 0 || asked === null) return [];
  const first = Math.min(...forms.map(({ depth }) => depth));
  const chains = new Map<number, Hash>();
  for (const { depth, chain } of tables.store.walkUp(asked)) {
    if (depth < first) break;
    chains.set(depth, chain);
  }
  return forms.flatMap((form) => {
    const chain = chains.get(form.depth);
    return chain === undefined ? [] : [tables.forms.add(form, chain, false)];
  });
}
