/**
 * Reads what the upstream answered: the assistant's message, the usage, whether it was complete.
 *
 * Works on recorded bytes after they have gone to the client. The message it builds is the one a client would
 * send back; empty and null fields are left out, unknown text fields (such as `reasoning_content`) are kept,
 * because some providers want them back. It must not fail on anything: what cannot be read is no message.
 */
import type { Usage } from "../../model/usage.ts";
import { isRecord } from "../read-members.ts";
import { readEvents } from "../server-sent-events.ts";
import type { ReadReply } from "../wire.ts";
import type { ChatChunk, ChatReply, ChatUsage } from "./schema.ts";

/** A provider allows 128 parallel calls; an index far beyond is damage, and an array must not grow to it. */
const TOOL_CALLS_MAX = 1_000;

const NOTHING: ReadReply = { messages: [], complete: false, usage: null, finishReason: null, id: null };

export function readReply(bytes: readonly Uint8Array[], isEventStream: boolean): ReadReply {
  try {
    return isEventStream ? readStream(bytes) : readBody(bytes);
  } catch {
    return NOTHING;
  }
}

function readBody(bytes: readonly Uint8Array[]): ReadReply {
  const decoder = new TextDecoder();
  const text = bytes.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
  const reply: unknown = JSON.parse(text);
  if (!isRecord(reply) || !Array.isArray(reply["choices"])) return NOTHING;
  const { choices, usage } = reply as ChatReply;
  const [choice] = choices ?? [];
  const finishReason = choice?.finish_reason ?? null;
  const answer = isRecord(choice?.message) ? choice.message : null;
  const messages = choices?.length === 1 && answer ? [composeMessage(answer)] : [];
  const id = typeof reply["id"] === "string" ? reply["id"] : null;
  return { messages, complete: answer !== null, usage: readUsage(usage), finishReason, id };
}

function readStream(bytes: readonly Uint8Array[]): ReadReply {
  const message: Record<string, unknown> = {};
  let usage: Usage | null = null;
  let finishReason: string | null = null;
  let id: string | null = null;
  let isReadable = true;
  for (const data of readEvents(bytes)) {
    if (data.startsWith("[DONE]")) break;
    const chunk: unknown = JSON.parse(data);
    if (!isRecord(chunk)) continue;
    if (isRecord(chunk["error"])) return { ...NOTHING, usage };
    const { choices, usage: chunkUsage } = chunk as ChatChunk;
    if (typeof chunk["id"] === "string") id = chunk["id"];
    usage = readUsage(chunkUsage) ?? usage;
    for (const choice of Array.isArray(choices) ? choices : []) {
      if ((choice.index ?? 0) !== 0) isReadable = false;
      else {
        if (isRecord(choice.delta) && !mergeDelta(message, choice.delta)) isReadable = false;
        finishReason = choice.finish_reason ?? finishReason;
      }
    }
  }
  const complete = finishReason !== null;
  const messages = complete && isReadable ? [composeMessage(message)] : [];
  return { messages, complete, usage, finishReason, id };
}

/**
 * Text fields grow, tool calls grow by index. Answers false where a field comes in pieces that nobody here knows how to
 * put together: a message with only its last piece would be a wrong one.
 */
function mergeDelta(into: Record<string, unknown>, delta: Record<string, unknown>): boolean {
  let isWhole = true;
  for (const [field, value] of Object.entries(delta)) {
    if (value === null || value === undefined) continue;
    if (field === "tool_calls" && Array.isArray(value)) {
      const calls = (into[field] ??= []) as Record<string, unknown>[];
      for (const piece of value) if (isRecord(piece)) mergeToolCall(calls, piece);
    } else if (field !== "role" && typeof value === "string") into[field] = asString(into[field]) + value;
    else {
      if (field !== "role" && typeof value === "object" && into[field] !== undefined && into[field] !== "")
        isWhole = false;
      into[field] = value;
    }
  }
  return isWhole;
}

function mergeToolCall(calls: Record<string, unknown>[], piece: Record<string, unknown>): void {
  const index = typeof piece["index"] === "number" ? piece["index"] : calls.length;
  if (index < 0 || index > TOOL_CALLS_MAX) return;
  const call = (calls[index] ??= {});
  for (const [field, value] of Object.entries(piece)) {
    if (field === "index" || value === null || value === undefined) continue;
    if (isRecord(value)) {
      const inner = (call[field] ??= {}) as Record<string, unknown>;
      for (const [name, part] of Object.entries(value))
        inner[name] = name === "name" || typeof part !== "string" ? part : asString(inner[name]) + part;
    } else call[field] = value;
  }
}

/** The message as a client would send it back: role and content first, nothing null, nothing empty. */
function composeMessage(message: Record<string, unknown>): string {
  const composed: Record<string, unknown> = { role: "assistant", content: message["content"] ?? null };
  for (const [field, value] of Object.entries(message)) {
    if (field in composed || value === null || value === undefined || value === "") continue;
    if (Array.isArray(value) && value.length === 0) continue;
    composed[field] = Array.isArray(value) ? value.filter(Boolean) : value;
  }
  if (composed["content"] === null && !composed["tool_calls"]) composed["content"] = "";
  return JSON.stringify(composed);
}

function readUsage(usage: ChatUsage | null | undefined): Usage | null {
  if (!usage || typeof usage.prompt_tokens !== "number") return null;
  const details = usage.prompt_tokens_details;
  return {
    promptTokens: usage.prompt_tokens,
    cachedTokens: details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? null,
    cacheWriteTokens: details?.cache_write_tokens ?? null,
    completionTokens: usage.completion_tokens ?? 0,
  };
}

function asString(value: unknown): string {
  return typeof value === "string" ? value : "";
}
