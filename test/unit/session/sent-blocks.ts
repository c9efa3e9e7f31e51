/**
 * Reads a forwarded history: what an item says however it is spelled, and where recalled blocks stand in it.
 *
 * What is left must read as if nothing had been recalled, so every law of rewriting can be held over a conversation
 * with recall. It finds a block by its first and last line only.
 */
import { expect } from "vitest";
import { RECALLED_END, RECALLED_LABEL } from "../../../src/plan/frame-recalled.ts";

type Item = Record<string, unknown>;

export interface SentHistory {
  /** Without any block. */
  plain: Item[];
  /** By the index of the item behind whose words they stand. */
  blocks: ReadonlyMap<number, string>;
}

export function takeBlocks(items: readonly Item[]): SentHistory {
  const blocks = new Map<number, string>();
  const plain = items.map((item, index) => {
    const { content } = item;
    const last: unknown = Array.isArray(content) ? (content.at(-1) as Item | undefined)?.["text"] : content;
    if (item["role"] !== "user" || typeof last !== "string" || !last.endsWith(RECALLED_END)) return item;
    const at = last.lastIndexOf(RECALLED_LABEL);
    blocks.set(index, last.slice(at));
    expect(Array.isArray(content) ? at === 0 : at >= 0).toBe(true);
    const own = last.slice(0, at).replace(/\n\n$/, "");
    return { ...item, content: Array.isArray(content) ? content.slice(0, -1) : own };
  });
  return { plain, blocks };
}

/**
 * A block is new behind the newest message only. Every other one stands where it stood, and is what it was; and none is
 * taken out once the model has used its tools behind it.
 *
 * @param before the request before in the same epoch, or null where there is none to compare with
 */
export function judgeBlocks(before: SentHistory | null, { plain, blocks }: SentHistory, compacts: boolean): void {
  const earlier = [...blocks].filter(([index]) => index < plain.length - 1);
  if (compacts) expect(earlier).toEqual([]);
  if (before === null) return;
  for (const [index, text] of earlier) expect(before.blocks.get(index)).toBe(text);
  const usesTools = /"(?:tool_calls|tool_use|function_call)"/.test(JSON.stringify(plain.slice(before.plain.length)));
  for (const [index, text] of before.blocks)
    if (usesTools || index < before.plain.length - 1) expect(blocks.get(index)).toBe(text);
}

/** What is forwarded anyway is not recalled. */
export function judgeWords(items: readonly Item[], { plain, blocks }: SentHistory): void {
  const tail = plain.length > 1 ? JSON.stringify(items.slice(1 - plain.length)) : "";
  const words = [...blocks.values()].flatMap((text) => text.match(/mk\d+x/g) ?? []);
  // With the space behind it, because a signature's letters may look like a word.
  expect(words.filter((word) => tail.includes(`${word} `))).toEqual([]);
}

export function textOf({ content }: Item): string {
  if (!Array.isArray(content)) return String(content);
  return content.map((part: Item) => (typeof part["text"] === "string" ? part["text"] : JSON.stringify(part))).join("");
}

/** What two spellings of an item have in common: no markers, nothing empty, text as one string. */
export function normalise(item: Item): unknown {
  const isEmpty = (value: unknown): boolean => value === null || JSON.stringify(value) === "[]";
  const marks = ["cache_control", "prompt_cache_breakpoint"];
  const noise = (key: string, value: unknown) => (marks.includes(key) || isEmpty(value) ? undefined : value);
  const clean = JSON.parse(JSON.stringify(item, noise)) as Item;
  return { ...clean, content: textOf(clean) };
}
