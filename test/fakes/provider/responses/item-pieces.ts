/**
 * Lays a Responses prompt out as the pieces a model would read: tools, instructions, then the items in order.
 *
 * Both the prompt cache and the binding of thoughts compare these pieces, so a piece holds what the model sees and
 * nothing else: item ids, status, annotations and key order do not matter, and a string is one text part. Phase,
 * call ids and every letter do. It must be given items whose references are already resolved.
 */
import { isObject, type ContentPart } from "../chat-request.ts";
import type { Piece } from "../prompt-pieces.ts";
import { callIdOf, typeOf, type Item, type ResponsesRequest } from "./items.ts";
import { openSeal } from "./seal.ts";

const FRAME_TOKENS = 4;
const IMAGE_TOKENS = 765;
const LOW_DETAIL_IMAGE_TOKENS = 85;

/** What every item is read behind. */
export function headPieces({ tools, instructions }: ResponsesRequest): Piece[] {
  const pieces = (tools ?? []).map((tool): Piece => ({ head: "tool", text: JSON.stringify(tool), extraTokens: 0 }));
  if (instructions) pieces.push({ head: "instructions", text: instructions, extraTokens: FRAME_TOKENS });
  return pieces;
}

export function itemPieces(item: Item): Piece[] {
  const [first, ...others] = barePieces(item);
  if (!first) return [];
  const head = `${frameOf(item)} ${first.head}`;
  return [{ ...first, head, extraTokens: first.extraTokens + FRAME_TOKENS }, ...others];
}

function frameOf(item: Item): string {
  const type = typeOf(item);
  if (type === "message") return `message ${JSON.stringify([item.role, item.phase ?? null])}`;
  return `${type} ${JSON.stringify([item.call_id ?? null, item.name ?? null, item["namespace"] ?? null])}`;
}

/** At least one piece, so that an empty message still costs its frame; a trigger is no part of the prompt. */
function barePieces(item: Item): Piece[] {
  switch (typeOf(item)) {
    case "compaction_trigger":
      return [];
    case "message":
      return contentPieces(item.content);
    case "reasoning":
    case "compaction":
      return [textPiece(openSeal(item.encrypted_content ?? "")?.text ?? "")];
    case "function_call":
      return [textPiece(`${item.name}${item.arguments}`)];
    case "custom_tool_call":
      return [textPiece(`${item.name}${item.input}`)];
    case "function_call_output":
    case "custom_tool_call_output":
      return contentPieces(item.output);
    case "local_shell_call_output":
      return [textPiece(`${callIdOf(item)}${JSON.stringify(item.output)}`)];
    default:
      return [textPiece(JSON.stringify(inOrder(whatIsRead(item))))];
  }
}

function contentPieces(content: string | ContentPart[] | null | undefined): Piece[] {
  if (typeof content === "string") return [textPiece(content)];
  const pieces = (content ?? []).map((part) => partPiece(part));
  return pieces.length > 0 ? pieces : [textPiece("")];
}

function textPiece(text: string): Piece {
  return { head: "text", text, extraTokens: 0 };
}

function partPiece(part: ContentPart): Piece {
  if (part.type === "refusal") return { head: "refusal", text: part.refusal ?? "", extraTokens: 0 };
  if (typeof part.text === "string") return textPiece(part.text);
  const extraTokens = part["detail"] === "low" ? LOW_DETAIL_IMAGE_TOKENS : IMAGE_TOKENS;
  return { head: `media ${JSON.stringify(inOrder(whatIsRead(part)))}`, text: "", extraTokens };
}

function whatIsRead(thing: Record<string, unknown>): Record<string, unknown> {
  const { id: _id, status: _status, created_by: _author, prompt_cache_breakpoint: _mark, ...rest } = thing;
  const { internal_chat_message_metadata_passthrough: _passed, ...read } = rest;
  return read;
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => inOrder(element));
  if (!isObject(value)) return value;
  const names = Object.keys(value).toSorted();
  return Object.fromEntries(names.map((name) => [name, inOrder(value[name])]));
}
