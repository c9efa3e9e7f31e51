/**
 * Shortens the result of a tool call without losing a value: JSON becomes tables, logs lose repeated lines.
 *
 * The same text always gives the same result, so that what was forwarded once stays a prefix of what follows. The
 * original stays in the archive; the short form is for reading. What is not plainly shorter is left alone.
 * This file must not drop or reformat a value, and must not throw, whatever the text holds.
 */
import { foldRepeatedLines } from "./tool-log.ts";
import { readJsonTree } from "./tool-json-tree.ts";
import { blockLines, writeBlocks } from "./tool-table.ts";

/** First line of a JSON result in short form. */
export const JSON_NOTE = "[JSON, shortened: names once, then values in that order]";
/** First line of a log in short form. */
export const LOG_NOTE = "[repeated lines are counted]";

/** Longer texts are left alone: reading one would hold up everything else. */
const TEXT_CHARS_MAX = 1_000_000;
/** The short form must save this share of the tokens, and this many. */
const SAVED_SHARE_MIN = 0.1;
const SAVED_TOKENS_MIN = 12;

export interface ShrinkOptions {
  countTokens: (text: string) => number;
  /** Results of fewer tokens are left alone. */
  minimumTokens: number;
}

export interface ShrunkResult {
  text: string;
  savedTokens: number;
}

/** The short form of a tool result, or null where the original is to be sent. */
export function shrinkToolResult(text: string, { countTokens, minimumTokens }: ShrinkOptions): ShrunkResult | null {
  if (text.length > TEXT_CHARS_MAX || isShrunk(text)) return null;
  const short = shorten(text);
  if (short === null || short.length >= text.length) return null;
  const before = countTokens(text);
  if (before < minimumTokens) return null;
  const savedTokens = before - countTokens(short);
  if (savedTokens < SAVED_TOKENS_MIN || savedTokens < before * SAVED_SHARE_MIN) return null;
  return { text: short, savedTokens };
}

/** True for a text that is a short form already. */
export function isShrunk(text: string): boolean {
  return text.startsWith(`${JSON_NOTE}\n`) || text.startsWith(`${LOG_NOTE}\n`);
}

function shorten(text: string): string | null {
  const tree = readJsonTree(text);
  if (tree !== null) return [JSON_NOTE, ...blockLines(writeBlocks(tree))].join("\n");
  const log = foldRepeatedLines(text);
  return log === null ? null : `${LOG_NOTE}\n${log}`;
}
