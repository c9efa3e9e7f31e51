/**
 * Turns a scripted reply into the content blocks of one message, with ids, signatures and a reason to stop.
 *
 * Thoughts are signed as they are built, so that each is bound to all that stood before it, the reply's own earlier
 * blocks included. A script's raw blocks go out as they are, except that thoughts without a signature get one.
 * It must not render anything and must not bill.
 */
import { isObject } from "../chat-request.ts";
import type { CountTokens } from "../count-tokens.ts";
import { identifier } from "../render-reply.ts";
import { thoughtOf, type ScriptedReply, type ScriptedThought } from "../scripted-reply.ts";
import { isThought, textField, type Block, type Conversation, type MessagesRequest } from "./messages-request.ts";
import { canonical, extend, rootOf } from "./prefix-chain.ts";
import type { Reading } from "./thinking-rules.ts";
import type { ThoughtLedger } from "./thought-ledger.ts";

export interface Reply {
  id: string;
  model: string;
  content: Block[];
  stopReason: string;
  stopSequence: string | null;
  stopDetails: object | null;
  outputTokens: number;
  thinkingTokens: number;
}

interface Author {
  serial: number;
  ledger: ThoughtLedger;
  countTokens: CountTokens;
}

const STOP_REASONS: Record<string, string> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal",
};

export function buildReply(script: ScriptedReply, conversation: Conversation, reading: Reading, author: Author): Reply {
  const { request } = conversation;
  const base = {
    id: identifier("msg_01", 22, `${author.serial}`),
    model: request.model,
    stopSequence: null,
    stopDetails: script.refusal === undefined ? null : { type: "refusal", category: null, explanation: script.refusal },
  };
  if (request.max_tokens === 0) {
    return { ...base, content: [], stopReason: "max_tokens", outputTokens: 0, thinkingTokens: 0 };
  }
  if (request.compaction) return { ...base, ...summarise(script, conversation, reading, author) };
  const thought = thoughtOf(script);
  const drafts = [...(thought ? [thinkingBlock(thought, request)] : []), ...spokenBlocks(script, author.serial)];
  const content = sign(drafts, request.model, reading, author);
  const scripted = thought ? content.slice(1) : content;
  const raw = scripted.reduce((sum, block) => sum + author.countTokens(textField(block, "thinking")), 0);
  const thinkingTokens = author.countTokens(thought?.text ?? "") + raw;
  const spoken = content.reduce((sum, block) => sum + author.countTokens(spokenText(block)), 0);
  return {
    ...base,
    content,
    stopReason: stopReasonOf(script, content),
    outputTokens: thinkingTokens + spoken,
    thinkingTokens,
  };
}

function thinkingBlock(thought: ScriptedThought, { thinking }: MessagesRequest): Block {
  if (thought.redacted) return { type: "redacted_thinking" };
  const isHidden = thinking?.display === "omitted";
  return { type: "thinking", thinking: isHidden ? "" : (thought.summary ?? thought.text) };
}

function spokenBlocks(script: ScriptedReply, serial: number): Block[] {
  const blocks: Block[] = [];
  for (const text of [script.content, script.refusal]) if (text) blocks.push({ type: "text", text });
  for (const [position, call] of (script.toolCalls ?? []).entries()) {
    const id = call.id ?? identifier("toolu_01", 22, `${serial} ${position}`);
    blocks.push({ type: "tool_use", id, name: call.name, input: inputOf(call.arguments) });
  }
  for (const block of script.raw ?? []) if (isObject(block)) blocks.push({ ...block, type: String(block["type"]) });
  return blocks;
}

/** A model's arguments are an object; what is none in the script is handed on for a test to see. */
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text === "" ? "{}" : text);
  } catch {
    return { unreadable: text };
  }
}

function sign(drafts: Block[], model: string, reading: Reading, { serial, ledger }: Author): Block[] {
  let { prefix, lastThought: previous } = reading;
  const content = drafts.map((draft, position) => {
    const mark = draft["signature"] ?? draft["data"];
    if (!isThought(draft)) prefix = extend(prefix, "assistant", draft);
    if (!isThought(draft) || mark !== undefined) return draft;
    const signed = ledger.sign(draft, { model, prefix, previous }, `${serial} ${position}`);
    previous = textField(signed, signed.type === "thinking" ? "signature" : "data");
    return signed;
  });
  ledger.keepLoop(content);
  return content;
}

function stopReasonOf({ finishReason, refusal }: ScriptedReply, content: Block[]): string {
  if (finishReason !== undefined) return STOP_REASONS[finishReason] ?? finishReason;
  if (refusal !== undefined) return "refusal";
  const settled = new Set(content.map((block) => block["tool_use_id"]));
  if (content.some(({ type }) => type === "tool_use")) return "tool_use";
  const isPaused = content.some((block) => block.type === "server_tool_use" && !settled.has(block["id"]));
  return isPaused ? "pause_turn" : "end_turn";
}

/** What a block says, for counting it. */
function spokenText(block: Block): string {
  if (typeof block.text === "string") return block.text;
  return block["input"] === undefined ? "" : `${textField(block, "name")}${JSON.stringify(block["input"])}`;
}

/** A summary comes alone; a script that ends otherwise has none. */
function summarise(script: ScriptedReply, { request, turns }: Conversation, reading: Reading, author: Author) {
  const ended =
    script.finishReason === undefined || script.finishReason === "stop" || script.finishReason === "compaction";
  const content = script.content ?? "";
  const outputTokens = author.countTokens(content);
  if (!ended || content === "") {
    return { content: [], stopReason: stopReasonOf(script, []), outputTokens, thinkingTokens: 0 };
  }
  const summary = {
    content,
    toolChanges: canonical([]),
    model: request.model,
    root: rootOf(request),
    after: reading.prefix,
    lastRole: turns.at(-1)?.role ?? "user",
  };
  const signature = author.ledger.signSummary(summary, `${author.serial}`);
  const block = { type: "compaction", content, encrypted_content: null, signature, tool_changes: [] };
  return { content: [block], stopReason: "compaction", outputTokens, thinkingTokens: 0 };
}
