/**
 * The plain text of a stored message: what a person would read of it.
 *
 * For counting tokens and for distilling, off the request path. Tool calls are rendered as `name(arguments)`; reasoning
 * is nobody's word and is left out, and so is what has no text (images, encrypted content, references).
 */
import { asText, isRecord } from "../read-members.ts";
import type { SpokenText } from "../wire.ts";
import { roleOf } from "./read-message.ts";
import { CALL_OUTPUTS, CALLS, isReasoning, parseItems, typeOf } from "./schema.ts";
import type { Item } from "./schema.ts";

export function readText(json: string): SpokenText[] {
  const spoken: SpokenText[] = [];
  for (const item of parseItems(json) ?? []) {
    const role = roleOf(item);
    if (role === null || isReasoning(item)) continue;
    const type = typeOf(item) ?? "";
    const text = textOfItem(item, type);
    if (text !== "") spoken.push({ role, speaker: type === "message" ? asText(item["name"]) : null, text });
    const result = type === "mcp_call" ? asText(item["output"]) : null;
    if (result !== null) spoken.push({ role: "tool", speaker: null, text: result });
  }
  return spoken;
}

function textOfItem(item: Item, type: string): string {
  if (type === "message") return textOfContent(item["content"]);
  if (CALL_OUTPUTS.has(type)) return textOfContent(item["output"]);
  const name = asText(item["name"]) ?? type.replace(/_call$/, "");
  if (CALLS.has(type) || type === "mcp_call") return `${name}(${textOfArguments(item)})`;
  if (type === "web_search_call") return `${name}(${JSON.stringify(item["action"] ?? {})})`;
  if (type === "code_interpreter_call") return `${name}(${asText(item["code"]) ?? ""})`;
  return "";
}

function textOfArguments({ arguments: args, input, action, actions, operation }: Item): string {
  const text = asText(args) ?? asText(input);
  if (text !== null) return text;
  const value = action ?? actions ?? operation;
  if (!isRecord(value)) return value === undefined ? "" : JSON.stringify(value);
  const { commands, command, path, diff } = value;
  if (Array.isArray(commands)) return commands.join("\n");
  if (Array.isArray(command)) return command.join(" ");
  if (typeof path === "string") return [path, diff].filter((part) => typeof part === "string").join("\n");
  return JSON.stringify(value);
}

function textOfContent(content: unknown): string {
  if (typeof content === "string") return content;
  const lines: string[] = [];
  for (const part of Array.isArray(content) ? (content as unknown[]) : []) {
    if (!isRecord(part)) continue;
    for (const field of ["text", "refusal", "stdout", "stderr"]) {
      const line = asText(part[field]);
      if (line !== null) lines.push(line);
    }
  }
  return lines.join("\n");
}
