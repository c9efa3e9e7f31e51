/**
 * Finds what may not be misquoted: numbers, dates, money, identifiers, paths, URLs and e-mail addresses.
 *
 * The distiller uses it to see which sentences carry evidence, the commit gate to see that a brief says nothing
 * that its sources do not say. Both must cut text the same way, so both use this file. One pass, linear in the text.
 * It must not interpret values: "$255" and "255" are different atoms that share their figures.
 */

export type AtomKind = "number" | "date" | "money" | "identifier" | "path" | "url" | "email";

export interface Atom {
  text: string;
  kind: AtomKind;
}

const RUN = /[A-Za-z\p{Nd}_.,:/\\@#%+~=&?$€£¥'-]+/gu;
const FIGURES = /\p{Nd}+(?:[.,:]\p{Nd}+)*/gu;
const DAY =
  /^(?:\d{4}-\d{1,2}-\d{1,2}(?:T[\d:.+-]*Z?)?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{1,2}:\d{2}(?::\d{2})?(?:[ap]\.?m\.?)?)$/iu;
const SCALE = /^[$€£¥#]?[\d.,:]+(?:%|st|nd|rd|th|am|pm|k|m|x|h|s)?$/iu;
const FILE_NAME = /[A-Za-z_-]{2}[\w-]*\.[A-Za-z]{1,5}$/;
const HEAD_TRIM = ".,:'=&?+-%\\";
const TAIL_TRIM = ".,:'=&?-+#/\\~@$";

/** The atoms of a text in order, repeated ones included. */
export function scanAtoms(text: string): Atom[] {
  const atoms: Atom[] = [];
  for (const match of text.matchAll(RUN)) {
    const run = trimRun(match[0]);
    if (run.length < 1) continue;
    const kind = kindOfRun(run);
    if (kind !== null) atoms.push({ text: run, kind });
  }
  return atoms;
}

/** The figures inside a text ("255" in "$255.", "20" in "20th"), repeated ones included. */
export function scanFigures(text: string): string[] {
  return Array.from(text.matchAll(FIGURES), (match) => match[0]);
}

function trimRun(run: string): string {
  let from = 0;
  let to = run.length;
  while (from < to && HEAD_TRIM.includes(run.charAt(from))) from++;
  while (to > from && TAIL_TRIM.includes(run.charAt(to - 1))) to--;
  return run.slice(from, to);
}

function kindOfRun(run: string): AtomKind | null {
  let digits = 0;
  let letters = 0;
  let slashes = 0;
  let marks = 0;
  let humps = 0;
  for (let at = 0; at < run.length; at++) {
    const code = run.charCodeAt(at);
    if ((code >= 48 && code <= 57) || (code > 127 && !"£¥€".includes(run.charAt(at)))) digits++;
    else if ((code | 32) >= 97 && (code | 32) <= 122) {
      letters++;
      const before = run.charCodeAt(at - 1);
      if (code <= 90 && before >= 97 && before <= 122) humps++;
    } else if (code === 47 || code === 92) slashes++;
    else if (code === 95 || code === 64 || code === 46) marks++;
  }
  if (digits === 0 && slashes === 0 && marks === 0 && humps === 0) return null;
  if (letters > 0 && run.includes("://")) return "url";
  if (letters > 0 && /^[^@]+@[^@]+\.[^@]+$/.test(run)) return "email";
  if (digits > 0 && run.length <= 40 && DAY.test(run)) return "date";
  if (slashes > 0 && letters > 0 && (slashes > 1 || /^[/~]/.test(run) || run.includes(".") || digits > 0))
    return "path";
  if (digits > 0 && (letters === 0 || (run.length <= 24 && SCALE.test(run)))) {
    return /^[$€£¥]/u.test(run) ? "money" : "number";
  }
  if (digits > 0 || run.includes("_") || (humps > 0 && slashes === 0)) return "identifier";
  return run.length <= 200 && FILE_NAME.test(run) ? "identifier" : null;
}
