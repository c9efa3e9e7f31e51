/**
 * Takes repeated lines out of a log: a line, or a block of lines, that follows on itself is kept once with a count.
 *
 * Only neighbours are folded, and only where they are equal to the last character: the order of events, every time
 * stamp and every figure stay. Equal lines further apart are left alone, because in code and listings they mean
 * something. This file must not touch a line that is kept.
 */

/** Longest block of lines whose repetition is looked for. */
const BLOCK_LINES_MAX = 24;
/** A fold must take out at least this many characters more than its note costs. */
const FOLD_GAIN_CHARS_MIN = 20;

/** The text with repeats folded, or null when nothing repeats. */
export function foldRepeatedLines(text: string): string | null {
  const lines = text.split("\n");
  const ids = numberLines(lines);
  const kept: string[] = [];
  let folded = false;
  let at = 0;
  while (at < lines.length) {
    const fold = findFold(lines, ids, at);
    if (fold === null) {
      kept.push(lines[at] ?? "");
      at++;
      continue;
    }
    for (let line = at; line < at + fold.size; line++) kept.push(lines[line] ?? "");
    kept.push(note(fold.size, fold.times - 1));
    at += fold.size * fold.times;
    folded = true;
  }
  return folded ? kept.join("\n") : null;
}

interface Fold {
  /** Lines of the block. */
  size: number;
  /** How often it stands there, the first included. */
  times: number;
}

/** The fold at this line that takes out most, or null. */
function findFold(lines: readonly string[], ids: Int32Array, at: number): Fold | null {
  let best: Fold | null = null;
  let bestGain = FOLD_GAIN_CHARS_MIN;
  for (let size = 1; size <= BLOCK_LINES_MAX && at + 2 * size <= lines.length; size++) {
    if (ids[at] !== ids[at + size]) continue;
    let same = 0;
    while (at + size + same < lines.length && ids[at + same] === ids[at + size + same]) same++;
    const times = Math.floor(same / size) + 1;
    if (times < 2) continue;
    let chars = 0;
    for (let line = at; line < at + size; line++) chars += (lines[line]?.length ?? 0) + 1;
    const gain = chars * (times - 1) - note(size, times - 1).length;
    if (gain > bestGain) [best, bestGain] = [{ size, times }, gain];
    if (size === 1) break;
  }
  return best;
}

function note(size: number, more: number): string {
  const times = more === 1 ? "once more" : `${more} more times`;
  return size === 1 ? `[the line above ${times}]` : `[the ${size} lines above ${times}]`;
}

/** Equal lines get equal numbers, so that comparing them is cheap. */
function numberLines(lines: readonly string[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(lines, (line) => {
    const known = numbers.get(line);
    if (known !== undefined) return known;
    numbers.set(line, numbers.size);
    return numbers.size - 1;
  });
}
