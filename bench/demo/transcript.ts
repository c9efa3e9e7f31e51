/**
 * A recorded conversation: what the user said, what the model answered and called, and when.
 *
 * One shape for every source, so that only the readers know formats. It holds what a client and a provider would say to
 * each other and nothing about who stands between them.
 */
import type { ChatCompletionTool } from "openai/resources/chat/completions";

export interface ToolCall {
  id: string;
  name: string;
  arguments: string;
}

export interface ToolResult {
  toolCallId: string;
  content: string;
}

/** One reply of the model, and the results that its tool calls were given. */
export interface Step {
  content: string | null;
  toolCalls: ToolCall[];
  results: ToolResult[];
}

export interface Turn {
  /** Seconds between the previous reply and this message. */
  pauseSeconds: number;
  user: string;
  steps: Step[];
}

/** A fact that the conversation comes back to: stated in one turn, needed in another. */
export interface Probe {
  turn: number;
  fact: string;
  statedInTurn: number;
}

export interface Transcript {
  title: string;
  /** Null: the recording does not say. */
  model: string | null;
  system: string | null;
  /** What the assistant said before the user's first message. */
  opening: string | null;
  tools: ChatCompletionTool[];
  turns: Turn[];
  probes: Probe[];
  pauses: "recorded" | "assumed";
}

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
