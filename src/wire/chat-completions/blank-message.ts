/**
 * A message without its words: role, calls and what they are answered by stay, so that it can still be sent.
 *
 * Pictures, sounds, reasoning and the speaker's own name go as well. A message that cannot be read becomes the user's.
 */
import { blankValue, DELETED_TEXT } from "../blank.ts";
import { asText, isRecord, parseSlice } from "../read-members.ts";

export function blankMessage(json: string): string {
  const message = parseSlice(json, { start: 0, end: json.length });
  if (!isRecord(message)) return JSON.stringify({ role: "user", content: DELETED_TEXT });
  const { role, tool_calls: calls, function_call: call, tool_call_id: answers } = message;
  return JSON.stringify({
    role: asText(role) ?? "user",
    content: DELETED_TEXT,
    ...(Array.isArray(calls) && calls.length > 0 ? { tool_calls: blankValue(calls) } : {}),
    ...(isRecord(call) ? { function_call: blankValue(call) } : {}),
    ...(typeof answers === "string" ? { tool_call_id: answers } : {}),
  });
}
