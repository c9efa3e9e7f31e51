/**
 * Ways of forwarding an agent's history within a budget: what is usual, the reference, and ours.
 *
 * Each gets the same history and the same number of tokens. None sees the call that is to be made.
 * `shrunk` is every result in short form and nothing else done to it; `packed` is the packing that the tables of a brief
 * are made with, over the whole run and with the whole budget.
 */
import { packRun } from "../../src/distil/tools/tool-pack.ts";
import { shrinkToolResult } from "../../src/distil/tools/tool-result.ts";
import { renderMessage, type RunMessage } from "./runs.ts";
import { digestResult } from "./table-digest.ts";

export type CountTokens = (text: string) => number;
export type AgentPolicy = (history: readonly RunMessage[], budget: number, countTokens: CountTokens) => string;

/** Tokens to which `clipped` cuts a tool result. */
const CLIP_TOKENS = 200;
/** A result under this many tokens is not worth a note. */
const SHRINK_TOKENS_MIN = 48;

export const POLICIES: Record<string, AgentPolicy> = {
  "last-N": (history, budget, countTokens) => packNewest(history, budget, countTokens, wholeMessage, false),
  clipped: (history, budget, countTokens) =>
    packNewest(
      history,
      budget,
      countTokens,
      (message) => [renderMessage({ ...message, text: clip(message, countTokens) })],
      false,
    ),
  "table digest": (history, budget, countTokens) =>
    packNewest(history, budget, countTokens, withoutTalk(digestResult), true),
  shrunk: (history, budget, countTokens) =>
    packNewest(
      history,
      budget,
      countTokens,
      withoutTalk((text) =>
        (shrinkToolResult(text, { countTokens, minimumTokens: SHRINK_TOKENS_MIN })?.text ?? text).split("\n"),
      ),
      true,
    ),
  packed: (history, budget, countTokens) => packRun(history, { countTokens, budgetTokens: budget }).text,
};

type ReadLines = (message: RunMessage) => string[];

/** Newest messages first, line by line, until the budget is used. */
function packNewest(
  history: readonly RunMessage[],
  budget: number,
  countTokens: CountTokens,
  readLines: ReadLines,
  dropRepeats: boolean,
): string {
  const kept: string[] = [];
  const seen = new Set<string>();
  let spent = 0;
  packing: for (const message of history.toReversed()) {
    if (dropRepeats && message.role === "tool" && seen.has(message.text)) continue;
    seen.add(message.text);
    const lines: string[] = [];
    for (const line of readLines(message)) {
      const tokens = countTokens(`${line}\n`);
      if (spent + tokens > budget) {
        kept.unshift(...lines);
        break packing;
      }
      spent += tokens;
      lines.push(line);
    }
    kept.unshift(...lines);
  }
  while (countTokens(kept.join("\n")) > budget) kept.shift();
  return kept.join("\n");
}

function wholeMessage(message: RunMessage): string[] {
  return [renderMessage(message)];
}

/** User turns, calls and what becomes of results; the assistant's prose is left out. */
function withoutTalk(readResult: (text: string) => string[]): ReadLines {
  return (message) => {
    if (message.role === "tool") return message.text === "" ? [] : readResult(message.text);
    if (message.role === "user") return wholeMessage(message);
    return message.calls.map(({ name, text }) => `${name}(${text})`);
  };
}

function clip({ role, text }: RunMessage, countTokens: CountTokens): string {
  if (role !== "tool" || countTokens(text) <= CLIP_TOKENS) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (countTokens(text.slice(0, middle)) <= CLIP_TOKENS) low = middle;
    else high = middle - 1;
  }
  return text.slice(0, low);
}
