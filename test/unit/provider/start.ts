/**
 * Starts a provider for one test file and closes what a test leaves open.
 *
 * Every test gets a simulator of its own, because records, clock and prompt cache are what is being tested.
 * It offers the real SDK and a bare fetch: the first shows that clients understand the simulator, the second
 * sends what no SDK would send. It must not assert anything.
 */
import OpenAI from "openai";
import { afterEach } from "vitest";
import { startProvider, type Provider, type ProviderOptions } from "../../fakes/provider/provider.ts";

const open: Provider[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((provider) => provider.close()));
});

export async function start(options: ProviderOptions = {}): Promise<{ provider: Provider; client: OpenAI }> {
  const provider = await startProvider(options);
  open.push(provider);
  const client = new OpenAI({ baseURL: `${provider.url}/v1`, apiKey: "sk-test-0001", maxRetries: 0 });
  return { provider, client };
}

export interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null };
}

export async function post(provider: Provider, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${provider.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-test-0001", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** What a fresh provider answers to a body, and what it recorded of it. */
export async function judge(body: unknown, options: ProviderOptions = {}) {
  const { provider } = await start(options);
  const response = await post(provider, body);
  const answer = (await response.json()) as Partial<ErrorBody> & { object?: string };
  return { status: response.status, error: answer.error, object: answer.object, record: provider.requests[0] };
}

/** A bad request, and the words, parameter and code it is refused with. */
export type RefusedRow = [name: string, body: unknown, message: string, param: string | null, code: string | null];

export function talk(...messages: unknown[]): { model: string; messages: unknown[] } {
  return { model: "gpt-5.4", messages };
}

export function call(id: string, text: unknown = "{}") {
  return { id, type: "function", function: { name: "get_weather", arguments: text } };
}

export function calling(...ids: string[]): object {
  return { role: "assistant", content: null, tool_calls: ids.map((id) => call(id)) };
}

export function result(id: string): object {
  return { role: "tool", tool_call_id: id, content: "21" };
}

export function assistant(content: string) {
  return { role: "assistant", content };
}

export function user(content: string): { role: "user"; content: string } {
  return { role: "user", content };
}

export const weatherTool = {
  type: "function" as const,
  function: {
    name: "get_weather",
    description: "The weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
