/**
 * The canonical form of a message: what two spellings of the same message have in common.
 *
 * For matching only; what is forwarded is always the client's own bytes. Clients replay an assistant message
 * with other key order, null fields, empty annotations, content as string or as parts, and re-serialised
 * arguments; none of that makes it another message. Whatever a *user* or tool message holds counts, except
 * cache markers. It must never throw on hostile input: JSON.parse has bounded what can arrive here, and a
 * nesting too deep to walk is answered by the caller's try.
 */
import { canonicalArguments, sortKeys } from "../canonical-json.ts";
import { isRecord } from "../read-members.ts";
import type { ChatMessage, ToolCall } from "./schema.ts";

/** Marks that a client moves along the conversation for the provider's cache; they are no part of what is said. */
const CACHE_MARKERS = new Set(["cache_control", "prompt_cache_breakpoint"]);

/** Fields with a canonical rule of their own. */
const RULED = new Set(["role", "content", "tool_calls", "tool_call_id", "name", "refusal", "audio", "function_call"]);

/** Canonical JSON text of a message; equal texts are the same message. */
export function canonicalMessage(message: ChatMessage): string {
  // Without a prototype, so that no field's name can mean anything else.
  const form = Object.create(null) as Record<string, unknown>;
  form["role"] = message.role;
  const isOwn = message.role === "assistant";
  const spoken = isOwn ? joinSpoken(message) : undefined;
  const content = spoken === undefined ? canonicalContent(message.content) : spoken;
  if (content !== null) form["content"] = content;
  if (message.name) form["name"] = message.name;
  if (message.tool_call_id) form["tool_call_id"] = message.tool_call_id;
  if (message.refusal && !isOwn) form["refusal"] = message.refusal;
  if (isRecord(message.audio)) form["audio"] = message.audio["id"] ?? null;
  if (message.function_call) form["function_call"] = message.function_call;
  if (Array.isArray(message.tool_calls) && message.tool_calls.length > 0)
    form["tool_calls"] = message.tool_calls.map(canonicalToolCall);
  if (message.role !== "assistant")
    for (const [field, value] of Object.entries(message))
      if (!RULED.has(field) && !CACHE_MARKERS.has(field) && value !== null && value !== undefined) form[field] = value;
  return JSON.stringify(sortKeys(form));
}

/**
 * What the model said as one text, null for nothing: some clients send it back in parts, or a refusal as plain text.
 * Undefined where it is not all text.
 */
function joinSpoken({ content, refusal }: ChatMessage): string | null | undefined {
  if (content && typeof content !== "string" && !Array.isArray(content)) return undefined;
  const texts: string[] = typeof content === "string" ? [content] : [];
  for (const part of Array.isArray(content) ? content : []) {
    const text = isRecord(part) ? (part["type"] === "refusal" ? part["refusal"] : part["text"]) : null;
    if (typeof text !== "string" || !isRecord(part) || !SPOKEN_PARTS.has(part["type"])) return undefined;
    texts.push(text);
  }
  if (typeof refusal === "string") texts.push(refusal);
  return texts.join("") || null;
}

const SPOKEN_PARTS = new Set<unknown>(["text", "refusal"]);

/** `"text"` and `[{type:"text",text:"text"}]` are one content; null, "" and [] are none. */
function canonicalContent(content: ChatMessage["content"]): unknown {
  if (content === null || content === undefined || content === "") return null;
  if (!Array.isArray(content)) return content;
  if (content.length === 0) return null;
  const parts = content.map((part) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).filter(([field]) => !CACHE_MARKERS.has(field))) : part,
  );
  const [only] = parts;
  if (parts.length === 1 && isRecord(only) && only["type"] === "text" && Object.keys(only).length === 2)
    return only["text"];
  return parts;
}

function canonicalToolCall(call: ToolCall): unknown {
  if (typeof call !== "object" || call === null) return call;
  if (isRecord(call.custom)) return [call.id, "custom", call.custom["name"], call.custom["input"]];
  const text = call.function?.arguments;
  return [call.id, "function", call.function?.name, typeof text === "string" ? canonicalArguments(text) : text];
}
