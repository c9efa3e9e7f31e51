/**
 * Turns a scripted reply into the bytes OpenAI would send for it: one completion object, or a list of chunks.
 *
 * Field order, null fields and the split of tool calls into pieces follow recorded replies, because byte-exact
 * relaying is what the tests are about. Identifiers derive from the serial of the request, so that a run
 * repeats exactly. It must not write to a socket and must not look at the prompt beyond its options.
 */
import { createHash } from "node:crypto";
import { textOf, type ChatRequest, type ToolCall } from "./chat-request.ts";
import { splitByTokens, type CountTokens } from "./count-tokens.ts";
import type { PromptBill } from "./prefix-cache.ts";

interface ScriptedChoice {
  content?: string | null;
  toolCalls?: { id?: string; name: string; arguments: string }[];
  finishReason?: "stop" | "length" | "tool_calls" | "content_filter";
  refusal?: string;
}

export interface ScriptedReply extends ScriptedChoice {
  /** Several choices; without it, every choice of `n` is the same. */
  choices?: ScriptedChoice[];
  /** Destroy the socket after so many events (when not streaming: half way through the body). */
  breakAfterChunks?: number;
  /** End the stream without `[DONE]`. */
  missingDone?: boolean;
  /** With a status of 400 or more: answer with an HTTP error, and bill nothing. */
  status?: number;
  error?: { message: string; type?: string; param?: string | null; code?: string | null };
  /** Time before the first byte. */
  delayMs?: number;
  extraHeaders?: Record<string, string>;
}

export interface Choice {
  content: string | null;
  refusal: string | null;
  toolCalls: ToolCall[];
  finishReason: string;
}

/** One reply, ready to be rendered either way. */
export interface Completion {
  serial: number;
  createdSeconds: number;
  request: ChatRequest;
  choices: Choice[];
  usage: ReturnType<typeof usageOf>;
}

const SYSTEM_FINGERPRINT = "fp_44709d6fcb";
const SERVICE_TIER = "default";
const EXCERPT_CHARACTERS = 200;

/** What the simulator says when no script was given: it depends on the last message and on nothing else. */
export function echoReply(request: ChatRequest): ScriptedReply {
  const last = request.messages.at(-1);
  const text = last ? textOf(last) : "";
  const excerpt = text.slice(0, EXCERPT_CHARACTERS).toWellFormed();
  return { content: `You (${last?.role}) said, in ${text.length} characters: ${excerpt}` };
}

export function choicesOf(script: ScriptedReply, request: ChatRequest, serial: number): Choice[] {
  const scripted = script.choices ?? Array.from({ length: request.n ?? 1 }, () => script);
  return scripted.map((choice, index) => {
    const toolCalls = (choice.toolCalls ?? []).map((call, position): ToolCall => {
      const id = call.id ?? identifier("call_", 24, `${serial} ${index} ${position}`);
      return { id, type: "function", function: { name: call.name, arguments: call.arguments } };
    });
    return {
      content: choice.content ?? null,
      refusal: choice.refusal ?? null,
      toolCalls,
      finishReason: choice.finishReason ?? (toolCalls.length > 0 ? "tool_calls" : "stop"),
    };
  });
}

export function completionTokens(choices: Choice[], countTokens: CountTokens): number {
  const texts = choices.flatMap((choice) => [
    choice.content ?? "",
    choice.refusal ?? "",
    ...choice.toolCalls.map((call) => `${call.function?.name}${call.function?.arguments}`),
  ]);
  return texts.reduce((tokens, text) => tokens + countTokens(text), 0);
}

export function usageOf(bill: PromptBill, completion: number) {
  return {
    prompt_tokens: bill.promptTokens,
    completion_tokens: completion,
    total_tokens: bill.promptTokens + completion,
    prompt_tokens_details: {
      cached_tokens: bill.cachedTokens,
      audio_tokens: 0,
      cache_write_tokens: bill.cacheWriteTokens,
    },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

export function renderCompletion(completion: Completion): string {
  const choices = completion.choices.map((choice, index) => ({
    index,
    message: {
      role: "assistant",
      content: choice.content,
      ...(choice.toolCalls.length > 0 && { tool_calls: choice.toolCalls }),
      refusal: choice.refusal,
      annotations: [],
    },
    logprobs: null,
    finish_reason: choice.finishReason,
  }));
  const body = {
    ...frameOf(completion, "chat.completion"),
    choices,
    usage: completion.usage,
    service_tier: SERVICE_TIER,
    system_fingerprint: SYSTEM_FINGERPRINT,
  };
  return `${JSON.stringify(body, null, 2)}\n`;
}

/** The `data` of each event, in order, without the final `[DONE]`. */
export function renderChunks(completion: Completion, tokensPerChunk: number): string[] {
  const options = completion.request.stream_options ?? {};
  const chunks: string[] = [];
  const add = (choices: object[], usage: object | null): void => {
    const chunk = {
      ...frameOf(completion, "chat.completion.chunk"),
      service_tier: SERVICE_TIER,
      system_fingerprint: SYSTEM_FINGERPRINT,
      choices,
      ...(options.include_usage && { usage }),
      ...(options.include_obfuscation !== false && { obfuscation: obfuscation(completion.serial, chunks.length) }),
    };
    chunks.push(JSON.stringify(chunk));
  };
  const deltas = completion.choices.map((choice) => deltasOf(choice, tokensPerChunk));
  const longest = Math.max(...deltas.map((list) => list.length));
  for (let turn = 0; turn < longest; turn += 1) {
    for (const [index, list] of deltas.entries()) {
      const delta = list[turn];
      if (!delta) continue;
      const finish = turn === list.length - 1 ? completion.choices[index]?.finishReason : null;
      add([{ index, delta, logprobs: null, finish_reason: finish }], null);
    }
  }
  if (options.include_usage) add([], completion.usage);
  return chunks;
}

function deltasOf(choice: Choice, tokensPerChunk: number): object[] {
  const content = choice.content === null ? null : "";
  const deltas: object[] = [{ role: "assistant", content, refusal: null }];
  for (const piece of splitByTokens(choice.content ?? "", tokensPerChunk)) deltas.push({ content: piece });
  for (const piece of splitByTokens(choice.refusal ?? "", tokensPerChunk)) deltas.push({ refusal: piece });
  for (const [index, call] of choice.toolCalls.entries()) {
    deltas.push({ tool_calls: [{ index, ...call, function: { ...call.function, arguments: "" } }] });
    for (const piece of splitByTokens(call.function?.arguments ?? "", tokensPerChunk)) {
      deltas.push({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  }
  deltas.push({});
  return deltas;
}

function frameOf({ serial, createdSeconds, request }: Completion, object: string) {
  return { id: identifier("chatcmpl-", 29, `${serial}`), object, created: createdSeconds, model: request.model };
}

export function identifier(prefix: string, length: number, seed: string): string {
  const letters = createHash("sha512")
    .update(`${prefix}${seed}`)
    .digest("base64")
    .replaceAll(/[^A-Za-z0-9]/g, "");
  return prefix + letters.slice(0, length);
}

/** Padding of changing length, as the API sends it unless `include_obfuscation` is false. */
function obfuscation(serial: number, position: number): string {
  return identifier("", 1 + ((serial * 7 + position * 5) % 14), `${serial} ${position}`);
}
