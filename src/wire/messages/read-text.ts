/**
 * The plain text of a stored message: what a person would read of it, speaker by speaker.
 *
 * For counting tokens and for distilling, off the request path. Tool calls are rendered as `name(arguments)`. What a
 * tool answered is the tool's, though the wire puts it into a user message; reasoning is not said to anybody.
 */
import { isRecord } from "../read-members.ts";
import type { SpokenText } from "../wire.ts";
import { isBlock, isMessage } from "./schema.ts";
import type { ContentBlock, RawMessage } from "./schema.ts";

export function readText(json: string): SpokenText[] {
  try {
    const message: unknown = JSON.parse(json);
    return isMessage(message) ? readSpoken(message) : [];
  } catch {
    return [];
  }
}

function readSpoken({ role, content }: RawMessage): SpokenText[] {
  const spoken: SpokenText[] = [];
  for (const block of Array.isArray(content) ? content : [{ type: "text", text: content }]) {
    const text = isBlock(block) ? textOf(block) : "";
    if (!isBlock(block) || text === "") continue;
    const speaks = block.type.endsWith("tool_result") ? "tool" : role;
    const last = spoken.at(-1);
    if (last?.role === speaks) last.text += `\n${text}`;
    else spoken.push({ role: speaks, speaker: null, text });
  }
  return spoken;
}

function textOf(block: ContentBlock): string {
  switch (block.type) {
    case "text":
      return asString(block["text"]);
    case "thinking":
    case "redacted_thinking":
      return "";
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      return `${asString(block["name"])}(${JSON.stringify(block["input"] ?? {})})`;
    case "document":
      return isRecord(block["source"]) ? textOfSource(block["source"]) : "";
    default:
      return textOfContent(block["content"]);
  }
}

/** Text of a document; what is base64, a link or a file says nothing here. */
function textOfSource(source: Record<string, unknown>): string {
  return source["type"] === "text" ? asString(source["data"]) : textOfContent(source["content"]);
}

function textOfContent(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const texts = content.map((block) => (isBlock(block) ? textOf(block) : ""));
  return texts.filter((text) => text !== "").join("\n");
}

function asString(value: unknown): string {
  return typeof value === "string" ? value : "";
}
