/**
 * What the tools of a thread answered, as far as a brief may put it into tables.
 *
 * Reads stored messages into steps: each JSON answer with the call that it answers, and what was said around them. The
 * newest answers come first where there is more than an alarm should read. It must not choose what a brief keeps.
 */
import { isTabular } from "../../distil/tools/result-tables.ts";
import type { RunStep } from "../../distil/tools/result-tables.ts";
import { SHORTENED_CHARS_MAX } from "../../model/limits.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { ToolCall } from "../../ports/result-shortener.ts";
import type { TreeNode } from "../message-store.ts";

export interface Answers {
  steps: RunStep[];
  /** Row ids of the messages that hold nothing but such answers. */
  tabular: Set<number>;
}

export function readAnswers(bodies: readonly { node: TreeNode; json: string }[], reader: MessageReader): Answers {
  const steps: RunStep[] = [];
  const tabular = new Set<number>();
  const calls = new Map<string, ToolCall & { node: number }>();
  let chars = bodies.reduce((sum, { node, json }) => sum + (node.role === "assistant" ? 0 : json.length), 0);
  for (const { node, json } of bodies) {
    if (node.role === "assistant") {
      const opened = reader.readCalls(node.wire, json);
      for (const call of opened) calls.set(call.id, { ...call, node: node.id });
      if (opened.length > 0) continue;
    } else chars -= json.length;
    let [told, others] = [0, 0];
    if (node.role !== "assistant" && chars < SHORTENED_CHARS_MAX)
      reader.replaceResults(node.wire, json, ({ callId, text }) => {
        if (isTabular(text)) {
          steps.push({ kind: "answer", node: node.id, call: findCall(calls, callId), text });
          told++;
        } else others++;
        return null;
      });
    if (told > 0 && others === 0 && node.role === "tool") tabular.add(node.id);
    for (const { role, text } of reader.readText(node.wire, json))
      if (role === "user" || role === "assistant") steps.push({ kind: "said", role, text });
  }
  return { steps, tabular };
}

function findCall<T>(calls: ReadonlyMap<string, T>, id: string | null): T | null {
  return id === null ? null : (calls.get(id) ?? null);
}
