/**
 * The items a Responses request and its reply consist of, as far as the simulator reads them.
 *
 * An item may be treated as an Item once item-rules.ts has let it pass. Every item keeps an index signature, because
 * there are more kinds of items than a simulator acts upon. This file must not judge anything.
 */
import type { ContentPart } from "../chat-request.ts";

export interface Item {
  type?: string | null;
  id?: string | null;
  role?: string;
  content?: string | ContentPart[] | null;
  phase?: string | null;
  call_id?: string | null;
  name?: string | null;
  arguments?: string;
  input?: string;
  output?: string | ContentPart[];
  encrypted_content?: string | null;
  [field: string]: unknown;
}

export interface ResponsesRequest {
  model: string;
  input?: string | Item[] | null;
  instructions?: string | null;
  tools?: Record<string, unknown>[] | null;
  previous_response_id?: string | null;
  conversation?: string | { id: string } | null;
  store?: boolean | null;
  stream?: boolean | null;
  stream_options?: { include_obfuscation?: boolean } | null;
  background?: boolean | null;
  reasoning?: { effort?: string | null; summary?: string | null } | null;
  text?: { format?: object; verbosity?: string | null } | null;
  [parameter: string]: unknown;
}

/** An item without a type is a message when it has a role, and else a reference. */
export function typeOf(item: Item): string {
  return item.type ?? (item.role === undefined ? "item_reference" : "message");
}

/** The items a client executes itself: each waits for the item that is named like it, with `_output` behind. */
const CALLS = [
  "function_call",
  "custom_tool_call",
  "local_shell_call",
  "shell_call",
  "apply_patch_call",
  "computer_call",
];

export function isCall(type: string): boolean {
  return CALLS.includes(type);
}

export function callTypeOfOutput(type: string): string | null {
  const call = type.endsWith("_output") ? type.slice(0, -"_output".length) : "";
  return isCall(call) ? call : null;
}

/** A local shell's output names its call by `id`. */
export function callIdOf(item: Item): string {
  return item.call_id ?? item.id ?? "";
}

export function partsOf(content: string | ContentPart[] | null | undefined): ContentPart[] {
  return Array.isArray(content) ? content : [];
}
