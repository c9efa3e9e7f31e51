/**
 * Reads a Chat Completions request: where its messages are, and the few fields that Strata acts on.
 *
 * Nothing is re-serialised and only small values are parsed; a message is parsed when its fingerprint is
 * needed. Whatever is not plainly a chat request answers null, and the caller passes the bytes through.
 */
import { ESTIMATED_CHARS_PER_TOKEN, MESSAGES_MAX } from "../../model/limits.ts";
import { hashText } from "../../model/hash.ts";
import { KEEP_MEDIA, KEEP_SYSTEM, KEEP_UNKNOWN } from "../../model/message.ts";
import type { Message, Role } from "../../model/message.ts";
import { sliceArray, sliceObject } from "../json-slices.ts";
import type { Slice } from "../json-slices.ts";
import { canonicalMessage } from "./canonical.ts";
import { isRecord } from "./schema.ts";
import type { ChatMessage } from "./schema.ts";

export interface ChatRequest {
  /** The body as text; every slice points into it. */
  text: string;
  model: string | null;
  hasTools: boolean;
  /** The tools array as sent, or "" without one. */
  tools: string;
  /** More than one answer was asked for: which one the client keeps is not known. */
  manyChoices: boolean;
  /** End user as the client names them, for the session's name. */
  endUser: string | null;
  /** Session ids that the body carries: `conversation`, `prompt_cache_key`, `metadata.user_id`. */
  bodySignals: { conversation: string | null; metadataUser: string | null; promptCacheKey: string | null };
  /** The messages array, brackets included. */
  array: Slice;
  messages: Slice[];
  /** How many leading messages are system or developer messages: they are the head, no part of the history. */
  headCount: number;
  /** Everything but the history, in tokens, roughly: tools, system, parameters. */
  headTokensEstimate: number;
}

export function decodeRequest(text: string): ChatRequest | null {
  const members = sliceObject(text);
  if (members === null) return null;
  if (new Set(members.map((member) => member.key)).size !== members.length) return null;
  const slices = new Map(members.map((member) => [member.key, member.value]));
  const array = slices.get("messages");
  const messages = array && sliceArray(text, array.start, array.end);
  if (!array || !messages || messages.length === 0 || messages.length > MESSAGES_MAX) return null;
  const read = (key: string): unknown => parseSlice(text, slices.get(key));
  const headCount = countHead(text, messages);
  const first = messages[headCount];
  const historyChars = first ? array.end - first.start : 0;
  const metadata = read("metadata");
  const tools = slices.get("tools");
  return {
    text,
    model: asText(read("model")),
    hasTools: tools !== undefined && tools.end - tools.start > 2,
    tools: tools ? text.slice(tools.start, tools.end) : "",
    manyChoices: ((read("n") as number | undefined) ?? 1) !== 1,
    endUser: asText(read("safety_identifier")) ?? asText(read("user")),
    bodySignals: {
      conversation: asText(read("conversation")),
      metadataUser: isRecord(metadata) ? asText(metadata["user_id"]) : null,
      promptCacheKey: asText(read("prompt_cache_key")),
    },
    array,
    messages,
    headCount,
    headTokensEstimate: Math.ceil((text.length - historyChars) / ESTIMATED_CHARS_PER_TOKEN),
  };
}

/** Reads one message. Null: not a chat message; lineage must then leave the whole request alone. */
export function readMessage(json: string): Message | null {
  let parsed: unknown;
  let canonical: string;
  try {
    parsed = JSON.parse(json);
    if (!isChatMessage(parsed)) return null;
    canonical = canonicalMessage(parsed);
  } catch {
    return null;
  }
  const calls = Array.isArray(parsed.tool_calls) ? parsed.tool_calls.length : 0;
  return {
    json,
    role: parsed.role as Role,
    fingerprint: hashText(canonical),
    opensCalls: calls,
    answersCalls: parsed.role === "tool" ? 1 : 0,
    keep: mustKeep(parsed),
    carriesBrief: parsed.role === "user" && (typeof parsed.content === "string" || Array.isArray(parsed.content)),
  };
}

export function roleOf(text: string, slice: Slice): string | null {
  const message = parseSlice(text, slice);
  return isRecord(message) ? asText(message["role"]) : null;
}

const ROLES = new Set(["system", "developer", "user", "assistant", "tool"]);

function isChatMessage(value: unknown): value is ChatMessage {
  return isRecord(value) && typeof value["role"] === "string" && ROLES.has(value["role"]);
}

function mustKeep(message: ChatMessage): number {
  let keep = 0;
  if (message.role === "system" || message.role === "developer") keep |= KEEP_SYSTEM;
  if (message.audio) keep |= KEEP_MEDIA;
  if (message.function_call) keep |= KEEP_UNKNOWN;
  if (Array.isArray(message.content))
    for (const part of message.content) {
      const type = isRecord(part) ? part["type"] : null;
      if (type !== "text" && type !== "refusal") keep |= KEEP_MEDIA;
    }
  else if (message.content && typeof message.content !== "string") keep |= KEEP_UNKNOWN;
  return keep;
}

function countHead(text: string, messages: Slice[]): number {
  let count = 0;
  for (const slice of messages) {
    const role = roleOf(text, slice);
    if (role !== "system" && role !== "developer") break;
    count++;
  }
  return count;
}

function parseSlice(text: string, slice: Slice | undefined): unknown {
  if (!slice) return undefined;
  try {
    return JSON.parse(text.slice(slice.start, slice.end));
  } catch {
    return undefined;
  }
}

function asText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
