/**
 * Puts other words where a content has text, and leaves every other byte of it.
 *
 * Shared by all wires: a content is a string or a list of parts, of which those of one type hold text. Only the string's
 * literal is replaced, so a part keeps its markers. What cannot be read stays as it is.
 */
import { sliceArray, sliceObject } from "./json-slices.ts";
import type { Slice } from "./json-slices.ts";
import { onlyMember, parseSlice, textOf } from "./read-members.ts";
import type { Splice } from "./splice-body.ts";

/** @param textType type of the parts that hold text, as a JSON literal */
export function replaceTexts(
  text: string,
  content: Slice,
  textType: string,
  replace: (words: string) => string | null,
): Splice[] {
  if (text[content.start] === '"') return replaceLiteral(text, content, replace);
  return (sliceArray(text, content.start, content.end) ?? []).flatMap((part) => {
    const members = sliceObject(text, part.start, part.end);
    const type = onlyMember(members, "type");
    const words = onlyMember(members, "text");
    return type && words && textOf(text, type) === textType ? replaceLiteral(text, words, replace) : [];
  });
}

function replaceLiteral(text: string, slice: Slice, replace: (words: string) => string | null): Splice[] {
  const words = parseSlice(text, slice);
  const others = typeof words === "string" ? replace(words) : null;
  return others === null || others === words ? [] : [{ ...slice, text: JSON.stringify(others) }];
}
