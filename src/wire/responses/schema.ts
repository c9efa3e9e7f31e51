/**
 * The parts of OpenAI's Responses API that Strata reads; everything else passes through unread.
 *
 * Shapes follow the API reference as shipped in the official SDK's types. Readers must tolerate what is not listed
 * here: an item type that Strata does not know is kept where it stands, never dropped and never rewritten.
 */
import { isRecord } from "../read-members.ts";

/** One element of `input` or `output`. */
export type Item = Record<string, unknown>;

export interface ResponseUsage {
  input_tokens?: number;
  input_tokens_details?: { cached_tokens?: number; cache_write_tokens?: number } | null;
  output_tokens?: number;
}

export interface ResponseBody {
  object?: string;
  id?: string;
  status?: string;
  incomplete_details?: { reason?: string } | null;
  output?: unknown[];
  usage?: ResponseUsage | null;
}

export interface ResponseEvent {
  type?: string;
  output_index?: number;
  item?: unknown;
  response?: ResponseBody;
}

/** Calls that the client answers with an item of its own. */
export const CALLS = new Set([
  "function_call",
  "custom_tool_call",
  "local_shell_call",
  "shell_call",
  "apply_patch_call",
  "computer_call",
]);

export const CALL_OUTPUTS = new Set([...CALLS].map((type) => `${type}_output`));

/** Tools that the provider runs, and what belongs to them: they refer to each other by ids and encrypted content. */
export const SERVER_TOOLS =
  /^(?:(?:web_search|file_search|code_interpreter|image_generation)_call|(?:mcp|tool_search|program)(?:_.*)?)$/;

/** The item's type; it may be left out of messages and of references. Null: neither. */
export function typeOf(item: Item): string | null {
  const { type, role, id } = item;
  if (typeof type === "string") return type;
  if (type !== null && type !== undefined) return null;
  if (typeof role === "string") return "message";
  return typeof id === "string" ? "item_reference" : null;
}

/** Reasoning, in person or by its id: it belongs to the item behind it. */
export function isReasoning(item: Item): boolean {
  const type = typeOf(item);
  return type === "reasoning" || (type === "item_reference" && String(item["id"]).startsWith("rs_"));
}

/**
 * The items of one message: an item alone, or the reasoning before it with commas between. A string is what the API
 * takes for a user's message. Null: no JSON, or no items. It throws on no text that JSON.parse survives.
 */
export function parseItems(json: string): Item[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(`[${json}]`);
  } catch {
    return null;
  }
  if (!Array.isArray(parsed) || parsed.length === 0) return null;
  const [only] = parsed as unknown[];
  if (parsed.length === 1 && typeof only === "string") return [{ role: "user", content: only }];
  return parsed.every(isRecord) ? parsed : null;
}
