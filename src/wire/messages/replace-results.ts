/**
 * Puts other words into the tool results of a message.
 *
 * The content of a result is a string or blocks; only text changes. A result that is an error stays whole: it is short,
 * and what went wrong is told in it word by word. It must not touch what stands beside the results.
 */
import { sliceArray, sliceObject } from "../json-slices.ts";
import type { Slice } from "../json-slices.ts";
import { asText, findSlice, onlyMember, parseSlice, textOf } from "../read-members.ts";
import { replaceTexts } from "../replace-texts.ts";
import { splice } from "../splice-body.ts";
import type { Splice } from "../splice-body.ts";
import type { ResultText } from "../wire.ts";

type Shorten = (result: ResultText) => string | null;

export function replaceResults(json: string, shorten: Shorten): string | null {
  const members = sliceObject(json);
  const role = onlyMember(members, "role");
  const content = onlyMember(members, "content");
  if (!role || !content || textOf(json, role) !== '"user"') return null;
  const blocks = sliceArray(json, content.start, content.end) ?? [];
  const splices = blocks.flatMap((block) => replaceInResult(json, block, shorten));
  return splices.length === 0 ? null : splice(json, splices);
}

function replaceInResult(json: string, { start, end }: Slice, shorten: Shorten): Splice[] {
  const members = sliceObject(json, start, end);
  const type = onlyMember(members, "type");
  const content = onlyMember(members, "content");
  if (!members || !type || !content || textOf(json, type) !== '"tool_result"') return [];
  const error = findSlice(members, "is_error");
  if (error && !["false", "null"].includes(textOf(json, error))) return [];
  const callId = asText(parseSlice(json, onlyMember(members, "tool_use_id")));
  return replaceTexts(json, content, '"text"', (text) => shorten({ callId, toolName: null, text }));
}
