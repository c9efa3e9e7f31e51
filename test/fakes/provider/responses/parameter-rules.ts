/**
 * The front door of the Responses API: decides whether a parsed body is a request it would look into.
 *
 * It checks the top level, the tools and, through item-rules.ts, each input item alone, and stops at the first fault
 * as the real API does. Parameters that moved here from Chat Completions get the sentence that says where to.
 * It must not repair or default anything, and knows nothing of what is stored.
 */
import { isObject, type JsonObject } from "../chat-request.ts";
import { checkKind, type Kind } from "../parameter-kinds.ts";
import {
  emptyArray,
  invalidType,
  invalidValue,
  missingParameter,
  refuse,
  tooManyBreakpoints,
  unknownParameter,
  type Refusal,
} from "../refusal.ts";
import { checkItem } from "./item-rules.ts";
import { partsOf, type Item } from "./items.ts";
import { checkTools } from "./tool-rules.ts";

/** Every parameter the API documents, and one that a widespread agent sends, with the kind it must have. */
const PARAMETERS: Record<string, Kind> = {
  model: "string",
  input: "text or array",
  access_programs: "object",
  background: "boolean",
  client_metadata: "object",
  context_management: "array",
  conversation: "any",
  image: "object",
  include: "array",
  instructions: "string",
  max_output_tokens: "number",
  max_tool_calls: "number",
  metadata: "object",
  moderation: "object",
  parallel_tool_calls: "boolean",
  previous_response_id: "string",
  prompt: "object",
  prompt_cache_key: "string",
  prompt_cache_options: "object",
  prompt_cache_retention: "string",
  reasoning: "object",
  safety_identifier: "string",
  service_tier: "string",
  store: "boolean",
  stream: "boolean",
  stream_options: "object",
  temperature: "number",
  text: "object",
  tool_choice: "any",
  tools: "array",
  top_logprobs: "number",
  top_p: "number",
  truncation: "string",
  user: "string",
};

const MOVED: Record<string, string> = {
  messages: "input",
  max_tokens: "max_output_tokens",
  max_completion_tokens: "max_output_tokens",
  response_format: "text.format",
  reasoning_effort: "reasoning.effort",
};

const INCLUDABLE = [
  "file_search_call.results",
  "web_search_call.results",
  "web_search_call.action.sources",
  "message.input_image.image_url",
  "computer_call_output.output.image_url",
  "code_interpreter_call.outputs",
  "reasoning.encrypted_content",
  "message.output_text.logprobs",
];

const REASONING_FIELDS = ["context", "effort", "generate_summary", "mode", "summary"];
const FORMATS = ["text", "json_schema", "json_object"];
const OUTPUT_TOKENS_MIN = 16;

export function checkResponsesRequest(body: unknown): Refusal | null {
  if (!isObject(body)) return refuse("Invalid body: failed to parse JSON value. The body must be a JSON object.");
  return (
    checkParameters(body) ??
    checkOptions(body) ??
    checkText(body["text"]) ??
    checkTools(body["tools"]) ??
    checkInput(body) ??
    checkTogether(body)
  );
}

function checkParameters(body: JsonObject): Refusal | null {
  for (const name of Object.keys(body)) {
    if (Object.hasOwn(MOVED, name)) return moved(name, MOVED[name] ?? "");
    if (!Object.hasOwn(PARAMETERS, name)) return unknownParameter(name);
  }
  if (body["model"] === undefined || body["model"] === null) return missingParameter("model");
  for (const [name, value] of Object.entries(body)) {
    const refusal = value === null ? null : checkKind(name, PARAMETERS[name] ?? "any", value);
    if (refusal) return refusal;
  }
  return null;
}

function moved(name: string, place: string): Refusal {
  const message =
    `Unsupported parameter: '${name}'. In the Responses API, this parameter has moved to '${place}'. Try again with ` +
    "the new parameter. See the API documentation for more information: " +
    "https://platform.openai.com/docs/api-reference/responses/create.";
  return refuse(message, name, "unsupported_parameter");
}

