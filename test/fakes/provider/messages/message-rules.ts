/**
 * What the messages of a request may look like, one by one, and in what order their roles may follow each other.
 *
 * Consecutive messages of one role are merged by the API, so only a beginning without the user, a misplaced system
 * message and an end in the assistant's mouth are faults of order. Content must not be empty.
 * Tool pairs, thinking and compaction have rules of their own.
 */
import { isObject, type JsonObject } from "../chat-request.ts";
import { checkBlock } from "./block-rules.ts";
import { isThought, type Block, type Conversation, type Role, type Turn } from "./messages-request.ts";
import { takesPrefill, takesSystemMessages } from "./models.ts";
import { checkKind, extraInput, fieldRequired, refuse, wrongInput, type MessagesRefusal } from "./refusal.ts";

const FIELDS: Record<Role, readonly string[]> = {
  user: ["role", "content"],
  assistant: ["role", "content"],
  system: ["role", "content", "clear_at", "output_config"],
};

const EMPTY_TEXT = refuse("messages: text content blocks must be non-empty");
const BLANK_TEXT = refuse("messages: text content blocks must contain non-whitespace text");

export function checkMessages(
  messages: unknown[],
  options: { mayBeEmpty: boolean; startsThread: boolean },
  betas: ReadonlySet<string>,
): MessagesRefusal | null {
  if (messages.length === 0 && !options.mayBeEmpty) return refuse("messages: at least one message is required");
  for (const [index, message] of messages.entries()) {
    const isFirst = index === 0 && options.startsThread;
    const refusal = checkMessage(message, index, isFirst, index === messages.length - 1, betas);
    if (refusal) return refusal;
  }
  return null;
}

function checkMessage(
  message: unknown,
  index: number,
  isFirst: boolean,
  isLast: boolean,
  betas: ReadonlySet<string>,
): MessagesRefusal | null {
  const path = `messages.${index}`;
  if (!isObject(message)) return checkKind(path, "object", message);
  if (message["role"] === undefined) return fieldRequired(`${path}.role`);
  const role = (Object.keys(FIELDS) as Role[]).find((known) => known === message["role"]);
  if (role === undefined) return wrongInput(`${path}.role`, "'user', 'assistant' or 'system'");
  if (role === "system" && isFirst) {
    return refuse(`${path}: use the top-level 'system' parameter for the initial system prompt`);
  }
  const stranger = Object.keys(message).find((field) => !FIELDS[role].includes(field));
  if (stranger !== undefined) return extraInput(`${path}.${stranger}`);
  return checkContent(message, role, index, isLast, betas);
}

function checkContent(
  message: JsonObject,
  role: Role,
  index: number,
  isLast: boolean,
  betas: ReadonlySet<string>,
): MessagesRefusal | null {
  const { content } = message;
  const path = `messages.${index}`;
  const isEmpty = content === undefined || content === "" || (Array.isArray(content) && content.length === 0);
  if (isEmpty) {
    const saysHow = isObject(message["output_config"]) && Object.keys(message["output_config"]).length > 0;
    if (role === "system")
      return saysHow ? null : refuse(`${path}: system messages must have content or output_config`);
    if (content === undefined) return fieldRequired(`${path}.content`);
    if (role === "assistant" && isLast) return null;
    return refuse(`${path}: all messages must have non-empty content except for the optional final assistant message`);
  }
  if (typeof content === "string") return content.trim() === "" ? BLANK_TEXT : null;
  if (!Array.isArray(content)) return checkKind(`${path}.content`, "text or array", content);
  for (const [position, block] of content.entries()) {
    const refusal = checkBlock(block, role, index, position, betas) ?? checkText(block as Block);
    if (refusal) return refusal;
  }
  return null;
}

/** An empty block that asks to be cached has an error of its own, which comes from the cache rules. */
function checkText({ type, text, cache_control: cached }: Block): MessagesRefusal | null {
  if (type !== "text" || (text ?? "").trim() !== "") return null;
  if (text !== "") return BLANK_TEXT;
  return cached === undefined || cached === null ? EMPTY_TEXT : null;
}

export function checkOrder({ request, turns, generates }: Conversation): MessagesRefusal | null {
  const [first] = turns;
  if (first?.role === "assistant" && first.blocks[0]?.block.type !== "compaction") {
    return refuse('messages: first message must use the "user" role');
  }
  for (const [index, turn] of turns.entries()) {
    const refusal = turn.role === "system" ? checkSystemTurn(turns, turn, index, request.model) : null;
    if (refusal) return refusal;
  }
  return request.compaction || !generates ? null : checkEnd(turns.at(-1), request.model);
}

/** A system message that only sets the effort may stand anywhere; one that speaks comes between user and assistant. */
function checkSystemTurn(turns: Turn[], turn: Turn, index: number, model: string): MessagesRefusal | null {
  if (!takesSystemMessages(model)) return refuse("role 'system' is not supported on this model");
  if (turn.blocks.length === 0) return null;
  const before = turns[index - 1];
  const follows = before?.role === "user" || before?.blocks.at(-1)?.block.type === "server_tool_use";
  if (!follows) return refuse(`messages.${turn.message}: a system message must immediately follow a user turn`);
  const after = turns[index + 1];
  if (after === undefined || after.role === "assistant") return null;
  return refuse(`messages.${turn.message}: a system message must be the last message or precede an assistant turn`);
}

function checkEnd(last: Turn | undefined, model: string): MessagesRefusal | null {
  if (last?.role !== "assistant") return null;
  const tail = last.blocks.at(-1)?.block;
  const isPaused = last.blocks.some(({ block }) => /^(?:server|mcp)_tool_use$/.test(block.type));
  if (isPaused || tail?.type === "tool_use" || tail?.type === "compaction") return null;
  if (!takesPrefill(model)) {
    return refuse(
      "This model does not support assistant message prefill. The conversation must end with a user message.",
    );
  }
  if (tail && isThought(tail)) return refuse("messages: The final block in an assistant message cannot be `thinking`.");
  if (tail?.type !== "text" || !/\s$/.test(tail.text ?? "")) return null;
  return refuse("messages: final assistant content cannot end with trailing whitespace");
}
