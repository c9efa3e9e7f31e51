/**
 * Reads a Messages request: where its messages are, and the few fields that Strata acts on.
 *
 * Nothing is re-serialised; of the messages only the last user's is parsed here, to know a side request by what it
 * asks. Whatever is not plainly a request of this API answers null, and the caller passes the bytes through.
 */
import { ESTIMATED_CHARS_PER_TOKEN, MESSAGES_MAX } from "../../model/limits.ts";
import type { KeepReason } from "../../model/plan.ts";
import type { CacheLifetime } from "../../model/usage.ts";
import { sliceObject } from "../json-slices.ts";
import type { Member, Opened, Slice } from "../json-slices.ts";
import { asText, findSlice, isRecord, parseSlice, readMembers, textOf } from "../read-members.ts";
import { isCompactionPrompt } from "../side-requests.ts";
import type { DecodedRequest, HeldState } from "../wire.ts";
import { canonicalSystem, canonicalTools } from "./canonical.ts";
import { isBlock } from "./schema.ts";
import { readBinding, readReplyBinding } from "./thinking-binding.ts";

/** What a `continue` on a thread leaves out, because the thread was created with it. */
export const HEAD_KEYS = ["system", "tools"] as const;

/** A cache marker of an hour, wherever it stands; quotes inside a text are escaped and cannot look like it. */
const LONG_MARKER = /"ttl"\s*:\s*"1h"/;
/** Written at twice the price of plain input (platform.claude.com, prompt caching, 2026). */
const LONG_LIFETIME: CacheLifetime = { seconds: 60 * 60, writeFactor: 2 };

export function decode(text: string): DecodedRequest | null {
  try {
    return decodeBody(text);
  } catch {
    // Nested too deep to walk.
    return null;
  }
}

function decodeBody(text: string): DecodedRequest | null {
  const opened: Opened = { key: "messages", wanted: null, elements: [], peeked: [] };
  const members = readMembers(text, opened);
  const array = members && findSlice(members, "messages");
  const history = opened.elements;
  if (!members || !array || history.length === 0 || history.length > MESSAGES_MAX) return null;
  const read = (key: string): unknown => parseSlice(text, findSlice(members, key)) ?? null;

  const thread = read("thread");
  const held = readHeld(thread);
  if (thread !== null && held === null) return null;
  const model = asText(read("model"));
  const thinking = read("thinking");
  const binding = readBinding(model, thinking);
  const tools = canonicalTools(text, findSlice(members, "tools"));
  const metadata = read("metadata");
  return {
    text,
    members,
    array,
    head: [],
    history,
    model,
    hasTools: tools !== "",
    tools,
    system: canonicalSystem(read("system")),
    format: readFormat(text, members),
    headTexts: readHead(text, members),
    headTokensEstimate: Math.ceil((text.length - (array.end - array.start)) / ESTIMATED_CHARS_PER_TOKEN),
    manyChoices: false,
    endUser: null,
    bodySignals: {
      conversation: null,
      metadataUser: isRecord(metadata) ? asText(metadata["user_id"]) : null,
      promptCacheKey: null,
    },
    held,
    repliesById: held !== null,
    isBackground: false,
    // The first look is for what no other text of a request is likely to hold: it costs a tenth of the second.
    cacheLifetime: text.includes('1h"') && LONG_MARKER.test(text) ? LONG_LIFETIME : null,
    leaveAlone: readLeaveAlone(read, () => lastUserTexts(text, history)),
    binding,
    bindsReply: binding !== null && readReplyBinding(thinking),
  };
}

function readHeld(thread: unknown): HeldState | null {
  if (!isRecord(thread)) return null;
  if (thread["type"] === "create") return { kind: "start" };
  const id = asText(thread["previous_message_id"]);
  return thread["type"] === "continue" && id !== null ? { kind: "reply", id } : null;
}

/** `system` and `tools`, each as an object of its own, because what is stored is JSON. */
function readHead(text: string, members: readonly Member[]): string[] {
  return HEAD_KEYS.flatMap((key) => {
    const slice = findSlice(members, key);
    const json = slice ? textOf(text, slice) : "null";
    return json === "null" ? [] : [`{"${key}":${json}}`];
  });
}

/** The raw text of a forced JSON schema: `output_config.format`, or `output_format` as it was called before. */
function readFormat(text: string, members: readonly Member[]): string {
  const config = findSlice(members, "output_config");
  const inner = config && sliceObject(text, config.start, config.end);
  for (const slice of [inner && findSlice(inner, "format"), findSlice(members, "output_format")]) {
    const format = parseSlice(text, slice);
    if (slice && isRecord(format) && format["type"] === "json_schema") return textOf(text, slice);
  }
  return "";
}

function readLeaveAlone(read: (key: string) => unknown, texts: () => string[]): KeepReason | null {
  const tokensMax = read("max_tokens");
  // No answer is wanted: the cache is warmed, or a quota is looked at.
  if (tokensMax === 0 || tokensMax === 1) return "side_request";
  // A retry after a refusal, at a discount that needs the very body that was refused.
  if (read("fallback_credit_token") !== null) return "side_request";
  if (read("compaction") !== null || editsContext(read("context_management"))) return "context_management";
  return texts().some(isCompactionPrompt) ? "side_request" : null;
}

/** Whether the provider is to change the context; keeping all thinking, as one agent always asks, changes nothing. */
function editsContext(management: unknown): boolean {
  if (management === null) return false;
  const edits: unknown = isRecord(management) ? (management["edits"] ?? []) : null;
  return !Array.isArray(edits) || !edits.every(keepsAllThinking);
}

function keepsAllThinking(edit: unknown): boolean {
  if (!isRecord(edit) || edit["type"] !== "clear_thinking_20251015") return false;
  const { keep } = edit;
  return keep === "all" || (isRecord(keep) && keep["type"] === "all");
}

/** Texts of the last message that is the user's. */
function lastUserTexts(text: string, history: readonly Slice[]): string[] {
  for (const slice of history.toReversed()) {
    if (roleLiteral(text, slice) !== '"user"') continue;
    const message = parseSlice(text, slice);
    const content = isRecord(message) ? message["content"] : null;
    if (typeof content === "string") return [content];
    const blocks = Array.isArray(content) ? content.filter(isBlock) : [];
    return blocks.flatMap((block) => (typeof block["text"] === "string" ? [block["text"]] : []));
  }
  return [];
}

/** Whether the message is the model's own. */
export function isReply(text: string, slice: Slice): boolean {
  return roleLiteral(text, slice) === '"assistant"';
}

function roleLiteral(text: string, slice: Slice): string | null {
  const role = sliceObject(text, slice.start, slice.end)?.findLast((member) => member.key === "role");
  return role ? textOf(text, role.value) : null;
}
