/**
 * Reads what the upstream answered: the model's message, the usage, whether it was complete.
 *
 * Works on recorded bytes after they have gone to the client. The message it builds is the one a client would send
 * back: the content blocks as they came, reasoning with its signature included. It must not fail on anything, and a
 * block that comes in pieces nobody here knows is not put together: a wrong message would be worse than none.
 */
import type { Usage } from "../../model/usage.ts";
import { sliceObject } from "../json-slices.ts";
import { asText, isRecord } from "../read-members.ts";
import { NO_REPLY, readRecorded } from "../recorded-reply.ts";
import { readEvents } from "../server-sent-events.ts";
import type { ReadReply } from "../wire.ts";
import { isBlock, isEmptyText } from "./schema.ts";
import type { ContentBlock, RawReply, RawUsage } from "./schema.ts";

/** No reply has that many; an index far beyond is damage, and an array must not grow to it. */
const BLOCKS_MAX = 10_000;

export function readReply(bytes: readonly Uint8Array[], isEventStream: boolean): ReadReply {
  return readRecorded(bytes, isEventStream, { readBody, readStream });
}

function readBody(text: string): ReadReply {
  const reply: unknown = JSON.parse(text);
  if (!isRawReply(reply)) return NO_REPLY;
  const content = sliceObject(text)?.findLast((member) => member.key === "content")?.value;
  const blocks = reply.content;
  const isWhole = content && Array.isArray(blocks) && blocks.length > 0 && blocks.every(isSendable);
  return {
    messages: isWhole ? [composeMessage(text.slice(content.start, content.end))] : composeBlocks(blocks),
    complete: true,
    usage: readUsage(reply.usage),
    finishReason: asText(reply.stop_reason),
    id: asText(reply.id),
  };
}

function isRawReply(value: unknown): value is RawReply {
  return isRecord(value) && value["type"] === "message";
}

/** A block while its pieces come in. */
interface OpenBlock {
  block: ContentBlock;
  /** Pieces of a tool's input, which is JSON only when all are there. */
  input: string;
}

interface StreamState {
  blocks: OpenBlock[];
  usage: Record<string, unknown>;
  finishReason: string | null;
  id: string | null;
  isReadable: boolean;
}

function readStream(bytes: readonly Uint8Array[]): ReadReply {
  const state: StreamState = { blocks: [], usage: {}, finishReason: null, id: null, isReadable: true };
  for (const data of readEvents(bytes)) {
    const event = parseEvent(data);
    // Whatever stood there may have been a piece of the message.
    if (event === null) state.isReadable = false;
    if (!isRecord(event)) continue;
    const { id, finishReason } = state;
    const usage = readUsage(state.usage);
    if (event["type"] === "error") return { ...NO_REPLY, usage, id };
    if (event["type"] !== "message_stop") takeEvent(state, event);
    else
      return { messages: state.isReadable ? closeBlocks(state.blocks) : [], complete: true, usage, finishReason, id };
  }
  return { ...NO_REPLY, usage: readUsage(state.usage), finishReason: state.finishReason, id: state.id };
}

