/**
 * Tells what the user said from the block that was recalled behind it.
 *
 * The block stands at the end of the newest question, as text behind its own or as a part of its own, stays there while
 * the model works through its tools, and is gone from the next question on: whoever compares requests, or looks for a
 * reply by the newest message, must leave it out.
 */
import { RECALLED_LABEL } from "../../src/plan/frame-recalled.ts";

/** The user's own words, and the block behind them or "". */
export function partRecalled(text: string): { own: string; recalled: string } {
  const start = text.indexOf(RECALLED_LABEL);
  if (start < 0) return { own: text, recalled: "" };
  return { own: text.slice(0, start).replace(/\n{0,2}$/, ""), recalled: text.slice(start) };
}

/** A request's messages with the newest block taken off. An older one has no business there, and stays to be seen. */
export function dropRecalled<M>(messages: readonly M[]): M[] {
  const newest = messages.findLastIndex((message) => withoutBlock(message) !== message);
  return messages.map((message, index) => (index === newest ? withoutBlock(message) : message));
}

function withoutBlock<M>(message: M): M {
  if (typeof message !== "object" || message === null || !("content" in message)) return message;
  const { content } = message;
  if (typeof content === "string") {
    const { own, recalled } = partRecalled(content);
    return recalled === "" ? message : { ...message, content: own };
  }
  if (!Array.isArray(content) || !content.some(isBlock)) return message;
  return { ...message, content: content.filter((part) => !isBlock(part)) };
}

function isBlock(part: unknown): boolean {
  if (typeof part !== "object" || part === null || !("text" in part)) return false;
  return typeof part.text === "string" && part.text.startsWith(RECALLED_LABEL);
}
