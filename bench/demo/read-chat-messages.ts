/**
 * OpenAI chat messages as turns: a user's message, and every reply up to the next one with its tool results.
 *
 * Messages of one speaker in a row become one, because a chat has no turn without a reply. A tool call whose result is
 * missing, or a system message in mid-conversation, cannot be played as it was and is refused with its place.
 */
import { isObject, type JsonObject, type Step, type ToolCall } from "./transcript.ts";

export interface ChatTurns {
  system: string | null;
  opening: string | null;
  turns: ChatTurn[];
}

interface ChatTurn {
  user: string;
  steps: Step[];
  /** From the previous message to the user's, where messages carry a time (`at`, ms). */
  afterMs: number | null;
}

export function readChatMessages(messages: unknown[]): ChatTurns {
  const chat: ChatTurns = { system: null, opening: null, turns: [] };
  let lastAt: number | null = null;
  for (const [index, message] of messages.entries()) {
    const place = `messages[${index}]`;
    if (!isObject(message)) throw new Error(`${place} is not an object`);
    const at = typeof message["at"] === "number" ? message["at"] : null;
    const afterMs: number | null = at !== null && lastAt !== null ? Math.max(0, at - lastAt) : null;
    lastAt = at ?? lastAt;
    addMessage(chat, message, afterMs, place);
  }
  if (chat.turns.at(-1)?.steps.length === 0) chat.turns.pop();
  if (chat.turns.length === 0) throw new Error("there is no user message with a reply");
  for (const [index, { steps }] of chat.turns.entries())
    for (const step of steps) {
      const isLast = index === chat.turns.length - 1 && step === steps.at(-1);
      if (!isLast && step.results.length !== step.toolCalls.length)
        throw new Error(`turn ${index}: ${step.toolCalls.length} tool calls have ${step.results.length} results`);
    }
  return chat;
}

function addMessage(chat: ChatTurns, message: JsonObject, afterMs: number | null, place: string): void {
  const text = readText(message["content"], place);
  const turn = chat.turns.at(-1);
  switch (message["role"]) {
    case "system":
    case "developer":
      if (turn) throw new Error(`${place}: a system message in mid-conversation cannot be played`);
      chat.system = join(chat.system, text);
      return;
    case "user":
      if (turn?.steps.length === 0) turn.user = join(turn.user, text);
      else chat.turns.push({ user: text, steps: [], afterMs });
      return;
    case "assistant": {
      const toolCalls = readToolCalls(message["tool_calls"], place);
      const last = turn?.steps.at(-1);
      if (!turn) {
        if (toolCalls.length > 0) throw new Error(`${place}: a tool call before the first user message`);
        chat.opening = join(chat.opening, text);
      } else if (last?.toolCalls.length === 0) {
        last.content = join(last.content, text);
        last.toolCalls = toolCalls;
      } else turn.steps.push({ content: text === "" ? null : text, toolCalls, results: [] });
      return;
    }
    case "tool": {
      const id = message["tool_call_id"];
      const asked = turn?.steps.at(-1);
      if (typeof id !== "string" || !asked?.toolCalls.some((call) => call.id === id))
        throw new Error(`${place}: a tool result without its call`);
      asked.results.push({ toolCallId: id, content: text });
      return;
    }
    default:
      throw new Error(`${place}: the role ${JSON.stringify(message["role"])} cannot be played`);
  }
}

function readText(content: unknown, place: string): string {
  if (content === undefined || content === null) return "";
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw new Error(`${place}.content is neither text nor a list of parts`);
  return content
    .map((part) => {
      if (isObject(part) && typeof part["text"] === "string") return part["text"];
      throw new Error(`${place}.content holds a part that is not text`);
    })
    .join("\n");
}

function readToolCalls(calls: unknown, place: string): ToolCall[] {
  if (!Array.isArray(calls)) return [];
  return calls.map((call: unknown) => {
    const body = isObject(call) ? call["function"] : null;
    if (!isObject(call) || typeof call["id"] !== "string" || !isObject(body))
      throw new Error(`${place}.tool_calls holds a call that cannot be played`);
    return { id: call["id"], name: String(body["name"]), arguments: String(body["arguments"]) };
  });
}

function join(before: string | null, text: string): string {
  return before === null || before === "" ? text : `${before}\n\n${text}`;
}
