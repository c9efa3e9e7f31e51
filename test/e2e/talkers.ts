/**
 * The official SDKs as one kind of client: each keeps its own history and sends all of it with every question, or, where
 * its headers name a parent, only what has come since the last reply.
 *
 * A turn gives back what an app would look at, and the raw bytes that came, so that a test can see what must not be
 * there. It must not know anything of the edge but its address.
 */
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import type { Api } from "../fakes/provider/provider.ts";
import { KEY } from "./start.ts";

export interface Heard {
  text: string;
  calls: { id: string; name: string; input: string }[];
  finish: string | null;
  /** Prompt and output tokens as the API reports them. */
  usage: { prompt: number; output: number } | null;
  headers: Headers;
  raw: string;
}

export interface Talker {
  api: Api;
  /** Asks, and keeps question and answer. */
  say(text: string, asking: Asking): Promise<Heard>;
  /** Gives back a tool's result, and goes on. */
  answer(results: { id: string; text: string }[], asking: Asking): Promise<Heard>;
}

export interface Asking {
  stream: boolean;
  /** With a tool of the client's own. */
  hasTool?: boolean;
  headers?: Record<string, string>;
  /** More fields of the body. */
  fields?: object;
  signal?: AbortSignal;
}

export const LOOK_UP = "look_up";
const SCHEMA = { type: "object" as const, properties: { pier: { type: "number" } } };
const SYSTEM = "You keep the harbour's books.";

/** What a request holds of the history: all of it, or what is new since `settled` of it were answered. */
function readSent<T>(history: readonly T[], settled: number, headers: Record<string, string>): T[] {
  return history.slice("x-strata-parent" in headers ? settled : 0);
}

/** A `fetch` that keeps the bytes of every answer. */
function listen(): { fetch: typeof fetch; heard: () => Promise<{ raw: string; headers: Headers }> } {
  let last: Promise<{ raw: string; headers: Headers }> = Promise.reject(new Error("nothing was asked"));
  last.catch(() => undefined);
  return {
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      const copy = response.clone();
      last = copy.text().then((raw) => ({ raw, headers: response.headers }));
      last.catch(() => undefined);
      return response;
    },
    heard: () => last,
  };
}

export function chatTalker(url: string, model = "gpt-5.4"): Talker {
  const { fetch: listening, heard } = listen();
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: KEY, maxRetries: 0, fetch: listening });
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "system", content: SYSTEM }];
  let settled = 0;
  const tool = { type: "function" as const, function: { name: LOOK_UP, parameters: SCHEMA } };
  const ask = async ({ stream, hasTool, headers = {}, fields, signal }: Asking): Promise<Heard> => {
    const sent = readSent(messages, settled, headers);
    const body = { model, messages: sent, ...(hasTool && { tools: [tool] }), ...fields };
    const options = { headers, ...(signal && { signal }) };
    const completion = stream
      ? await client.chat.completions
          .stream({ ...body, stream_options: { include_usage: true } }, options)
          .finalChatCompletion()
      : await client.chat.completions.create(body, options);
    const [choice] = completion.choices;
    if (!choice) throw new Error("no choice");
    settled = messages.push(choice.message);
    const { usage } = completion;
    const calls = (choice.message.tool_calls ?? []).flatMap((call) =>
      call.type === "function" ? [{ id: call.id, name: call.function.name, input: call.function.arguments }] : [],
    );
    return {
      text: choice.message.content ?? "",
      calls,
      finish: choice.finish_reason,
      usage: usage ? { prompt: usage.prompt_tokens, output: usage.completion_tokens } : null,
      ...(await heard()),
    };
  };
  return {
    api: "chat-completions",
    say(text, asking) {
      messages.push({ role: "user", content: text });
      return ask(asking);
    },
    answer(results, asking) {
      for (const { id, text } of results) messages.push({ role: "tool", tool_call_id: id, content: text });
      return ask(asking);
    },
  };
}

export function responsesTalker(url: string, model = "gpt-4.1"): Talker {
  const { fetch: listening, heard } = listen();
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: KEY, maxRetries: 0, fetch: listening });
  const input: OpenAI.Responses.ResponseInputItem[] = [];
  let settled = 0;
  const tool = { type: "function" as const, name: LOOK_UP, parameters: SCHEMA, strict: false };
  const ask = async ({ stream, hasTool, headers = {}, fields, signal }: Asking): Promise<Heard> => {
    const sent = readSent(input, settled, headers);
    const tools = hasTool ? { tools: [tool] } : {};
    const body = { model, instructions: SYSTEM, input: sent, store: false, ...tools, ...fields };
    const options = { headers, ...(signal && { signal }) };
    const response = stream
      ? await client.responses.stream(body, options).finalResponse()
      : await client.responses.create(body, options);
    settled = input.push(...(response.output as OpenAI.Responses.ResponseInputItem[]));
    const calls = response.output.flatMap((item) =>
      item.type === "function_call" ? [{ id: item.call_id, name: item.name, input: item.arguments }] : [],
    );
    const texts = response.output.flatMap((item) =>
      item.type === "message" ? item.content.flatMap((part) => (part.type === "output_text" ? [part.text] : [])) : [],
    );
    const { usage } = response;
    return {
      text: texts.join("\n\n"),
      calls,
      finish: response.status ?? null,
      usage: usage ? { prompt: usage.input_tokens, output: usage.output_tokens } : null,
      ...(await heard()),
    };
  };
  return {
    api: "responses",
    say(text, asking) {
      input.push({ role: "user", content: text });
      return ask(asking);
    },
    answer(results, asking) {
      for (const { id, text } of results) input.push({ type: "function_call_output", call_id: id, output: text });
      return ask(asking);
    },
  };
}

export function messagesTalker(url: string, model = "claude-sonnet-5"): Talker {
  const { fetch: listening, heard } = listen();
  const client = new Anthropic({ baseURL: url, apiKey: KEY, maxRetries: 0, fetch: listening });
  const messages: Anthropic.MessageParam[] = [];
  let settled = 0;
  const tool = { name: LOOK_UP, input_schema: SCHEMA };
  const ask = async ({ stream, hasTool, headers = {}, fields, signal }: Asking): Promise<Heard> => {
    const body = {
      model,
      max_tokens: 2000,
      system: SYSTEM,
      cache_control: { type: "ephemeral" as const },
      messages: readSent(messages, settled, headers),
      ...(hasTool && { tools: [tool] }),
      ...fields,
    };
    const options = { headers, ...(signal && { signal }) };
    const message = stream
      ? await client.messages.stream(body, options).finalMessage()
      : await client.messages.create(body, options);
    settled = messages.push({ role: "assistant", content: message.content });
    const texts = message.content.flatMap((block) => (block.type === "text" ? [block.text] : []));
    const calls = message.content.flatMap((block) =>
      block.type === "tool_use" ? [{ id: block.id, name: block.name, input: JSON.stringify(block.input) }] : [],
    );
    const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = message.usage;
    const prompt = input_tokens + (cache_read_input_tokens ?? 0) + (cache_creation_input_tokens ?? 0);
    const usage = { prompt, output: output_tokens };
    return { text: texts.join("\n\n"), calls, finish: message.stop_reason, usage, ...(await heard()) };
  };
  return {
    api: "messages",
    say(text, asking) {
      messages.push({ role: "user", content: text });
      return ask(asking);
    },
    answer(results, asking) {
      const content = results.map(({ id, text }) => ({ type: "tool_result" as const, tool_use_id: id, content: text }));
      messages.push({ role: "user", content });
      return ask(asking);
    },
  };
}
