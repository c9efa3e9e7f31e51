/**
 * The plain text of a stored message: what a person would read of it.
 *
 * For counting tokens and for distilling, off the request path. Tool calls are rendered as `name(arguments)`.
 */
import { isRecord } from "./schema.ts";
import type { ChatMessage, ToolCall } from "./schema.ts";

export function readText(json: string): { text: string; speaker: string | null } {
  const message = JSON.parse(json) as ChatMessage;
  const lines: string[] = [];
  if (typeof message.content === "string") lines.push(message.content);
  else if (Array.isArray(message.content))
    for (const part of message.content) {
      if (!isRecord(part)) continue;
      if (typeof part["text"] === "string") lines.push(part["text"]);
      else if (typeof part["refusal"] === "string") lines.push(part["refusal"]);
    }
  if (typeof message.refusal === "string" && message.refusal) lines.push(message.refusal);
  for (const call of Array.isArray(message.tool_calls) ? message.tool_calls : []) {
    if (!isRecord(call)) continue;
    const { function: called, custom } = call as ToolCall;
    const name = called?.name ?? custom?.name;
    if (typeof name === "string") lines.push(`${name}(${called?.arguments ?? custom?.input ?? ""})`);
  }
  return { text: lines.join("\n"), speaker: typeof message.name === "string" ? message.name : null };
}
