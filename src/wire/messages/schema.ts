/**
 * The parts of Anthropic's Messages API that Strata reads; everything else passes through unread.
 *
 * Shapes follow the types that the official SDK ships. Readers must tolerate what is not listed here: a field or a
 * block that Strata does not know is the client's business and the upstream's.
 */
import { isRecord } from "../read-members.ts";

export interface ContentBlock {
  type: string;
  [field: string]: unknown;
}

export interface RawMessage {
  role: "user" | "assistant" | "system";
  content?: unknown;
  [field: string]: unknown;
}

/** A null counter says nothing: in a stream it leaves the earlier number standing. */
export interface RawUsage {
  input_tokens?: number | null;
  output_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  cache_creation?: { ephemeral_1h_input_tokens?: number | null } | null;
}

export interface RawReply {
  type: "message";
  id?: unknown;
  content?: unknown;
  stop_reason?: unknown;
  usage?: unknown;
}

export function isMessage(value: unknown): value is RawMessage {
  if (!isRecord(value)) return false;
  const { role } = value;
  return role === "user" || role === "assistant" || role === "system";
}

export function isBlock(value: unknown): value is ContentBlock {
  return isRecord(value) && typeof value["type"] === "string";
}

/** Reasoning, signed or encrypted: clients must send it back unchanged and may leave it out. */
export function isThinking(block: ContentBlock): boolean {
  return block.type === "thinking" || block.type === "redacted_thinking";
}

/** A block that the API would refuse to take back: it holds nothing. */
export function isEmptyText(block: ContentBlock): boolean {
  const { type, text, citations } = block;
  return type === "text" && text === "" && !(Array.isArray(citations) && citations.length > 0);
}
