/**
 * Whether the state of a thread, read from a file, belongs to that thread.
 *
 * A brief in force, a cut and a short form each stand at a place of the path that ends with the turn; anywhere else they
 * would put other words before the client's. A brief that was only prepared may have been left behind by the export and
 * is then written anew. It walks the part of the path that is not in the brief.
 */
import { fail, ok } from "../../model/result.ts";
import type { Hash } from "../../model/hash.ts";
import type { Result } from "../../model/result.ts";
import type { FormRef } from "../forms/form-store.ts";
import type { SessionTables } from "../tables.ts";
import type { ThreadState } from "../thread-state.ts";
import { readFingerprint } from "./first-exchange.ts";

export function admitState(tables: SessionTables, state: ThreadState, end: Hash | null): Result<ThreadState, string> {
  const { sql, briefs } = tables;
  const brief = briefs.find(state.brief);
  if (state.brief !== null && brief?.state !== "committed") return fail("the brief in force is not in the file");
  if (state.epoch !== null && sql.all("SELECT 1 FROM epoch WHERE id = ?", state.epoch).length === 0)
    return fail("its epoch is not in the file");
  const [newest] = sql.all<{ id: number | null }>("SELECT max(id) AS id FROM brief");
  const isLeftBehind = (state.prepared ?? 0) > (newest?.id ?? 0) || !hasForms(tables, state.preparedForms ?? []);
  const settled: ThreadState = isLeftBehind ? { ...state, prepared: null, preparedForms: [] } : state;
  const prepared = briefs.find(settled.prepared);
  if (prepared?.state === "rejected") return fail("the prepared brief was refused");
  const forms = [...(settled.forms ?? []), ...(settled.preparedForms ?? [])];
  if (!hasForms(tables, forms)) return fail("a short form is not in the file");

  const places = new Map<number, Hash[]>();
  for (const cut of [brief, prepared]) if (cut) places.set(cut.depth, [...(places.get(cut.depth) ?? []), cut.cut]);
  if (settled.candidate)
    places.set(settled.candidate.depth, [...(places.get(settled.candidate.depth) ?? []), settled.candidate.chain]);
  return standsOn(tables, end, places, forms) ? ok(settled) : fail("stands for another thread");
}

/** Whether the path has these messages at these depths, and the messages that the forms were made of at theirs. */
function standsOn(
  tables: SessionTables,
  end: Hash | null,
  places: ReadonlyMap<number, readonly Hash[]>,
  forms: readonly FormRef[],
): boolean {
  const depths = new Set([...places.keys(), ...forms.map(({ depth }) => depth)]);
  if (depths.size === 0) return true;
  const top = Math.min(...depths);
  const path = new Map<number, Hash>();
  for (const { chain, depth } of tables.store.walkUp(end ?? "")) {
    if (depth < top) break;
    if (depths.has(depth)) path.set(depth, chain);
  }
  const isHere = (depth: number, chain: Hash): boolean => path.get(depth) === chain;
  return (
    [...places].every(([depth, chains]) => chains.every((chain) => isHere(depth, chain))) &&
    forms.every(({ depth, form }) => isFormOf(tables, form, path.get(depth) ?? null))
  );
}

/** A form is shared by every thread that has its message at some place. */
function isFormOf({ sql, forms }: SessionTables, form: Hash, chain: Hash | null): boolean {
  const node = forms.sizes([{ depth: 0, form, refersTo: null }]).get(form)?.node ?? null;
  const own = readFingerprint(sql, node);
  return own !== null && own === readFingerprint(sql, chain);
}

function hasForms({ forms }: SessionTables, refs: readonly FormRef[]): boolean {
  return refs.length === 0 || forms.sizes(refs).size === new Set(refs.map(({ form }) => form)).size;
}
