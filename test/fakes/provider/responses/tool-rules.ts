/**
 * What a tool in a Responses request may look like.
 *
 * Functions are flat here, not nested as in Chat Completions, which is the mistake most often made. Tools that run
 * on the provider's side are known by name only, because a proxy passes them on as they are.
 * It must not look at tool choices or at calls.
 */
import { isObject, type JsonObject } from "../chat-request.ts";
import { invalidType, invalidValue, missingParameter, refuse, unknownParameter, type Refusal } from "../refusal.ts";

/** Per type, the fields that must be there. */
const REQUIRED: Record<string, readonly string[]> = {
  function: ["name"],
  file_search: ["vector_store_ids"],
  computer: [],
  computer_use_preview: ["display_height", "display_width", "environment"],
  web_search: [],
  web_search_2025_08_26: [],
  web_search_preview: [],
  web_search_preview_2025_03_11: [],
  mcp: ["server_label"],
  code_interpreter: ["container"],
  programmatic_tool_calling: [],
  image_generation: [],
  local_shell: [],
  shell: [],
  custom: ["name"],
  namespace: ["name", "tools"],
  tool_search: [],
  apply_patch: [],
};

const CALLABLE = ["type", "name", "description", "allowed_callers", "async", "defer_loading"];
/** Only the tools a client defines are judged field by field. */
const FIELDS: Record<string, readonly string[]> = {
  function: [...CALLABLE, "parameters", "strict", "output_schema"],
  custom: [...CALLABLE, "format"],
};

const TOOL_NAME = /^[a-zA-Z0-9_-]+$/;

export function checkTools(tools: unknown): Refusal | null {
  if (!Array.isArray(tools)) return null;
  for (const [index, tool] of tools.entries()) {
    const refusal = checkTool(tool, `tools[${index}]`);
    if (refusal) return refusal;
  }
  return null;
}

function checkTool(tool: unknown, path: string): Refusal | null {
  if (!isObject(tool)) return invalidType(path, "an object", tool);
  const { type } = tool;
  if (type === undefined) return missingParameter(`${path}.type`);
  if (typeof type !== "string" || !Object.hasOwn(REQUIRED, type)) {
    return invalidValue(`${path}.type`, type, Object.keys(REQUIRED));
  }
  const missing = REQUIRED[type]?.find((field) => tool[field] === undefined);
  if (missing !== undefined) return missingParameter(`${path}.${missing}`);
  const fields = FIELDS[type];
  const stranger = fields && Object.keys(tool).find((field) => !fields.includes(field));
  if (stranger !== undefined) return unknownParameter(`${path}.${stranger}`);
  return checkName(tool, path);
}

function checkName({ name }: JsonObject, path: string): Refusal | null {
  if (name === undefined) return null;
  if (typeof name !== "string") return invalidType(`${path}.name`, "a string", name);
  if (TOOL_NAME.test(name)) return null;
  const pattern = "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.";
  return refuse(`Invalid '${path}.name': ${pattern}`, `${path}.name`, "invalid_value");
}
