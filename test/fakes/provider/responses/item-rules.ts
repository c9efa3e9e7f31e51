/**
 * What one input item may look like: its type, the fields of that type, and the parts of its content.
 *
 * Clients send back the items they were given, so the fields that replies and SDKs add (`status`, `annotations`,
 * `logprobs`, `parsed`, `parsed_arguments`) are welcome; anything else unknown is refused. This file looks at one
 * item alone: what must stand beside it is order-of-items.ts's business.
 */
import { isObject, type JsonObject } from "../chat-request.ts";
import { checkKind, type Kind } from "../parameter-kinds.ts";
import { invalidType, invalidValue, missingParameter, unknownParameter, type Refusal } from "../refusal.ts";
import { typeOf } from "./items.ts";

interface Shape {
  required: Record<string, Kind>;
  optional?: readonly string[];
}

const ANYWHERE = ["type", "id", "status", "created_by", "internal_chat_message_metadata_passthrough"];

const SHAPES: Record<string, Shape> = {
  message: { required: { role: "string", content: "text or array" }, optional: ["phase"] },
  function_call: {
    required: { call_id: "string", name: "string", arguments: "string" },
    optional: ["async", "caller", "namespace", "parsed_arguments"],
  },
  function_call_output: {
    required: { call_id: "string", output: "text or array" },
    optional: ["caller", "name", "namespace"],
  },
  custom_tool_call: {
    required: { call_id: "string", name: "string", input: "string" },
    optional: ["async", "caller", "namespace"],
  },
  custom_tool_call_output: { required: { call_id: "string", output: "text or array" }, optional: ["caller"] },
  reasoning: { required: { summary: "array" }, optional: ["content", "encrypted_content"] },
  compaction: { required: { encrypted_content: "string" } },
  compaction_trigger: { required: {} },
  item_reference: { required: { id: "string" } },
  configuration_update: { required: {}, optional: ["reasoning", "text"] },
  additional_tools: { required: { role: "string", tools: "array" } },
  tool_search_call: { required: { arguments: "any" }, optional: ["call_id", "execution"] },
  tool_search_output: { required: { tools: "array" }, optional: ["call_id", "execution"] },
  web_search_call: { required: { id: "string" }, optional: ["action"] },
  file_search_call: { required: { id: "string", queries: "array" }, optional: ["results"] },
  code_interpreter_call: { required: { id: "string", container_id: "string" }, optional: ["code", "outputs"] },
  image_generation_call: {
    required: { id: "string" },
    optional: "result action background error output_format quality revised_prompt size svg_usage".split(" "),
  },
  computer_call: { required: { call_id: "string" }, optional: ["action", "actions", "pending_safety_checks"] },
  computer_call_output: { required: { call_id: "string", output: "object" }, optional: ["acknowledged_safety_checks"] },
  local_shell_call: { required: { call_id: "string", action: "object" } },
  local_shell_call_output: { required: { output: "string" }, optional: ["call_id"] },
  shell_call: { required: { call_id: "string", action: "object" }, optional: ["caller", "environment"] },
  shell_call_output: { required: { call_id: "string", output: "array" }, optional: ["caller", "max_output_length"] },
  apply_patch_call: { required: { call_id: "string", operation: "object" }, optional: ["caller"] },
  apply_patch_call_output: { required: { call_id: "string", status: "string" }, optional: ["caller", "output"] },
  mcp_list_tools: { required: { server_label: "string", tools: "array" }, optional: ["error"] },
  mcp_approval_request: { required: { arguments: "string", name: "string", server_label: "string" } },
  mcp_approval_response: {
    required: { approval_request_id: "string", approve: "boolean" },
    optional: ["reason"],
  },
  mcp_call: {
    required: { arguments: "string", name: "string", server_label: "string" },
    optional: ["approval_request_id", "error", "output"],
  },
  program: { required: { id: "string", call_id: "string", code: "string", fingerprint: "string" } },
  program_output: { required: { id: "string", call_id: "string", result: "string" } },
};

const ROLES = ["assistant", "system", "developer", "user"] as const;
const PHASES = ["commentary", "final_answer"];

const INPUT_PARTS = ["input_text", "input_image", "input_file"];
const OUTPUT_PARTS = ["output_text", "refusal"];
const ALL_PARTS = ["input_text", "input_image", "output_text", "refusal", "input_file"];

