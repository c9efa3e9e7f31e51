/**
 * Puts other words into the output of a call.
 *
 * Only outputs of functions and custom tools, whose text is the client's own: a string or text parts. What a shell or a
 * computer gave back has a form of its own and stays, and so does every other item.
 */
import { sliceObject } from "../json-slices.ts";
import { asText, onlyMember, parseSlice, textOf } from "../read-members.ts";
import { replaceTexts } from "../replace-texts.ts";
import { splice } from "../splice-body.ts";
import type { ResultText } from "../wire.ts";

const OUTPUT_TYPES = new Set(['"function_call_output"', '"custom_tool_call_output"']);

export function replaceResults(json: string, shorten: (result: ResultText) => string | null): string | null {
  const members = sliceObject(json);
  const type = onlyMember(members, "type");
  const output = onlyMember(members, "output");
  if (!type || !output || !OUTPUT_TYPES.has(textOf(json, type))) return null;
  const callId = asText(parseSlice(json, onlyMember(members, "call_id")));
  const splices = replaceTexts(json, output, '"input_text"', (text) => shorten({ callId, toolName: null, text }));
  return splices.length === 0 ? null : splice(json, splices);
}
