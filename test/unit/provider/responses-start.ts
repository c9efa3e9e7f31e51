/**
 * What the tests of the Responses simulator share: requests in bare JSON, items, and answers taken apart.
 *
 * It starts providers through start.ts, so that every test has one of its own and none stays open.
 * It must not assert anything.
 */
import type { Provider, ProviderOptions } from "../../fakes/provider/provider.ts";
import { start, type ErrorBody } from "./start.ts";

export const MODEL = "gpt-6.1-sol";

interface Answered {
  status: number;
  body: Partial<ErrorBody> & Record<string, unknown>;
}

/** Any request with a JSON body, as a client without an SDK would send it. */
export async function send(
  provider: Provider,
  path: string,
  body?: unknown,
  { method = "POST", key = "sk-test-0001" } = {},
): Promise<Answered> {
  const response = await fetch(`${provider.url}/v1/${path}`, {
    method,
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answered["body"] };
}

/** What a fresh provider answers to a request for a response. */
export async function judgeResponse(body: unknown, options: ProviderOptions = {}): Promise<Answered> {
  const { provider } = await start(options);
  return send(provider, "responses", body);
}

/** A request whose input is these items. */
export function asking(...input: unknown[]): { model: string; input: unknown[] } {
  return { model: MODEL, input };
}

export function said(content: string) {
  return { role: "user" as const, content };
}

export function calling(id: string) {
  return { type: "function_call" as const, call_id: id, name: "get_weather", arguments: "{}" };
}

export function resultOf(id: string) {
  return { type: "function_call_output" as const, call_id: id, output: "21" };
}

export const flatWeatherTool = {
  type: "function" as const,
  name: "get_weather",
  description: "The weather in a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  strict: false,
};
