/**
 * Lists of items as the API pages them: newest first unless asked otherwise, from behind a given item, so many.
 *
 * Sealed content is shown only to who includes it; only the reply to a creation carries it unasked. It must not
 * change the items themselves.
 */
import { typeOf, type Item } from "./items.ts";

const PAGE_ITEMS = 20;
const PAGE_ITEMS_MAX = 100;

export function pageOfItems(items: Item[], query: URLSearchParams): object {
  const ordered = query.get("order") === "asc" ? items : items.toReversed();
  const after = query.get("after");
  const start = after === null ? 0 : ordered.findIndex((item) => item.id === after) + 1;
  const limit = Math.min(Number(query.get("limit") ?? PAGE_ITEMS), PAGE_ITEMS_MAX);
  const data = ordered.slice(start, start + limit);
  return {
    object: "list",
    data: shownItems(data, query),
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < ordered.length,
  };
}

export function shownItems(items: Item[], query: URLSearchParams): Item[] {
  const included = [...query].filter(([name]) => name.startsWith("include")).map(([, value]) => value);
  if (included.includes("reasoning.encrypted_content")) return items.map((item) => inFull(item));
  return items.map((item) => {
    const { encrypted_content: _sealed, ...rest } = inFull(item);
    return typeOf(item) === "reasoning" ? rest : inFull(item);
  });
}

/** A message sent as plain text is listed as a message with one part. */
function inFull(item: Item): Item {
  if (typeOf(item) !== "message" || typeof item.content !== "string") return item;
  const isOutput = item.role === "assistant";
  const part = isOutput ? { type: "output_text", annotations: [] } : { type: "input_text" };
  return { ...item, type: "message", status: "completed", content: [{ ...part, text: item.content }] };
}
