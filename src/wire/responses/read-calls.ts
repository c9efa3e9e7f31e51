/**
 * The tool calls of a stored message: which tool, with which arguments, under which id its result comes back.
 */
import { asText } from "../read-members.ts";
import type { ReadCall } from "../wire.ts";
import { CALLS, parseItems, typeOf } from "./schema.ts";

export function readCalls(json: string): ReadCall[] {
  return (parseItems(json) ?? []).flatMap((item) => {
    const type = typeOf(item) ?? "";
    const id = asText(item["call_id"]);
    if (!CALLS.has(type) || id === null) return [];
    const name = asText(item["name"]) ?? type.replace(/_call$/, "");
    return [{ id, name, text: asText(item["arguments"]) ?? asText(item["input"]) ?? "" }];
  });
}
