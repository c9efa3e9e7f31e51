/**
 * The request as it would read had the client sent some of its messages in another form: a tool's result in fewer
 * words, the newest question with a recalled block behind it.
 *
 * Shared by all wires, and done before every other edit: those work on positions and need not know. It must not look
 * into a message; what a block behind one looks like is the wire's to say.
 */
import { sliceArray } from "./json-slices.ts";
import type { Member, Slice } from "./json-slices.ts";
import { textOf } from "./read-members.ts";
import { splice } from "./splice-body.ts";
import type { Splice } from "./splice-body.ts";
import type { DecodedRequest, Edit } from "./wire.ts";

/** Null: one of the forms has no place. Without any it is the request itself. */
export function rewriteMessages(
  request: DecodedRequest,
  edit: Edit,
  putBehind: (message: string, recalled: string) => string | null,
): DecodedRequest | null {
  const { recalled, replaced } = edit;
  if (recalled === null && replaced.length === 0) return request;
  const { text, history } = request;
  if (replaced.some(({ index }) => !history[index])) return null;
  const forms = new Map(replaced.map(({ index, json }) => [index, json]));
  if (recalled !== null) {
    const index = edit.recalledBehind ?? history.length - 1;
    const slice = history[index];
    const leaving = edit.stored?.skip ?? edit.cut;
    if (!slice || index < leaving || staysUpstream(request, edit)) return null;
    const carrier = putBehind(forms.get(index) ?? textOf(text, slice), recalled);
    if (carrier === null) return null;
    forms.set(index, carrier);
  }
  return withForms(request, forms);
}

/** The same for a block behind one of the messages that a delta client did not send. Null: it has no place there. */
export function rewriteStored(
  request: DecodedRequest,
  edit: Edit,
  putBehind: (message: string, recalled: string) => string | null,
): Edit | null {
  const { stored, recalled, recalledBehind } = edit;
  if (stored === null || recalled === null || recalledBehind === null) return edit;
  if (stored.first === null || staysUpstream(request, edit)) return null;
  const done = { ...edit, recalled: null, recalledBehind: null };
  if (recalledBehind === 0) {
    const first = putBehind(stored.first, recalled);
    return first === null ? null : { ...done, stored: { ...stored, first } };
  }
  const list = `[${stored.rest}]`;
  const slice = sliceArray(list, 0, list.length)?.[recalledBehind - 1];
  const carrier = slice && putBehind(textOf(list, slice), recalled);
  if (!slice || !carrier) return null;
  return { ...done, stored: { ...stored, rest: splice(list, [{ ...slice, text: carrier }]).slice(1, -1) } };
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
