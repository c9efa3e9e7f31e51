/**
 * Puts the tool results of one message into short form: a repeat becomes a line that names the earlier call, JSON
 * becomes tables, a log loses its repeated lines.
 *
 * A result is named or left by its own call, so a tool that is to be kept is told by the call's id; where the call is
 * not known and some tools are to be kept, the result stays whole. It must not keep anything between two messages.
 */
import { MESSAGE_CHUNK_CHARS } from "../../model/limits.ts";
import type { KnownResult, ResultText, ShortenMessage, ToolCall } from "../../ports/result-shortener.ts";
import { hashToolResult, nameRepeatedResult } from "./tool-repeat.ts";
import { shrinkToolResult } from "./tool-result.ts";

/** Of a call this much is kept to name it by. */
const CALL_CHARS_MAX = 200;
/** Every tool. */
const ALL_TOOLS = "*";

export const shortenMessage: ShortenMessage = ({ depth, original, replaceResults }, rules) => {
  const { earlier, countTokens, charsMin, charsMax } = rules;
  const places = new Map<string, KnownResult>();
  // Of equal results the first one is named, which stays longest in sight of a reader.
  for (const known of earlier.toReversed()) places.set(known.hash, known);
  const calls = new Map([...places].map(([hash, { call }]) => [hash, call]));
  const results: KnownResult[] = [];
  let savedTokens = 0;
  let refersTo: number | null = null;
  let chars = 0;
  const json = replaceResults((result) => {
    const { text } = result;
    const call = findCall(result, rules.calls);
    if (text.length < charsMin || chars + text.length > charsMax || isKept(result, call, rules.keepTools)) return null;
    chars += text.length;
    const hash = hashToolResult(text);
    const repeated = nameRepeatedResult(text, calls, countTokens);
    if (repeated !== null) {
      refersTo = Math.min(refersTo ?? Infinity, places.get(hash)?.depth ?? depth);
      savedTokens += repeated.savedTokens;
      return repeated.text;
    }
    if (call !== null && !calls.has(hash)) {
      const known = { depth, hash, call: `${call.name}(${call.text})`.slice(0, CALL_CHARS_MAX).toWellFormed() };
      results.push(known);
      places.set(hash, known);
      calls.set(hash, known.call);
    }
    const shrunk = shrinkToolResult(text, { countTokens, minimumTokens: 0, original });
    savedTokens += shrunk?.savedTokens ?? 0;
    return shrunk?.text ?? null;
  });
  // A form is one row.
  if (json === null || json.length > MESSAGE_CHUNK_CHARS) return { form: null, results, chars };
  return { form: { depth, json, original, savedTokens, refersTo }, results, chars };
};

function findCall({ callId }: ResultText, calls: ReadonlyMap<string, ToolCall>): ToolCall | null {
  return callId === null ? null : (calls.get(callId) ?? null);
}

function isKept({ toolName }: ResultText, call: ToolCall | null, keepTools: ReadonlySet<string>): boolean {
  if (keepTools.size === 0) return false;
  const name = call?.name ?? toolName;
  return keepTools.has(ALL_TOOLS) || name === null || keepTools.has(name);
}
