/**
 * Reads one message: an item of the history with the reasoning that belongs to it.
 *
 * A provider refuses reasoning without the item behind it, so the two are one message here. The fingerprint leaves the
 * reasoning out: clients that replay it and clients that drop it hold the same conversation. Item types that are not
 * known are kept in the prompt; what is no item at all answers null.
 */
import { hashText } from "../../model/hash.ts";
import {
  KEEP_CITATION,
  KEEP_COMPACTION,
  KEEP_MEDIA,
  KEEP_REFERENCE,
  KEEP_SERVER_TOOL,
  KEEP_SYSTEM,
  KEEP_TOOL_CHANGE,
  KEEP_UNKNOWN,
} from "../../model/message.ts";
import type { Message, Role } from "../../model/message.ts";
import type { Slice } from "../json-slices.ts";
import { asText, isRecord, textOf } from "../read-members.ts";
import { canonicalItem } from "./canonical.ts";
import { CALL_OUTPUTS, CALLS, isReasoning, parseItems, SERVER_TOOLS, typeOf } from "./schema.ts";
import type { Item } from "./schema.ts";

const ROLES = new Set(["system", "developer", "user", "assistant"]);
const TEXT_PARTS = new Set(["input_text", "output_text", "text", "refusal"]);
const MEDIA_PARTS = new Set(["input_image", "input_file", "input_audio", "output_audio", "computer_screenshot"]);

/** Null: not a message that Strata knows; lineage must then leave the whole request alone. */
export function readMessage(json: string): Message | null {
  const items = parseItems(json);
  const item = items?.at(-1);
  const role = item && roleOf(item);
  if (!items || !item || !role) return null;
  const reasoning = items.filter(isReasoning);
  const isAlone = reasoning.length === items.length;
  const isUnit = isAlone || items.length === 1 || (reasoning.length === items.length - 1 && role === "assistant");
  if (!isUnit || (!isAlone && isReasoning(item))) return null;
  let canonical: string;
  try {
    canonical = canonicalItem(isAlone ? { type: "reasoning" } : item);
  } catch {
    return null;
  }
  const type = typeOf(item) ?? "";
  const isUsers = role === "user" && type === "message";
  return {
    json: storedForm(json),
    role,
    fingerprint: hashText(canonical),
    opensCalls: CALLS.has(type) ? 1 : 0,
    answersCalls: CALL_OUTPUTS.has(type) ? 1 : 0,
    keep: isAlone ? 0 : mustKeep(item, type, role),
    carriesBrief: isUsers && (typeof item["content"] === "string" || Array.isArray(item["content"])),
    isBound: reasoning.some(({ id, encrypted_content }) => asText(id) !== null || asText(encrypted_content) !== null),
  };
}

export function isReply(text: string, slice: Slice): boolean {
  const item = parseItems(textOf(text, slice))?.at(-1);
  return item !== undefined && roleOf(item) === "assistant";
}

/** The message as it stands in an array: where the whole input is a string, it is the user's message. */
export function storedForm(json: string): string {
  return json.trimStart().startsWith('"') ? `{"role":"user","content":${json}}` : json;
}

/** Who speaks; looks at type, role, id and execution only. Null: no item that could be a message. */
export function roleOf(item: Item): Role | null {
  const { role } = item;
  const type = typeOf(item);
  if (type === null) return null;
  if (type === "message") return typeof role === "string" && ROLES.has(role) ? (role as Role) : null;
  if (CALL_OUTPUTS.has(type) || type === "mcp_approval_response") return "tool";
  if (type === "tool_search_output" && item["execution"] === "client") return "tool";
  if (type === "configuration_update" || type === "additional_tools") return "developer";
  return type === "compaction_trigger" ? "user" : "assistant";
}

function mustKeep(item: Item, type: string, role: Role): number {
  if (type === "message")
    return (role === "system" || role === "developer" ? KEEP_SYSTEM : 0) | keepOfContent(item["content"]);
  if (type === "item_reference") return KEEP_REFERENCE;
  if (CALLS.has(type)) return holdsContainer(item) ? KEEP_REFERENCE : 0;
  if (type === "shell_call_output") return 0;
  if (CALL_OUTPUTS.has(type)) return keepOfContent(item["output"]);
  if (SERVER_TOOLS.test(type)) return KEEP_SERVER_TOOL;
  if (type === "configuration_update" || type === "additional_tools") return KEEP_TOOL_CHANGE;
  return type === "compaction" || type === "compaction_trigger" ? KEEP_COMPACTION : KEEP_UNKNOWN;
}

function keepOfContent(content: unknown): number {
  if (content === null || content === undefined || typeof content === "string") return 0;
  const parts: unknown[] = Array.isArray(content) ? content : [content];
  return parts.reduce<number>((keep, part) => keep | keepOfPart(part), 0);
}

function keepOfPart(part: unknown): number {
  if (!isRecord(part)) return KEEP_UNKNOWN;
  const { type, annotations, file_id } = part;
  if (typeof type !== "string") return KEEP_UNKNOWN;
  if (TEXT_PARTS.has(type)) return Array.isArray(annotations) && annotations.length > 0 ? KEEP_CITATION : 0;
  if (!MEDIA_PARTS.has(type)) return KEEP_UNKNOWN;
  return KEEP_MEDIA | (asText(file_id) === null ? 0 : KEEP_REFERENCE);
}

function holdsContainer({ environment }: Item): boolean {
  return isRecord(environment) && environment["type"] === "container_reference";
}
