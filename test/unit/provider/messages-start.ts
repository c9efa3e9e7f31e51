/**
 * Starts a provider for a test of the Messages API, with the real SDK and a bare fetch to talk to it.
 *
 * The SDK shows that clients understand the simulator; the fetch sends what no SDK would send. The script says in
 * order what the model answers; when it has run out, the model says whom it heard. Only a refusal is judged here.
 */
import Anthropic from "@anthropic-ai/sdk";
import type { ProviderOptions, ScriptedReply } from "../../fakes/provider/provider.ts";
import { expect } from "vitest";
import { start } from "./start.ts";

export const BINDING = "thinking-binding-controls-2026-08-01";
export const THREADS = "message-threads-2026-08-12";
export const COMPACT = "compact-2026-09-04";

const none: Record<string, string> = {};

export interface Answer {
  status: number;
  id: string;
  content: Block[];
  stop_reason: string;
  usage: Record<string, unknown>;
  input_tokens: number;
  input_transformations?: object[];
  error?: { type: string; message: string; details?: { error_code: string } };
  request_id?: string;
}

export type Block = { type: string } & Record<string, unknown>;

export async function startMessages(options: ProviderOptions = {}, ...script: ScriptedReply[]) {
  const said = (text: unknown): ScriptedReply => ({ content: `heard ${JSON.stringify(text)}` });
  const { provider } = await start({
    reply: ({ messages }, { requestIndex }) => script[requestIndex] ?? said(messages.at(-1)?.role),
    ...options,
  });
  const client = new Anthropic({ baseURL: provider.url, apiKey: "sk-ant-0001", maxRetries: 0 });
  const post = async (body: unknown, betas: string[] = [], headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await postRaw(body, betas, headers);
    return { status: response.status, ...((await response.json()) as Omit<Answer, "status">) };
  };
  const postRaw = async (body: unknown, betas: string[] = [], { path = "/v1/messages", ...headers } = none) =>
    fetch(provider.url + path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-api-key": "sk-ant-0001",
        "anthropic-version": "2023-06-01",
        ...(betas.length > 0 && { "anthropic-beta": betas.join(",") }),
        ...headers,
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { provider, client, post, postRaw };
}

/** A request of some turns to a model that binds its thinking, or to the one named last. */
export function ask(messages: unknown[], more: Record<string, unknown> = {}): Record<string, unknown> {
  return { model: "claude-opus-5-5", max_tokens: 1024, messages, ...more };
}

export function user(content: unknown): { role: "user"; content: unknown } {
  return { role: "user", content };
}

export function assistant(content: unknown): { role: "assistant"; content: unknown } {
  return { role: "assistant", content };
}

export function text(words: string, more: Record<string, unknown> = {}): Block {
  return { type: "text", text: words, ...more };
}

export function calling(...ids: string[]): Block[] {
  return ids.map((id) => ({ type: "tool_use", id, name: "get_weather", input: { city: "Paris" } }));
}

export function result(id: string, content: unknown = "21"): Block {
  return { type: "tool_result", tool_use_id: id, content };
}

export const weather = {
  name: "get_weather",
  description: "The weather in a city",
  input_schema: { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] },
};

export const marker = { cache_control: { type: "ephemeral" } };
export const longMarker = { cache_control: { type: "ephemeral", ttl: "1h" } };

/** A bad request, the words it is refused with, and the beta headers that go along. */
export type RefusedRow = [name: string, body: unknown, message: string, betas?: string[]];

export async function expectRefusal([, body, message, betas = []]: RefusedRow): Promise<void> {
  const { post, provider } = await startMessages();
  const answer = await post(body, betas);
  expect(answer.error?.message).toBe(message);
  expect(answer).toMatchObject({ status: 400, type: "error", error: { type: "invalid_request_error" } });
  expect(answer.request_id).toMatch(/^req_/);
  expect(provider.requests[0]).toMatchObject({ status: 400, promptTokens: 0 });
}
