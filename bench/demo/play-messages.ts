/**
 * What a full-history client keeps: the head of a conversation, a reply as the SDK hands it over, and tool results.
 *
 * A client appends the message object that it got and never rewrites an older one; so does this.
 */
import type {
  ChatCompletionMessage,
  ChatCompletionMessageParam,
  ChatCompletionToolMessageParam,
} from "openai/resources/chat/completions";
import type { Step, Transcript } from "./transcript.ts";

/** Reply-only fields travel back as they came: that is what clients do. */
export type Reply = Pick<ChatCompletionMessage, "role" | "content" | "tool_calls">;

export function openingMessages({ system, opening }: Transcript): ChatCompletionMessageParam[] {
  return [
    ...(system === null ? [] : [{ role: "system" as const, content: system }]),
    ...(opening === null ? [] : [{ role: "assistant" as const, content: opening }]),
  ];
}

export function resultsOf({ results }: Step): ChatCompletionToolMessageParam[] {
  return results.map(({ toolCallId, content }) => ({ role: "tool", tool_call_id: toolCallId, content }));
}

/** What is wrong with a reply, or null when it is the recorded one to the letter. */
export function differenceFrom(step: Step, reply: Reply): string | null {
  if ((reply.content ?? "") !== (step.content ?? ""))
    return `the reply begins ${excerpt(reply.content)} where ${excerpt(step.content)} is recorded`;
  const calls = (reply.tool_calls ?? []).map((call) =>
    call.type === "function" ? [call.id, call.function.name, call.function.arguments] : [call.id],
  );
  const recorded = step.toolCalls.map((call) => [call.id, call.name, call.arguments]);
  if (JSON.stringify(calls) === JSON.stringify(recorded)) return null;
  return `the reply calls ${JSON.stringify(calls)} where ${JSON.stringify(recorded)} is recorded`;
}

function excerpt(text: string | null): string {
  return text === null ? "nothing" : JSON.stringify(text.slice(0, 60));
}
