/**
 * The events of a streamed response, in the order and with the numbers in which the API sends them.
 *
 * Every item is opened, filled piece by piece, closed and then repeated whole; the last event carries the whole
 * response. What an opened thought shows of its sealed content is incomplete, as the API warns it may be. It must not
 * change the response: joined together, the pieces are exactly what the plain reply would have said.
 */
import type { ContentPart } from "../chat-request.ts";
import { splitByTokens } from "../count-tokens.ts";
import { obfuscation } from "../render-reply.ts";
import { partsOf, typeOf, type Item } from "./items.ts";
import { begun, type ResponseBody } from "./render-response.ts";

interface Streaming {
  serial: number;
  tokensPerChunk: number;
  isObfuscated: boolean;
}

export interface ResponseEvent {
  type: string;
  sequence_number: number;
  [field: string]: unknown;
}

type Fields = Record<string, unknown>;
/** Takes the type of an event without its `response.`. */
type Emit = (type: string, fields: Fields) => void;
/** Emits a text in pieces. */
type EmitPieces = (type: string, place: Fields, text: string, more?: Fields) => void;

const SEALED_PREVIEW_CHARACTERS = 24;

export function renderEvents(body: ResponseBody, streaming: Streaming): ResponseEvent[] {
  const events: ResponseEvent[] = [];
  const emit: Emit = (type, fields) => {
    events.push({ type: `response.${type}`, sequence_number: events.length, ...fields });
  };
  const pieces: EmitPieces = (type, place, text, more = {}) => {
    for (const delta of splitByTokens(text, streaming.tokensPerChunk)) {
      const padding = streaming.isObfuscated && { obfuscation: obfuscation(streaming.serial, events.length) };
      emit(type, { ...place, delta, ...more, ...padding });
    }
  };
  emit("created", { response: begun(body, body["background"] === true ? "queued" : "in_progress") });
  if (body["background"] === true) emit("queued", { response: begun(body, "queued") });
  emit("in_progress", { response: begun(body, "in_progress") });
  for (const [index, item] of body.output.entries()) emitItem(item, index, emit, pieces);
  emit(body.status, { response: body });
  return events;
}

function emitItem(item: Item, index: number, emit: Emit, pieces: EmitPieces): void {
  const place = { item_id: item.id, output_index: index };
  emit("output_item.added", { output_index: index, item: opened(item) });
  switch (typeOf(item)) {
    case "message":
      for (const [position, part] of partsOf(item.content).entries()) {
        emitPart(part, { ...place, content_index: position }, emit, pieces);
      }
      break;
    case "reasoning":
      for (const [position, part] of summaryOf(item).entries()) {
        emitSummary(part.text, { ...place, summary_index: position }, emit, pieces);
      }
      break;
    case "function_call":
      pieces("function_call_arguments.delta", place, item.arguments ?? "");
      emit("function_call_arguments.done", { ...place, arguments: item.arguments });
      break;
    case "custom_tool_call":
      pieces("custom_tool_call_input.delta", place, item.input ?? "");
      emit("custom_tool_call_input.done", { ...place, input: item.input });
      break;
  }
  emit("output_item.done", { output_index: index, item });
}

/** An item as it is before anything was generated for it. */
function opened(item: Item): Item {
  const started = item["status"] === undefined ? {} : { status: "in_progress" };
  switch (typeOf(item)) {
    case "message":
      return { ...item, ...started, content: [] };
    case "reasoning":
      return {
        ...item,
        summary: [],
        encrypted_content: item.encrypted_content?.slice(0, SEALED_PREVIEW_CHARACTERS) ?? null,
      };
    case "function_call":
      return { ...item, ...started, arguments: "" };
    case "custom_tool_call":
      return { ...item, ...started, input: "" };
    default:
      return { ...item, ...started };
  }
}

function emitPart(part: ContentPart, place: Fields, emit: Emit, pieces: EmitPieces): void {
  const isRefusal = part.type === "refusal";
  emit("content_part.added", { ...place, part: isRefusal ? { ...part, refusal: "" } : { ...part, text: "" } });
  if (isRefusal) {
    pieces("refusal.delta", place, part.refusal ?? "");
    emit("refusal.done", { ...place, refusal: part.refusal });
  } else {
    pieces("output_text.delta", place, part.text ?? "", { logprobs: [] });
    emit("output_text.done", { ...place, text: part.text, logprobs: [] });
  }
  emit("content_part.done", { ...place, part });
}

function emitSummary(text: string, place: Fields, emit: Emit, pieces: EmitPieces): void {
  emit("reasoning_summary_part.added", { ...place, part: { type: "summary_text", text: "" } });
  pieces("reasoning_summary_text.delta", place, text);
  emit("reasoning_summary_text.done", { ...place, text });
  emit("reasoning_summary_part.done", { ...place, part: { type: "summary_text", text } });
}

function summaryOf(item: Item): { text: string }[] {
  return Array.isArray(item["summary"]) ? (item["summary"] as { text: string }[]) : [];
}
