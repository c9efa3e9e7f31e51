/**
 * Reads what the upstream answered: the assistant's message, the usage, whether it was complete.
 *
 * Works on recorded bytes after they have gone to the client. The message it builds is the one a client would
 * send back; empty and null fields are left out, unknown text fields (such as `reasoning_content`) are kept,
 * because some providers want them back. It must not fail on anything: what cannot be read is no message.
 */
import type { Usage } from "../../model/usage.ts";
import { isRecord } from "../read-members.ts";
import { NO_REPLY, readRecorded } from "../recorded-reply.ts";
import { readEvents } from "../server-sent-events.ts";
import type { ReadReply } from "../wire.ts";
import type { ChatChunk, ChatReply, ChatUsage } from "./schema.ts";

/** A provider allows 128 parallel calls; an index far beyond is damage, and an array must not grow to it. */
const TOOL_CALLS_MAX = 1_000;

export function readReply(bytes: readonly Uint8Array[], isEventStream: boolean): ReadReply {
  return readRecorded(bytes, isEventStream, { readBody, readStream });
}

function readBody(text: string): ReadReply {
  const reply: unknown = JSON.parse(text);
  if (!isRecord(reply) || !Array.isArray(reply["choices"])) return NO_REPLY;
  const { choices, usage } = reply as ChatReply;
  const [choice] = choices ?? [];
  const finishReason = choice?.finish_reason ?? null;
  const answer = isRecord(choice?.message) ? choice.message : null;
  const messages = choices?.length === 1 && answer ? [composeMessage(answer)] : [];
  const id = typeof reply["id"] === "string" ? reply["id"] : null;
  return { messages, complete: answer !== null, usage: readUsage(usage), finishReason, id };
}

function readStream(bytes: readonly Uint8Array[]): ReadReply {
  const growing: Growing = { fields: {}, calls: [], callAt: new Map() };
  let usage: Usage | null = null;
  let finishReason: string | null = null;
  let id: string | null = null;
  let isReadable = true;
  for (const data of readEvents(bytes)) {
    if (data.startsWith("[DONE]")) break;
    const chunk: unknown = JSON.parse(data);
    if (!isRecord(chunk)) continue;
    if (isRecord(chunk["error"])) return { ...NO_REPLY, usage };
    const { choices, usage: chunkUsage } = chunk as ChatChunk;
    if (typeof chunk["id"] === "string" && chunk["id"] !== "") id = chunk["id"];
    usage = readUsage(chunkUsage) ?? usage;
    for (const choice of Array.isArray(choices) ? choices : []) {
      if ((choice.index ?? 0) !== 0) isReadable = false;
      else {
        if (isRecord(choice.delta) && !mergeDelta(growing, choice.delta)) isReadable = false;
        finishReason = choice.finish_reason ?? finishReason;
      }
    }
  }
  const complete = finishReason !== null;
  const message = growing.calls.length > 0 ? { ...growing.fields, tool_calls: growing.calls } : growing.fields;
  const messages = complete && isReadable ? [composeMessage(message)] : [];
  return { messages, complete, usage, finishReason, id };
}

/** A streamed message on its way: its fields, and which tool call each index means by now. */
interface Growing {
  fields: Record<string, unknown>;
  calls: Record<string, unknown>[];
  callAt: Map<number, Record<string, unknown>>;
}

/**
 * Text fields grow, tool calls grow by index. Answers false where a field comes in pieces that nobody here knows how to
 * put together: a message with only its last piece would be a wrong one.
 */
function mergeDelta(into: Growing, delta: Record<string, unknown>): boolean {
  const { fields } = into;
  let isWhole = true;
  for (const [field, value] of Object.entries(delta)) {
    if (value === null || value === undefined) continue;
    if (field === "tool_calls" && Array.isArray(value)) {
      for (const piece of value) if (isRecord(piece) && !mergeToolCall(into, piece)) isWhole = false;
    } else if (field !== "role" && typeof value === "string") fields[field] = asString(fields[field]) + value;
    else {
      if (field !== "role" && typeof value === "object" && fields[field] !== undefined && fields[field] !== "")
        isWhole = false;
      fields[field] = value;
    }
  }
  return isWhole;
}

/** Fields that come whole, so that an empty one in a later piece says nothing. */
const WHOLE_FIELDS = new Set(["id", "type", "name"]);

function mergeToolCall(into: Growing, piece: Record<string, unknown>): boolean {
  if (Object.keys(piece).length === 0) return true;
  const call = findCall(into, piece);
  if (call === null) return false;
  for (const [field, value] of Object.entries(piece)) {
    if (field === "index" || value === null || value === undefined) continue;
    if (WHOLE_FIELDS.has(field) && value === "") continue;
    if (isRecord(value)) {
      const inner = (call[field] ??= {}) as Record<string, unknown>;
      for (const [name, part] of Object.entries(value)) {
        if (WHOLE_FIELDS.has(name) && part === "") continue;
        inner[name] = name === "name" || typeof part !== "string" ? part : asString(inner[name]) + part;
      }
    } else call[field] = value;
  }
  return true;
}

/** The call that a piece belongs to: by its index, unless another id shows that some upstreams count every call as 0. */
function findCall({ calls, callAt }: Growing, { index, id }: Record<string, unknown>): Record<string, unknown> | null {
  if (index !== undefined && (!Number.isInteger(index) || (index as number) < 0 || (index as number) > TOOL_CALLS_MAX))
    return null;
  const place =
    typeof index === "number" ? index : typeof id === "string" && id !== "" ? calls.length : calls.length - 1;
  const known = callAt.get(place);
  const isAnother = known !== undefined && typeof id === "string" && id !== "" && (known["id"] ?? id) !== id;
  if (known && !isAnother) return known;
  if (place < 0 || calls.length > TOOL_CALLS_MAX) return null;
  const call: Record<string, unknown> = {};
  calls.push(call);
  callAt.set(place, call);
  return call;
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
