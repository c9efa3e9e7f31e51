/**
 * A pattern by which a statement about the speaker is known, and what it is worth.
 *
 * It stands at the start of a clause and in the first person, so that what somebody else said, asked or supposed does
 * not match. It must not hold a word of any language.
 */
import type { FactKind } from "../../ports/user-memory.ts";

export interface FactCue {
  kind: FactKind;
  /** What has one value at a time; one that ends with a colon is completed by the group `v`. Null: may stand beside others. */
  slot: string | null;
  pattern: RegExp;
  /** The group `v` must look like a name. */
  named: boolean;
}

export function cue(kind: FactKind, slot: string | null, source: string, named = false): FactCue {
  return { kind, slot, pattern: new RegExp(`^${source}`, "iu"), named };
}
