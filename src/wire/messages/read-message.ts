/**
 * Reads one message: who speaks, which calls it opens and answers, and what forbids that it leaves the prompt.
 *
 * The rules are the must-not-rewrite list of docs/WIRE.md, block by block. A block that is not known here is kept:
 * it must never be guessed that something unknown may go.
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
import { isRecord } from "../read-members.ts";
import { canonicalMessage } from "./canonical.ts";
import { isBlock, isMessage, isThinking } from "./schema.ts";
import type { ContentBlock, RawMessage } from "./schema.ts";

/** Null: not a message of this API; lineage must then leave the whole request alone. */
export function readMessage(json: string): Message | null {
  try {
    const message: unknown = JSON.parse(json);
    return isMessage(message)
      ? { json, fingerprint: hashText(canonicalMessage(message)), ...readFacts(message) }
      : null;
  } catch {
    return null;
  }
}

function readFacts(message: RawMessage): Omit<Message, "json" | "fingerprint"> {
  const { content } = message;
  const blocks: unknown[] = Array.isArray(content) ? content : [];
  const known = blocks.filter(isBlock);
  const answersCalls = countOf(known, "tool_result");
  let keep = keepOfFields(message);
  for (const block of blocks) keep |= isBlock(block) ? keepOfBlock(block) : KEEP_UNKNOWN;
  const isSpoken = typeof content === "string" || Array.isArray(content);
  if (!isSpoken && !(message.role === "system" && (content ?? null) === null)) keep |= KEEP_UNKNOWN;
  return {
    role: roleOf(message, answersCalls > 0 && answersCalls === blocks.length),
    opensCalls: countOf(known, "tool_use"),
    answersCalls,
    keep,
    carriesBrief: message.role === "user" && isSpoken && answersCalls === 0,
    isBound: known.some(isThinking),
  };
}

function roleOf(message: RawMessage, isToolsOwn: boolean): Role {
  return message.role === "user" && isToolsOwn ? "tool" : message.role;
}

function countOf(blocks: readonly ContentBlock[], type: string): number {
  return blocks.filter((block) => block.type === type).length;
}

function keepOfFields(message: RawMessage): number {
  let keep = message.role === "system" ? KEEP_SYSTEM : 0;
  for (const [field, value] of Object.entries(message)) {
    if (value === null || field === "role" || field === "content") continue;
    if (field === "output_config") keep |= KEEP_TOOL_CHANGE;
    else if (field !== "clear_at") keep |= KEEP_UNKNOWN;
  }
  return keep;
}

function keepOfBlock(block: ContentBlock): number {
  switch (block.type) {
    case "text":
      return Array.isArray(block["citations"]) && block["citations"].length > 0 ? KEEP_CITATION : 0;
    case "thinking":
    case "redacted_thinking":
      return 0;
    case "tool_use":
      return isRecord(block["caller"]) && block["caller"]["type"] !== "direct" ? KEEP_SERVER_TOOL : 0;
    case "tool_result":
      return keepOfContent(block["content"]);
    case "image":
    case "document":
      return KEEP_MEDIA | keepOfSource(block["source"]);
    case "search_result":
      return KEEP_CITATION;
    case "tool_reference":
    case "container_upload":
      return KEEP_REFERENCE;
    case "tool_addition":
    case "tool_removal":
      return KEEP_TOOL_CHANGE;
    case "compaction":
      return KEEP_COMPACTION;
    default:
      return isServerTool(block.type) ? KEEP_SERVER_TOOL : KEEP_UNKNOWN;
  }
}

/** Calls that the provider or its MCP client runs, and what came of them. */
function isServerTool(type: string): boolean {
  return type === "server_tool_use" || type.startsWith("mcp_tool_") || type.endsWith("_tool_result");
}

function keepOfContent(content: unknown): number {
  if (content === null || content === undefined || typeof content === "string") return 0;
  if (!Array.isArray(content)) return KEEP_UNKNOWN;
  let keep = 0;
  for (const block of content) keep |= isBlock(block) ? keepOfBlock(block) : KEEP_UNKNOWN;
  return keep;
}

function keepOfSource(source: unknown): number {
  if (!isRecord(source)) return KEEP_UNKNOWN;
  if (source["type"] === "file") return KEEP_REFERENCE;
  return source["type"] === "content" ? keepOfContent(source["content"]) : 0;
}
