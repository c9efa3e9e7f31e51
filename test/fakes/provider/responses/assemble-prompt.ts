/**
 * Puts together the items a model would read: what is stored under the ids a request names, then its own input.
 *
 * References are replaced by what they refer to, and sealed content is opened to see that it is whole. Every way in
 * which memory can be missing ends here, in the words in which the API says so. Instructions are not part of this:
 * they hold for one request only. It must not change what is stored.
 */
import { refuse, type Refusal } from "../refusal.ts";
import { identifier } from "../render-reply.ts";
import { callTypeOfOutput, typeOf, type Item, type ResponsesRequest } from "./items.ts";
import { checkOrderOfItems } from "./order-of-items.ts";
import { openSeal } from "./seal.ts";
import type { Conversation, ResponsesState } from "./state.ts";

export interface Prompt {
  /** From earlier responses or the conversation. */
  before: Item[];
  /** This request's own input, each item with an id, references resolved. */
  input: Item[];
  conversation: Conversation | null;
}

export type Assembled = { ok: true; prompt: Prompt } | { ok: false; refusal: Refusal };

interface Asker {
  state: ResponsesState;
  owner: string;
  nowMs: number;
  serial: number;
}

export function assemblePrompt(request: ResponsesRequest, asker: Asker): Assembled {
  const refusal = asker.state.options.holdsState ? null : refuseMemory(request);
  if (refusal) return { ok: false, refusal };
  const memory = recall(request, asker);
  if ("refusal" in memory) return { ok: false, refusal: memory.refusal };
  const input: Item[] = [];
  for (const item of inputOf(request)) {
    const found = resolve(item, asker);
    if ("refusal" in found) return { ok: false, refusal: found.refusal };
    input.push(withId(found.item, asker.serial, input.length));
  }
  const items = [...memory.before, ...input];
  const fault = checkSeals(items) ?? checkOrderOfItems(items, (itemId) => asker.state.thoughtBefore(itemId));
  return fault ? { ok: false, refusal: fault } : { ok: true, prompt: { ...memory, input } };
}

function refuseMemory(request: ResponsesRequest): Refusal | null {
  const named = ["previous_response_id", "conversation"].find((name) => (request[name] ?? null) !== null);
  const refers = inputOf(request).some((item) => typeOf(item) === "item_reference");
  const unsupported = named ?? (refers ? "item_reference" : null);
  if (unsupported === null) return null;
  return refuse(`Unsupported parameter: '${unsupported}'.`, unsupported, "unsupported_parameter");
}

type Memory = { before: Item[]; conversation: Conversation | null };

function recall(request: ResponsesRequest, { state, owner, nowMs }: Asker): Memory | { refusal: Refusal } {
  const { previous_response_id: previousId, conversation: asked } = request;
  if (previousId) {
    const stored = state.response(owner, previousId, nowMs);
    if (stored) return { before: [...stored.before, ...stored.input, ...stored.body.output], conversation: null };
    const message = `Previous response with id '${previousId}' not found.`;
    return { refusal: refuse(message, "previous_response_id", "previous_response_not_found") };
  }
  if (asked === undefined || asked === null) return { before: [], conversation: null };
  const id = typeof asked === "string" ? asked : asked.id;
  const conversation = state.conversation(owner, id);
  return conversation ? { before: [...conversation.items], conversation } : { refusal: conversationNotFound(id) };
}

export function conversationNotFound(id: string): Refusal {
  return { ...refuse(`Conversation with id '${id}' not found.`, "conversation"), status: 404 };
}

function inputOf({ input }: ResponsesRequest): Item[] {
  if (typeof input !== "string") return input ?? [];
  return [{ type: "message", role: "user", content: [{ type: "input_text", text: input }] }];
}

/** A thought without its sealed content is a reference too. */
function resolve(item: Item, { state, owner, nowMs }: Asker): { item: Item } | { refusal: Refusal } {
  const type = typeOf(item);
  const refers = type === "item_reference" || (type === "reasoning" && !item.encrypted_content);
  if (!refers) return { item };
  const stored = state.item(owner, item.id ?? "", nowMs);
  return stored ? { item: stored } : { refusal: itemNotFound(item.id ?? "") };
}

export function itemNotFound(id: string): Refusal {
  const message =
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. ` +
    "Try again with `store` set to true, or remove this item from your input.";
  return { ...refuse(message, "input"), status: 404 };
}

function checkSeals(items: Item[]): Refusal | null {
  for (const item of items) {
    const kind = typeOf(item);
    const { encrypted_content: content, id } = item;
    if (!content || (kind !== "reasoning" && kind !== "compaction")) continue;
    const sealed = openSeal(content);
    if (sealed?.kind === kind && sealed.id === id) continue;
    const shown = content.length > 8 ? `${content.slice(0, 4)}...${content.slice(-4)}` : content;
    const reason = "Reason: Encrypted content could not be decrypted or parsed.";
    return refuse(`The encrypted content ${shown} could not be verified. ${reason}`, null, "invalid_encrypted_content");
  }
  return null;
}

/** Gives an item that came without an id one, so that it can be listed and referred to; a seal knows its own. */
export function withId(item: Item, serial: number, position: number): Item {
  if (item.id) return item;
  const type = typeOf(item);
  const sealed = item.encrypted_content ? openSeal(item.encrypted_content) : null;
  return { ...item, type, id: sealed?.id ?? identifier(prefixOf(type), 48, `input ${serial} ${position}`) };
}

function prefixOf(type: string): string {
  if (type === "message") return "msg_";
  if (type === "function_call") return "fc_";
  return callTypeOfOutput(type) === null ? "item_" : "fco_";
}
