/**
 * Reads a Chat Completions request: where its messages are, and the few fields that Strata acts on.
 *
 * Nothing is re-serialised and only small values are parsed; a message is parsed when its fingerprint is
 * needed. Whatever is not plainly a chat request answers null, and the caller passes the bytes through.
 */
import { ESTIMATED_CHARS_PER_TOKEN, MESSAGES_MAX } from "../../model/limits.ts";
import { hashText } from "../../model/hash.ts";
import { KEEP_CITATION, KEEP_MEDIA, KEEP_REFERENCE, KEEP_SYSTEM, KEEP_UNKNOWN } from "../../model/message.ts";
import type { Message, Role } from "../../model/message.ts";
import type { Member, Opened, Slice } from "../json-slices.ts";
import { readCacheLifetime } from "../openai-cache.ts";
import { asText, findSlice, isRecord, parseSlice, readMembers, textOf } from "../read-members.ts";
import { isCompactionPrompt } from "../side-requests.ts";
import type { DecodedRequest } from "../wire.ts";
import { canonicalMessage } from "./canonical.ts";
import type { ChatMessage } from "./schema.ts";

export function decode(text: string): DecodedRequest | null {
  const opened: Opened = { key: "messages", wanted: null, elements: [], peeked: [] };
  const members = readMembers(text, opened);
  const array = members && findSlice(members, "messages");
  const messages = opened.elements;
  if (!members || !array || messages.length === 0 || messages.length > MESSAGES_MAX) return null;
  const read = (key: string): unknown => parseSlice(text, findSlice(members, key));
  const headCount = countHead(text, messages);
  const head = messages.slice(0, headCount);
  const history = messages.slice(headCount);
  const [first] = history;
  const historyChars = first ? array.end - first.start : 0;
  const metadata = read("metadata");
  const tools = readTools(text, members);
  const headTexts = head.map((slice) => textOf(text, slice));
  return {
    text,
    members,
    array,
    head,
    history,
    model: asText(read("model")),
    hasTools: tools !== "",
    tools,
    system: headTexts.join("\n"),
    format: readFormat(text, members),
    headTexts,
    headTokensEstimate: Math.ceil((text.length - historyChars) / ESTIMATED_CHARS_PER_TOKEN),
    manyChoices: ((read("n") as number | undefined) ?? 1) !== 1,
    endUser: asText(read("safety_identifier")) ?? asText(read("user")),
    bodySignals: {
      conversation: asText(read("conversation")),
      metadataUser: isRecord(metadata) ? asText(metadata["user_id"]) : null,
      promptCacheKey: asText(read("prompt_cache_key")),
    },
    held: null,
    repliesById: false,
    isBackground: false,
    cacheLifetime: readCacheLifetime(text, members),
    leaveAlone: asksToCompact(text, history.at(-1)) ? "side_request" : null,
    binding: null,
    bindsReply: false,
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
    isBound: false,
  };
}

export function isReply(text: string, slice: Slice): boolean {
  const message = parseSlice(text, slice);
  return isRecord(message) && message["role"] === "assistant";
}

const ROLES = new Set(["system", "developer", "user", "assistant", "tool"]);

function isChatMessage(value: unknown): value is ChatMessage {
  return isRecord(value) && typeof value["role"] === "string" && ROLES.has(value["role"]);
}

const MEDIA_PARTS = new Set(["image_url", "input_audio", "file", "video_url", "audio_url"]);

function mustKeep(message: ChatMessage): number {
  let keep = 0;
  if (message.role === "system" || message.role === "developer") keep |= KEEP_SYSTEM;
  if (message.audio) keep |= KEEP_MEDIA;
  if (message.function_call) keep |= KEEP_UNKNOWN;
  if (Array.isArray(message["annotations"]) && message["annotations"].length > 0) keep |= KEEP_CITATION;
  if (Array.isArray(message.content))
    for (const part of message.content) {
      const type = isRecord(part) ? part["type"] : null;
      if (type === "text" || type === "refusal") continue;
      keep |= typeof type === "string" && MEDIA_PARTS.has(type) ? KEEP_MEDIA : KEEP_UNKNOWN;
      if (isRecord(part) && isRecord(part["file"]) && part["file"]["file_id"]) keep |= KEEP_REFERENCE;
    }
  else if (message.content && typeof message.content !== "string") keep |= KEEP_UNKNOWN;
  return keep;
}

function countHead(text: string, messages: Slice[]): number {
  let count = 0;
  for (const slice of messages) {
    const message = parseSlice(text, slice);
    const role = isRecord(message) ? message["role"] : null;
    if (role !== "system" && role !== "developer") break;
    count++;
  }
  return count;
}

/** The tools as sent; none, null and an empty list are the same. */
function readTools(text: string, members: readonly Member[]): string {
  const slice = findSlice(members, "tools");
  const tools = slice ? textOf(text, slice) : "";
  return /^(?:null|\[\s*\])$/.test(tools) ? "" : tools;
}

/** The text of a forced output format; plain text is none. */
function readFormat(text: string, members: readonly Member[]): string {
  const slice = findSlice(members, "response_format");
  const format = parseSlice(text, slice);
  return slice && isRecord(format) && format["type"] !== "text" ? textOf(text, slice) : "";
}

function asksToCompact(text: string, last: Slice | undefined): boolean {
  if (!last || !isCompactionPrompt(textOf(text, last))) return false;
  const message = parseSlice(text, last);
  return isRecord(message) && message["role"] === "user";
}
