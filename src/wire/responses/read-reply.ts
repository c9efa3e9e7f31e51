/**
 * Reads what the upstream answered: the model's items as messages, the usage, whether it was complete.
 *
 * Works on recorded bytes after they have gone to the client. In a stream the items are taken from
 * `response.output_item.done`, the only place where encrypted reasoning is whole; deltas are not looked at. It must not
 * fail on anything: what cannot be read is no message.
 */
import type { Usage } from "../../model/usage.ts";
import { asText, isRecord } from "../read-members.ts";
import { NO_REPLY, readRecorded } from "../recorded-reply.ts";
import { readEvents } from "../server-sent-events.ts";
import type { ReadReply } from "../wire.ts";
import { groupItems } from "./group-items.ts";
import type { Item, ResponseBody, ResponseEvent, ResponseUsage } from "./schema.ts";

/** Far more than a response holds; an index beyond is damage. */
const ITEMS_MAX = 10_000;

/** The answer is over, whole or cut at a limit of the client's own. */
const COMPLETE = new Set(["completed", "incomplete"]);
const TERMINAL = new Set(["response.completed", "response.incomplete", "response.failed"]);

export function readReply(bytes: readonly Uint8Array[], isEventStream: boolean): ReadReply {
  return readRecorded(bytes, isEventStream, { readBody, readStream });
}

function readBody(text: string): ReadReply {
  const response: unknown = JSON.parse(text);
  if (!isRecord(response) || response["object"] !== "response") return NO_REPLY;
  return compose(response, []);
}

/** What deltas say, the item's own event says again. */
function isDelta(name: string): boolean {
  return name.endsWith(".delta");
}

function readStream(bytes: readonly Uint8Array[]): ReadReply {
  const items: DoneItem[] = [];
  let id: string | null = null;
  for (const data of readEvents(bytes, isDelta)) {
    if (data.startsWith("[DONE]")) break;
    if (data === "") continue;
    const event: unknown = JSON.parse(data);
    if (!isRecord(event)) continue;
    const { type, output_index: index, item, response } = event as ResponseEvent;
    if (type === "error") return NO_REPLY;
    if (type === "response.output_item.done" && typeof index === "number" && index >= 0 && index < ITEMS_MAX)
      items.push({ index, item });
    if (!isRecord(response)) continue;
    id = asText(response["id"]) ?? id;
    // The event's name says it: a status inside could still be the one of its beginning.
    if (type && TERMINAL.has(type)) return compose({ ...response, status: type.slice("response.".length) }, items);
  }
  return { ...NO_REPLY, id };
}

interface DoneItem {
  index: number;
  item: unknown;
}

/**
 * The items of the list at the stream's end, each as the stream gave it where it did. Some servers count from one, or not
 * at all: an item takes a place in the list only where the list has the same item there.
 */
function mergeItems(listed: readonly unknown[], done: readonly DoneItem[]): unknown[] {
  const isCounted = new Set(done.map(({ index }) => index)).size === done.length;
  const inOrder = isCounted ? done.toSorted((a, b) => a.index - b.index) : done;
  const fits = isCounted && done.every(({ index, item }) => index >= listed.length || isSameItem(listed[index], item));
  if (listed.length === 0) return inOrder.map(({ item }) => item);
  if (!fits) return listed.map((item) => done.find((other) => isSameItem(item, other.item, true))?.item ?? item);
  const all = new Map([...listed.entries(), ...done.map(({ index, item }): [number, unknown] => [index, item])]);
  return [...all].toSorted(([a], [b]) => a - b).map(([, item]) => item);
}

function isSameItem(one: unknown, other: unknown, isStrict = false): boolean {
  if (!isRecord(one) || !isRecord(other) || one["type"] !== other["type"]) return false;
  const [id, another] = [asText(one["id"]), asText(other["id"])];
  return id === null || another === null ? !isStrict : id === another;
}

/** @param done items as the stream gave them: they win over the list at its end. */
function compose(response: ResponseBody, done: readonly DoneItem[]): ReadReply {
  const { status, output, usage, incomplete_details: details } = response;
  const complete = COMPLETE.has(status ?? "");
  const items = mergeItems(Array.isArray(output) ? output : [], done);
  return {
    messages: complete && items.every(isRecord) ? joinItems(items) : [],
    complete,
    usage: readUsage(usage),
    finishReason: asText(details?.reason) ?? asText(status),
    id: asText(response.id),
  };
}

/** One text for each message, as `decode` would cut it out of a request. */
function joinItems(items: readonly Item[]): string[] {
  const texts = items.map((item) => JSON.stringify(item));
  return groupItems(items).map(({ from, to }) => texts.slice(from, to).join(","));
}

function readUsage(usage: ResponseUsage | null | undefined): Usage | null {
  if (!usage || typeof usage.input_tokens !== "number") return null;
  const details = usage.input_tokens_details;
  return {
    promptTokens: usage.input_tokens,
    cachedTokens: details?.cached_tokens ?? null,
    cacheWriteTokens: details?.cache_write_tokens ?? null,
    completionTokens: usage.output_tokens ?? 0,
  };
}
