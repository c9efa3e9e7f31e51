/**
 * What stood before a place in a conversation, as one hash that grows block by block.
 *
 * Thinking is bound to this hash, so it holds what the real check compares and nothing else: system, tools and every
 * earlier block with its role, but not thinking itself, cache markers, key order, fields that are null, a deferred
 * tool or the line a client bills by. A string is one text block, and where one message ends does not matter.
 */
import { createHash } from "node:crypto";
import { isObject, type JsonObject } from "../chat-request.ts";
import { blocksOf, type Block, type MessagesRequest, type Role } from "./messages-request.ts";

const BILLING_LINE = "x-anthropic-billing-header:";

export function rootOf({ system, tools }: MessagesRequest): string {
  const told = blocksOf(system).filter(({ text = "" }) => text !== "" && !text.startsWith(BILLING_LINE));
  const offered = (tools ?? []).filter((tool) => tool["defer_loading"] !== true);
  return hash(JSON.stringify([told.map((block) => canonical(block)), offered.map((tool) => canonical(tool))]));
}

export function extend(prefix: string, role: Role, block: Block): string {
  return hash(`${prefix} ${role} ${canonical(block)}`);
}

/** Goes on from `prefix` as something that no block can stand for. */
export function divert(prefix: string, reason: string): string {
  return hash(`${prefix} ! ${reason}`);
}

/** Equal for two values that say the same to the model. */
export function canonical(value: unknown): string {
  return JSON.stringify(ordered(value, true));
}

/** A call's input keeps its nulls: they are the model's own words. */
function ordered(value: unknown, isBlock: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item, isBlock));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).filter(
    ([name, field]) => !(isBlock && (name === "cache_control" || field === null)),
  );
  return Object.fromEntries(
    fields
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, field]) => [name, ordered(asBlocks(value, name, field), isBlock && name !== "input")]),
  );
}

function asBlocks(owner: JsonObject, name: string, field: unknown): unknown {
  const isText = owner["type"] === "tool_result" && name === "content" && typeof field === "string";
  return isText ? blocksOf(field) : field;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
