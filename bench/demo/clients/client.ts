/**
 * What the demo needs of an API: a client that holds a conversation through its SDK, and a reader of its requests.
 *
 * Each API is one file beside this one; the play, the script, the checks and the bill know no other words than these.
 * A client keeps its history as apps do and never rewrites what it has sent. It must not repair anything, and must not
 * know what stands behind its base URL.
 */
import type { ChatCompletionFunctionTool, ChatCompletionTool } from "openai/resources/chat/completions";
import type { Api } from "../../../test/fakes/provider/scripted-reply.ts";
import type { ToolResult } from "../transcript.ts";

export interface ApiClient {
  /** As the provider's records name it. */
  api: Api;
  /** In words, for the first line of the output; empty for the API that needs no mention. */
  label: string;
  /** Where a key is looked for when none is given. */
  keyVariable: string;
  /** The model to ask for, given the one that the recording names. */
  modelFor(recorded: string | null): string;
  /** What this client becomes where nobody keeps its conversation; null: it keeps everything itself. */
  withoutMemory: ApiClient | null;
  open(setting: Setting): Talk;
  /** A request body as the provider received it. */
  readPrompt(body: unknown): ReceivedPrompt;
}

/** Where a conversation is held, and what stands at its beginning. */
export interface Setting {
  /** Without a path. */
  origin: string;
  apiKey: string;
  model: string;
  system: string | null;
  /** What the assistant said first. */
  opening: string | null;
  tools: ChatCompletionTool[];
}

/** A conversation under way. */
export interface Talk {
  addUser(text: string): void;
  addResults(results: ToolResult[]): void;
  /** Asks for the next reply, and keeps it. */
  ask(headers: Record<string, string>, isStreamed: boolean): Promise<Answer>;
}

export interface Answer {
  said: Said;
  usage: Usage;
  headers: Headers;
}

export interface Said {
  content: string | null;
  /** Arguments are text where the API hands over text, and else the value. */
  toolCalls: { id: string; name: string; arguments: unknown }[];
}

export interface Usage {
  /** The whole prompt, cached or not. */
  promptTokens: number;
  cachedTokens: number;
  /** Absent where the API does not tell. */
  cacheWriteTokens?: number;
  completionTokens: number;
}

export interface ReceivedPrompt {
  /** Letter by letter, for comparing: what stands before the messages, then each message; without cache markers. */
  pieces: string[];
  /** The same without the newest recalled block, which goes again unless tools were used behind it. */
  settled: string[];
  lines: PromptLine[];
}

/** A message in the words of no API; each tool result is one of its own. */
export interface PromptLine {
  role: string;
  text: string;
  /** Of the calls in it, or of the call that it answers. */
  callIds: string[];
  /** What its calls hand over. */
  calledWith: string[];
}

export function lineOf(role: string, text: string, callIds: string[] = [], calledWith: string[] = []): PromptLine {
  return { role, text, callIds, calledWith };
}

/** Tools as the other APIs can take them: with a name and a schema. */
export function functionsOf(tools: ChatCompletionTool[]): ChatCompletionFunctionTool["function"][] {
  return tools.map((tool) => {
    if (tool.type === "function") return tool.function;
    throw new Error(`a tool of type ${JSON.stringify(tool.type)} can only be played with --api chat`);
  });
}

/** The text of a content that is a string or a list of parts. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: string }) => part.text ?? "").join("\n");
}
