/**
 * An agent's thread on any wire: questions, calls, large results, answers; as a client that sends everything and as one
 * that sends only what is new.
 *
 * It plays the client and hands over what went up. It must not know what a short form looks like.
 */
import type { Settings } from "../../../src/env.ts";
import type { WireName } from "../../../src/model/wire.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, SentTurn } from "../../fakes/played-session.ts";

export type Item = Record<string, unknown>;

const TOOL = { name: "list_boats", schema: { type: "object", properties: {} } };

export const say = (wire: WireName, text: string): Item =>
  wire === "responses" ? { type: "message", role: "user", content: text } : { role: "user", content: text };

export function answer(wire: WireName, text: string): Item {
  if (wire === "chat-completions") return { role: "assistant", content: text };
  if (wire === "messages") return { role: "assistant", content: [{ type: "text", text }] };
  return { type: "message", role: "assistant", content: [{ type: "output_text", text }] };
}

export function calling(wire: WireName, id: string, name = TOOL.name): Item {
  const called = { name, arguments: `{"for":"${id}"}` };
  if (wire === "responses") return { type: "function_call", call_id: id, ...called };
  if (wire === "messages")
    return { role: "assistant", content: [{ type: "tool_use", id, name, input: JSON.parse(called.arguments) }] };
  return { role: "assistant", content: null, tool_calls: [{ id, type: "function", function: called }] };
}

export function result(wire: WireName, id: string, text: string): Item {
  if (wire === "responses") return { type: "function_call_output", call_id: id, output: text };
  if (wire === "messages") return { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: text }] };
  return { role: "tool", tool_call_id: id, content: text };
}

/** JSON of a list whose names are worth writing once. */
export function boats(count: number, from = 0): string {
  return JSON.stringify(
    Array.from({ length: count }, (_, index) => ({
      boat: `B${from + index}`,
      pier: `P${index % 7}`,
      price_per_day: 40 + index,
      is_available: index % 3 > 0,
    })),
  );
}

export function writeBody(wire: WireName, items: readonly Item[], fields: Item = {}): string {
  const { name, schema } = TOOL;
  if (wire === "responses")
    return JSON.stringify({
      model: "m",
      store: false,
      ...fields,
      tools: [{ type: "function", name, parameters: schema }],
      input: items,
    });
  const tool = { function: { name, parameters: schema } };
  return wire === "messages"
    ? JSON.stringify({
        model: "m",
        max_tokens: 900,
        ...fields,
        tools: [{ name, input_schema: schema }],
        messages: items,
      })
    : JSON.stringify({ model: "m", ...fields, tools: [{ type: "function", ...tool }], messages: items });
}

export function itemsOf(body: string): Item[] {
  const { messages, input } = JSON.parse(body) as { messages?: Item[]; input?: Item[] };
  return messages ?? input ?? [];
}

/** All that an item says of its results. */
export function resultText(item: Item | undefined): string {
  const content = item?.["output"] ?? item?.["content"];
  if (typeof content === "string") return content;
  const [block] = (content ?? []) as Item[];
  return String(block?.["content"]);
}

export interface Played extends SentTurn {
  /** What a client that sends only what is new would have had forwarded. */
  asDelta: string | null;
}

export class ToolThread {
  readonly wire: WireName;
  readonly conversation;
  readonly items: Item[] = [];
  rev: string | null = null;
  /** Further fields of every request. */
  fields: Item = {};

  constructor(wire: WireName, settings: Settings = {}, policy: { guardTokens?: number } = {}) {
    this.wire = wire;
    this.conversation = startConversation(policy, {}, { wire, settings });
  }

  /** One request of the client, with all that came before it, and the reply to it. */
  async turn(fresh: readonly Item[], reply: Item, headers: Record<string, string> = {}): Promise<Played> {
    const { conversation, wire } = this;
    this.items.push(...fresh);
    const text = writeBody(wire, this.items, this.fields);
    const planned = await conversation.plan(text, headers);
    if (!planned.ok) throw new Error(JSON.stringify(planned.error));
    const asDelta = this.rev === null ? null : await this.#asDelta(fresh, headers);
    const message = wire === "responses" ? { role: "assistant", content: "", items: [reply] } : reply;
    const sent = await conversation.finish(planned.value, text, { message: message as ChatMessage });
    this.items.push(reply);
    this.rev = sent.rev;
    conversation.pass(20);
    await conversation.work();
    return { ...sent, asDelta };
  }

  async #asDelta(fresh: readonly Item[], headers: Record<string, string>): Promise<string> {
    const text = writeBody(this.wire, fresh, this.fields);
    const delta = await this.conversation.plan(text, { ...headers, "x-strata-parent": this.rev ?? "" });
    if (!delta.ok) throw new Error(JSON.stringify(delta.error));
    return delta.value.outgoing ?? text;
  }
}