function checkOptions(body: JsonObject): Refusal | null {
  const { stream_options: options, include, reasoning, max_output_tokens: tokens } = body;
  if (isObject(options) && body["stream"] !== true) {
    return refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
  }
  const stranger = isObject(options) && Object.keys(options).find((name) => name !== "include_obfuscation");
  if (typeof stranger === "string") return unknownParameter(`stream_options.${stranger}`);
  for (const [index, name] of Array.isArray(include) ? include.entries() : []) {
    if (!INCLUDABLE.includes(String(name))) return invalidValue(`include[${index}]`, name, INCLUDABLE);
  }
  const odd = isObject(reasoning) && Object.keys(reasoning).find((name) => !REASONING_FIELDS.includes(name));
  if (typeof odd === "string") return unknownParameter(`reasoning.${odd}`);
  if (typeof tokens !== "number" || tokens >= OUTPUT_TOKENS_MIN) return null;
  const rest = `integer below minimum value. Expected a value >= ${OUTPUT_TOKENS_MIN}, but got ${tokens} instead.`;
  return refuse(`Invalid 'max_output_tokens': ${rest}`, "max_output_tokens", "integer_below_min_value");
}

function checkText(text: unknown): Refusal | null {
  if (!isObject(text)) return null;
  const stranger = Object.keys(text).find((name) => name !== "format" && name !== "verbosity");
  if (stranger !== undefined) return unknownParameter(`text.${stranger}`);
  const format = text["format"];
  if (!isObject(format)) return null;
  if (format["type"] === undefined) return missingParameter("text.format.type");
  if (!FORMATS.some((type) => type === format["type"])) {
    return invalidValue("text.format.type", format["type"], FORMATS);
  }
  if (format["type"] !== "json_schema") return null;
  const missing = ["name", "schema"].find((name) => format[name] === undefined);
  return missing === undefined ? null : missingParameter(`text.format.${missing}`);
}

function checkInput(body: JsonObject): Refusal | null {
  const { input } = body;
  const hasMore = ["previous_response_id", "conversation", "prompt"].some((name) => (body[name] ?? null) !== null);
  if (input === undefined || input === null) return hasMore ? null : missingParameter("input");
  if (!Array.isArray(input)) return null;
  if (input.length === 0 && !hasMore) return emptyArray("input");
  for (const [index, item] of input.entries()) {
    const refusal = checkItem(item, `input[${index}]`);
    if (refusal) return refusal;
  }
  return tooManyBreakpoints("input", countBreakpoints(input as Item[]));
}

function countBreakpoints(items: Item[]): number {
  const parts = items.flatMap((item) => [...partsOf(item.content), ...partsOf(item.output)]);
  return parts.filter((part) => part["prompt_cache_breakpoint"]).length;
}

function checkTogether(body: JsonObject): Refusal | null {
  const conversation = body["conversation"] ?? "";
  const named = isObject(conversation) ? conversation["id"] : conversation;
  if (typeof named !== "string") return invalidType("conversation", "one of a string or object", conversation);
  if ((body["conversation"] ?? null) !== null && (body["previous_response_id"] ?? null) !== null) {
    const names = "'previous_response_id' or 'conversation'";
    const message = `Mutually exclusive parameters: Ensure you are only providing one of: ${names}.`;
    return refuse(message, "previous_response_id", "mutually_exclusive_parameters");
  }
  if (body["background"] === true && body["store"] === false) {
    return refuse("Background mode requires 'store' to be true.", "background", "invalid_value");
  }
  if (!isObject(body["prompt"])) return null;
  const id = String(body["prompt"]["id"]);
  return { ...refuse(`Prompt with id '${id}' not found.`, "prompt", "prompt_not_found"), status: 404 };
}
