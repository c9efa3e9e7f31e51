/**
 * Replaces a tool result that was given before by one line that names the earlier call.
 *
 * Agents read the same file and ask the same question again and again. Only results that are equal to the last
 * character count as the same: a changed digit is news. The caller answers for the earlier one still being in what
 * is forwarded, whole; a pointer to something that has left the prompt would lose it.
 * This file must not compare by likeness, and must not remember anything itself.
 */
import { hashText, type Hash } from "../../model/hash.ts";
import type { ShrunkResult } from "./tool-result.ts";

/** Characters of the earlier call that are shown. */
const CALL_CHARS_MAX = 160;
const LINE_BREAKERS = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;

/** The key of a result in the map of earlier ones. */
export function hashToolResult(text: string): Hash {
  return hashText(text);
}

/**
 * One line in place of a result that one of the `earlier` calls gave already, or null. `earlier` maps the hashes of
 * results to their calls as `name(arguments)`.
 */
export function nameRepeatedResult(
  text: string,
  earlier: ReadonlyMap<Hash, string>,
  countTokens: (text: string) => number,
): ShrunkResult | null {
  const call = earlier.get(hashToolResult(text));
  if (call === undefined) return null;
  const line = `[same result as the earlier call ${shorten(call)}]`;
  const savedTokens = countTokens(text) - countTokens(line);
  return savedTokens > 0 && line.length < text.length ? { text: line, savedTokens } : null;
}

function shorten(call: string): string {
  const line = call.toWellFormed().replace(LINE_BREAKERS, " ").trim();
  return line.length <= CALL_CHARS_MAX ? line : `${line.slice(0, CALL_CHARS_MAX).toWellFormed()}…`;
}
