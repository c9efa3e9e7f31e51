/**
 * The recall tool on Responses: its definition, its calls in a reply, the body that answers them, and several plain
 * replies as one.
 *
 * What the model says before and after a search are items of one output. The response repeats the tools that it was
 * made with, so the definition is cut out of that list, by position. Where the model may reason the tool has no place:
 * the reasoning before a call that the client never sees would have lost its item.
 */
import type { RecallRefusal } from "../../model/recall-call.ts";
import { addUsage } from "../add-usage.ts";
import type { RawUsage } from "../add-usage.ts";
import { asText, findSlice, isRecord, parseSlice } from "../read-members.ts";
import { appendMessages, judgeRequest, readArguments, readBodies, RECALL_FUNCTION } from "../recall-tool.ts";
import type { AnsweredCall, MergedBody, RecallTool, ReplyCalls } from "../recall-tool.ts";
import type { DecodedRequest, ReadReply } from "../wire.ts";
import { createMerger } from "./merge-streams.ts";
import { cutDefinition, isOurs, waitsForClient, withoutDefinition } from "./recall-items.ts";
import { parseItems } from "./schema.ts";
import type { Item } from "./schema.ts";

export const recallTool: RecallTool = {
  // Not strict: a strict schema may leave no argument out.
  definition: JSON.stringify({ type: "function", ...RECALL_FUNCTION, strict: false }),
  judge,
  readCalls,
  continueWith,
  mergeBodies,
  mergeStreams: createMerger,
};

function judge(request: DecodedRequest): RecallRefusal | null {
  const { text, members, bindsReply } = request;
  const choice = parseSlice(text, findSlice(members, "tool_choice")) ?? null;
  if (choice !== null && choice !== "auto") return "tool_choice";
  if (bindsReply !== false) return "bound_reasoning";
  return judgeRequest(request);
}

function readCalls({ messages, finishReason }: ReadReply): ReplyCalls {
  const items = messages.flatMap((json) => parseItems(json) ?? []);
  const ours = items.filter(isOurs).flatMap((item) => {
    const id = asText(item["call_id"]);
    return id === null ? [] : [{ id, call: readArguments(asText(item["arguments"]) ?? "") }];
  });
  return { ours, isAwaited: ours.length > 0 && !items.some(waitsForClient) && finishReason === "completed" };
}

function continueWith(
  body: string,
  { messages }: ReadReply,
  answers: readonly AnsweredCall[],
  isLast: boolean,
): string | null {
  const results = answers.map(({ id, text }) =>
    JSON.stringify({ type: "function_call_output", call_id: id, output: text }),
  );
  return appendMessages(body, "input", [...messages, ...results], isLast ? '"none"' : null);
}

function mergeBodies(bodies: readonly string[]): MergedBody {
  const replies = readBodies(bodies);
  if (replies === null) return { text: bodies.at(-1) ?? "", hasContent: true };
  const [first, last] = [replies[0], replies.at(-1)];
  if (!first || !last) return { text: "", hasContent: false };
  const all = replies.flatMap(({ output }) => (Array.isArray(output) ? (output as Item[]) : []));
  const output = all.filter((item) => !isOurs(item));
  const hasContent = output.length > 0;
  if (bodies.length === 1 && output.length === all.length) return { text: cutDefinition(bodies[0] ?? ""), hasContent };
  const usage = replies.reduce<RawUsage | null>(
    (sum, reply) => addUsage(sum, isRecord(reply["usage"]) ? reply["usage"] : null),
    null,
  );
  const { id, created_at } = first;
  const merged = { ...withoutDefinition(last), id, created_at, output, ...(usage && { usage }) };
  return { text: JSON.stringify(merged), hasContent };
}
