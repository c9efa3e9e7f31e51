/**
 * What a stretch of a prompt is that the client did not write, from where it stands and how it begins.
 *
 * Labels and keys are those that the wires and `plan` write. It is only asked about what the client's body does not have,
 * so no words of a user's are taken for a label. It must not decide where a stretch begins.
 */
import { RECALL_TOOL_NAME } from "../../model/recall-call.ts";
import { RECALLED_LABEL } from "../../plan/frame-recalled.ts";
import type { TurnRow } from "../turn-log.ts";
import type { ExplainAdded } from "./align-bodies.ts";
import type { PromptNote } from "./prompt-note.ts";

/** In JSON nobody's words can look like it: their quotes are escaped. */
export const CACHE_MARKER = /"(?:cache_control|prompt_cache_breakpoint)":\{[^{}]*/;
/** A marker and the brackets around it are no longer than this. */
const MARKER_CHARS = 120;
const LABEL_START = RECALLED_LABEL.slice(0, 40);

export function createExplain({ record }: TurnRow, note: PromptNote): ExplainAdded {
  const hasFacts = ((record["memory"] as { tokens: number } | null | undefined)?.tokens ?? 0) > 0;
  return (depth, text) => {
    if (text.includes('"prompt_cache_key":')) return { kind: "cache_marker", reason: "names_the_cache" };
    if (text.length < MARKER_CHARS && CACHE_MARKER.test(text))
      return { kind: "cache_marker", reason: "keeps_the_cache" };
    if (depth === null)
      return text.includes(RECALL_TOOL_NAME)
        ? { kind: "recall_tool", reason: "for_searches" }
        : { kind: "head", reason: "supplied" };
    if (depth === note.cut + 1 && note.brief !== null && !text.includes(LABEL_START))
      return { kind: "brief", reason: note.isAdopted ? "brief_adopted" : "brief_in_force" };
    if (depth < note.depth) return { kind: "recalled", reason: "tools_used_behind" };
    return hasFacts && !text.includes(LABEL_START)
      ? { kind: "user_facts", reason: "known_of_the_user" }
      : { kind: "recalled", reason: "about_the_question" };
  };
}
