/**
 * What a test lets the provider say: one vocabulary for all three APIs, rendered by each in its own shape.
 *
 * A script names what the model thinks, says and calls, and what goes wrong on the way; ids, usage and frames are
 * the simulator's business. What only one API knows goes into `raw`, item by item, exactly as it shall be sent.
 * These types must not depend on any API's own ones.
 */
import type { ChatRequest } from "./chat-request.ts";

export type Api = "chat-completions" | "responses" | "messages";

export interface ScriptedThought {
  text: string;
  /** What the client may read of it, where an API summarises; without it, the text itself. */
  summary?: string;
  /** Messages: send it as `redacted_thinking`. */
  redacted?: boolean;
}

interface ScriptedCall {
  id?: string;
  name: string;
  arguments: string;
  /** "custom": `arguments` is the free text of a custom tool. */
  type?: "function" | "custom";
}

export interface ScriptedChoice {
  /** A thought that comes before the answer. */
  reasoning?: string | ScriptedThought;
  content?: string | null;
  toolCalls?: ScriptedCall[];
  /** `stop`, `length`, `tool_calls` or `content_filter`; any other word is for the API that knows it. */
  finishReason?: string;
  refusal?: string;
}

export interface ScriptedReply extends ScriptedChoice {
  /** Chat Completions: several choices; without it, every choice of `n` is the same. */
  choices?: ScriptedChoice[];
  /** Chat Completions: spoken output, whose id may be sent back until it expires. */
  audio?: { id?: string; transcript: string; lifetimeSeconds?: number };
  /** Responses: the phase of the message; by default commentary before a call, else the final answer. */
  phase?: "commentary" | "final_answer";
  /** Output items (Responses) or content blocks (Messages), verbatim, after everything above. */
  raw?: unknown[];
  /** Destroy the socket after so many events (when not streaming: half way through the body). */
  breakAfterChunks?: number;
  /** End the stream without its last event: `[DONE]`, the terminal `response.*`, `message_stop`. */
  missingDone?: boolean;
  /** With a status of 400 or more: answer with an HTTP error, and bill nothing. */
  status?: number;
  /** Without such a status it comes inside the reply: `response.failed`, or the `error` event of Messages. */
  error?: { message: string; type?: string; param?: string | null; code?: string | null };
  /** Time before the first byte. */
  delayMs?: number;
  extraHeaders?: Record<string, string>;
}

/** The parsed body. Which fields it has depends on the API: there are no `messages` in a Responses request. */
export interface RequestBody extends ChatRequest {
  input?: string | Record<string, unknown>[];
}

export interface Seen {
  /** Counts the requests that were handed to the script. */
  requestIndex: number;
  api: Api;
}

export type ReplyScript = (request: RequestBody, seen: Seen) => ScriptedReply | Promise<ScriptedReply>;

export function thoughtOf({ reasoning }: ScriptedChoice): ScriptedThought | null {
  if (reasoning === undefined) return null;
  return typeof reasoning === "string" ? { text: reasoning } : reasoning;
}
