/**
 * Reads a Responses request: where its messages are, and the few fields that Strata acts on.
 *
 * Of an item only type, role and id are looked at here; it is parsed when its fingerprint is needed. Reasoning and the
 * item behind it share one slice. Whatever is not plainly a request with its own input answers null, and the caller
 * passes the bytes through.
 */
import { ESTIMATED_CHARS_PER_TOKEN, MESSAGES_MAX } from "../../model/limits.ts";
import type { KeepReason } from "../../model/plan.ts";
import { sliceObject } from "../json-slices.ts";
import type { Member, Opened, Slice } from "../json-slices.ts";
import { readCacheLifetime } from "../openai-cache.ts";
import { asText, findSlice, isRecord, parseSlice, readMembers, textOf } from "../read-members.ts";
import { isCompactionPrompt } from "../side-requests.ts";
import { sliceBody } from "../slice-body.ts";
import type { BodySlices, DecodedRequest, HeldState } from "../wire.ts";
import { canonicalItem } from "./canonical.ts";
import { groupItems } from "./group-items.ts";
import { roleOf } from "./read-message.ts";
import { typeOf } from "./schema.ts";
import type { Item } from "./schema.ts";

interface Input {
  head: Slice[];
  history: Slice[];
  /** The client asks for a compaction, or sends the prompt of one. */
  isCompaction: boolean;
}

export function decode(text: string): DecodedRequest | null {
  const opened: Opened = { key: "input", wanted: PEEKED, elements: [], peeked: [] };
  const members = readMembers(text, opened);
  const array = members && findSlice(members, "input");
  if (!members || !array) return null;
  const read = (key: string): unknown => parseSlice(text, findSlice(members, key));
  const held = readHeld(read("previous_response_id"), read("conversation"));
  // What a prompt template says stands at the upstream.
  if (held === "unreadable" || (read("prompt") ?? null) !== null) return null;
  const input = readInput(text, array, opened, held);
  const system = input && readSystem(text, members, input.head);
  if (!input || system === null) return null;
  const { head, history, isCompaction } = input;
  const historyChars = history[0] ? array.end - history[0].start : 0;
  const conversation = read("conversation");
  const metadata = read("metadata");
  const model = asText(read("model"));
  const tools = readTools(text, members);
  return {
    text,
    members,
    array,
    head,
    history,
    model,
    hasTools: tools !== "",
    tools,
    system,
    format: readFormat(text, members),
    headTexts: head.map((slice) => textOf(text, slice)),
    headTokensEstimate: Math.ceil((text.length - historyChars) / ESTIMATED_CHARS_PER_TOKEN),
    manyChoices: false,
    endUser: asText(read("safety_identifier")) ?? asText(read("user")),
    bodySignals: {
      conversation: isRecord(conversation) ? asText(conversation["id"]) : asText(conversation),
      metadataUser: isRecord(metadata) ? asText(metadata["user_id"]) : null,
      promptCacheKey: asText(read("prompt_cache_key")),
    },
    held,
    repliesById: read("store") !== false,
    isBackground: read("background") === true,
    cacheLifetime: readCacheLifetime(text, members),
    leaveAlone: isCompaction ? "side_request" : readManagement(read("context_management"), read("truncation")),
    binding: "drops",
    bindsReply: mayReason(model, read("reasoning")),
  };
}

/** Models that are known never to reason; a new name must never be guessed to be one. */
const NEVER_REASONS = /^(?:ft:)?(?:gpt-3\.5|gpt-4|chatgpt-4)(?![0-9])/;

function mayReason(model: string | null, reasoning: unknown): boolean {
  if (NEVER_REASONS.test(model ?? "")) return false;
  return !isRecord(reasoning) || reasoning["effort"] !== "none";
}

function readHeld(reply: unknown, conversation: unknown): HeldState | null | "unreadable" {
  const id = isRecord(conversation) ? asText(conversation["id"]) : asText(conversation);
  const replyId = asText(reply);
  const isReadable = (replyId !== null || (reply ?? null) === null) && (id !== null || (conversation ?? null) === null);
  if (!isReadable || (replyId !== null && id !== null)) return "unreadable";
  if (replyId !== null) return { kind: "reply", id: replyId };
  return id === null ? null : { kind: "conversation", id };
}

