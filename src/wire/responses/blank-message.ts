/**
 * An item without its words: calls and outputs keep their ids, messages their speaker.
 *
 * The reasoning before an item goes: it is bound to words that are no longer there, and the API takes an item without it.
 * Items of other kinds keep their shape, each text in it replaced. What cannot be read becomes the user's message.
 */
import { blankValue, DELETED_TEXT } from "../blank.ts";
import { asText, isRecord } from "../read-members.ts";
import { isReasoning, parseItems, typeOf } from "./schema.ts";
import type { Item } from "./schema.ts";

/** Calls whose output may be a plain text. */
const TEXT_OUTPUTS = new Set(["function_call_output", "custom_tool_call_output"]);

export function blankMessage(json: string): string {
  const item = parseItems(json)?.at(-1);
  return JSON.stringify(item ? blankItem(item) : { role: "user", content: DELETED_TEXT });
}

function blankItem(item: Item): unknown {
  const type = typeOf(item);
  if (isReasoning(item)) return { type: "message", role: "assistant", content: DELETED_TEXT };
  if (type === "message") return { type, role: asText(item["role"]) ?? "user", content: DELETED_TEXT };
  const blank = blankValue(item);
  return isRecord(blank) && TEXT_OUTPUTS.has(type ?? "") ? { ...blank, output: DELETED_TEXT } : blank;
}
