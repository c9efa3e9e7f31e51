/**
 * What one message may look like: its role, the fields of that role, its content and its tool calls.
 *
 * The SDKs replay the message objects they were given, so the reply-only fields (`refusal`, `annotations`,
 * `audio`, `function_call`, `parsed`, and `parsed_arguments` inside a call) are welcome back; anything else
 * unknown is refused. This file looks at one message alone: what must follow what is order-rules.ts's business.
 */
import { isObject, type JsonObject } from "./chat-request.ts";
import {
  emptyArray,
  invalidType,
  invalidValue,
  missingParameter,
  refuse,
  unknownParameter,
  type Refusal,
} from "./refusal.ts";

const ROLES = ["system", "assistant", "user", "function", "tool", "developer"] as const;
type Role = (typeof ROLES)[number];

const REPLY_FIELDS = ["refusal", "annotations", "audio", "function_call", "parsed", "tool_calls"];
const FIELDS: Record<Role, readonly string[]> = {
  system: ["role", "content", "name"],
  developer: ["role", "content", "name"],
  user: ["role", "content", "name"],
  assistant: ["role", "content", "name", ...REPLY_FIELDS],
  tool: ["role", "content", "name", "tool_call_id"],
  function: ["role", "content", "name"],
};

const PART_TYPES: Record<Role, readonly string[]> = {
  system: ["text"],
  developer: ["text"],
  user: ["text", "image_url", "input_audio", "file"],
  assistant: ["text", "refusal"],
  tool: ["text"],
  function: [],
};

/** Per part type: the field that carries it, and what that field must be. */
const PART_PAYLOAD: Record<string, "string" | "object"> = {
  text: "string",
  refusal: "string",
  image_url: "object",
  input_audio: "object",
  file: "object",
};

/** Agent frameworks send these back inside an assistant's text part. */
const REPLAYED_PART_FIELDS = ["annotations", "refusal", "role", "logprobs"];

export function checkMessage(message: unknown, index: number, reasoningContent: boolean): Refusal | null {
  const path = `messages[${index}]`;
  if (!isObject(message)) return invalidType(path, "an object", message);
  if (message["role"] === undefined) return missingParameter(`${path}.role`);
  const role = ROLES.find((known) => known === message["role"]);
  if (role === undefined) return invalidValue(`${path}.role`, message["role"], ROLES);
  const fields = reasoningContent && role === "assistant" ? [...FIELDS[role], "reasoning_content"] : FIELDS[role];
  const stranger = Object.keys(message).find((field) => !fields.includes(field));
  if (stranger !== undefined) return unknownParameter(`${path}.${stranger}`);
  return checkNames(message, role, path) ?? checkToolCalls(message, path) ?? checkContent(message, role, index);
}

function checkNames(message: JsonObject, role: Role, path: string): Refusal | null {
  const required = role === "tool" ? "tool_call_id" : role === "function" ? "name" : undefined;
  if (required !== undefined && message[required] === undefined) return missingParameter(`${path}.${required}`);
  for (const field of ["name", "tool_call_id"]) {
    const value = message[field];
    if (value !== undefined && typeof value !== "string") return invalidType(`${path}.${field}`, "a string", value);
  }
  const { refusal } = message;
  const isText = refusal === undefined || refusal === null || typeof refusal === "string";
  return isText ? null : invalidType(`${path}.refusal`, "a string", refusal);
}

function checkContent(message: JsonObject, role: Role, index: number): Refusal | null {
  const { content } = message;
  const path = `messages[${index}].content`;
  if (content === undefined || content === null) {
    if (role === "assistant" && speaksWithoutContent(message)) return null;
    if (role === "function" && content === null) return null;
    if (content === undefined && role !== "assistant") return missingParameter(path);
    return refuse("Invalid value for 'content': expected a string, got null.", `messages.[${index}].content`);
  }
  if (typeof content === "string") return null;
  if (!Array.isArray(content)) return invalidType(path, "one of a string or array of objects", content);
  if (content.length === 0) return emptyArray(path);
  for (const [position, part] of content.entries()) {
    const refusal = checkPart(part, role, `${path}[${position}]`);
    if (refusal) return refusal;
  }
  return null;
}

function speaksWithoutContent(message: JsonObject): boolean {
  return ["tool_calls", "function_call", "refusal", "audio"].some(
    (field) => message[field] !== undefined && message[field] !== null,
  );
}

function checkPart(part: unknown, role: Role, path: string): Refusal | null {
  if (!isObject(part)) return invalidType(path, "an object", part);
  const { type } = part;
  if (type === undefined) return missingParameter(`${path}.type`);
  if (typeof type !== "string" || !PART_TYPES[role].includes(type)) {
    return invalidValue(`${path}.type`, type, PART_TYPES[role]);
  }
  const payload = part[type];
  if (payload === undefined) return missingParameter(`${path}.${type}`);
  if (PART_PAYLOAD[type] === "string" && typeof payload !== "string") {
    return invalidType(`${path}.${type}`, "a string", payload);
  }
  if (PART_PAYLOAD[type] === "object" && !isObject(payload))
    return invalidType(`${path}.${type}`, "an object", payload);
  const known = ["type", type, "prompt_cache_breakpoint", ...(role === "assistant" ? REPLAYED_PART_FIELDS : [])];
  const stranger = Object.keys(part).find((field) => !known.includes(field));
  return stranger === undefined ? null : unknownParameter(`${path}.${stranger}`);
}

function checkToolCalls(message: JsonObject, messagePath: string): Refusal | null {
  const calls = message["tool_calls"];
  if (calls === undefined) return null;
  const path = `${messagePath}.tool_calls`;
  if (!Array.isArray(calls)) return invalidType(path, "an array of objects", calls);
  if (calls.length === 0) return emptyArray(path);
  for (const [position, call] of calls.entries()) {
    const refusal = checkToolCall(call, `${path}[${position}]`);
    if (refusal) return refusal;
  }
  return null;
}

const CALL_FIELDS = { function: ["name", "arguments"], custom: ["name", "input"] } as const;

function checkToolCall(call: unknown, path: string): Refusal | null {
  if (!isObject(call)) return invalidType(path, "an object", call);
  if (call["id"] === undefined) return missingParameter(`${path}.id`);
  if (typeof call["id"] !== "string") return invalidType(`${path}.id`, "a string", call["id"]);
  const { type } = call;
  if (type === undefined) return missingParameter(`${path}.type`);
  if (type !== "function" && type !== "custom") {
    return invalidValue(`${path}.type`, type, Object.keys(CALL_FIELDS));
  }
  const stranger = Object.keys(call).find((field) => !["id", "type", type].includes(field));
  if (stranger !== undefined) return unknownParameter(`${path}.${stranger}`);
  const body = call[type];
  if (!isObject(body)) return missingParameter(`${path}.${type}`);
  for (const field of CALL_FIELDS[type]) {
    if (body[field] === undefined) return missingParameter(`${path}.${type}.${field}`);
    if (typeof body[field] !== "string") return invalidType(`${path}.${type}.${field}`, "a string", body[field]);
  }
  const known: readonly string[] = [...CALL_FIELDS[type], "parsed_arguments"];
  const extra = Object.keys(body).find((field) => !known.includes(field));
  return extra === undefined ? null : unknownParameter(`${path}.${type}.${extra}`);
}
