/**
 * The demo's client of Anthropic Messages: the Anthropic SDK, the whole history with every request, and one cache marker
 * that moves along with it.
 *
 * The marker stands at the top of the body, which puts it on the last block, as agents do that cache their own history.
 * Content goes back exactly as it came. It must not ask for thinking: a recording holds none.
 */
import Anthropic from "@anthropic-ai/sdk";
import {
  functionsOf,
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

const MODEL = "claude-sonnet-5";
const MAX_TOKENS = 8192;
/** Messages begin with the user: apps whose assistant speaks first put a word before it. */
const FIRST_WORD = "(The assistant begins.)";

export const messages: ApiClient = {
  api: "messages",
  label: "Anthropic Messages",
  keyVariable: "ANTHROPIC_API_KEY",
  modelFor: (recorded) => (recorded?.includes("claude") ? recorded : MODEL),
  withoutMemory: null,
  open,
  readPrompt(body) {
    const { tools, system, messages: received } = body as ReceivedBody;
    const read = received.map(({ role, content }) => ({ role, content: blocksOf(content) }));
    const write = (list: typeof read): string[] => [
      withoutMarkers([tools ?? null, blocksOf(system ?? [])]),
      ...list.map(withoutMarkers),
    ];
    return {
      pieces: write(read),
      settled: write(dropRecalled(read)),
      lines: [
        ...(system === undefined ? [] : [lineOf("system", textOf(system))]),
        ...read.flatMap(({ role, content }) => toLines(role, content)),
      ],
    };
  },
};

function open({ origin, apiKey, model, system, opening, tools }: Setting): Talk {
  const anthropic = new Anthropic({ baseURL: origin, apiKey, authToken: null, maxRetries: 0 });
  const history: Anthropic.MessageParam[] = [];
  if (opening !== null) history.push({ role: "user", content: FIRST_WORD }, { role: "assistant", content: opening });
  const head = {
    model,
    max_tokens: MAX_TOKENS,
    cache_control: { type: "ephemeral" as const },
    ...(system !== null && { system }),
    ...(tools.length > 0 && { tools: functionsOf(tools).map(toTool) }),
  };
  return {
    addUser: (text) => void history.push({ role: "user", content: text }),
    addResults(results) {
      const content = results.map(toResult);
      if (content.length > 0) history.push({ role: "user", content });
    },
    async ask(headers, isStreamed) {
      const body: Anthropic.MessageCreateParamsNonStreaming = { ...head, messages: history };
      const { message, answer } = await (isStreamed ? stream : complete)(anthropic, body, headers);
      // A message without content would be refused when it is sent back.
      if (message.content.length > 0) history.push({ role: "assistant", content: message.content });
      return answer;
    },
  };
}

interface Replied {
  message: Anthropic.Message;
  answer: Answer;
}

async function complete(
  anthropic: Anthropic,
  body: Anthropic.MessageCreateParamsNonStreaming,
  headers: Record<string, string>,
): Promise<Replied> {
  const { data, response } = await anthropic.messages.create(body, { headers }).withResponse();
  return {
    message: data,
    answer: { said: toSaid(data), usage: readUsage(data.usage), headers: response.headers },
  };
}

async function stream(
  anthropic: Anthropic,
  body: Anthropic.MessageCreateParamsNonStreaming,
  headers: Record<string, string>,
): Promise<Replied> {
  const { data, response } = await anthropic.messages.stream(body, { headers }).withResponse();
  const message = await data.finalMessage();
  return { message, answer: { said: toSaid(message), usage: readUsage(message.usage), headers: response.headers } };
}

function toTool({ name, description, parameters }: ReturnType<typeof functionsOf>[number]): Anthropic.Tool {
  return {
    name,
    ...(description !== undefined && { description }),
    input_schema: { ...parameters, type: "object" },
  };
}

function toResult({ toolCallId, content }: Parameters<Talk["addResults"]>[0][number]): Anthropic.ToolResultBlockParam {
  return { type: "tool_result", tool_use_id: toolCallId, content };
}

function toSaid({ content }: Anthropic.Message): Said {
  const texts = content.flatMap((block) => (block.type === "text" ? [block.text] : []));
  const toolCalls = content.flatMap((block) =>
    block.type === "tool_use" ? [{ id: block.id, name: block.name, arguments: block.input }] : [],
  );
  return { content: texts.length > 0 ? texts.join("") : null, toolCalls };
}

function readUsage(usage: Anthropic.Usage): Usage {
  const cachedTokens = usage.cache_read_input_tokens ?? 0;
  const cacheWriteTokens = usage.cache_creation_input_tokens ?? 0;
  return {
    promptTokens: usage.input_tokens + cachedTokens + cacheWriteTokens,
    cachedTokens,
    cacheWriteTokens,
    completionTokens: usage.output_tokens,
  };
}

interface ReceivedBody {
  tools?: unknown[];
  system?: string | ReceivedBlock[];
  messages: { role: string; content: string | ReceivedBlock[] }[];
}

interface ReceivedBlock {
  type: string;
  text?: string;
  id?: string;
  input?: unknown;
  tool_use_id?: string;
  content?: unknown;
}

/** Text alone is one block: the API knows no difference, and a marker can only stand on a block. */
function blocksOf(content: string | ReceivedBlock[]): ReceivedBlock[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** A marker moves with every request and is not part of what the model reads. */
function withoutMarkers(value: unknown): string {
  return JSON.stringify(value, (name, member: unknown) => (name === "cache_control" ? undefined : member));
}

function toLines(role: string, blocks: ReceivedBlock[]): PromptLine[] {
  const results = blocks.filter(({ type }) => type === "tool_result");
  const calls = blocks.filter(({ type }) => type === "tool_use");
  const texts = blocks.filter(({ type }) => type === "text");
  const lines = results.map((block) => lineOf("tool", textOf(block.content), [block.tool_use_id ?? ""]));
  if (texts.length === 0 && calls.length === 0) return lines;
  const ids = calls.map(({ id = "" }) => id);
  const inputs = calls.map(({ input }) => JSON.stringify(input));
  return [...lines, lineOf(role, textOf(texts), ids, inputs)];
}
