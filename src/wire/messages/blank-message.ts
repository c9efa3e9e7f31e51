/**
 * A message without its words: calls and results keep their ids and their places, everything else is one short text.
 *
 * Reasoning goes: signed words cannot be sent back as others, and the API takes a turn without them. What the provider's
 * own tools gave goes as well. A message that cannot be read becomes the user's.
 */
import { DELETED_TEXT } from "../blank.ts";
import { parseSlice } from "../read-members.ts";
import { isBlock, isMessage } from "./schema.ts";

type Block = Record<string, unknown>;

const TEXT: Block = { type: "text", text: DELETED_TEXT };

export function blankMessage(json: string): string {
  const message = parseSlice(json, { start: 0, end: json.length });
  if (!isMessage(message)) return JSON.stringify({ role: "user", content: DELETED_TEXT });
  const { role, content } = message;
  if (!Array.isArray(content)) return JSON.stringify({ role, content: DELETED_TEXT });
  const blocks: Block[] = [];
  for (const block of content.map(blankBlock)) if (block !== TEXT || blocks.at(-1) !== TEXT) blocks.push(block);
  return JSON.stringify({ role, content: blocks.length > 0 ? blocks : [TEXT] });
}

function blankBlock(block: unknown): Block {
  if (!isBlock(block)) return TEXT;
  const { type, id, name, tool_use_id: answers } = block;
  if (type === "tool_use") return { type, id, name, input: {} };
  return type === "tool_result" ? { type, tool_use_id: answers, content: DELETED_TEXT } : TEXT;
}
