/**
 * Turns a reply into the bytes Anthropic would send for it: one message object, or the events of a stream.
 *
 * Field order and the sequence of events follow the API's own; the input side of the usage is known at the start of
 * a stream, the output side at its end. A summary comes whole, with nothing in the top-level numbers.
 * It must not write to a socket, and it must not change a block.
 */
import { splitByTokens } from "../count-tokens.ts";
import { eventFrame } from "../send-reply.ts";
import type { CacheBill } from "./breakpoint-cache.ts";
import type { Reply } from "./build-reply.ts";
import { textField, type Block } from "./messages-request.ts";

export interface Rendered {
  reply: Reply;
  bill: CacheBill;
  /** Fields that only some requests ask to be answered. */
  extras: Record<string, unknown>;
}

const STREAMED_INPUT = new Set(["tool_use", "server_tool_use", "mcp_tool_use"]);

export function renderMessage({ reply, bill, extras }: Rendered): string {
  return JSON.stringify({ ...frameOf(reply), ...endOf(reply), usage: usageOf(reply, bill), ...extras });
}

function frameOf({ id, model, content }: Reply) {
  return { model, id, type: "message", role: "assistant", content };
}

function endOf({ stopReason, stopSequence, stopDetails }: Reply) {
  return { stop_reason: stopReason, stop_sequence: stopSequence, stop_details: stopDetails };
}

function inputOf({ promptTokens, readTokens, write5mTokens, write1hTokens }: CacheBill) {
  const writeTokens = write5mTokens + write1hTokens;
  return {
    input_tokens: promptTokens - readTokens - writeTokens,
    cache_creation_input_tokens: writeTokens,
    cache_read_input_tokens: readTokens,
    cache_creation: { ephemeral_5m_input_tokens: write5mTokens, ephemeral_1h_input_tokens: write1hTokens },
  };
}

const NOTHING: CacheBill = { promptTokens: 0, readTokens: 0, write5mTokens: 0, write1hTokens: 0 };

function usageOf(reply: Reply, bill: CacheBill) {
  const { outputTokens, thinkingTokens, content, model } = reply;
  const compacts = content.some(({ type }) => type === "compaction");
  const input = inputOf(compacts ? NOTHING : bill);
  const spent = { type: "compaction", model, ...inputOf(bill), output_tokens: outputTokens };
  return {
    ...input,
    output_tokens: compacts ? 0 : outputTokens,
    output_tokens_details: { thinking_tokens: thinkingTokens },
    service_tier: "standard",
    ...(compacts && { iterations: [spent] }),
  };
}

/** Whole frames, `message_stop` included. */
export function renderEvents({ reply, bill, extras }: Rendered, tokensPerChunk: number): string[] {
  const usage = usageOf(reply, bill);
  const events: Record<string, unknown>[] = [];
  const begun = { ...usage, output_tokens: Math.min(1, usage.output_tokens) };
  const opened = { ...endOf(reply), stop_reason: null, stop_details: null };
  events.push({
    type: "message_start",
    message: { ...frameOf(reply), ...opened, content: [], usage: begun, ...extras },
  });
  for (const [index, block] of reply.content.entries()) {
    events.push({ type: "content_block_start", index, content_block: beginningOf(block) });
    if (index === 0) events.push({ type: "ping" });
    for (const delta of deltasOf(block, tokensPerChunk)) events.push({ type: "content_block_delta", index, delta });
    events.push({ type: "content_block_stop", index });
  }
  const { cache_creation: _split, service_tier: _tier, ...spent } = usage;
  const { context_management: management } = extras;
  const managed = management === undefined ? {} : { context_management: management };
  events.push({ type: "message_delta", delta: endOf(reply), usage: spent, ...managed }, { type: "message_stop" });
  return events.map((event) => eventFrame(JSON.stringify(event), String(event["type"])));
}

function beginningOf(block: Block): Block {
  if (block.type === "text") return { ...block, text: "", ...("citations" in block && { citations: [] }) };
  if (block.type === "thinking") return { ...block, thinking: "", signature: "" };
  return STREAMED_INPUT.has(block.type) ? { ...block, input: {} } : block;
}

function deltasOf(block: Block, tokensPerChunk: number): object[] {
  if (block.type === "text") {
    const citations = Array.isArray(block["citations"]) ? block["citations"] : [];
    return [
      ...citations.map((citation: unknown) => ({ type: "citations_delta", citation })),
      ...splitByTokens(block.text ?? "", tokensPerChunk).map((text) => ({ type: "text_delta", text })),
    ];
  }
  if (block.type === "thinking") {
    const thoughts = splitByTokens(textField(block, "thinking"), tokensPerChunk);
    return [
      ...thoughts.map((thinking) => ({ type: "thinking_delta", thinking })),
      { type: "signature_delta", signature: block["signature"] },
    ];
  }
  if (!STREAMED_INPUT.has(block.type)) return [];
  const parts = splitByTokens(JSON.stringify(block["input"] ?? {}), tokensPerChunk);
  return ["", ...parts].map((partial) => ({ type: "input_json_delta", partial_json: partial }));
}
