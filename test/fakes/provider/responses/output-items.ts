/**
 * Turns a script into the output items of a response: a thought, a message, calls, and whatever was given raw.
 *
 * A thought is sealed together with the digest of the prompt it was thought behind; its text is never shown, only
 * its summary, and only to who asked for one. A request that ends in a compaction trigger gets exactly one
 * compaction item instead. It must not decide anything about status or usage.
 */
import type { ToolCall } from "../chat-request.ts";
import type { CountTokens } from "../count-tokens.ts";
import { identifier } from "../render-reply.ts";
import { thoughtOf, type ScriptedReply } from "../scripted-reply.ts";
import { typeOf, type Item, type ResponsesRequest } from "./items.ts";
import { openSeal, seal } from "./seal.ts";

export interface Output {
  items: Item[];
  reasoningTokens: number;
  /** All of them, thoughts included. */
  outputTokens: number;
  /** What was called, in the words in which the record keeps it for every API. */
  toolCalls: ToolCall[];
}

interface Issue {
  serial: number;
  /** The digest of the prompt that was read. */
  prefix: string;
  countTokens: CountTokens;
}

export function outputOf(script: ScriptedReply, request: ResponsesRequest, issue: Issue): Output {
  const items = asksToCompact(request) && script.raw === undefined ? [compaction(script, request, issue)] : [];
  if (items.length === 0) {
    const thought = reasoning(script, request, issue);
    const said = message(script, issue.serial);
    items.push(...(thought ? [thought] : []), ...(said ? [said] : []), ...calls(script, request, issue.serial));
    items.push(...((script.raw ?? []) as Item[]));
  }
  const count = (some: Item[]): number => some.reduce((sum, item) => sum + issue.countTokens(generated(item)), 0);
  return {
    items,
    reasoningTokens: count(items.filter((item) => typeOf(item) === "reasoning")),
    outputTokens: count(items),
    toolCalls: items.flatMap((item) => toolCallOf(item) ?? []),
  };
}

function asksToCompact({ input }: ResponsesRequest): boolean {
  const last = Array.isArray(input) ? input.at(-1) : undefined;
  return last !== undefined && typeOf(last) === "compaction_trigger";
}

function compaction(script: ScriptedReply, { model }: ResponsesRequest, { serial, prefix }: Issue): Item {
  const id = identifier("cmp_", 48, `${serial}`);
  const text = script.content ?? "";
  return { id, type: "compaction", encrypted_content: seal({ kind: "compaction", id, text, model, prefix }) };
}

function reasoning(script: ScriptedReply, request: ResponsesRequest, { serial, prefix }: Issue): Item | null {
  const thought = thoughtOf(script);
  if (!thought) return null;
  const id = identifier("rs_", 48, `${serial}`);
  const { text, summary = text } = thought;
  const wanted = request.reasoning?.summary ?? null;
  const parts = wanted === null ? [] : summary.split("\n\n").map((part) => ({ type: "summary_text", text: part }));
  const sealed = seal({ kind: "reasoning", id, text, model: request.model, prefix });
  return { id, type: "reasoning", summary: parts, encrypted_content: sealed };
}

function message(script: ScriptedReply, serial: number): Item | null {
  const { content = null, refusal, toolCalls = [] } = script;
  if (content === null && refusal === undefined) return null;
  const said = content === null ? [] : [{ type: "output_text", annotations: [], logprobs: [], text: content }];
  return {
    id: identifier("msg_", 48, `${serial}`),
    type: "message",
    status: "completed",
    content: [...said, ...(refusal === undefined ? [] : [{ type: "refusal", refusal }])],
    phase: script.phase ?? (toolCalls.length > 0 ? "commentary" : "final_answer"),
    role: "assistant",
  };
}

function calls({ toolCalls = [] }: ScriptedReply, { tools }: ResponsesRequest, serial: number): Item[] {
  return toolCalls.map(({ id, name, arguments: text, type }, position): Item => {
    const place = `${serial} ${position}`;
    const call = { call_id: id ?? identifier("call_", 24, place), name, status: "completed" };
    const isCustom = type === "custom" || tools?.some((tool) => tool["type"] === "custom" && tool["name"] === name);
    if (isCustom) return { id: identifier("ctc_", 48, place), type: "custom_tool_call", ...call, input: text };
    return { id: identifier("fc_", 48, place), type: "function_call", ...call, arguments: text };
  });
}

/** What the model had to generate for an item. */
function generated(item: Item): string {
  const { content, name = "", arguments: text = "", input = "", encrypted_content: sealed } = item;
  const parts = Array.isArray(content) ? content : [];
  const said = parts.map((part) => part.text ?? part.refusal ?? "").join("");
  return `${openSeal(sealed ?? "")?.text ?? ""}${said}${name}${text}${input}`;
}

function toolCallOf(item: Item): ToolCall | null {
  const { call_id: id, name, arguments: text, input } = item;
  if (!id || !name) return null;
  if (item.type === "function_call") return { id, type: "function", function: { name, arguments: text ?? "" } };
  return item.type === "custom_tool_call" ? { id, type: "custom", custom: { name, input: input ?? "" } } : null;
}
