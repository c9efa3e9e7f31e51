/**
 * Lays a request out as the sequence of pieces a model would read: tools first, then the messages in order.
 *
 * The prefix cache compares pieces, so a piece holds exactly what the model sees and nothing else: reply-only
 * fields (`annotations`, `refusal: null`, `parsed`), sampling parameters and the key order of the body do not
 * matter, and a string is the same as one text part. Every letter of a text, a tool or a call id does matter.
 * It must not count tokens or remember anything.
 */
import type { ChatMessage, ChatRequest, ContentPart } from "./chat-request.ts";

export interface Piece {
  /** What must be equal for two pieces to share any part of their text. */
  head: string;
  text: string;
  /** Tokens that come on top of the text: the frame of a message, or a picture. */
  extraTokens: number;
}

const MESSAGE_FRAME_TOKENS = 4;
const IMAGE_TOKENS = 765;
const LOW_DETAIL_IMAGE_TOKENS = 85;

export function promptPieces(request: ChatRequest): Piece[] {
  const pieces: Piece[] = [];
  for (const tool of [...(request.tools ?? []), ...(request.functions ?? [])]) {
    pieces.push({ head: "tool", text: JSON.stringify(tool), extraTokens: 0 });
  }
  for (const message of request.messages) {
    const [first, ...others] = messagePieces(message);
    if (!first) continue;
    const frame = `message ${message.role} ${JSON.stringify([message.name, message.tool_call_id])} `;
    pieces.push({ ...first, head: frame + first.head, extraTokens: first.extraTokens + MESSAGE_FRAME_TOKENS });
    pieces.push(...others);
  }
  return pieces;
}

/** At least one piece, so that an empty message still costs its frame. */
function messagePieces(message: ChatMessage): Piece[] {
  const { content } = message;
  const pieces = typeof content === "string" ? [textPiece(content)] : (content ?? []).map((part) => partPiece(part));
  if (typeof message.refusal === "string") pieces.push({ head: "refusal", text: message.refusal, extraTokens: 0 });
  if (message.audio) pieces.push({ head: "audio", text: message.audio.id, extraTokens: 0 });
  if (message.function_call) {
    const { name, arguments: text } = message.function_call;
    pieces.push({ head: `function_call ${name}`, text: name + text, extraTokens: 0 });
  }
  for (const call of message.tool_calls ?? []) {
    const name = call.function?.name ?? call.custom?.name ?? "";
    const text = call.function?.arguments ?? call.custom?.input ?? "";
    pieces.push({ head: `tool_call ${JSON.stringify([call.type, call.id, name])}`, text: name + text, extraTokens: 0 });
  }
  return pieces.length > 0 ? pieces : [textPiece("")];
}

function textPiece(text: string): Piece {
  return { head: "text", text, extraTokens: 0 };
}

function partPiece(part: ContentPart): Piece {
  if (part.type === "text") return textPiece(part.text ?? "");
  if (part.type === "refusal") return { head: "refusal", text: part.refusal ?? "", extraTokens: 0 };
  const extraTokens = part.image_url?.detail === "low" ? LOW_DETAIL_IMAGE_TOKENS : IMAGE_TOKENS;
  return { head: `media ${JSON.stringify(part[part.type])}`, text: "", extraTokens };
}
