/**
 * What one content block may look like: its fields, and in whose message it may stand.
 *
 * The table names every block the API takes, with the fields it must and may have; anything else is refused as the
 * schema checker would, path and tag included. A block from a newer beta is only known when its header came along.
 * Order, pairs and signatures are the business of other rules.
 */
import { isObject, type JsonObject } from "../chat-request.ts";
import { hasBeta, type Role } from "./messages-request.ts";
import {
  checkKind,
  extraInput,
  fieldRequired,
  refuse,
  unknownTag,
  type Kind,
  type MessagesRefusal,
} from "./refusal.ts";

interface BlockShape {
  roles: readonly Role[];
  required: Record<string, Kind>;
  optional?: readonly string[];
  /** Blocks that cannot carry `cache_control`. */
  uncacheable?: true;
}

const USER: readonly Role[] = ["user"];
const ASSISTANT: readonly Role[] = ["assistant"];
const SPOKEN: readonly Role[] = ["user", "assistant"];
const SYSTEM: readonly Role[] = ["system"];
const SERVER_RESULT: BlockShape = {
  roles: ASSISTANT,
  required: { tool_use_id: "string", content: "any" },
  optional: ["caller"],
};

const BLOCKS: Record<string, BlockShape> = {
  text: { roles: ["user", "assistant", "system"], required: { text: "string" }, optional: ["citations"] },
  image: { roles: USER, required: { source: "object" }, optional: ["transformations"] },
  document: { roles: USER, required: { source: "object" }, optional: ["citations", "context", "title"] },
  search_result: {
    roles: USER,
    required: { content: "array", source: "string", title: "string" },
    optional: ["citations"],
  },
  thinking: { roles: ASSISTANT, required: { signature: "string", thinking: "string" }, uncacheable: true },
  redacted_thinking: { roles: ASSISTANT, required: { data: "string" }, uncacheable: true },
  tool_use: {
    roles: ASSISTANT,
    required: { id: "string", input: "object", name: "string" },
    optional: ["caller", "toolset_name"],
  },
  tool_result: {
    roles: USER,
    required: { tool_use_id: "string" },
    optional: ["content", "is_error", "toolset_name"],
  },
  server_tool_use: {
    roles: ASSISTANT,
    required: { id: "string", input: "any", name: "string" },
    optional: ["caller"],
  },
  web_search_tool_result: SERVER_RESULT,
  web_fetch_tool_result: SERVER_RESULT,
  advisor_tool_result: SERVER_RESULT,
  code_execution_tool_result: SERVER_RESULT,
  bash_code_execution_tool_result: SERVER_RESULT,
  text_editor_code_execution_tool_result: SERVER_RESULT,
  tool_search_tool_result: SERVER_RESULT,
  mcp_tool_use: {
    roles: ASSISTANT,
    required: { id: "string", input: "any", name: "string", server_name: "string" },
  },
  mcp_tool_result: { roles: ASSISTANT, required: { tool_use_id: "string" }, optional: ["content", "is_error"] },
  mcp_tool_listing: {
    roles: ASSISTANT,
    required: { mcp_server_name: "string", tools: "array" },
    uncacheable: true,
  },
  container_upload: { roles: SPOKEN, required: { file_id: "string" } },
  compaction: {
    roles: SPOKEN,
    required: {},
    optional: ["content", "encrypted_content", "signature", "tool_changes"],
  },
  fallback: { roles: ASSISTANT, required: { from: "object", to: "object", trigger: "any" }, uncacheable: true },
  tool_addition: { roles: SYSTEM, required: { tool: "object" } },
  tool_removal: { roles: SYSTEM, required: { tool: "object" } },
};

/** What a tool result may hold; a `browser_state` is not looked into. */
const IN_RESULT: Record<string, BlockShape> = {
  text: { roles: USER, required: { text: "string" }, optional: ["citations"] },
  image: { roles: USER, required: { source: "object" }, optional: ["transformations"] },
  document: { roles: USER, required: { source: "object" }, optional: ["citations", "context", "title"] },
  search_result: BLOCKS["search_result"] ?? SERVER_RESULT,
  tool_reference: { roles: USER, required: { tool_name: "string" } },
};

