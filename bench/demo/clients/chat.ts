/**
 * The demo's client of OpenAI Chat Completions: the openai SDK, and the whole history with every request.
 *
 * It appends the message object that it got, as apps do; text is streamed with its usage. It must not add anything to
 * a request that an ordinary app would not send.
 */
import OpenAI from "openai";
import type {
  ChatCompletionChunk,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessage,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import type { ChatMessage, ChatRequest } from "../../../test/fakes/provider/provider.ts";
import {
  lineOf,
  textOf,
  type Answer,
  type ApiClient,
  type PromptLine,
  type Said,
  type Setting,
  type Talk,
  type Usage,
} from "./client.ts";
import { dropRecalled } from "../recalled-block.ts";

const MODEL = "gpt-5.4";

export const chat: ApiClient = {
  api: "chat-completions",
  label: "",
  keyVariable: "OPENAI_API_KEY",
  modelFor: (recorded) => recorded ?? MODEL,
  withoutMemory: null,
  open,
  readPrompt(body) {
    const { tools, messages } = body as ChatRequest;
    const write = (list: typeof messages): string[] => [
      JSON.stringify(tools ?? null),
      ...list.map((message) => JSON.stringify(message)),
    ];
    return {
      pieces: write(messages),
      settled: write(dropRecalled(messages)),
      lines: messages.map(toLine),
    };
  },
};

function open({ origin, apiKey, model, system, opening, tools }: Setting): Talk {
  const openai = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
  const messages: ChatCompletionMessageParam[] = [];
  if (system !== null) messages.push({ role: "system", content: system });
  if (opening !== null) messages.push({ role: "assistant", content: opening });
  return {
    addUser: (text) => void messages.push({ role: "user", content: text }),
    addResults(results) {
      for (const { toolCallId, content } of results) messages.push({ role: "tool", tool_call_id: toolCallId, content });
    },
    async ask(headers, isStreamed) {
      const params: ChatCompletionCreateParamsNonStreaming = { model, messages };
      if (tools.length > 0) params.tools = tools;
      const { reply, ...answer } = await (isStreamed ? stream : complete)(openai, params, headers);
      messages.push(reply);
      return { ...answer, said: toSaid(reply) };
    },
  };
}

/** Reply-only fields travel back as they came: that is what clients do. */
type Reply = Pick<ChatCompletionMessage, "role" | "content" | "tool_calls">;
type Replied = Omit<Answer, "said"> & { reply: Reply };

async function complete(
  openai: OpenAI,
  params: ChatCompletionCreateParamsNonStreaming,
  headers: Record<string, string>,
): Promise<Replied> {
  const { data, response } = await openai.chat.completions.create(params, { headers }).withResponse();
  const reply = data.choices[0]?.message;
  if (!reply) throw new Error("a reply without a choice");
  return { reply, usage: readUsage(data.usage), headers: response.headers };
}

async function stream(
  openai: OpenAI,
  params: ChatCompletionCreateParamsNonStreaming,
  headers: Record<string, string>,
): Promise<Replied> {
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

function toSaid({ content, tool_calls: calls = [] }: Reply): Said {
  const toolCalls = calls.map((call) =>
    call.type === "function"
      ? { id: call.id, name: call.function.name, arguments: call.function.arguments }
      : { id: call.id, name: call.custom.name, arguments: call.custom.input },
  );
  return { content, toolCalls };
}

function toLine({ role, content, tool_calls: calls = [], tool_call_id: answered }: ChatMessage): PromptLine {
  const callIds = role === "tool" ? [answered ?? ""] : calls.map(({ id }) => id);
  const calledWith = calls.map((call) => call.function?.arguments ?? "");
  return lineOf(role, textOf(content), callIds, calledWith);
}
