/**
 * What the edge is told so that it can put new tool results into short form before they go up for the first time.
 *
 * Where the thread's new messages begin, which calls a delta may answer, which large results stand in the prompt. Null
 * where nothing may be shortened or the thread has as many short forms as it may have. It reads and decides nothing else.
 */
import { CALLING_MESSAGES_MAX, FORMS_CHARS_MAX, FORMS_MAX } from "../../model/limits.ts";
import type { Shortening } from "../../ports/session.ts";
import type { Forecast, ThreadBase } from "../forecast.ts";
import type { TreeNode } from "../message-store.ts";
import type { SessionTables } from "../tables.ts";

/** @param place the message that a delta goes on from (null for a whole history), and how many messages a brief stands for */
export function describeShortening(
  tables: SessionTables,
  { mayShorten, forms, formChars }: Forecast,
  { state, end }: ThreadBase,
  { before, cut }: { before: TreeNode | null; cut: number },
): Shortening | null {
  if (!mayShorten || forms.length >= FORMS_MAX || formChars >= FORMS_CHARS_MAX) return null;
  const depth = before?.depth ?? 0;
  const known = end?.depth ?? 0;
  return {
    depth,
    from: Math.max(0, known - depth),
    calling: before && before.openCalls > 0 ? readCalling(tables, before) : [],
    results: (state?.results ?? []).filter((result) => result.depth > cut && result.depth <= known),
    charsMax: FORMS_CHARS_MAX - formChars,
  };
}

/** The newest messages of the model's own, oldest first. */
function readCalling({ store }: SessionTables, before: TreeNode): string[] {
  const calling: string[] = [];
  for (const node of store.walkUp(before)) {
    if (node.role !== "assistant" || calling.length >= CALLING_MESSAGES_MAX) break;
    calling.unshift(store.body(node.message)?.json ?? "");
  }
  return calling;
}
