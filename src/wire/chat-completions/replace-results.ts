/**
 * Puts other words into a tool message.
 *
 * Its content is a string or text parts; pictures among them stay, and so does everything beside the content. It must
 * not change a message of any other role.
 */
import { sliceObject } from "../json-slices.ts";
import { asText, onlyMember, parseSlice, textOf } from "../read-members.ts";
import { replaceTexts } from "../replace-texts.ts";
import { splice } from "../splice-body.ts";
import type { ResultText } from "../wire.ts";

export function replaceResults(json: string, shorten: (result: ResultText) => string | null): string | null {
  const members = sliceObject(json);
  const role = onlyMember(members, "role");
  const content = onlyMember(members, "content");
  if (!role || !content || textOf(json, role) !== '"tool"') return null;
  const callId = asText(parseSlice(json, onlyMember(members, "tool_call_id")));
  const toolName = asText(parseSlice(json, onlyMember(members, "name")));
  const splices = replaceTexts(json, content, '"text"', (text) => shorten({ callId, toolName, text }));
  return splices.length === 0 ? null : splice(json, splices);
}
