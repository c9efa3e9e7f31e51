/**
 * The canonical form of an item: what two spellings of the same item have in common.
 *
 * For matching only; what is forwarded is always the client's own bytes. Clients replay the model's items with or
 * without ids, status, phase and `parsed` fields, content as string or as parts, arguments re-serialised; none of that
 * makes it another message. Reasoning is left out by the caller: some clients drop it. It must never throw but where a
 * nesting is too deep to walk, which the caller answers.
 */
import { canonicalArguments, sortKeys } from "../canonical-json.ts";
import { isRecord } from "../read-members.ts";
import { CALLS, typeOf } from "./schema.ts";
import type { Item } from "./schema.ts";

/** What the upstream or a client notes about an item; it is no part of what is said. */
const NOTES = new Set([
  "id",
  "status",
  "phase",
  "caller",
  "created_by",
  "parsed_arguments",
  "prompt_cache_breakpoint",
  "internal_chat_message_metadata_passthrough",
]);

/** What makes a call of the model's the call that it is. */
const CALL_FIELDS = ["call_id", "name", "namespace", "input", "action", "actions", "operation"];

const TEXT_PARTS = new Set(["input_text", "output_text", "text"]);

/** Canonical JSON text of an item; equal texts are the same item. Starts so that no other wire's can equal it. */
export function canonicalItem(item: Item): string {
  return `responses\n${JSON.stringify(sortKeys(canonicalForm(item)))}`;
}

function canonicalForm(item: Item): Item {
  const type = typeOf(item);
  if (type === "message") return canonicalMessage(item);
  if (type === "item_reference") return { type, id: item["id"] };
  const form: Item = { type };
  const { arguments: args, output } = item;
  if (CALLS.has(type ?? "")) {
    for (const field of CALL_FIELDS) put(form, field, item[field]);
    put(form, "arguments", typeof args === "string" ? canonicalArguments(args) : args);
    return form;
  }
  for (const [field, value] of Object.entries(item)) if (!NOTES.has(field)) put(form, field, value);
  if (output !== undefined) put(form, "output", canonicalContent(output, false));
  // Some outputs name their call by its id alone, and a failed one is not the one that succeeded.
  if (type?.endsWith("_output") && typeof item["call_id"] !== "string") put(form, "id", item["id"]);
  if (item["status"] === "failed") form["status"] = "failed";
  return form;
}

function canonicalMessage(item: Item): Item {
  const isOwn = item["role"] === "assistant";
  const form: Item = { role: item["role"] };
  const content = canonicalContent(item["content"], isOwn);
  // Of the model's own words clients keep the words; whatever a user's message holds counts.
  if (!isOwn)
    for (const [field, value] of Object.entries(item))
      if (!NOTES.has(field) && field !== "type" && field !== "content") put(form, field, value);
  put(form, "content", content);
  return form;
}

/** `"text"` and one text part are one content; null, "" and [] are none. */
function canonicalContent(content: unknown, isOwn: boolean): unknown {
  if (content === "") return null;
  if (!Array.isArray(content)) return content;
  if (content.length === 0) return null;
  const parts = content.map((part: unknown) => (isRecord(part) ? canonicalPart(part, isOwn) : part));
  const [only] = parts;
  if (parts.length === 1 && isRecord(only) && only["type"] === "text" && Object.keys(only).length === 2)
    return only["text"] === "" ? null : only["text"];
  return parts;
}

function canonicalPart(part: Item, isOwn: boolean): Item {
  const { type, annotations } = part;
  const form: Item = { type: TEXT_PARTS.has(String(type)) ? "text" : type };
  if (isOwn && form["type"] === "text") put(form, "text", part["text"]);
  else
    for (const [field, value] of Object.entries(part))
      if (field !== "type" && field !== "annotations" && !NOTES.has(field)) put(form, field, value);
  if (Array.isArray(annotations) && annotations.length > 0) form["annotations"] = annotations;
  return form;
}

function put(form: Item, field: string, value: unknown): void {
  if (value === null || value === undefined) delete form[field];
  else form[field] = value;
}
