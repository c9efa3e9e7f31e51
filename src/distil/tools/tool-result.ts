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

/** Stands in a note before the name of the original. */
const KEPT_AS = "; the original is kept as ";

/** Longer texts are left alone: reading one would hold up everything else. */
const TEXT_CHARS_MAX = 1_000_000;
/** The short form must save this share of the tokens, and this many. */
const SAVED_SHARE_MIN = 0.1;
const SAVED_TOKENS_MIN = 12;

export interface ShrinkOptions {
  countTokens: (text: string) => number;
  /** Results of fewer tokens are left alone. */
  minimumTokens: number;
  /** Name under which the original is kept: the first line says it. */
  original?: string;
}

export interface ShrunkResult {
  text: string;
  savedTokens: number;
}

/** The short form of a tool result, or null where the original is to be sent. */
export function shrinkToolResult(text: string, options: ShrinkOptions): ShrunkResult | null {
  const { countTokens, minimumTokens, original = null } = options;
  if (text.length > TEXT_CHARS_MAX || isShrunk(text)) return null;
  const short = shorten(text, original);
  if (short === null || short.length >= text.length) return null;
  const before = countTokens(text);
  if (before < minimumTokens) return null;
  const savedTokens = before - countTokens(short);
  if (savedTokens < SAVED_TOKENS_MIN || savedTokens < before * SAVED_SHARE_MIN) return null;
  return { text: short, savedTokens };
}

/** True for a text that is a short form already. */
export function isShrunk(text: string): boolean {
  return [JSON_NOTE, LOG_NOTE].some((note) => {
    const opening = note.slice(0, -1);
    return text.startsWith(`${opening}]\n`) || text.startsWith(`${opening}${KEPT_AS}`);
  });
}

function shorten(text: string, original: string | null): string | null {
  const tree = readJsonTree(text);
  if (tree !== null) return [firstLine(JSON_NOTE, original), ...blockLines(writeBlocks(tree))].join("\n");
  const log = foldRepeatedLines(text);
  return log === null ? null : `${firstLine(LOG_NOTE, original)}\n${log}`;
}

function firstLine(note: string, original: string | null): string {
  return original === null ? note : `${note.slice(0, -1)}${KEPT_AS}${original}]`;
}
