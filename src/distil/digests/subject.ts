/**
 * Whether a sentence is about what its sources are about, by the words that they share.
 *
 * Knows no language: words are compared by their beginnings, and scripts without spaces by pairs of characters. A
 * refusal, an order or an error shares next to nothing with a conversation it was not part of. It must not be taken
 * for a test of truth.
 */

/** Share of a sentence's words that must occur in its sources. */
const SHARED_MIN = 0.3;
/** A shorter sentence has too few words to tell. */
const WORDS_MIN = 3;
/** Shorter words are the glue of a sentence in any language. */
const WORD_CHARS_MIN = 4;
/** Inflected forms of one word mostly begin alike. */
const STEM_CHARS = 5;

const WORDS = /[\p{L}\p{M}\p{N}]+/gu;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;

/** Whether enough of a sentence's words are among `known`, the words of its sources. */
export function sharesSubject(sentence: string, known: readonly ReadonlySet<string>[]): boolean {
  const words = [...subjectOf(sentence)];
  if (words.length < WORDS_MIN) return true;
  const shared = words.filter((word) => known.some((source) => source.has(word))).length;
  return shared >= SHARED_MIN * words.length;
}

/** The words of a text, as they are compared. */
export function subjectOf(text: string): Set<string> {
  const plain = text.toLowerCase().normalize("NFKC");
  const words = new Set<string>();
  for (const [run] of plain.matchAll(UNSPACED))
    for (let at = 0; at + 1 < run.length; at++) words.add(run.slice(at, at + 2));
  for (const [word] of plain.replaceAll(UNSPACED, " ").matchAll(WORDS))
    if (word.length >= WORD_CHARS_MIN) words.add(word.slice(0, STEM_CHARS));
  return words;
}