function parseEvent(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

function takeEvent(state: StreamState, event: Record<string, unknown>): void {
  switch (event["type"]) {
    case "message_start":
      if (isRecord(event["message"])) takeMessage(state, event["message"]);
      break;
    case "content_block_start":
      if (!openBlock(state, event["index"], event["content_block"])) state.isReadable = false;
      break;
    case "content_block_delta":
      if (!extendBlock(state, event["index"], event["delta"])) state.isReadable = false;
      break;
    case "message_delta":
      if (isRecord(event["delta"])) state.finishReason = asText(event["delta"]["stop_reason"]) ?? state.finishReason;
      takeUsage(state, event["usage"]);
      break;
    default:
  }
}

function takeMessage(state: StreamState, message: Record<string, unknown>): void {
  state.id = asText(message["id"]);
  state.finishReason = asText(message["stop_reason"]);
  takeUsage(state, message["usage"]);
}

/** Counters are totals of the whole message: one that is there replaces the one before. */
function takeUsage(state: StreamState, usage: unknown): void {
  if (!isRecord(usage)) return;
  for (const [counter, value] of Object.entries(usage)) if (value !== null) state.usage[counter] = value;
}

function openBlock({ blocks }: StreamState, index: unknown, block: unknown): boolean {
  if (typeof index !== "number" || index !== blocks.length || index > BLOCKS_MAX || !isBlock(block)) return false;
  blocks.push({ block: { ...block }, input: "" });
  return true;
}

/** Answers false where the piece is none that can be put in. */
function extendBlock({ blocks }: StreamState, index: unknown, delta: unknown): boolean {
  const open = typeof index === "number" ? blocks[index] : undefined;
  if (!open || !isRecord(delta)) return false;
  const { block } = open;
  switch (delta["type"]) {
    case "text_delta":
      block["text"] = asString(block["text"]) + asString(delta["text"]);
      return true;
    case "input_json_delta":
      open.input += asString(delta["partial_json"]);
      return true;
    case "thinking_delta":
      block["thinking"] = asString(block["thinking"]) + asString(delta["thinking"]);
      return true;
    case "signature_delta":
      block["signature"] = delta["signature"];
      return true;
    case "citations_delta":
      block["citations"] = [...(Array.isArray(block["citations"]) ? block["citations"] : []), delta["citation"]];
      return true;
    case "compaction_delta":
      for (const field of ["content", "encrypted_content"]) if (field in delta) block[field] = delta[field];
      return true;
    default:
      return false;
  }
}

function closeBlocks(open: readonly OpenBlock[]): string[] {
  const sendable = open.filter(({ block }) => isSendable(block));
  if (sendable.length === 0) return [];
  try {
    return [composeMessage(`[${sendable.map(closeBlock).join(",")}]`)];
  } catch {
    // A tool's input that was cut off is no JSON, and no client can send it back.
    return [];
  }
}

function closeBlock({ block, input }: OpenBlock): string {
  if (input.trim() === "") return JSON.stringify(block);
  // As text where a number would lose digits.
  const value = /\d{16}/.test(input) && JSON.parse(input) !== undefined ? input : JSON.stringify(JSON.parse(input));
  const members = Object.entries({ ...block, input: null }).map(
    ([field, member]) => `${JSON.stringify(field)}:${field === "input" ? value : JSON.stringify(member)}`,
  );
  return `{${members.join(",")}}`;
}

/** What was read whole but not block by block as it may go back. */
function composeBlocks(blocks: unknown): string[] {
  if (!Array.isArray(blocks) || !blocks.every(isBlock)) return [];
  const sendable = blocks.filter(isSendable);
  return sendable.length > 0 ? [composeMessage(JSON.stringify(sendable))] : [];
}

function isSendable(block: unknown): boolean {
  return isBlock(block) && !isEmptyText(block);
}

function composeMessage(content: string): string {
  return `{"role":"assistant","content":${content}}`;
}

/** The provider counts what it read from the cache and what it wrote to it beside the rest of the prompt, not within. */
function readUsage(value: unknown): Usage | null {
  if (!isRecord(value) || typeof value["input_tokens"] !== "number") return null;
  const usage: RawUsage = value;
  const compaction = readCompaction(value["iterations"]);
  const cachedTokens = usage.cache_read_input_tokens ?? null;
  const cacheWriteTokens = usage.cache_creation_input_tokens ?? null;
  return {
    promptTokens: (usage.input_tokens ?? 0) + (cachedTokens ?? 0) + (cacheWriteTokens ?? 0) + compaction.input,
    cachedTokens,
    cacheWriteTokens,
    longCacheWriteTokens: usage.cache_creation?.ephemeral_1h_input_tokens ?? null,
    completionTokens: (usage.output_tokens ?? 0) + compaction.output,
  };
}

/** A compaction by the provider is billed, but stands outside of the numbers at the top. */
function readCompaction(iterations: unknown): { input: number; output: number } {
  const sum = { input: 0, output: 0 };
  for (const iteration of Array.isArray(iterations) ? iterations : []) {
    if (!isRecord(iteration) || iteration["type"] !== "compaction") continue;
    for (const field of ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"])
      sum.input += asNumber(iteration[field]);
    sum.output += asNumber(iteration["output_tokens"]);
  }
  return sum;
}

function asNumber(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function asString(value: unknown): string {
  return typeof value === "string" ? value : "";
}
