/**
 * The demo's two clients of OpenAI Responses, both the openai SDK: one sends every item again, the other only what is
 * new, behind the id of the last response.
 *
 * Output items go back exactly as they came; the system prompt stands in `instructions`, which no response carries on.
 * The second must not fall back to the first: an id that is not known ends the run.
 */
import OpenAI from "openai";
import type {
  FunctionTool,
  Response as ModelResponse,
  ResponseCreateParamsNonStreaming,
  ResponseInputItem,
  ResponseUsage,
} from "openai/resources/responses/responses";
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

const MODEL = "gpt-5.4";

const shared = {
  api: "responses",
  keyVariable: "OPENAI_API_KEY",
  modelFor: (recorded) => recorded ?? MODEL,
  readPrompt(body) {
    const { tools, instructions, input } = body as ReceivedBody;
    const items: ReceivedItem[] = typeof input === "string" ? [{ role: "user", content: input }] : input;
    const parts = items.map(inParts);
    const write = (list: typeof parts): string[] => [
      JSON.stringify([tools ?? null, instructions ?? null]),
      ...list.map((item) => JSON.stringify(item)),
    ];
    return {
      pieces: write(parts),
      settled: write(dropRecalled(parts)),
      lines: [...(instructions ? [lineOf("system", instructions)] : []), ...toLines(items)],
    };
  },
} satisfies Partial<ApiClient>;

/** A string of a user and its one text part are the same to the API. */
function inParts(item: ReceivedItem): ReceivedItem {
  const { role, content } = item as { role?: string; content?: unknown };
  if (role !== "user" || typeof content !== "string") return item;
  return { ...item, content: [{ type: "input_text", text: content }] };
}

/** Full replay. */
export const responses: ApiClient = {
  ...shared,
  label: "OpenAI Responses, full replay",
  withoutMemory: null,
  open(setting) {
    const respond = opener(setting);
    const items = opening(setting);
    return {
      ...adding(items),
      async ask(headers, isStreamed) {
        const { response, answer } = await respond({ input: items }, headers, isStreamed);
        items.push(...response.output.map(toInput));
        return answer;
      },
    };
  },
};

/** Deltas. */
export const responsesDelta: ApiClient = {
  ...shared,
  label: "OpenAI Responses, previous_response_id",
  withoutMemory: responses,
  open(setting) {
    const respond = opener(setting);
    const unsent = opening(setting);
    let previous: string | null = null;
    return {
      ...adding(unsent),
      async ask(headers, isStreamed) {
        const fields = previous === null ? {} : { previous_response_id: previous };
        const { response, answer } = await respond({ input: unsent, ...fields }, headers, isStreamed);
        previous = response.id;
        unsent.length = 0;
        return answer;
      },
    };
  },
};

function opening({ opening: text }: Setting): ResponseInputItem[] {
  return text === null ? [] : [{ role: "assistant", content: text }];
}

function adding(items: ResponseInputItem[]): Omit<Talk, "ask"> {
  return {
    addUser: (text) => void items.push({ role: "user", content: text }),
    addResults(results) {
      for (const { toolCallId, content } of results)
        items.push({ type: "function_call_output", call_id: toolCallId, output: content });
    },
  };
}

type Body = ResponseCreateParamsNonStreaming;

interface Responded {
  response: ModelResponse;
  answer: Answer;
}

function opener({ origin, apiKey, model, system, tools }: Setting) {
  const openai = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
  const head: Body = { model };
  if (system !== null) head.instructions = system;
  if (tools.length > 0) head.tools = functionsOf(tools).map(toTool);
  return async (fields: Partial<Body>, headers: Record<string, string>, isStreamed: boolean): Promise<Responded> => {
    const body = { ...head, ...fields };
    if (isStreamed) return stream(openai, body, headers);
    const { data, response } = await openai.responses.create(body, { headers }).withResponse();
    return {
      response: data,
      answer: { said: toSaid(data), usage: readUsage(data.usage), headers: response.headers },
    };
  };
}

/** What was said is what came in pieces, because that is what a user reads; what is kept is the response at the end. */
async function stream(openai: OpenAI, body: Body, headers: Record<string, string>): Promise<Responded> {
  const streamed = { ...body, stream: true as const };
  const { data, response: http } = await openai.responses.create(streamed, { headers }).withResponse();
  let content = "";
  let response: ModelResponse | null = null;
  for await (const event of data) {
    if (event.type === "response.output_text.delta") content += event.delta;
    if (event.type === "response.completed" || event.type === "response.incomplete") response = event.response;
    if (event.type === "response.failed") throw new Error(event.response.error?.message ?? "the response failed");
  }
  if (response === null) throw new Error("a stream without its last event");
  const said = { ...toSaid(response), content };
  return { response, answer: { said, usage: readUsage(response.usage), headers: http.headers } };
}

function toTool({ name, description, parameters, strict }: ReturnType<typeof functionsOf>[number]): FunctionTool {
  return {
    type: "function",
    name,
    ...(description !== undefined && { description }),
    parameters: parameters ?? null,
    strict: strict ?? false,
  };
}

/** The SDK's types know more kinds of output than of input; a client sends back whatever it was given. */
function toInput(item: ModelResponse["output"][number]): ResponseInputItem {
  return item as ResponseInputItem;
}

function toSaid({ output }: ModelResponse): Said {
  const texts = output.flatMap((item) => (item.type === "message" ? [textOf(item.content)] : []));
  const toolCalls = output.flatMap((item) =>
    item.type === "function_call" ? [{ id: item.call_id, name: item.name, arguments: item.arguments }] : [],
  );
  return { content: texts.length > 0 ? texts.join("") : null, toolCalls };
}

function readUsage(usage: ResponseUsage | null | undefined): Usage {
  // Servers of other makers leave the details out, whatever the types say.
  const details: Partial<ResponseUsage["input_tokens_details"]> | undefined = usage?.input_tokens_details;
  const written = details?.cache_write_tokens;
  return {
    promptTokens: usage?.input_tokens ?? 0,
    cachedTokens: details?.cached_tokens ?? 0,
    ...(written !== undefined && { cacheWriteTokens: written }),
    completionTokens: usage?.output_tokens ?? 0,
  };
}

interface ReceivedBody {
  tools?: unknown[];
  instructions?: string;
  input: string | ReceivedItem[];
}

interface ReceivedItem {
  type?: string;
  role?: string;
  content?: unknown;
  call_id?: string;
  arguments?: string;
  output?: unknown;
}

/** A reply's text and calls are items of their own here, and one message everywhere else. */
function toLines(items: ReceivedItem[]): PromptLine[] {
  const lines: PromptLine[] = [];
  for (const { type = "message", role = "user", content, call_id: callId = "", output, ...item } of items) {
    if (type === "function_call_output") lines.push(lineOf("tool", textOf(output), [callId]));
    else if (type === "function_call") {
      const last = lines.at(-1);
      const line = last?.role === "assistant" ? last : lineOf("assistant", "");
      if (line !== last) lines.push(line);
      line.callIds.push(callId);
      line.calledWith.push(item.arguments ?? "");
    } else if (type === "message") lines.push(lineOf(role, textOf(content)));
  }
  return lines;
}
