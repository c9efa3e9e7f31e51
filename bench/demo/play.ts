/**
 * Plays a transcript as an ordinary client: the OpenAI SDK, the whole history with every request, nothing else.
 *
 * The client knows nothing of what stands behind its base URL; with Strata or without, it does the same. Text is streamed,
 * tool steps are not. Each reply must be the recorded one, and tools are answered with the recorded results. It must not
 * repair anything: the first difference or refusal ends the run.
 */
import OpenAI from "openai";
import type {
  ChatCompletionChunk,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import type { VirtualClock } from "./clock.ts";
import { differenceFrom, openingMessages, resultsOf, type Reply } from "./play-messages.ts";
import type { Step, Transcript, Turn } from "./transcript.ts";

export interface Usage {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
}

/** One request and its reply, as the client saw them. */
export interface Call {
  turn: number;
  usage: Usage;
  /** The reply's `x-strata-*` headers without their prefix; empty when nobody stands between. */
  strata: Record<string, string>;
}

export interface PlayedTurn {
  index: number;
  pauseSeconds: number;
  /** When the user spoke. */
  at: string;
  calls: Call[];
}

export interface Client {
  baseUrl: string;
  apiKey: string;
  model: string;
  /** Null: real time, without pauses. */
  clock: VirtualClock | null;
  /** Headers that tell a test's time. */
  clockHeaders: (now: number) => Record<string, string>;
  /** False: the model is a real one, its replies are its own, and its tools stay unused. */
  isRecorded: boolean;
  /** Runs after each reply, while the user reads or the tool works. */
  afterCall: (call: Call) => Promise<void>;
  afterTurn: (turn: PlayedTurn) => void;
}

/** Time a reply takes: to its first word, and to write it. */
const REPLY_SECONDS = 2;
const CHARS_PER_SECOND = 300;

/** Answers the calls in order. */
export async function play(transcript: Transcript, client: Client): Promise<Call[]> {
  const openai = new OpenAI({ baseURL: `${client.baseUrl}/v1`, apiKey: client.apiKey, maxRetries: 0 });
  const messages = openingMessages(transcript);
  const played: Call[] = [];
  for (const [index, turn] of transcript.turns.entries()) {
    client.clock?.advance(turn.pauseSeconds);
    const at = client.clock?.describe() ?? new Date().toISOString().slice(11, 19);
    const calls: Call[] = [];
    messages.push({ role: "user", content: turn.user });
    for (const step of stepsOf(turn, client)) {
      const { reply, call } = await ask(openai, client, transcript, messages, index, step).catch((error: unknown) => {
        throw new Error(`turn ${index + 1}: ${describe(error)}`);
      });
      client.clock?.advance(REPLY_SECONDS + (reply.content ?? "").length / CHARS_PER_SECOND);
      messages.push(reply, ...(client.isRecorded ? resultsOf(step) : []));
      calls.push(call);
      await client.afterCall(call);
    }
    played.push(...calls);
    client.afterTurn({ index, pauseSeconds: turn.pauseSeconds, at, calls });
  }
  return played;
}

/** A real model answers once in its own words; a recording goes through all its steps. */
function stepsOf({ steps }: Turn, { isRecorded }: Client): Step[] {
  return isRecorded ? steps : steps.slice(-1);
}

async function ask(
  openai: OpenAI,
  client: Client,
  transcript: Transcript,
  messages: ChatCompletionMessageParam[],
  turn: number,
  step: Step,
): Promise<{ reply: Reply; call: Call }> {
  const params: ChatCompletionCreateParamsNonStreaming = { model: client.model, messages };
  if (client.isRecorded && transcript.tools.length > 0) params.tools = transcript.tools;
  const headers = client.clock ? client.clockHeaders(client.clock.now()) : {};
  const isText = !client.isRecorded || step.toolCalls.length === 0;
  const answer = isText ? await stream(openai, params, headers) : await complete(openai, params, headers);
  const difference = client.isRecorded ? differenceFrom(step, answer.reply) : null;
  if (difference !== null) throw new Error(difference);
  return { reply: answer.reply, call: { turn, usage: answer.usage, strata: strataHeaders(answer.headers) } };
}

interface Answer {
  reply: Reply;
  usage: Usage;
  headers: Headers;
}

async function complete(
  openai: OpenAI,
  params: ChatCompletionCreateParamsNonStreaming,
  headers: Record<string, string>,
): Promise<Answer> {
  const { data, response } = await openai.chat.completions.create(params, { headers }).withResponse();
  const reply = data.choices[0]?.message;
  if (!reply) throw new Error("a reply without a choice");
  return { reply, usage: readUsage(data.usage), headers: response.headers };
}

async function stream(
  openai: OpenAI,
  params: ChatCompletionCreateParamsNonStreaming,
  headers: Record<string, string>,
): Promise<Answer> {
  const streamed = { ...params, stream: true as const, stream_options: { include_usage: true } };
  const { data, response } = await openai.chat.completions.create(streamed, { headers }).withResponse();
  let content = "";
  let usage: ChatCompletionChunk["usage"];
  for await (const chunk of data) {
    content += chunk.choices[0]?.delta.content ?? "";
    usage = chunk.usage ?? usage;
  }
  return { reply: { role: "assistant", content }, usage: readUsage(usage), headers: response.headers };
}

function readUsage(usage: OpenAI.CompletionUsage | null | undefined): Usage {
  return {
    promptTokens: usage?.prompt_tokens ?? 0,
    cachedTokens: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    completionTokens: usage?.completion_tokens ?? 0,
  };
}

const PREFIX = "x-strata-";

function strataHeaders(headers: Headers): Record<string, string> {
  const ours = [...headers].filter(([name]) => name.startsWith(PREFIX));
  return Object.fromEntries(ours.map(([name, value]) => [name.slice(PREFIX.length), value]));
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