const PART_FIELDS: Record<string, readonly string[]> = {
  input_text: ["text", "prompt_cache_breakpoint"],
  input_image: ["image_url", "file_id", "detail", "prompt_cache_breakpoint"],
  input_file: ["file_id", "filename", "file_data", "file_url", "detail", "prompt_cache_breakpoint"],
  output_text: ["text", "annotations", "logprobs", "parsed"],
  refusal: ["refusal"],
};

export function checkItem(item: unknown, path: string): Refusal | null {
  if (!isObject(item)) return invalidType(path, "an object", item);
  const type = typeOf(item);
  const shape = Object.hasOwn(SHAPES, type) ? SHAPES[type] : undefined;
  if (!shape) return invalidValue(`${path}.type`, type, Object.keys(SHAPES));
  if (item["type"] === undefined && type === "item_reference" && item["id"] === undefined) {
    return missingParameter(`${path}.type`);
  }
  return checkFields(item, shape, path) ?? (type === "message" ? checkMessage(item, path) : checkOutput(item, path));
}

function checkFields(item: JsonObject, { required, optional = [] }: Shape, path: string): Refusal | null {
  const known = [...ANYWHERE, ...Object.keys(required), ...optional];
  const stranger = Object.keys(item).find((field) => !known.includes(field));
  if (stranger !== undefined) return unknownParameter(`${path}.${stranger}`);
  for (const [field, kind] of Object.entries(required)) {
    const value = item[field];
    if (value === undefined) return missingParameter(`${path}.${field}`);
    const refusal = checkKind(`${path}.${field}`, kind, value);
    if (refusal) return refusal;
  }
  for (const field of ["id", "encrypted_content"]) {
    const value = item[field] ?? undefined;
    if (value !== undefined && typeof value !== "string") return invalidType(`${path}.${field}`, "a string", value);
  }
  return null;
}

function checkMessage(message: JsonObject, path: string): Refusal | null {
  const role = ROLES.find((known) => known === message["role"]);
  if (role === undefined) return invalidValue(`${path}.role`, message["role"], ROLES);
  const phase = message["phase"] ?? undefined;
  if (phase !== undefined && role !== "assistant") return unknownParameter(`${path}.phase`);
  if (phase !== undefined && !PHASES.some((known) => known === phase))
    return invalidValue(`${path}.phase`, phase, PHASES);
  return checkParts(message["content"], role === "assistant" ? OUTPUT_PARTS : INPUT_PARTS, `${path}.content`);
}

function checkOutput(item: JsonObject, path: string): Refusal | null {
  const listsParts = item["type"] === "function_call_output" || item["type"] === "custom_tool_call_output";
  return listsParts ? checkParts(item["output"], INPUT_PARTS, `${path}.output`) : null;
}

function checkParts(parts: unknown, allowed: readonly string[], path: string): Refusal | null {
  if (!Array.isArray(parts)) return null;
  for (const [position, part] of parts.entries()) {
    const refusal = checkPart(part, allowed, `${path}[${position}]`);
    if (refusal) return refusal;
  }
  return null;
}

function checkPart(part: unknown, allowed: readonly string[], path: string): Refusal | null {
  if (!isObject(part)) return invalidType(path, "an object", part);
  const type = part["type"];
  if (type === undefined) return missingParameter(`${path}.type`);
  if (typeof type !== "string" || !ALL_PARTS.includes(type)) return invalidValue(`${path}.type`, type, ALL_PARTS);
  if (!allowed.includes(type)) return invalidValue(path, type, allowed);
  const fields = PART_FIELDS[type] ?? [];
  const stranger = Object.keys(part).find((field) => field !== "type" && !fields.includes(field));
  if (stranger !== undefined) return unknownParameter(`${path}.${stranger}`);
  const text = type === "refusal" ? "refusal" : "text";
  if (!fields.includes(text)) return checkSource(part, path);
  if (part[text] === undefined) return missingParameter(`${path}.${text}`);
  return checkKind(`${path}.${text}`, "string", part[text]);
}

/** A picture or file comes from somewhere: a URL, its own data, or an upload. */
function checkSource(part: JsonObject, path: string): Refusal | null {
  const sources = part["type"] === "input_image" ? ["image_url", "file_id"] : ["file_id", "file_data", "file_url"];
  const given = sources.some((field) => typeof part[field] === "string");
  return given ? null : missingParameter(`${path}.${sources[0]}`);
}
