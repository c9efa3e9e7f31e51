/**
 * Which messages of a thread go up in short form on a call, and what that saves.
 *
 * A form that was forwarded once stays until a compaction, which may rewrite the tail: the forms prepared for it then
 * take the place of those that were, and one that points at a message which has left falls away. It reads sizes only.
 */
import type { FormRef, FormStore } from "./form-store.ts";
import type { ThreadState } from "../thread-state.ts";

export interface ThreadForms {
  /** The forms of the messages behind `depth`, after a compaction there or while it has been in force. */
  behind(depth: number, isCompaction: boolean): FormRef[];
  /** Tokens that these forms take off, and their characters. */
  sizeOf(refs: readonly FormRef[]): { savedTokens: number; chars: number };
}

/** @param endDepth messages of the path up to which the state holds */
export function readThreadForms(store: FormStore, state: ThreadState | null, endDepth: number): ThreadForms {
  const inForce = upTo(state?.forms, endDepth);
  const prepared = upTo(state?.preparedForms, endDepth);
  const all = [...inForce, ...prepared];
  const sizes = all.length === 0 ? new Map() : store.sizes(all);
  return {
    behind(depth, isCompaction) {
      const kept = inForce.filter((ref) => ref.depth > depth);
      if (!isCompaction) return kept;
      const fresh = prepared.filter((ref) => ref.depth > depth);
      const renewed = new Set(fresh.map((ref) => ref.depth));
      const standing = kept.filter((ref) => !renewed.has(ref.depth) && (ref.refersTo ?? Infinity) > depth);
      return [...fresh, ...standing].toSorted((one, other) => one.depth - other.depth);
    },
    sizeOf(refs) {
      let [savedTokens, chars] = [0, 0];
      for (const { form } of refs) {
        savedTokens += sizes.get(form)?.savedTokens ?? 0;
        chars += sizes.get(form)?.chars ?? 0;
      }
      return { savedTokens, chars };
    },
  };
}

function upTo(refs: readonly FormRef[] | undefined, depth: number): FormRef[] {
  return (refs ?? []).filter((ref) => ref.depth <= depth);
}
