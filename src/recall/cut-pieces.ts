/**
 * Cuts a message into pieces of at most 80 tokens that can be found and forwarded by themselves.
 *
 * A piece is a slice of the message's own text: some whole lines or sentences that follow each other. Lines of a code
 * block or of a table stay together while they fit. Pieces lie one behind the other without a gap, so that
 * nothing is lost and neighbours join to the original text. Only what is longer than a piece by itself is cut inside:
 * between words, and at last between characters. Linear in the text. Must not judge what a piece is worth.
 */

export interface Cut {
  text: string;
  /** Offset in the message's text, in UTF-16 units. */
  start: number;
  tokens: number;
  /** Inside a fenced block. */
  code: boolean;
}

/** Longest piece: the unit of every measured ranker; shorter units lose context, longer ones crowd the budget. */
export const PIECE_TOKENS_MAX = 80;
/** Sums of parts are within a few tokens of the whole: only groups above this are counted once more. */
const SURE_TOKENS = 72;
/** A text of this many characters cannot be under a piece in any tokenizer's favour: it is cut before it is counted. */
const PART_CHARS_MAX = 600;
/** Longer lines are handed to the segmenter in windows. */
const LINE_CHARS_MAX = 20_000;

interface Part {
  start: number;
  end: number;
  block: number;
  code: boolean;
}

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** The pieces of a text in order; together they are the text. White space alone makes no piece. */
export function cutPieces(text: string, countTokens: (text: string) => number): Cut[] {
  const cuts: Cut[] = [];
  let group: Group | null = null;
  for (const part of cutParts(text)) {
    const tokens = countTokens(text.slice(part.start, part.end));
    if (group !== null && fits(text, group, part, tokens, countTokens)) {
      group.end = part.end;
      group.sum += tokens;
      group.code &&= part.code;
      group.block = part.block;
    } else {
      if (group !== null) close(text, group, countTokens, cuts);
      group = { ...part, sum: tokens };
    }
  }
  if (group !== null) close(text, group, countTokens, cuts);
  return cuts;
}

interface Group extends Part {
  /** Tokens of the parts, counted one by one. */
  sum: number;
}

function fits(text: string, group: Group, part: Part, tokens: number, countTokens: (text: string) => number): boolean {
  // A new paragraph starts a new piece once the open one is worth one.
  if (group.block !== part.block && group.sum >= SURE_TOKENS / 2) return false;
  const together = group.sum + tokens;
  if (together <= SURE_TOKENS) return true;
  return together <= PIECE_TOKENS_MAX + 4 && countTokens(text.slice(group.start, part.end)) <= PIECE_TOKENS_MAX;
}

function close(text: string, group: Group, countTokens: (text: string) => number, cuts: Cut[]): void {
  splitRange(text, group.start, group.end, group.code, countTokens, cuts);
}

/** Halves until it fits, at a space if there is one near the middle. */
function splitRange(
  text: string,
  start: number,
  end: number,
  code: boolean,
  countTokens: (text: string) => number,
  cuts: Cut[],
): void {
  const slice = text.slice(start, end);
  const tokens = end - start > PART_CHARS_MAX ? Infinity : countTokens(slice);
  if (tokens <= PIECE_TOKENS_MAX || end - start <= 2) {
    cuts.push({ text: slice, start, tokens, code });
    return;
  }
  const middle = splitPoint(text, start, end);
  splitRange(text, start, middle, code, countTokens, cuts);
  splitRange(text, middle, end, code, countTokens, cuts);
}

function splitPoint(text: string, start: number, end: number): number {
  const middle = (start + end) >> 1;
  const reach = Math.min((end - start) >> 2, 200);
  for (const stop of [/[,;:)\]}，；：、。]$/u, /\s$/u]) {
    for (let step = 0; step <= reach; step++) {
      for (const at of [middle + step, middle - step])
        if (stop.test(text.charAt(at - 1)) && !splitsPair(text, at)) return at;
    }
  }
  return splitsPair(text, middle) ? middle + 1 : middle;
}

function splitsPair(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
}

/** Lines of code, tables and lists, sentences of prose. A block is a paragraph, a table, a fenced block. */
function* cutParts(text: string): Generator<Part> {
  let fence = "";
  let block = 0;
  let table = false;
  for (let at = 0; at < text.length;) {
    const next = text.indexOf("\n", at);
    const end = next < 0 ? text.length : next + 1;
    const lead = text.slice(at, Math.min(end, at + 80)).trimStart();
    const mark = lead.startsWith("```") ? "```" : lead.startsWith("~~~") ? "~~~" : "";
    const isTable = lead.startsWith("|");
    if (fence === "" && (lead === "" || isTable !== table)) block++;
    table = isTable;
    if (mark !== "" && (fence === "" || fence === mark)) {
      if (fence === "") block++;
      fence = fence === "" ? mark : "";
      yield* bounded(text, at, end, block, true);
      if (fence === "") block++;
    } else if (fence !== "" || isTable) yield* bounded(text, at, end, block, fence !== "");
    else if (end - at > 120) {
      for (let from = at; from < end; from += LINE_CHARS_MAX) {
        const window = text.slice(from, Math.min(from + LINE_CHARS_MAX, end));
        for (const { segment, index } of segmenter.segment(window))
          yield* bounded(text, from + index, from + index + segment.length, block, false);
      }
    } else yield { start: at, end, block, code: false };
    at = end;
  }
}

/** A part that is too long to be counted at once comes in several, cut at a space where there is one. */
function* bounded(text: string, start: number, end: number, block: number, code: boolean): Generator<Part> {
  for (let at = start; at < end;) {
    let to = Math.min(at + PART_CHARS_MAX, end);
    if (to < end) {
      const space = text.slice(at, to).search(/\s\S*$/u);
      if (space > PART_CHARS_MAX / 2) to = at + space + 1;
      else if (splitsPair(text, to)) to--;
    }
    yield { start: at, end: to, block, code };
    at = to;
  }
}