function readInput(text: string, array: Slice, { elements, peeked }: Opened, held: HeldState | null): Input | null {
  if (typeof parseString(text, array) === "string")
    return { head: [], history: [array], isCompaction: isCompactionPrompt(textOf(text, array)) };
  if (elements.length === 0 || elements.length > MESSAGES_MAX) return null;
  const items = peeked.map((fields) => fields && readFields(text, fields));
  if (!items.every((item) => item !== null)) return null;
  const headCount = held === null ? countHead(items) : 0;
  const asks = items.findLastIndex((item) => roleOf(item) === "user" && typeOf(item) === "message");
  const question = elements[asks];
  return {
    head: elements.slice(0, headCount),
    history: joinSlices(elements, items, headCount),
    isCompaction:
      items.some((item) => item["type"] === "compaction_trigger") ||
      (question !== undefined && isCompactionPrompt(textOf(text, question))),
  };
}

function parseString(text: string, slice: Slice): unknown {
  return text[slice.start] === '"' ? parseSlice(text, slice) : undefined;
}

/** The few fields that say what an item is. */
const PEEKED: ReadonlySet<string> = new Set(["type", "role", "id", "execution"]);

function readFields(text: string, fields: readonly Member[]): Item {
  const item: Item = {};
  for (const { key, value } of fields) item[key] = readSmall(text, value);
  return item;
}

/** A short string without escapes needs no parser. */
function readSmall(text: string, { start, end }: Slice): unknown {
  const inner = text.slice(start + 1, end - 1);
  return text.charCodeAt(start) === QUOTE && !inner.includes("\\") ? inner : parseSlice(text, { start, end });
}

const QUOTE = 34;

function countHead(items: readonly Item[]): number {
  const first = items.findIndex((item) => {
    const role = typeOf(item) === "message" ? roleOf(item) : null;
    return role !== "system" && role !== "developer";
  });
  return first < 0 ? items.length : first;
}

/** One slice for each message, from the start of its first item to the end of its last. */
function joinSlices(elements: readonly Slice[], items: readonly Item[], from: number): Slice[] {
  return groupItems(items, from).flatMap((range) => {
    const first = elements[range.from];
    const last = elements[range.to - 1];
    return first && last ? [{ start: first.start, end: last.end }] : [];
  });
}

/** Where the parts of a body stand that are stored one by one; reasoning and its item are one of them. */
export function sliceInput(text: string, from: number): BodySlices {
  return sliceBody(text, "input", from, PEEKED, ({ elements, peeked }) =>
    joinSlices(
      elements,
      peeked.map((fields) => readFields(text, fields ?? [])),
      0,
    ),
  );
}

/** Canonical text of what stands before the history; null where an item of it cannot be read. */
function readSystem(text: string, members: readonly Member[], head: readonly Slice[]): string | null {
  const instructions = findSlice(members, "instructions");
  const said = instructions ? textOf(text, instructions) : "null";
  try {
    const items = head.map((slice) => canonicalItem(JSON.parse(textOf(text, slice)) as Item));
    return [...(said === "null" ? [] : [said]), ...items].join("\n");
  } catch {
    return null;
  }
}

function readTools(text: string, members: readonly Member[]): string {
  const tools = findSlice(members, "tools");
  const said = tools ? textOf(text, tools) : "";
  return /^\[\s*[^\s\]]/.test(said) ? said : "";
}

/** The text of a forced output format; plain text is none. */
function readFormat(text: string, members: readonly Member[]): string {
  const output = findSlice(members, "text");
  const slice = findSlice((output && sliceObject(text, output.start, output.end)) ?? [], "format");
  const format = parseSlice(text, slice);
  const isForced = isRecord(format) && (format["type"] === "json_schema" || format["type"] === "json_object");
  return slice && isForced ? textOf(text, slice) : "";
}

/** The client asked the provider to shorten the context itself. */
function readManagement(management: unknown, truncation: unknown): KeepReason | null {
  const isEmpty = Array.isArray(management) ? management.length === 0 : (management ?? null) === null;
  return !isEmpty || truncation === "auto" ? "context_management" : null;
}
