/**
 * Says where in a passage the words of a search stand.
 *
 * The index knows words by their stems and does not say where they are, so what is marked is the word itself or one that begins
 * with it; else the words that share most of their beginning with it; else its letters wherever they stand. Marks follow
 * each other and never overlap. For display alone: nothing is found or left out by them.
 */

import { ANY_UNSPACED } from "./words.ts";

export interface SoughtWord {
  /** As `cutWords` cuts it. */
  word: string;
  /** It may go on: the searcher is still writing. */
  isBegun: boolean;
}

/** Offsets in UTF-16 units. */
export interface Mark {
  start: number;
  end: number;
}

const RUN = /[\p{L}\p{N}\p{M}]+/gu;
/** So much of the shorter word is the same where two have one stem; shorter beginnings say nothing. */
const STEM_SHARE = 2 / 3;
const STEM_CHARS_MIN = 3;

interface Run extends Mark {
  folded: string;
}

export function markWords(text: string, words: readonly SoughtWord[]): Mark[] {
  const runs = [...text.matchAll(RUN)].map(({ 0: run, index }): Run => {
    return { start: index, end: index + run.length, folded: fold(run) };
  });
  return merge(words.flatMap((sought) => markWord(text, runs, sought)));
}

function markWord(text: string, runs: readonly Run[], { word, isBegun }: SoughtWord): Mark[] {
  if (ANY_UNSPACED.test(word)) return markLetters(text, word);
  const folded = fold(word);
  const whole = runs.filter((run) => (isBegun ? run.folded.startsWith(folded) : run.folded === folded));
  if (whole.length > 0) return whole;
  const shared = runs.map((run) => sharedChars(run.folded, folded));
  const most = Math.max(0, ...shared);
  const alike = runs.filter((run, at) => {
    const enough = Math.max(STEM_CHARS_MIN, Math.ceil(Math.min(run.folded.length, folded.length) * STEM_SHARE));
    return shared[at] === most && most >= enough;
  });
  return alike.length > 0 ? alike : markLetters(text, word);
}

function markLetters(text: string, word: string): Mark[] {
  const lower = text.toLowerCase();
  // A few letters have another length in lower case: then nothing is marked rather than something else.
  if (lower.length !== text.length) return [];
  const marks: Mark[] = [];
  for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length))
    marks.push({ start: at, end: at + word.length });
  return marks;
}

/** As the index folds: lower case, without accents. */
function fold(text: string): string {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
}

function sharedChars(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}

function merge(marks: Mark[]): Mark[] {
  const merged: Mark[] = [];
  for (const { start, end } of marks.toSorted((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}
