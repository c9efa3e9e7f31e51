/**
 * The parts of OpenAI Chat Completions that Strata reads; everything else passes through unread.
 *
 * Shapes follow the API reference as shipped in the official SDK's types. Readers must tolerate what is not
 * listed here: a field that Strata does not know is the client's business and the upstream's.
 */
export interface TextPart {
  type: "text";
  text: string;
}

export interface OtherPart {
  type: string;
  [field: string]: unknown;
}

export type ContentPart = TextPart | OtherPart;

export interface ToolCall {
  id?: string;
  type?: string;
  function?: { name?: string; arguments?: string };
  custom?: { name?: string; input?: string };
}

export interface ChatMessage {
  role: string;
  content?: string | ContentPart[] | null;
  name?: string;
  tool_calls?: ToolCall[] | null;
  tool_call_id?: string;
  refusal?: string | null;
  audio?: { id?: string } | null;
  function_call?: unknown;
  [field: string]: unknown;
}

export interface ChatUsage {
  prompt_tokens?: number;
  completion_tokens?: number;
  prompt_tokens_details?: { cached_tokens?: number; cache_write_tokens?: number } | null;
  /** DeepSeek's own field for cached prompt tokens. */
  prompt_cache_hit_tokens?: number;
}

export interface ChatReply {
  model?: string;
  choices?: { index?: number; message?: ChatMessage; finish_reason?: string | null }[];
  usage?: ChatUsage | null;
}

export interface ChatChunk {
  model?: string;
  choices?: { index?: number; delta?: Record<string, unknown> | null; finish_reason?: string | null }[];
  usage?: ChatUsage | null;
}