const TOOL_USE_ID = /^[a-zA-Z0-9_-]+$/;

export function checkBlock(
  block: unknown,
  role: Role,
  message: number,
  position: number,
  betas: ReadonlySet<string>,
): MessagesRefusal | null {
  const path = `messages.${message}.content.${position}`;
  const known = hasBeta(betas, "compact-") ? BLOCKS : withoutCompaction;
  const refusal = checkShape(block, path, known);
  if (refusal) return refusal;
  const { type } = block as { type: string };
  const roles = known[type]?.roles ?? [];
  // A system message takes little, so its block is at fault; a spoken one takes most, so the role is.
  if (role === "system" && !roles.includes(role)) return unknownTag(path, type, tagsFor("system"));
  if (!roles.includes(role)) {
    const allowed = roles.map((one) => `\`${one}\``).join(" or ");
    if (type !== "compaction")
      return refuse(`messages.${message}: \`${type}\` blocks can only be in ${allowed} messages`);
  }
  return checkIds(block as JsonObject, path) ?? checkResult(block as JsonObject, path);
}

const { compaction: _needsBeta, ...withoutCompaction } = BLOCKS;

function tagsFor(role: Role): string[] {
  return Object.keys(BLOCKS).filter((type) => BLOCKS[type]?.roles.includes(role));
}

/** A block of the system prompt, which takes only text. */
export function checkSystemBlock(block: unknown, position: number): MessagesRefusal | null {
  return checkShape(block, `system.${position}`, { text: BLOCKS["text"] ?? SERVER_RESULT });
}

function checkShape(block: unknown, path: string, known: Record<string, BlockShape>): MessagesRefusal | null {
  if (!isObject(block)) return checkKind(path, "object", block);
  const { type } = block;
  if (type === undefined) return fieldRequired(`${path}.type`);
  const shape = typeof type === "string" && Object.hasOwn(known, type) ? known[type] : undefined;
  if (typeof type !== "string" || !shape) return unknownTag(path, type, Object.keys(known));
  for (const [field, kind] of Object.entries(shape.required)) {
    if (block[field] === undefined) return fieldRequired(`${path}.${type}.${field}`);
    const refusal = checkKind(`${path}.${type}.${field}`, kind, block[field]);
    if (refusal) return refusal;
  }
  const fields = ["type", ...Object.keys(shape.required), ...(shape.optional ?? [])];
  if (!shape.uncacheable) fields.push("cache_control");
  const stranger = Object.keys(block).find((field) => !fields.includes(field));
  return stranger === undefined ? null : extraInput(`${path}.${type}.${stranger}`);
}

function checkIds(block: JsonObject, path: string): MessagesRefusal | null {
  const type = String(block["type"]);
  const field = type.endsWith("tool_use") ? "id" : "tool_use_id";
  const id = block[field];
  if (typeof id !== "string" || TOOL_USE_ID.test(id)) return null;
  return refuse(`${path}.${type}.${field}: String should match pattern '^[a-zA-Z0-9_-]+$'`);
}

function checkResult(block: JsonObject, path: string): MessagesRefusal | null {
  const { content } = block;
  if (block["type"] !== "tool_result") return null;
  const isEmpty = content === undefined || content === "" || (Array.isArray(content) && content.length === 0);
  if (block["is_error"] === true && isEmpty) {
    return refuse(`${path}.tool_result: content cannot be empty if \`is_error\` is true`);
  }
  if (content === undefined || typeof content === "string") return null;
  if (!Array.isArray(content)) return checkKind(`${path}.tool_result.content`, "text or array", content);
  for (const [position, part] of content.entries()) {
    if (isObject(part) && part["type"] === "browser_state") continue;
    const refusal = checkShape(part, `${path}.tool_result.content.${position}`, IN_RESULT);
    if (refusal) return refusal;
  }
  return null;
}
