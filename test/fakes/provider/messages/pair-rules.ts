/**
 * Every call must have its result: client tools in the very next user turn, server tools in the assistant's own.
 *
 * A proxy that cuts or summarises a history breaks these pairs first. Results come before anything else in their
 * turn, so a result behind a text counts as missing. A turn the API paused may end in an open server call, but only
 * at the very end of the request. It must not look at what calls and results contain.
 */
import { pathOf, textField, type Block, type Conversation, type Placed, type Turn } from "./messages-request.ts";
import { refuse, type MessagesRefusal } from "./refusal.ts";

const UNFINISHED = refuse("compaction: the last `assistant` turn is not finished", "compaction_incomplete_turn");

export function checkToolPairs({ request, turns }: Conversation): MessagesRefusal | null {
  const seen = new Set<string>();
  for (const [index, turn] of turns.entries()) {
    const before = turns[index - 1];
    const after = turns[index + 1];
    const refusal =
      turn.role === "user"
        ? checkResults(turn, before)
        : (checkUnique(turn, seen) ?? checkAnswered(turn, after, Boolean(request.compaction)));
    if (refusal) return refusal;
  }
  return null;
}

function checkUnique(turn: Turn, seen: Set<string>): MessagesRefusal | null {
  for (const placed of callsIn(turn)) {
    const id = textField(placed.block, "id");
    if (seen.has(id)) return refuse(`${pathOf(placed)}: \`tool_use\` ids must be unique`);
    seen.add(id);
  }
  return null;
}

function checkAnswered(turn: Turn, after: Turn | undefined, compacts: boolean): MessagesRefusal | null {
  const answered = new Set(leadingResults(after).map(({ block }) => textField(block, "tool_use_id")));
  const waiting = callsIn(turn).filter(({ block }) => !answered.has(textField(block, "id")));
  const [first] = waiting;
  if (!first) return null;
  if (compacts && !after) return UNFINISHED;
  const ids = waiting.map(({ block }) => textField(block, "id")).join(", ");
  return refuse(
    `messages.${first.message}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids}. ` +
      "Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
  );
}

function checkResults(turn: Turn, before: Turn | undefined): MessagesRefusal | null {
  const calls = new Set(callsIn(before).map(({ block }) => textField(block, "id")));
  const taken = new Set<string>();
  for (const placed of turn.blocks.filter(({ block }) => block.type === "tool_result")) {
    const id = textField(placed.block, "tool_use_id");
    if (!calls.has(id)) {
      return refuse(
        `${pathOf(placed)}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. ` +
          "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.",
      );
    }
    if (taken.has(id)) {
      return refuse(
        `${pathOf(placed)}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,
      );
    }
    taken.add(id);
  }
  return null;
}

function callsIn(turn: Turn | undefined): Placed[] {
  return turn?.role === "assistant" ? turn.blocks.filter(({ block }) => block.type === "tool_use") : [];
}

export function leadingResults(turn: Turn | undefined): Placed[] {
  if (turn?.role !== "user") return [];
  const end = turn.blocks.findIndex(({ block }) => block.type !== "tool_result");
  return end === -1 ? turn.blocks : turn.blocks.slice(0, end);
}

/** A call still open when its turn ends waits for client results, or is where the API paused. */
export function checkServerPairs({ request, turns }: Conversation): MessagesRefusal | null {
  const open = new Map<string, Placed>();
  for (const turn of turns) {
    const carried = [...open];
    if (turn.role === "user" && !onlyResults(turn) && carried.length > 0) return unresolved(carried);
    if (turn.role !== "assistant") continue;
    const refusal = followCalls(turn, open) ?? unresolved(carried.filter(([id]) => open.has(id)));
    if (refusal) return refusal;
  }
  return request.compaction && open.size > 0 ? UNFINISHED : null;
}

function followCalls(turn: Turn, open: Map<string, Placed>): MessagesRefusal | null {
  for (const placed of turn.blocks) {
    const { block } = placed;
    if (isServerCall(block)) open.set(textField(block, "id"), placed);
    if (!isServerResult(block)) continue;
    const id = textField(block, "tool_use_id");
    if (!open.delete(id)) {
      const call = block.type === "mcp_tool_result" ? "mcp_tool_use" : "server_tool_use";
      return refuse(
        `${pathOf(placed)}: unexpected \`tool_use_id\` found in \`${block.type}\` blocks: ${id}. ` +
          `Each \`${block.type}\` block must have a corresponding \`${call}\` block before it.`,
      );
    }
  }
  return null;
}

function unresolved(calls: [id: string, call: Placed][]): MessagesRefusal | null {
  const [first] = calls;
  if (!first) return null;
  const [id, { block, message }] = first;
  const name = textField(block, "name");
  const result = block.type === "mcp_tool_use" ? "mcp_tool_result" : resultOf(name);
  return refuse(
    `messages.${message}: \`${name}\` tool use with id \`${id}\` was found without a corresponding \`${result}\` block`,
  );
}

function resultOf(name: string): string {
  return name.startsWith("tool_search_tool") ? "tool_search_tool_result" : `${name}_tool_result`;
}

function onlyResults(turn: Turn): boolean {
  return turn.role === "user" && turn.blocks.length > 0 && leadingResults(turn).length === turn.blocks.length;
}

function isServerCall({ type }: Block): boolean {
  return type === "server_tool_use" || type === "mcp_tool_use";
}

function isServerResult({ type }: Block): boolean {
  return type.endsWith("_tool_result");
}
