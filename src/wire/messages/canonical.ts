/**
 * The canonical form of a message: what two spellings of the same message have in common.
 *
 * For matching only; what is forwarded is always the client's own bytes. Clients move cache markers along, turn one
 * text block into a string and back, leave reasoning out, and write defaults and nulls or omit them; none of that
 * makes it another message. The input of a tool call is compared as a value. It must never throw on hostile input
 * other than by its depth, which the caller's try answers.
 */
import { sortKeys } from "../canonical-json.ts";
import { sliceArray, sliceObject } from "../json-slices.ts";
import type { Slice } from "../json-slices.ts";
import { isRecord } from "../read-members.ts";
import { splice, withoutMembers } from "../splice-body.ts";
import { isBlock, isEmptyText, isThinking } from "./schema.ts";
import type { RawMessage } from "./schema.ts";

/** Fields of a message with a rule of their own: `output_config` is a setting, not part of what is said. */
const RULED = new Set(["role", "content", "output_config", "clear_at"]);

/** Canonical text of a message; equal texts are the same message. No other wire's text begins like this. */
export function canonicalMessage(message: RawMessage): string {
  const form: [string, unknown][] = [["role", message.role]];
  const content = canonicalContent(message.content);
  if (content.length > 0) form.push(["content", content]);
  if (message["clear_at"] === "next_user_message") form.push(["clear_at", message["clear_at"]]);
  if (message.role !== "assistant")
    for (const [field, value] of Object.entries(message))
      if (!RULED.has(field) && value !== null) form.push([field, canonicalValue(value)]);
  return `messages\n${JSON.stringify(sortKeys(Object.fromEntries(form)))}`;
}

/** `"text"` and `[{type:"text",text:"text"}]` are one content; null, "" and [] are none. */
function canonicalContent(content: unknown): unknown[] {
  if (content === null || content === undefined || content === "") return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) return [canonicalValue(content)];
  return content.filter((block) => !isBlock(block) || !(isThinking(block) || isEmptyText(block))).map(canonicalValue);
}

function canonicalValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonicalValue);
  if (!isRecord(value)) return value;
  const form: [string, unknown][] = [];
  for (const [field, member] of Object.entries(value)) {
    if (isDefault(field, member)) continue;
    if (field === "input") form.push([field, value["type"] === "tool_use" ? withoutOff(member) : member]);
    else if (field === "content" && (typeof member === "string" || Array.isArray(member))) {
      const content = canonicalContent(member);
      if (content.length > 0) form.push([field, content]);
    } else form.push([field, canonicalValue(member)]);
  }
  return Object.fromEntries(form);
}

/** Input without switches that are off: one agent writes a tool's defaults into the call when it sends it back. */
function withoutOff(input: unknown): unknown {
  if (!isRecord(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([, member]) => member !== false));
}

/** Whether leaving this field out would mean the same. */
function isDefault(field: string, value: unknown): boolean {
  switch (field) {
    case "cache_control":
      return true;
    case "input":
      return false;
    case "is_error":
      return value === null || value === false;
    case "citations":
      return value === null || (Array.isArray(value) && value.length === 0);
    case "caller":
      return value === null || (isRecord(value) && value["type"] === "direct");
    default:
      return value === null;
  }
}

/** Billing notes that an agent puts first into the system prompt; they change from call to call and no model reads them. */
const BILLING_NOTE = "x-anthropic-billing-header";

/** Canonical text of `system`, "" without any. */
export function canonicalSystem(system: unknown): string {
  const blocks = canonicalContent(system).filter(
    (block) => !(isRecord(block) && typeof block["text"] === "string" && block["text"].startsWith(BILLING_NOTE)),
  );
  return blocks.length > 0 ? JSON.stringify(sortKeys(blocks)) : "";
}

/** Fields of a tool that the model does not see; one SDK sets the second only where it streams. */
const UNSEEN_TOOL_FIELDS = ["cache_control", "eager_input_streaming"];

/**
 * Text of `tools` without what the model does not see, "" without any. Taken out by position, like everything else: a
 * request without such fields costs one look for their names.
 */
export function canonicalTools(text: string, slice: Slice | null): string {
  const tools = slice ? text.slice(slice.start, slice.end) : "";
  if (!/^\[\s*[^\s\]]/.test(tools)) return "";
  if (!UNSEEN_TOOL_FIELDS.some((field) => tools.includes(`"${field}"`))) return tools;
  const unseen = new Set(UNSEEN_TOOL_FIELDS);
  const elements = sliceArray(tools) ?? [];
  return splice(
    tools,
    elements.flatMap(({ start, end }) => withoutMembers(sliceObject(tools, start, end) ?? [], unseen)),
  );
}
