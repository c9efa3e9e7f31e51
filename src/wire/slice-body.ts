/**
 * Cuts a body where the next one of its conversation may differ: around what is large before the messages, and at
 * every message.
 *
 * For whoever stores bodies that grow. It works on positions and on any text: what is no body of this API is one piece.
 * From a place behind a message only what comes behind it is walked.
 */
import type { Opened, Slice } from "./json-slices.ts";
import { sliceElements } from "./json-slices.ts";
import { readMembers } from "./read-members.ts";
import type { BodySlices } from "./wire.ts";

/** A value of the body that is as long as this is cut out of what is around it: tools stay, where a date beside them changes. */
const LARGE_CHARS = 256;

/**
 * @param key of the list of messages
 * @param from 0, or the end of a message
 * @param wanted what must be known of an element to tell messages apart, where one may be several
 */
export function sliceBody(
  text: string,
  key: string,
  from: number,
  wanted: Opened["wanted"] = null,
  join: (opened: Opened) => Slice[] = ({ elements }) => elements,
): BodySlices {
  const opened: Opened = { key, wanted, elements: [], peeked: [] };
  if (from > 0) return { opening: [], messages: sliceElements(text, from, opened) === null ? [] : join(opened) };
  const members = readMembers(text, opened);
  const [first] = opened.elements;
  if (members === null || first === undefined) return { opening: [], messages: [] };
  const opening: Slice[] = [];
  let at = 0;
  for (const { value } of members) {
    if (value.end > first.start) break;
    if (value.end - value.start < LARGE_CHARS) continue;
    opening.push({ start: at, end: value.start }, value);
    at = value.end;
  }
  if (first.start > at) opening.push({ start: at, end: first.start });
  return { opening, messages: join(opened) };
}
