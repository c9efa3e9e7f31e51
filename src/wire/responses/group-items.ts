/**
 * Which items are one message: reasoning goes with the model's own item behind it.
 *
 * A provider refuses reasoning without its item and the item without its reasoning. Reasoning that no item of the
 * model's follows (an answer that ended while it still thought) stands alone. Looks at what an item is, never at what
 * it says.
 */
import { roleOf } from "./read-message.ts";
import { isReasoning } from "./schema.ts";
import type { Item } from "./schema.ts";

/** From the first item of a message up to, not including, the one behind its last. */
export interface ItemRange {
  from: number;
  to: number;
}

export function groupItems(items: readonly Item[], from = 0): ItemRange[] {
  const ranges: ItemRange[] = [];
  let start = from;
  for (let index = from; index < items.length; index++) {
    const item = items[index];
    if (!item || isReasoning(item)) continue;
    if (start < index && roleOf(item) !== "assistant") {
      ranges.push({ from: start, to: index });
      start = index;
    }
    ranges.push({ from: start, to: index + 1 });
    start = index + 1;
  }
  if (start < items.length) ranges.push({ from: start, to: items.length });
  return ranges;
}
