/**
 * The response object: what the client asked for, as the provider understood it, and what came of it.
 *
 * Fields left out of a request appear with the API's defaults, and nulls where the API writes null, because clients
 * read them. It must not send anything, and must not decide what the output is.
 */
import type { PromptBill } from "../prefix-cache.ts";
import { identifier } from "../render-reply.ts";
import type { ScriptedReply } from "../scripted-reply.ts";
import type { InputTransformation } from "./bind-reasoning.ts";
import type { Item, ResponsesRequest } from "./items.ts";
import type { Output } from "./output-items.ts";

export interface ResponseBody {
  id: string;
  status: string;
  output: Item[];
  [field: string]: unknown;
}

interface Made {
  serial: number;
  createdSeconds: number;
  conversationId: string | null;
  bill: PromptBill;
  removed: InputTransformation[];
}

const INCOMPLETE: Record<string, string> = { length: "max_output_tokens", content_filter: "content_filter" };

export function renderResponse(
  request: ResponsesRequest,
  script: ScriptedReply,
  output: Output,
  made: Made,
): ResponseBody {
  const reason = INCOMPLETE[script.finishReason ?? ""] ?? null;
  const error = script.error ? { code: script.error.code ?? "server_error", message: script.error.message } : null;
  const status = error ? "failed" : reason ? "incomplete" : "completed";
  return {
    id: identifier("resp_", 48, `${made.serial}`),
    object: "response",
    created_at: made.createdSeconds,
    status,
    background: request.background ?? false,
    completed_at: status === "completed" ? made.createdSeconds : null,
    conversation: made.conversationId === null ? null : { id: made.conversationId },
    error,
    incomplete_details: reason && !error ? { reason } : null,
    ...(made.removed.length > 0 && { input_transformations: made.removed }),
    instructions: request.instructions ?? null,
    max_output_tokens: request["max_output_tokens"] ?? null,
    max_tool_calls: request["max_tool_calls"] ?? null,
    model: request.model,
    output: reason ? cutShort(output.items) : output.items,
    parallel_tool_calls: request["parallel_tool_calls"] ?? true,
    previous_response_id: request.previous_response_id ?? null,
    prompt_cache_key: request["prompt_cache_key"] ?? null,
    prompt_cache_retention: request["prompt_cache_retention"] ?? null,
    reasoning: { effort: null, summary: null, ...request.reasoning },
    safety_identifier: request["safety_identifier"] ?? null,
    service_tier: "default",
    store: request.store ?? true,
    temperature: request["temperature"] ?? 1,
    text: { format: { type: "text" }, verbosity: "medium", ...request.text },
    tool_choice: request["tool_choice"] ?? "auto",
    tools: request.tools ?? [],
    top_logprobs: request["top_logprobs"] ?? 0,
    top_p: request["top_p"] ?? 1,
    truncation: request["truncation"] ?? "disabled",
    usage: usageOf(made.bill, output),
    user: request["user"] ?? null,
    metadata: request["metadata"] ?? {},
  };
}

function cutShort(items: Item[]): Item[] {
  return items.map((item, index) => {
    const isCut = index === items.length - 1 && item["status"] !== undefined;
    return isCut ? { ...item, status: "incomplete" } : item;
  });
}

function usageOf({ promptTokens, cachedTokens, cacheWriteTokens }: PromptBill, output: Output) {
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: cacheWriteTokens },
    output_tokens: output.outputTokens,
    output_tokens_details: { reasoning_tokens: output.reasoningTokens },
    total_tokens: promptTokens + output.outputTokens,
  };
}

/** The same response before it has produced anything. */
export function begun(body: ResponseBody, status: "queued" | "in_progress" | "cancelled"): ResponseBody {
  return { ...body, status, completed_at: null, error: null, incomplete_details: null, output: [], usage: null };
}
