/**
 * Says why a sentence may stand in a brief: instruction, preference, decision, reminder, or plain fact.
 *
 * Only a user's own words can be an instruction, a preference or a reminder; what a tool returns, what the
 * assistant writes and what a user merely pastes is never one, however it is phrased.
 * Questions need their neighbours to be judged and are settled in `read-span`. No state, no scores here.
 */
import type { PieceKind, SpanMessage } from "../ports/distiller.ts";
import {
  ASSISTANT_DECISION,
  FAILURE,
  NO_PREFERENCE,
  NO_REPORT,
  ORDER,
  PREFERENCE,
  REMINDER,
  STANDING,
  USER_DECISION,
} from "./cues.ts";
import type { Sentence } from "./sentences.ts";

/** A sentence as the patterns of `cues` expect it: lower case, straight apostrophes, no list mark. */
export function plainForm(text: string): string {
  return text
    .toLowerCase()
    .replaceAll("’", "'")
    .replace(/^\s*(?:[-*+•‣·>]|\d{1,3}[.)])\s+/u, "")
    .replace(/^["'*_`]+/u, "")
    .trim();
}

/** Whether a sentence ends as a question. */
export function isQuestion(text: string): boolean {
  return /[?？]["'”’)」』*]{0,3}$/u.test(text);
}

/** The kind of a sentence by its own words. `plain` is its `plainForm`; `peers` says that two people talk. */
export function classifySentence(
  role: SpanMessage["role"],
  sentence: Sentence,
  plain: string,
  peers: boolean,
): PieceKind {
  const { form, pasted } = sentence;
  if (role === "tool" || pasted || form === "code" || form === "json" || form === "table" || form === "call")
    return "fact";
  if (role === "assistant") {
    return !isQuestion(plain) && ASSISTANT_DECISION.test(plain) && !NO_REPORT.test(plain) && !FAILURE.test(plain)
      ? "decision"
      : "fact";
  }
  if (isInstruction(plain, peers || sentence.fragment)) return "instruction";
  if (REMINDER.test(plain)) return "question";
  if (USER_DECISION.test(plain) && !isQuestion(plain)) return "decision";
  return PREFERENCE.test(plain) && !NO_PREFERENCE.test(plain) ? "preference" : "fact";
}

function isInstruction(plain: string, rulesOnly: boolean): boolean {
  if (isQuestion(plain)) {
    // "Could you always ...?" is polite; "Do you always ...?" is a question.
    return /\b(?:can|could|would|will) you (?:please )?(?:always|never|stop|from now on)\b/u.test(plain);
  }
  return STANDING.test(plain) || (!rulesOnly && ORDER.test(plain));
}
