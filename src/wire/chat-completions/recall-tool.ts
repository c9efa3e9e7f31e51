/**
 * The recall tool on Chat Completions: its definition, its calls in a reply, the body that answers them, and several
 * plain replies as one.
 *
 * One reply has one content string, so what is said before and after a search is joined with a blank line between. It
 * must not touch a tool call that is the client's.
 */
import { RECALL_TOOL_NAME } from "../../model/recall-call.ts";
import type { RecallRefusal } from "../../model/recall-call.ts";
import { addUsage } from "../add-usage.ts";
import { asText, findSlice, isRecord, parseSlice } from "../read-members.ts";
import { appendMessages, judgeRequest, readArguments, readBodies, RECALL_FUNCTION } from "../recall-tool.ts";
import type { AnsweredCall, MergedBody, RecallTool, ReplyCalls } from "../recall-tool.ts";
import type { DecodedRequest, ReadReply } from "../wire.ts";
import { BREAK, createMerger, OWN_ENDS } from "./merge-streams.ts";
import type { ChatMessage, ToolCall } from "./schema.ts";

export const recallTool: RecallTool = {
  definition: JSON.stringify({ type: "function", function: RECALL_FUNCTION }),
  judge,
  readCalls,
  continueWith,
  mergeBodies,
  mergeStreams: createMerger,
};

function judge(request: DecodedRequest): RecallRefusal | null {
  const { text, members } = request;
  const read = (key: string): unknown => parseSlice(text, findSlice(members, key)) ?? null;
  const choice = read("tool_choice");
  if (choice !== null && choice !== "auto") return "tool_choice";
  // The older spelling of tools: a server takes one of the two.
  if (read("functions") !== null || read("function_call") !== null) return "tool_choice";
  if (read("audio") !== null || read("logprobs") === true) return "not_joinable";
  return judgeRequest(request);
}

function readCalls({ messages, finishReason }: ReadReply): ReplyCalls {
  const calls = messages.flatMap((json) => (JSON.parse(json) as ChatMessage).tool_calls ?? []);
  const ours = calls.filter(isOurs).flatMap((call) => {
    const id = asText(call.id);
    return id === null ? [] : [{ id, call: readArguments(call.function?.arguments ?? "") }];
  });
  return { ours, isAwaited: ours.length > 0 && ours.length === calls.length && OWN_ENDS.has(finishReason ?? "") };
}

function isOurs(call: ToolCall): boolean {
  return call.function?.name === RECALL_TOOL_NAME;
}

function continueWith(
  body: string,
  { messages }: ReadReply,
  answers: readonly AnsweredCall[],
  isLast: boolean,
): string | null {
  const results = answers.map(({ id, text }) => JSON.stringify({ role: "tool", tool_call_id: id, content: text }));
  return appendMessages(body, "messages", [...messages, ...results], isLast ? '"none"' : null);
}

function mergeBodies(bodies: readonly string[]): MergedBody {
  const replies = readBodies(bodies);
  if (replies === null) return { text: bodies.at(-1) ?? "", hasContent: true };
  const choices = replies.map(choiceOf);
  const [first, last, choice] = [replies[0], replies.at(-1), choices.at(-1)];
  if (!first || !last || !choice) return { text: bodies.at(-1) ?? "", hasContent: true };
  const messages = choices.map((one) => (isRecord(one["message"]) ? one["message"] : {}));
  const calls = messages.at(-1)?.["tool_calls"];
  const theirs = Array.isArray(calls) ? (calls as ToolCall[]).filter((call) => !isOurs(call)) : [];
  const hidesCalls = Array.isArray(calls) && theirs.length < calls.length;
  const message = joinMessages(messages);
  delete message["tool_calls"];
  const hasContent = theirs.length > 0 || asText(message["content"]) !== null || asText(message["refusal"]) !== null;
  if (bodies.length === 1 && !hidesCalls) return { text: bodies[0] ?? "", hasContent };
  if (theirs.length > 0) message["tool_calls"] = theirs;
  const ended = hidesCalls && theirs.length === 0 && OWN_ENDS.has(String(choice["finish_reason"]));
  const finish = ended ? { finish_reason: "stop" } : {};
  const usage = replies.reduce<Record<string, unknown> | null>(
    (sum, reply) => addUsage(sum, isRecord(reply["usage"]) ? reply["usage"] : null),
    null,
  );
  const { id, created } = first;
  const merged = { ...last, id, created, choices: [{ ...choice, message, ...finish }], ...(usage && { usage }) };
  return { text: JSON.stringify(merged), hasContent };
}

function choiceOf({ choices }: Record<string, unknown>): Record<string, unknown> {
  const [choice] = Array.isArray(choices) ? (choices as unknown[]) : [];
  return isRecord(choice) ? choice : {};
}

/** The newest message with every text that grows in it: content, and what some servers show of their reasoning. */
function joinMessages(messages: readonly Record<string, unknown>[]): Record<string, unknown> {
  const joined: Record<string, unknown> = { ...messages.at(-1) };
  const fields = new Set(messages.flatMap((message) => Object.keys(message)));
  for (const field of fields) {
    const texts = messages.map((message) => asText(message[field])).filter((text) => text !== null);
    if (field !== "role" && texts.length > 0) joined[field] = texts.join(BREAK);
  }
  return joined;
}
