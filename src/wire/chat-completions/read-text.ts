/**
 * The plain text of a stored message: what a person would read of it.
 *
 * For counting tokens and for distilling, off the request path. Tool calls are rendered as `name(arguments)`.
 */
import type { Role } from "../../model/message.ts";
import { isRecord } from "../read-members.ts";
import type { SpokenText } from "../wire.ts";
import type { ChatMessage, ToolCall } from "./schema.ts";

export function readText(json: string): SpokenText[] {
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
    if (typeof name === "string") lines.push(`${name}(${written(called?.arguments ?? custom?.input ?? "")})`);
  }
  return [
    {
      role: message.role as Role,
      speaker: typeof message.name === "string" ? message.name : null,
      text: lines.join("\n"),
    },
  ];
}

/** Arguments are text by contract; what a server sends as an object is shown as JSON. */
function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
