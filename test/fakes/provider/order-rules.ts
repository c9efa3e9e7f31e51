/**
 * What may follow what in a list of well-formed messages.
 *
 * Two rules: the tool exchange, which every provider holds (each call answered once, at once, by nothing else),
 * and the alternation that chat templates of self-hosted models add (one system message, then user and assistant
 * in turn). A proxy that cuts or summarises a history breaks these first.
 * The messages must already have passed message-rules.ts; this file must not look inside their content.
 */
import type { ChatMessage } from "./chat-request.ts";
import { refuse, type Refusal } from "./refusal.ts";

/** The calls of the latest assistant message, each with the index of the message that answered it. */
type Exchange = Map<string, number | undefined>;

export function checkToolPairs(messages: ChatMessage[]): Refusal | null {
  let exchange: Exchange | null = null;
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      const refusal = takeResult(exchange, message.tool_call_id ?? "", index);
      if (refusal) return refusal;
      continue;
    }
    const refusal = unanswered(exchange);
    if (refusal) return refusal;
    const calls = message.role === "assistant" ? message.tool_calls : undefined;
    exchange = calls ? new Map(calls.map((call) => [call.id, undefined])) : null;
  }
  return unanswered(exchange);
}

function takeResult(exchange: Exchange | null, id: string, index: number): Refusal | null {
  if (exchange === null) {
    const rule = "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
    return refuse(`Invalid parameter: ${rule}`, `messages.[${index}].role`);
  }
  const path = `messages.[${index}].tool_call_id`;
  if (!exchange.has(id)) {
    return refuse(`Invalid parameter: 'tool_call_id' of '${id}' not found in 'tool_calls' of previous message.`, path);
  }
  const earlier = exchange.get(id);
  if (earlier !== undefined) {
    const places = `messages[${earlier}] and messages[${index}]`;
    return refuse(`Invalid parameter: Duplicate value for 'tool_call_id' of '${id}', in ${places}.`, path);
  }
  exchange.set(id, index);
  return null;
}

function unanswered(exchange: Exchange | null): Refusal | null {
  const waiting = [...(exchange ?? [])].filter(([, answer]) => answer === undefined).map(([id]) => id);
  if (waiting.length === 0) return null;
  return refuse(
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      `The following tool_call_ids did not have response messages: ${waiting.join(", ")}`,
    "messages",
  );
}

/** As chat templates do, tool calls and their results do not count as anyone's turn. */
export function checkAlternation(messages: ChatMessage[]): Refusal | null {
  let expected = "user";
  for (const [index, message] of messages.entries()) {
    if (message.role === "system" || message.role === "developer") {
      if (index > 0) return refuse("System message must be at the beginning.");
      continue;
    }
    if (message.role !== "user" && (message.role !== "assistant" || message.tool_calls)) continue;
    if (message.role !== expected) return refuse("Conversation roles must alternate user/assistant/user/assistant/...");
    expected = expected === "user" ? "assistant" : "user";
  }
  return null;
}
