/**
 * The words of a text that a later tool call could need: figures, codes, names with figures in them, addresses.
 *
 * Used to see whether a line says anything that the others do not, and whether a row of a table was spoken of again.
 * Cut the same way in prose, in JSON and in the short form of JSON, so that they can be compared.
 * This file must not interpret: "152" and "$152" are one value, "12:00" and "12:00:00" are two.
 */

const WORD = /[\p{L}\p{N}_@]+(?:[.:/+@-][\p{L}\p{N}_@]+)*/gu;
/** A name in front of its value, as in `date:2024-05-20`. */
const NAME = /^[\p{L}_][\p{L}\p{N}_.]*:(?=.)/u;
/** What follows a name in JSON, or in its short form. */
const AFTER_NAME = /^(?:"\s{0,8}:|:[{["])/;
const CODE = /^\p{Lu}{2,}$/u;

/** The values in order of their first occurrence. */
export function readValues(text: string): Set<string> {
  const values = new Set<string>();
  for (const match of text.matchAll(WORD)) {
    const [run] = match;
    const end = match.index + run.length;
    if (AFTER_NAME.test(text.slice(end, end + 12))) continue;
    const word = run.includes("://") ? run : run.replace(NAME, "");
    if (/[\p{Nd}_@]/u.test(word) || CODE.test(word)) values.add(word);
  }
  return values;
}
