/**
 * Conversations and their items: opened, read, added to and deleted by whoever holds the key that opened them.
 *
 * Items added here are judged one by one, as input is, but not together: a call may wait for its output until the
 * conversation is used. It must not generate or bill.
 */
import { isObject, type JsonObject } from "../chat-request.ts";
import type { Answer } from "../other-routes.ts";
import { emptyArray, missingParameter, unknownParameter, unknownUrl, type Refusal } from "../refusal.ts";
import { identifier } from "../render-reply.ts";
import { conversationNotFound, itemNotFound, withId } from "./assemble-prompt.ts";
import { pageOfItems, shownItems } from "./item-list.ts";
import { checkItem } from "./item-rules.ts";
import type { Item } from "./items.ts";
import type { Conversation, ResponsesState } from "./state.ts";
import type { Asked } from "./stored-routes.ts";

export function answerConversation(state: ResponsesState, asked: Asked, json: unknown, serial: number): Answer {
  const { method, path, segments, owner } = asked;
  const [id, part, itemId, ...rest] = segments;
  const nowhere: Answer = { ok: false, refusal: unknownUrl(method, path) };
  if (!state.options.holdsState || rest.length > 0) return nowhere;
  const body = isObject(json) ? json : {};
  if (id === undefined) return method === "POST" ? open(state, asked, body, serial) : nowhere;
  const conversation = state.conversation(owner, id);
  if (!conversation) return { ok: false, refusal: conversationNotFound(id) };
  if (part === undefined) return answerWhole(state, conversation, method, body) ?? nowhere;
  if (part !== "items") return nowhere;
  if (itemId !== undefined) return answerItem(state, conversation, asked, itemId) ?? nowhere;
  if (method === "GET") return { ok: true, body: pageOfItems(conversation.items, asked.query) };
  return method === "POST" ? add(state, conversation, body, serial) : nowhere;
}

function open(state: ResponsesState, { owner, nowMs }: Asked, body: JsonObject, serial: number): Answer {
  const stranger = Object.keys(body).find((name) => name !== "items" && name !== "metadata");
  if (stranger !== undefined) return { ok: false, refusal: unknownParameter(stranger) };
  const items = Array.isArray(body["items"]) ? body["items"] : [];
  const refusal = checkItems(items);
  if (refusal) return { ok: false, refusal };
  const conversation: Conversation = {
    id: identifier("conv_", 48, `${serial}`),
    owner,
    createdSeconds: Math.floor(nowMs / 1000),
    metadata: isObject(body["metadata"]) ? body["metadata"] : {},
    items: (items as Item[]).map((item, index) => withId(item, serial, index)),
  };
  state.openConversation(conversation);
  return { ok: true, body: shown(conversation) };
}

function answerWhole(
  state: ResponsesState,
  conversation: Conversation,
  method: string,
  body: JsonObject,
): Answer | null {
  if (method === "GET") return { ok: true, body: shown(conversation) };
  if (method === "POST") {
    conversation.metadata = isObject(body["metadata"]) ? body["metadata"] : {};
    return { ok: true, body: shown(conversation) };
  }
  if (method !== "DELETE") return null;
  state.dropConversation(conversation);
  return { ok: true, body: { id: conversation.id, object: "conversation.deleted", deleted: true } };
}

function answerItem(
  state: ResponsesState,
  conversation: Conversation,
  { method, query }: Asked,
  itemId: string,
): Answer | null {
  const item = conversation.items.find(({ id }) => id === itemId);
  if (!item) return { ok: false, refusal: itemNotFound(itemId) };
  if (method === "GET") return { ok: true, body: shownItems([item], query)[0] ?? {} };
  if (method !== "DELETE") return null;
  state.withdraw(conversation, [item]);
  return { ok: true, body: shown(conversation) };
}

function add(state: ResponsesState, conversation: Conversation, body: JsonObject, serial: number): Answer {
  const { items } = body;
  if (!Array.isArray(items)) return { ok: false, refusal: missingParameter("items") };
  const refusal = items.length === 0 ? emptyArray("items") : checkItems(items);
  if (refusal) return { ok: false, refusal };
  const added = (items as Item[]).map((item, index) => withId(item, serial, index));
  state.append(conversation, added);
  return { ok: true, body: pageOfItems(added, new URLSearchParams({ order: "asc", limit: "100" })) };
}

function checkItems(items: unknown[]): Refusal | null {
  for (const [index, item] of items.entries()) {
    const refusal = checkItem(item, `items[${index}]`);
    if (refusal) return refusal;
  }
  return null;
}

function shown({ id, createdSeconds, metadata }: Conversation): object {
  return { id, object: "conversation", created_at: createdSeconds, metadata };
}
