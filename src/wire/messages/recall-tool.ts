/**
 * The recall tool on Messages: its definition, its calls in a reply, the body that answers them, and several plain
 * replies as one.
 *
 * What the model says before and after a search are blocks of one message. Where thinking may stand around a call the
 * tool has no place: a client could not send it back without the call, and a provider would refuse it.
 */
import type { RecallRefusal } from "../../model/recall-call.ts";
import { addUsage } from "../add-usage.ts";
import type { RawUsage } from "../add-usage.ts";
import { asText, findSlice, isRecord, parseSlice } from "../read-members.ts";
import { appendMessages, judgeRequest, readArguments, readBodies, RECALL_FUNCTION } from "../recall-tool.ts";
import type { AnsweredCall, MergedBody, RecallTool, ReplyCalls } from "../recall-tool.ts";
import type { DecodedRequest, ReadReply } from "../wire.ts";
import { createMerger, isOurs } from "./merge-streams.ts";
import { isBlock, isEmptyText } from "./schema.ts";
import type { ContentBlock } from "./schema.ts";

const { name, description, parameters } = RECALL_FUNCTION;

export const recallTool: RecallTool = {
  definition: JSON.stringify({ name, description, input_schema: parameters }),
  judge,
  readCalls,
  continueWith,
  mergeBodies,
  mergeStreams: createMerger,
};

/** Thinking in the history, signed over its prefix; quotes inside a text are escaped and cannot look like it. */
const SIGNED = /"(?:signature|redacted_thinking)"/;

function judge(request: DecodedRequest): RecallRefusal | null {
  const { text, members, binding, bindsReply, held } = request;
  const read = (key: string): unknown => parseSlice(text, findSlice(members, key)) ?? null;
  const choice = read("tool_choice");
  if (choice !== null && !(isRecord(choice) && choice["type"] === "auto")) return "tool_choice";
  const thinking = read("thinking");
  if (isRecord(thinking) && thinking["type"] !== "disabled") return "bound_reasoning";
  // A model that binds its thinking to the tools, too: none may come, and none may be there.
  if (binding !== null && (bindsReply !== false || held !== null || SIGNED.test(text))) return "bound_reasoning";
  return judgeRequest(request);
}

function readCalls({ messages, finishReason }: ReadReply): ReplyCalls {
  const blocks = messages.flatMap((json) => blocksOf(JSON.parse(json)));
  const calls = blocks.filter(({ type }) => type === "tool_use");
  const ours = calls.filter(isOurs).flatMap(({ id, input }) => {
    const named = asText(id);
    return named === null ? [] : [{ id: named, call: readArguments(JSON.stringify(input ?? null)) }];
  });
  return { ours, isAwaited: ours.length > 0 && ours.length === calls.length && finishReason === "tool_use" };
}

function blocksOf(message: unknown): ContentBlock[] {
  const content = isRecord(message) ? message["content"] : null;
  return Array.isArray(content) ? content.filter(isBlock) : [];
}

function continueWith(
  body: string,
  { messages }: ReadReply,
  answers: readonly AnsweredCall[],
  isLast: boolean,
): string | null {
  const content = answers.map(({ id, text }) => ({ type: "tool_result", tool_use_id: id, content: text }));
  const results = JSON.stringify({ role: "user", content });
  return appendMessages(body, "messages", [...messages, results], isLast ? '{"type":"none"}' : null);
}

function mergeBodies(bodies: readonly string[]): MergedBody {
  const replies = readBodies(bodies);
  if (replies === null) return { text: bodies.at(-1) ?? "", hasContent: true };
  const [first, last] = [replies[0], replies.at(-1)];
  if (!first || !last) return { text: "", hasContent: false };
  const all = replies.flatMap(blocksOf);
  const content = all.filter((block) => !isOurs(block));
  const hasContent = content.some((block) => !isEmptyText(block));
  if (bodies.length === 1 && content.length === all.length) return { text: bodies[0] ?? "", hasContent };
  const isLeftWaiting = blocksOf(last).some(isOurs) && !content.some(({ type }) => type === "tool_use");
  const ended = isLeftWaiting && last["stop_reason"] === "tool_use" ? { stop_reason: "end_turn" } : {};
  const usage = replies.reduce<RawUsage | null>(
    (sum, reply) => addUsage(sum, isRecord(reply["usage"]) ? reply["usage"] : null),
    null,
  );
  const merged = { ...last, id: first["id"], content, ...ended, ...(usage && { usage }) };
  return { text: JSON.stringify(merged), hasContent };
}
