/**
 * What is left of a turn's recalled blocks when it ends.
 *
 * They were put together before the request went up; a message that was deleted since must not be stored again as the quote
 * that stood in its prompt.
 */
import { GONE_DELETED } from "../../model/message.ts";
import type { RecalledBlocks, RecallNote } from "../../ports/prompt-blocks.ts";
import type { MessageStore, TreeNode } from "../message-store.ts";

/** @param known the deepest message of the request that was stored before */
export function keptBlocks(
  store: MessageStore,
  known: TreeNode | null,
  { newest, lasting }: RecalledBlocks,
): RecalledBlocks {
  if (!known || (known.pathGone & GONE_DELETED) === 0) return { newest, lasting };
  const isKept = ({ nodes }: RecallNote): boolean => !store.lacks(nodes);
  return { newest: newest && isKept(newest) ? newest : null, lasting: lasting.filter(isKept) };
}
