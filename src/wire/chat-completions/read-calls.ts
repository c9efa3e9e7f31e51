/**
 * The tool calls of a stored message: which tool, with which arguments, under which id its result comes back.
 */
import { asText, isRecord } from "../read-members.ts";
import type { ReadCall } from "../wire.ts";
import type { ChatMessage, ToolCall } from "./schema.ts";

export function readCalls(json: string): ReadCall[] {
  const { tool_calls: calls } = JSON.parse(json) as ChatMessage;
  return (Array.isArray(calls) ? calls : []).flatMap((call) => {
    if (!isRecord(call)) return [];
    const { id, function: called, custom } = call as ToolCall;
    const name = asText(called?.name ?? custom?.name);
    const text = asText(called?.arguments ?? custom?.input) ?? "";
    return typeof id === "string" && name !== null ? [{ id, name, text }] : [];
  });
}
