/**
 * Says why a sentence may stand in a brief: instruction, preference, decision, reminder, or plain fact.
 *
 * Only a user's own words can be an instruction, a preference or a reminder; what a tool returns, what the
 * assistant writes and what a user merely pastes is never one, however it is phrased.
 * Questions need their neighbours to be judged and are settled in `read-span`. No state, no scores here.
 */
import type { PieceKind, SpanMessage } from "../ports/distiller.ts";
import { ASSISTANT_DECISION, FAILURE, NO_REPORT, REMINDER, USER_DECISION } from "./cues.ts";
import type { Sentence } from "./sentences.ts";
import { isQuestion, readWish } from "./pins/wish.ts";

/** A sentence as the patterns expect it: lower case, straight apostrophes, single spaces, no list mark. */
export function plainForm(text: string): string {
  return text
    .toLowerCase()
    .replaceAll("’", "'")
    .replace(/\s+/gu, " ")
    .replace(/^ ?(?:[-*+•‣·>]|\d{1,3}[.)]) /u, "")
    .replace(/^["'*_`]+/u, "")
    .trim();
}

/** The kind of a sentence by its own words. `own` is the sentence without quotations; `peers` says that two people talk. */
export function classifySentence(
  role: SpanMessage["role"],
  sentence: Sentence,
  plain: string,
  own: string,
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
  const wish = readWish(own, plainForm(own), peers || sentence.fragment);
  if (wish === "order") return "instruction";
  if (REMINDER.test(plain)) return "question";
  if (USER_DECISION.test(plain) && !isQuestion(plain)) return "decision";
  return wish === null ? "fact" : "preference";
}
