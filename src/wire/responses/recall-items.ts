/**
 * What of a response belongs to the recall tool: its calls, and its definition in the list of tools that the response
 * repeats.
 *
 * The definition is cut out of the text by position, so that every other byte stays the upstream's.
 */
import { RECALL_TOOL_NAME } from "../../model/recall-call.ts";
import { sliceArray, sliceObject } from "../json-slices.ts";
import type { Slice } from "../json-slices.ts";
import { findSlice, isRecord, parseSlice } from "../read-members.ts";
import { splice } from "../splice-body.ts";
import { CALLS } from "./schema.ts";

export function isOurs(item: unknown): boolean {
  return isRecord(item) && item["type"] === "function_call" && item["name"] === RECALL_TOOL_NAME;
}

/** An item that only the client can answer. */
export function waitsForClient(item: unknown): boolean {
  if (!isRecord(item) || isOurs(item)) return false;
  return CALLS.has(String(item["type"])) || item["type"] === "mcp_approval_request";
}

function isDefinition(tool: unknown): boolean {
  return isRecord(tool) && tool["name"] === RECALL_TOOL_NAME;
}

/** The response as an object. */
export function withoutDefinition(response: Record<string, unknown>): Record<string, unknown> {
  const { tools } = response;
  return Array.isArray(tools) ? { ...response, tools: tools.filter((tool) => !isDefinition(tool)) } : response;
}

/** The text of a response, or of an event that holds one. */
export function cutDefinition(text: string): string {
  if (!text.includes(RECALL_TOOL_NAME)) return text;
  const members = sliceObject(text);
  const response = members && findSlice(members, "response");
  const inner = response ? sliceObject(text, response.start, response.end) : members;
  const tools = inner && findSlice(inner, "tools");
  const listed = tools && sliceArray(text, tools.start, tools.end);
  const at = listed?.findIndex((slice) => isDefinition(parseSlice(text, slice))) ?? -1;
  const own = listed?.[at];
  if (!listed || !own) return text;
  return splice(text, [{ ...withComma(own, listed[at - 1], listed[at + 1]), text: "" }]);
}

/** An element with the comma that parts it from a neighbour. */
function withComma({ start, end }: Slice, before: Slice | undefined, after: Slice | undefined): Slice {
  if (before) return { start: before.end, end };
  return { start, end: after?.start ?? end };
}
