/**
 * What the user has just said, as the words to recall by.
 *
 * Only a message that is the user's alone is a question: the answers of tools speak to the model. Of a long one the
 * beginning and the end count. It must not look at what came before: that is the session's.
 */
import { RECALL_QUERY_CHARS_MAX } from "../model/limits.ts";
import type { Wire } from "../wire/wire.ts";
import type { History } from "./read-history.ts";

/** Null: the newest message asks nothing. */
export function readQuery(wire: Wire, { messages }: History): string | null {
  const newest = messages.at(-1);
  if (newest?.role !== "user" || newest.answersCalls > 0) return null;
  const spoken = wire.readText(newest.json);
  if (spoken.some(({ role }) => role !== "user")) return null;
  const text = spoken.map((part) => part.text).join("\n");
  if (text.length <= RECALL_QUERY_CHARS_MAX) return text;
  const half = RECALL_QUERY_CHARS_MAX / 2;
  return `${text.slice(0, half)}\n${text.slice(-half)}`;
}
