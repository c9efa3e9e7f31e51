/**
 * The tool calls of a stored message: which tool, with which arguments, under which id its result comes back.
 */
import { asText } from "../read-members.ts";
import type { ReadCall } from "../wire.ts";
import { isBlock, isMessage } from "./schema.ts";

export function readCalls(json: string): ReadCall[] {
  const message: unknown = JSON.parse(json);
  const content = isMessage(message) ? message.content : null;
  return (Array.isArray(content) ? (content as unknown[]) : []).flatMap((block) => {
    if (!isBlock(block) || block.type !== "tool_use") return [];
    const { id, name, input } = block;
    return typeof id === "string" && asText(name) !== null
      ? [{ id, name: String(name), text: JSON.stringify(input ?? {}) }]
      : [];
  });
}
