/**
 * The provider's front door: decides whether a parsed body is a Chat Completions request it would accept.
 *
 * It checks the top level here, one message at a time in message-rules.ts, and the order of messages in
 * order-rules.ts, and stops at the first fault as the real API does. Accepting too much would let a broken
 * rewrite through a test; refusing what real clients send would blame a proxy for its client's habits.
 * It must not repair or default anything.
 */
import { isObject, type ChatRequest, type JsonObject } from "./chat-request.ts";
import { checkMessage } from "./message-rules.ts";
import { checkAlternation, checkToolPairs } from "./order-rules.ts";
import { checkKind, type Kind } from "./parameter-kinds.ts";
import {
  emptyArray,
  invalidType,
  invalidValue,
  missingParameter,
  refuse,
  tooManyBreakpoints,
  unknownArguments,
  unknownParameter,
  type Refusal,
} from "./refusal.ts";

export interface RuleOptions {
  /** Hold the stricter order of chat-template servers: one system message, first, then user and assistant in turn. */
  alternation: boolean;
  /** Take `reasoning_content` back, as DeepSeek wants it. */
  reasoningContent: boolean;
}

/** Every parameter the API documents, with the kind it must have; all but `model` and `messages` may be null. */
const PARAMETERS: Record<string, Kind> = {
  model: "string",
  messages: "array",
  audio: "object",
  frequency_penalty: "number",
  function_call: "any",
  functions: "array",
  logit_bias: "object",
  logprobs: "boolean",
  max_completion_tokens: "number",
  max_tokens: "number",
  metadata: "object",
  modalities: "array",
  moderation: "object",
  n: "number",
  parallel_tool_calls: "boolean",
  prediction: "object",
  presence_penalty: "number",
  prompt_cache_key: "string",
  prompt_cache_options: "object",
  prompt_cache_retention: "string",
  reasoning_effort: "string",
  response_format: "object",
  safety_identifier: "string",
  seed: "number",
  service_tier: "string",
  stop: "any",
  store: "boolean",
  stream: "boolean",
  stream_options: "object",
  temperature: "number",
  tool_choice: "any",
  tools: "array",
  top_logprobs: "number",
  top_p: "number",
  user: "string",
  verbosity: "string",
  web_search_options: "object",
};

const TOOL_TYPES = ["function", "custom"] as const;
const STREAM_OPTIONS = ["include_usage", "include_obfuscation"];
const TOOL_NAME = /^[a-zA-Z0-9_-]+$/;

export function checkChatRequest(body: unknown, options: RuleOptions): Refusal | null {
  if (!isObject(body)) return refuse("Invalid body: failed to parse JSON value. The body must be a JSON object.");
  return (
    checkParameters(body) ??
    checkStreamOptions(body) ??
    checkTools(body) ??
    checkMessages(body["messages"], options) ??
    checkBreakpoints(body as ChatRequest) ??
    checkOrder(body as ChatRequest, options)
  );
}

function checkParameters(body: JsonObject): Refusal | null {
  const unknown = Object.keys(body).filter((name) => !Object.hasOwn(PARAMETERS, name));
  if (unknown.length > 0) return unknownArguments(unknown);
  if (body["model"] === undefined || body["model"] === "") return refuse("you must provide a model parameter");
  if (body["messages"] === undefined) return missingParameter("messages");
  for (const [name, value] of Object.entries(body)) {
    const kind = PARAMETERS[name] ?? "any";
    const mayBeNull = name !== "model" && name !== "messages";
    const refusal = value === null && mayBeNull ? null : checkKind(name, kind, value);
    if (refusal) return refusal;
  }
  return null;
}

function checkStreamOptions(body: JsonObject): Refusal | null {
  const options = body["stream_options"];
  if (!isObject(options)) return null;
  if (body["stream"] !== true) {
    return refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
  }
  for (const [name, value] of Object.entries(options)) {
    if (!STREAM_OPTIONS.includes(name)) return unknownParameter(`stream_options.${name}`);
    if (typeof value !== "boolean") return invalidType(`stream_options.${name}`, "a boolean", value);
  }
  return null;
}

function checkTools(body: JsonObject): Refusal | null {
  const tools = body["tools"];
  if (!Array.isArray(tools)) return checkToolsAbsent(body);
  if (tools.length === 0) return emptyArray("tools");
  for (const [index, tool] of tools.entries()) {
    const refusal = checkTool(tool, `tools[${index}]`);
    if (refusal) return refusal;
  }
  return null;
}

function checkToolsAbsent(body: JsonObject): Refusal | null {
  const { tool_choice: choice, parallel_tool_calls: parallel } = body;
  const dangling =
    choice !== undefined && choice !== null
      ? "tool_choice"
      : parallel !== undefined && parallel !== null
        ? "parallel_tool_calls"
        : undefined;
  if (dangling === undefined) return null;
  const rule = `'${dangling}' is only allowed when 'tools' are specified.`;
  return refuse(`Invalid value for '${dangling}': ${rule}`, dangling);
}

function checkTool(tool: unknown, path: string): Refusal | null {
  if (!isObject(tool)) return invalidType(path, "an object", tool);
  const type = TOOL_TYPES.find((known) => known === tool["type"]);
  if (tool["type"] === undefined) return missingParameter(`${path}.type`);
  if (type === undefined) return invalidValue(`${path}.type`, tool["type"], TOOL_TYPES);
  const definition = tool[type];
  if (!isObject(definition)) return missingParameter(`${path}.${type}`);
  const name = definition["name"];
  if (name === undefined) return missingParameter(`${path}.${type}.name`);
  if (typeof name !== "string") return invalidType(`${path}.${type}.name`, "a string", name);
  if (TOOL_NAME.test(name)) return null;
  const pattern = "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.";
  return refuse(`Invalid '${path}.${type}.name': ${pattern}`, `${path}.${type}.name`, "invalid_value");
}

function checkMessages(messages: unknown, { reasoningContent }: RuleOptions): Refusal | null {
  if (!Array.isArray(messages)) return invalidType("messages", "an array of objects", messages);
  if (messages.length === 0) return emptyArray("messages");
  for (const [index, message] of messages.entries()) {
    const refusal = checkMessage(message, index, reasoningContent);
    if (refusal) return refusal;
  }
  return null;
}

function checkBreakpoints({ messages }: ChatRequest): Refusal | null {
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? content : []));
  return tooManyBreakpoints("messages", parts.filter((part) => part["prompt_cache_breakpoint"]).length);
}

function checkOrder(request: ChatRequest, options: RuleOptions): Refusal | null {
  return checkToolPairs(request.messages) ?? (options.alternation ? checkAlternation(request.messages) : null);
}
