/**
 * Turns a scripted reply into the bytes OpenAI would send for it: one completion object, or a list of chunks.
 *
 * Field order, null fields and the split of tool calls into pieces follow recorded replies, because byte-exact
 * relaying is what the tests are about. Identifiers derive from the serial of the request, so that a run
 * repeats exactly. It must not write to a socket and must not look at the prompt beyond its options.
 */
import { createHash } from "node:crypto";
import type { ChatRequest, ToolCall } from "./chat-request.ts";
import { splitByTokens, type CountTokens } from "./count-tokens.ts";
import type { PromptBill } from "./prefix-cache.ts";
import { thoughtOf, type ScriptedReply } from "./scripted-reply.ts";

export interface Choice {
  content: string | null;
  refusal: string | null;
  reasoning: string | null;
  audio: { id: string; expires_at: number; data: string; transcript: string } | null;
  toolCalls: ToolCall[];
  finishReason: string;
}

/** One reply, ready to be rendered either way. */
export interface Completion {
  serial: number;
  createdSeconds: number;
  request: ChatRequest;
  choices: Choice[];
  /** Show thoughts as DeepSeek does. */
  reasoningContent: boolean;
  usage: ReturnType<typeof usageOf>;
}

const SYSTEM_FINGERPRINT = "fp_44709d6fcb";
const SERVICE_TIER = "default";
const AUDIO_LIFETIME_SECONDS = 3600;

interface Issue {
  serial: number;
  createdSeconds: number;
}

export function choicesOf(script: ScriptedReply, request: ChatRequest, issue: Issue): Choice[] {
  const scripted = script.choices ?? Array.from({ length: request.n ?? 1 }, () => script);
  return scripted.map((choice, index) => {
    const toolCalls = (choice.toolCalls ?? []).map(({ name, arguments: text, type, id }, position): ToolCall => {
      const callId = id ?? identifier("call_", 24, `${issue.serial} ${index} ${position}`);
      if (type === "custom") return { id: callId, type, custom: { name, input: text } };
      return { id: callId, type: "function", function: { name, arguments: text } };
    });
    return {
      content: choice.content ?? null,
      refusal: choice.refusal ?? null,
      reasoning: thoughtOf(choice)?.text ?? null,
      audio: audioOf(script, issue, index),
      toolCalls,
      finishReason: choice.finishReason ?? (toolCalls.length > 0 ? "tool_calls" : "stop"),
    };
  });
}

function audioOf({ audio }: ScriptedReply, { serial, createdSeconds }: Issue, index: number): Choice["audio"] {
  if (!audio) return null;
  const { transcript, lifetimeSeconds = AUDIO_LIFETIME_SECONDS } = audio;
  const id = audio.id ?? identifier("audio_", 24, `${serial} ${index}`);
  return {
    id,
    data: Buffer.from(transcript).toString("base64"),
    expires_at: createdSeconds + lifetimeSeconds,
    transcript,
  };
}

interface OutputTokens {
  /** All of them, thoughts included. */
  completion: number;
  reasoning: number;
}

export function tokensOf(choices: Choice[], countTokens: CountTokens): OutputTokens {
  const sum = (texts: string[]): number => texts.reduce((tokens, text) => tokens + countTokens(text), 0);
  const reasoning = sum(choices.map((choice) => choice.reasoning ?? ""));
  const said = choices.flatMap((choice) => [
    choice.content ?? "",
    choice.refusal ?? "",
    choice.audio?.transcript ?? "",
    ...choice.toolCalls.map((call) => `${nameOf(call)}${inputOf(call)}`),
  ]);
  return { completion: reasoning + sum(said), reasoning };
}

function nameOf(call: ToolCall): string {
  return call.function?.name ?? call.custom?.name ?? "";
}

function inputOf(call: ToolCall): string {
  return call.function?.arguments ?? call.custom?.input ?? "";
}

export function usageOf(bill: PromptBill, tokens: OutputTokens, reasoningContent: boolean) {
  return {
    prompt_tokens: bill.promptTokens,
    completion_tokens: tokens.completion,
    total_tokens: bill.promptTokens + tokens.completion,
    prompt_tokens_details: {
      cached_tokens: bill.cachedTokens,
      audio_tokens: 0,
      cache_write_tokens: bill.cacheWriteTokens,
    },
    completion_tokens_details: {
      reasoning_tokens: tokens.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
    ...(reasoningContent && {
      prompt_cache_hit_tokens: bill.cachedTokens,
      prompt_cache_miss_tokens: bill.promptTokens - bill.cachedTokens,
    }),
  };
}

export function renderCompletion(completion: Completion): string {
  const choices = completion.choices.map((choice, index) => ({
    index,
    message: {
      role: "assistant",
      content: choice.content,
      ...(completion.reasoningContent && choice.reasoning !== null && { reasoning_content: choice.reasoning }),
      ...(choice.toolCalls.length > 0 && { tool_calls: choice.toolCalls }),
      refusal: choice.refusal,
      annotations: [],
      ...(choice.audio && { audio: choice.audio }),
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
  const deltas = completion.choices.map((choice) => deltasOf(choice, tokensPerChunk, completion.reasoningContent));
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

function deltasOf(choice: Choice, tokensPerChunk: number, reasoningContent: boolean): object[] {
  const content = choice.content === null ? null : "";
  const thought = reasoningContent ? (choice.reasoning ?? "") : "";
  const pieces = (text: string): string[] => splitByTokens(text, tokensPerChunk);
  const deltas: object[] = [{ role: "assistant", content, refusal: null }];
  for (const piece of pieces(thought)) deltas.push({ content: null, reasoning_content: piece });
  for (const piece of pieces(choice.content ?? "")) deltas.push({ content: piece });
  for (const piece of pieces(choice.refusal ?? "")) deltas.push({ refusal: piece });
  if (choice.audio) deltas.push({ audio: choice.audio });
  for (const [index, call] of choice.toolCalls.entries()) {
    const isCustom = call.type === "custom";
    const open = isCustom
      ? { custom: { ...call.custom, input: "" } }
      : { function: { ...call.function, arguments: "" } };
    deltas.push({ tool_calls: [{ index, ...call, ...open }] });
    for (const piece of pieces(inputOf(call))) {
      const more = isCustom ? { custom: { input: piece } } : { function: { arguments: piece } };
      deltas.push({ tool_calls: [{ index, ...more }] });
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
export function obfuscation(serial: number, position: number): string {
  return identifier("", 1 + ((serial * 7 + position * 5) % 14), `${serial} ${position}`);
}
