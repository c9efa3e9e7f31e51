/**
 * Which tools a request may define, how one may be chosen, and what a mention of a tool in the messages must find.
 *
 * Custom tools are checked field by field, built-in ones by their type alone. A tool that was deferred, added or
 * removed in mid-conversation must be known at that place, or everything that refers to it hangs in the air.
 * Calls and their results are pair-rules.ts's business.
 */
import { isObject, type JsonObject } from "../chat-request.ts";
import { pathOf, type Block, type Conversation, type MessagesRequest } from "./messages-request.ts";
import { takesForcedTools } from "./models.ts";
import { extraInput, fieldRequired, refuse, unknownTag, wrongInput, type MessagesRefusal } from "./refusal.ts";

const CUSTOM_FIELDS = [
  "name",
  "description",
  "input_schema",
  "type",
  "cache_control",
  "allowed_callers",
  "defer_loading",
  "eager_input_streaming",
  "input_examples",
  "strict",
];

const BUILT_IN = [
  "advisor_20260301",
  "bash_20241022",
  "bash_20250124",
  "browser_toolset_20260801",
  "code_execution_20250522",
  "code_execution_20250825",
  "code_execution_20260120",
  "code_execution_20260521",
  "computer_20241022",
  "computer_20250124",
  "computer_20251124",
  "computer_toolset_20260801",
  "mcp_toolset",
  "memory_20250818",
  "text_editor_20241022",
  "text_editor_20250124",
  "text_editor_20250429",
  "text_editor_20250728",
  "tool_search_tool_bm25",
  "tool_search_tool_bm25_20251119",
  "tool_search_tool_regex",
  "tool_search_tool_regex_20251119",
  "web_fetch_20250910",
  "web_fetch_20260209",
  "web_fetch_20260309",
  "web_fetch_20260318",
  "web_search_20250305",
  "web_search_20260209",
  "web_search_20260318",
];

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const CHOICES = ["auto", "any", "tool", "none"];

export function checkTools(body: JsonObject): MessagesRefusal | null {
  const tools = Array.isArray(body["tools"]) ? body["tools"] : [];
  const names = new Set<unknown>();
  for (const [index, tool] of tools.entries()) {
    const refusal = checkTool(tool, `tools.${index}`);
    if (refusal) return refusal;
    const name = (tool as JsonObject)["name"];
    if (name !== undefined && names.has(name)) return refuse("tools: Tool names must be unique.");
    names.add(name);
  }
  return null;
}

function checkTool(tool: unknown, path: string): MessagesRefusal | null {
  if (!isObject(tool)) return wrongInput(path, "a valid dictionary");
  const type = tool["type"] ?? "custom";
  if (type !== "custom") {
    return BUILT_IN.some((known) => known === type) ? null : unknownTag(path, type, [...BUILT_IN, "custom"]);
  }
  const at = `${path}.custom`;
  if (tool["name"] === undefined) return fieldRequired(`${at}.name`);
  if (typeof tool["name"] !== "string" || !TOOL_NAME.test(tool["name"])) {
    return refuse(`${at}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
  }
  const schema = tool["input_schema"];
  if (schema === undefined) return fieldRequired(`${at}.input_schema`);
  if (!isObject(schema)) return wrongInput(`${at}.input_schema`, "a valid dictionary");
  if (schema["type"] === undefined) return fieldRequired(`${at}.input_schema.type`);
  if (schema["type"] !== "object") return wrongInput(`${at}.input_schema.type`, "'object'");
  const stranger = Object.keys(tool).find((field) => !CUSTOM_FIELDS.includes(field));
  return stranger === undefined ? null : extraInput(`${at}.${stranger}`);
}

export function checkToolChoice({
  tool_choice: choice,
  tools,
  model,
  thinking,
}: MessagesRequest): MessagesRefusal | null {
  if (!isObject(choice)) return null;
  const type = String(choice["type"]);
  if (!CHOICES.includes(type)) return unknownTag("tool_choice", choice["type"], CHOICES);
  if (type === "none" || type === "auto") {
    const dangling = type === "auto" && !tools?.length;
    return dangling ? refuse("tool_choice: tool_choice may only be specified while providing tools") : null;
  }
  if (!takesForcedTools(model)) return refuse('tool_choice: type "tool" and "any" are not supported for this model.');
  if (!tools?.length) return refuse("tool_choice: tool_choice may only be specified while providing tools");
  if (thinking?.type === "enabled") return refuse("Thinking may not be enabled when tool_choice forces tool use.");
  const isDefined = type === "any" || tools.some((tool) => tool["name"] === choice["name"]);
  return isDefined ? null : refuse(`tool_choice: Tool '${String(choice["name"])}' not found in provided tools`);
}

/** Every reference to a tool or server must find it among those defined so far. */
export function checkReferences({ request, turns }: Conversation): MessagesRefusal | null {
  const known = new Set<string>();
  for (const tool of request.tools ?? []) for (const name of namesOf(tool)) known.add(name);
  for (const server of Array.isArray(request["mcp_servers"]) ? request["mcp_servers"] : []) {
    if (isObject(server)) known.add(`server ${String(server["name"])}`);
  }
  for (const placed of turns.flatMap((turn) => turn.blocks)) {
    const { block } = placed;
    const { tool } = block;
    if (block.type === "tool_addition" && isObject(tool) && isObject(tool["definition"])) {
      for (const name of namesOf(tool["definition"])) known.add(name);
      continue;
    }
    const missing = mentionsOf(block).find((name) => !known.has(name));
    if (missing !== undefined) {
      const words = missing.startsWith("server ") ? `MCP server '${missing.slice(7)}'` : `Tool reference '${missing}'`;
      return refuse(`${pathOf(placed)}: ${words} not found in available tools`, "tool_reference_unresolved");
    }
  }
  return null;
}

function namesOf(tool: JsonObject): string[] {
  if (tool["type"] === "mcp_toolset") return [`server ${String(tool["mcp_server_name"])}`];
  return typeof tool["name"] === "string" ? [tool["name"]] : [];
}

function mentionsOf(block: Block): string[] {
  if (block.type === "tool_addition" || block.type === "tool_removal") return referenceIn(block["tool"]);
  if (block.type === "mcp_tool_listing") return [`server ${String(block["mcp_server_name"])}`];
  const { content } = block;
  if (block.type === "tool_search_tool_result" && isObject(content) && Array.isArray(content["tool_references"])) {
    return content["tool_references"].flatMap((part: unknown) => referenceIn(part));
  }
  if (block.type === "tool_result" && Array.isArray(content))
    return content.flatMap((part: unknown) => referenceIn(part));
  return [];
}

function referenceIn(part: unknown): string[] {
  if (!isObject(part)) return [];
  if (part["type"] === "tool_reference") return [String(part["tool_name"] ?? part["name"])];
  const isServer = part["type"] === "mcp_tool_reference" || part["type"] === "mcp_toolset_reference";
  return isServer ? [`server ${String(part["server_name"])}`] : [];
}
