/**
 * The request as it would read had the client sent some of its messages in another form: a tool's result in fewer
 * words, a question with a recalled block behind it.
 *
 * Shared by all wires, and done before every other edit: those work on positions and need not know. It must not look
 * into a message; what a block behind one looks like is the wire's to say.
 */
import type { Member, Slice } from "./json-slices.ts";
import { textOf } from "./read-members.ts";
import { splice } from "./splice-body.ts";
import type { Splice } from "./splice-body.ts";
import type { DecodedRequest, Edit, StoredMessages } from "./wire.ts";

/** The message with a block behind it, the newest or one that stays; null where none has a place. */
type PutBehind = (message: string, recalled: string, isNewest: boolean) => string | null;

/** Null: one of the forms has no place. Without any it is the request itself. */
export function rewriteMessages(request: DecodedRequest, edit: Edit, putBehind: PutBehind): DecodedRequest | null {
  const { recalled, lasting, replaced } = edit;
  const { text, history } = request;
  const newest = recalled === null ? [] : [{ index: history.length - 1, text: recalled }];
  const blocks = [...lasting, ...newest];
  if (blocks.length === 0 && replaced.length === 0) return request;
  if (blocks.length > 0 && staysUpstream(request, edit)) return null;
  if (replaced.some(({ index }) => !history[index])) return null;
  const forms = new Map(replaced.map(({ index, json }) => [index, json]));
  for (const [nth, block] of blocks.entries()) {
    const slice = history[block.index];
    const leaving = edit.stored?.skip ?? edit.cut;
    if (!slice || block.index < leaving) return null;
    const carrier = putBehind(forms.get(block.index) ?? textOf(text, slice), block.text, nth >= lasting.length);
    if (carrier === null) return null;
    forms.set(block.index, carrier);
  }
  return withForms(request, forms);
}

/** The same for the blocks behind messages that a delta client did not send. Null: one has no place there. */
export function rewriteStored(request: DecodedRequest, edit: Edit, putBehind: PutBehind): Edit | null {
  const { stored, lasting } = edit;
  if (stored === null || lasting.length === 0) return edit;
  if (staysUpstream(request, edit)) return null;
  const messages = splitStored(stored);
  const own: { index: number; text: string }[] = [];
  for (const { index, text } of lasting) {
    const message = messages[index];
    if (message === undefined) own.push({ index: index - messages.length + stored.skip, text });
    else {
      const carrier = putBehind(message, text, false);
      if (carrier === null) return null;
      messages[index] = carrier;
    }
  }
  const [first = null, ...rest] = messages;
  return { ...edit, lasting: own, stored: { ...stored, first, rest: rest.join(",") } };
}

/** One text may be several elements that may not be parted: only their lengths tell where the next begins. */
function splitStored({ first, rest, lengths = [] }: StoredMessages): string[] {
  let start = 0;
  const texts = lengths.map((length) => {
    const text = rest.slice(start, start + length);
    start += length + 1;
    return text;
  });
  return first === null ? [] : [first, ...texts];
}

/** Whether the upstream keeps what it is sent: a block for one turn would then be part of every later one. */
function staysUpstream({ held }: DecodedRequest, { heldBy, standsAlone, isHeldAnew }: Edit): boolean {
  return heldBy !== null || isHeldAnew === true || (held !== null && !standsAlone);
}

function withForms(request: DecodedRequest, forms: ReadonlyMap<number, string>): DecodedRequest {
  const { text, array, members } = request;
  // Where the whole input is one message, that has no form but a string; any other one stands in a list.
  const [open, close] = text[array.start] === "[" ? ["", ""] : ["[", "]"];
  let grown = 0;
  const splices: Splice[] = [];
  const history: Slice[] = [];
  for (const [index, { start, end }] of request.history.entries()) {
    const form = forms.get(index);
    if (form === undefined) {
      history.push({ start: start + grown, end: end + grown });
      continue;
    }
    splices.push({ start, end, text: open + form + close });
    const at = start + grown + open.length;
    history.push({ start: at, end: at + form.length });
    grown += open.length + form.length + close.length - (end - start);
  }
  return {
    ...request,
    text: splice(text, splices),
    members: members.map((member) => moveMember(member, array, grown)),
    array: { start: array.start, end: array.end + grown },
    history,
  };
}

/** A member's place once what stands in the array has changed its length. */
function moveMember({ key, name, value }: Member, array: Slice, grown: number): Member {
  const move = (at: number): number => (at < array.end ? at : at + grown);
  return {
    key,
    name: { start: move(name.start), end: move(name.end) },
    value: { start: move(value.start), end: move(value.end) },
  };
}
