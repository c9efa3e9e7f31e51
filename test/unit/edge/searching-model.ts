/**
 * An upstream whose model searches, step by step as a test says, behind the whole way of a request: `handleTurn`, over a
 * session in memory.
 *
 * Its streams come in small pieces, so that a reader may leave in between. What went up is in `sent`, and which calls
 * were left before their end in `left`. It must not know what the edge makes of it.
 */
import { expect } from "vitest";
import { handleTurn } from "../../../src/edge/handle-turn.ts";
import { RECALL_TOOL_NAME } from "../../../src/model/recall-call.ts";
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";
import { startConversation } from "../../fakes/played-session.ts";

const ROUTE = { upstream: "openai", base: "http://upstream", path: "/v1/chat/completions", state: "none" } as const;
export const QUESTION = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "Where?" }] });
export const PLAIN_QUESTION = QUESTION.replace('"stream":true', '"stream":false');

export interface Said {
  content?: string;
  /** Arguments of a call of the tool. */
  searches?: string;
  own?: boolean;
  /** Prompt tokens, how many of them from the cache, and output tokens. */
  usage?: [prompt: number, cached: number, output: number];
}

function callsOf({ searches, own }: Said): object[] {
  const call = (id: string, name: string, args: string) => ({
    id,
    type: "function",
    function: { name, arguments: args },
  });
  return [
    ...(searches === undefined ? [] : [call("s1", RECALL_TOOL_NAME, searches)]),
    ...(own ? [call("o1", "look_up", "{}")] : []),
  ];
}

export function streamOf(said: Said): string {
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const calls = callsOf(said);
  const deltas = [
    ...(said.content === undefined ? [] : [{ content: said.content }]),
    ...calls.map((call, index) => ({ tool_calls: [{ index, ...call }] })),
  ];
  const end = chunk({}, calls.length > 0 ? "tool_calls" : "stop");
  return `${chunk({ role: "assistant", content: "" })}${deltas.map((delta) => chunk(delta)).join("")}${end}data: [DONE]\n\n`;
}

export function bodyOf(said: Said): string {
  const calls = callsOf(said);
  const message = { role: "assistant", content: said.content ?? null, ...(calls.length > 0 && { tool_calls: calls }) };
  const finish_reason = calls.length > 0 ? "tool_calls" : "stop";
  return JSON.stringify({ id: "c", choices: [{ index: 0, message, finish_reason }], ...usageOf(said) });
}

function usageOf({ usage }: Said): object {
  if (usage === undefined) return {};
  const [prompt_tokens, cached_tokens, completion_tokens] = usage;
  return { usage: { prompt_tokens, prompt_tokens_details: { cached_tokens }, completion_tokens } };
}

/** Text as it is, and what comes behind it. */
export interface Raw {
  text: string;
  end: "closes" | "breaks" | "hangs";
}

export type Step = Said | Raw | { status: number } | "unreachable";

/** An upstream that answers step by step, and the last step for ever. */
export function play(steps: readonly Step[], question = QUESTION) {
  const conversation = startConversation();
  const { edge } = conversation;
  const sent: string[] = [];
  const left: number[] = [];
  const isStream = question === QUESTION;
  edge.journal = { write: () => undefined };
  edge.upstream = {
    send: async (request) => {
      const place = sent.push(new TextDecoder().decode(request.body as Uint8Array));
      const step = steps[Math.min(place, steps.length) - 1] ?? "unreachable";
      if (step === "unreachable") throw new TypeError("no network");
      if ("status" in step) return new Response('{"error":{"message":"no"}}', { status: step.status });
      const raw: Raw = "end" in step ? step : { text: isStream ? streamOf(step) : bodyOf(step), end: "closes" };
      const type = isStream && !raw.text.startsWith("{") ? "text/event-stream" : "application/json";
      const body = stream(raw, () => left.push(place));
      return new Response(body, { headers: { "content-type": type } });
    },
  };
  const ask = (more: Record<string, string> = {}): Promise<Response> => {
    const headers = { "x-strata-session": "c", "x-strata-recall": "tool", ...more };
    const request = new Request("http://edge/v1/chat/completions", { method: "POST", body: question, headers });
    return handleTurn(edge, request, ROUTE, chatCompletionsWire);
  };
  return { ...conversation, ask, sent, left };
}

/** Piece by piece, so that a reader may leave in between. */
function stream({ text, end }: Raw, onLeave: () => void): ReadableStream<Uint8Array> {
  const pieces = text.match(/[^]{1,40}/g) ?? [];
  return new ReadableStream({
    pull(controller) {
      const piece = pieces.shift();
      if (piece !== undefined) controller.enqueue(new TextEncoder().encode(piece));
      else if (end === "breaks") controller.error(new TypeError("cut"));
      else if (end === "closes") controller.close();
      else return new Promise(() => undefined);
      return undefined;
    },
    cancel: onLeave,
  });
}

export async function hear(response: Response, isStream = true) {
  const text = await response.text();
  expect(text).not.toContain(RECALL_TOOL_NAME);
  return chatCompletionsWire.readReply([new TextEncoder().encode(text)], isStream);
}

export const contentOf = ({ messages }: { messages: string[] }): unknown =>
  (JSON.parse(messages[0] ?? "{}") as { content?: unknown }).content;

const SEARCH = '{"query":"the lamp"}';
export const SPOKEN: Said = { content: "Let me see.", searches: SEARCH };
export const SILENT: Said = { searches: SEARCH };
export const ANSWER: Said = { content: "Here." };
