/**
 * Counts tokens as an o200k model would, and cuts a reply into the texts that single tokens stand for.
 *
 * Long inputs go through in windows: some inputs without word breaks take the tokenizer quadratic time, and a
 * window bounds that at the price of a token too many at a seam now and then. Special tokens in a message are
 * plain text, as they are for a provider. Memory of what was counted belongs to the caller.
 */
import { countTokens as countExactly, decodeGenerator, encode } from "gpt-tokenizer/encoding/o200k_base";

export type CountTokens = (text: string) => number;

const WINDOW_CHARACTERS = 512;
const PLAIN = { disallowedSpecial: new Set<string>() };

export function countTokens(text: string): number {
  let tokens = 0;
  for (const window of windowsOf(text)) tokens += countExactly(window, PLAIN);
  return tokens;
}

/** Joined together these are `text` again; no piece ends inside a character. */
export function splitByTokens(text: string, tokensPerPiece: number): string[] {
  const texts: string[] = [];
  for (const window of windowsOf(text)) texts.push(...decodeGenerator(encode(window, PLAIN)));
  const pieces: string[] = [];
  for (let start = 0; start < texts.length; start += tokensPerPiece) {
    pieces.push(texts.slice(start, start + tokensPerPiece).join(""));
  }
  return pieces;
}

function* windowsOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const end = endOfCharacter(text, start + WINDOW_CHARACTERS);
    yield text.slice(start, end);
    start = end;
  }
}

/** The nearest index at or before `index` that does not cut a surrogate pair in two. */
export function endOfCharacter(text: string, index: number): number {
  if (index >= text.length) return text.length;
  const before = text.charCodeAt(index - 1);
  return before >= 0xd800 && before <= 0xdbff ? index - 1 : index;
}
