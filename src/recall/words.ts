/**
 * Cuts text into the words that are indexed and asked for.
 *
 * Index and query must cut alike, so both come here; stemming is left to the index (porter). Scripts without spaces
 * become pairs of neighbouring characters, because the index takes a run of them for one word; marks are dropped
 * there. `camelCase` counts as its parts too. A word is cut off after 40 characters: what follows tells nothing and
 * may be a megabyte. Linear in the text; nothing here knows what a word is worth.
 */

/** Longer words are hashes, keys and noise: their first characters tell them apart. */
const WORD_CHARS_MAX = 40;

const RUN = /[\p{L}\p{N}\p{M}]+/gu;
const SUFFIX = /(?<=\p{L})['’](?:s|t|re|ve|ll|d|m)(?![\p{L}\p{N}])/giu;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+/gu;
export const ANY_UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** "de-stress" is also asked for as "destress"; only the first two parts, and no figures. */
const HYPHENATED = /(?<![\p{L}\p{N}-])(\p{L}{1,12})-(\p{L}{2,16})(?![\p{L}\p{N}])/gu;
const HUMP = /\p{Ll}\p{Lu}/u;

/** The words of a text in order, lower case, repeated ones included. */
export function cutWords(text: string): string[] {
  const words: string[] = [];
  const plain = text.replace(SUFFIX, " ");
  for (const [, head = "", tail = ""] of plain.matchAll(HYPHENATED)) words.push((head + tail).toLowerCase());
  for (const [run] of plain.matchAll(RUN)) {
    if (run.charCodeAt(0) > 0xdff && ANY_UNSPACED.test(run)) cutUnspaced(run.toLowerCase(), words);
    else if (ANY_UNSPACED.test(run.slice(0, 200))) cutUnspaced(run.toLowerCase(), words);
    else {
      if (run.length <= WORD_CHARS_MAX && HUMP.test(run))
        for (const part of run.split(/(?<=\p{Ll})(?=\p{Lu})/u)) words.push(part.toLowerCase());
      words.push(run.slice(0, WORD_CHARS_MAX).toLowerCase());
    }
  }
  return words;
}

/** Pairs of neighbouring characters of every unspaced stretch; the Latin letters between them stay words. */
function cutUnspaced(run: string, words: string[]): void {
  let from = 0;
  for (const match of run.matchAll(UNSPACED)) {
    if (match.index > from) words.push(run.slice(from, match.index).slice(0, WORD_CHARS_MAX));
    from = match.index + match[0].length;
    const chars = Array.from(match[0].replace(/\p{M}/gu, ""));
    if (chars.length === 1) words.push(chars[0] ?? "");
    for (let at = 1; at < chars.length; at++) words.push(`${chars[at - 1]}${chars[at]}`);
  }
  if (from < run.length) words.push(run.slice(from).slice(0, WORD_CHARS_MAX));
}

/** Words that carry no subject: function words, and what people wrap a question in. From the usual English lists. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a about above after again against all also am an and any are aren as at be because been before being below between both but by can cannot could couldn d did didn do does doesn doing don down during each few for from further " +
    "had hadn has hasn have haven having he her here hers herself him himself his how i if in into is isn it its itself just let ll m me might more most mustn my myself no nor not now of off on once one only or other our ours ourselves out over own " +
    "re s same shan she should shouldn so some such t than that the their theirs them themselves then there these they this those through to too under until up upon us ve very was wasn we were weren what when where which while who whom whose why will with won would wouldn " +
    "yes yeah you your yours yourself yourselves oh ok okay hey hi hello um uh ah wow etc get gets got getting really thing things gonna im ill ive"
  ).split(" "),
);
