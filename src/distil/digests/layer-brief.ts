/**
 * Lays written digests over a brief of quotes: the newest segments in detail, older ones in a line or two.
 *
 * What a digest tells need not be quoted as well, so plain facts of its segment give way to it; instructions,
 * preferences, decisions and open questions stay in the user's own words. A stretch without a digest keeps its quotes.
 * The whole stays within the budget that the quotes had. It must not rephrase anything, nor touch a digest.
 */
import type { Brief, BriefLine, BriefPiece, DigestedSegment, DistilInput } from "../../ports/distiller.ts";
import { measureAllowance } from "../allowance.ts";
import { DETAILED_SEGMENTS } from "./cut-segments.ts";
import { BRIEF_END, renderLine, renderRecord } from "../record.ts";
import { renderWritten, renderWrittenLine } from "./written-lines.ts";

/** Written lines may fill this share of a brief; the rest is for the user's own words. */
const WRITTEN_SHARE = 0.6;
/** Lines of a segment by its age, the newest first; older ones have the last number. A roll-up has the first. */
const LINES_BY_AGE = [5, 5, 3, 3, 2, 2, 2, 2, 1];

export function layerBrief(quoted: Brief, { digests = [], span, kept, budgetTokens, countTokens }: DistilInput): Brief {
  const allowed = measureAllowance(span, kept, budgetTokens, countTokens).tokens;
  const ranked = rankLines(digests);
  const lines = takeLines(ranked, allowed * WRITTEN_SHARE, countTokens);
  const replaceable = quoted.pieces.filter((piece) => piece.kind === "fact" && isTold(piece, digests));
  while (lines.length > 0) {
    const brief = fitQuotes(quoted, replaceable, inOrder(lines, digests), allowed, countTokens);
    if (brief !== null) return brief;
    lines.pop();
  }
  return quoted;
}

interface RankedLine {
  line: BriefLine;
  /** Place within its segment, and the segment's age. */
  place: number;
  age: number;
}

/** Every segment's first line before any second one, and of each the newest first. */
function rankLines(digests: readonly DigestedSegment[]): BriefLine[] {
  const ranked: RankedLine[] = [];
  for (const [age, segment] of digests.toReversed().entries()) {
    const { id, at, digest, isRollUp } = segment;
    const count = LINES_BY_AGE[isRollUp ? 0 : Math.min(age, LINES_BY_AGE.length - 1)] ?? 1;
    for (const [place, { text, sources }] of digest.gists.slice(0, count).entries())
      ranked.push({ line: { kind: "gist", segment: id, at, text, sources }, place, age });
    // What was open long ago has been settled or forgotten since.
    if (age < DETAILED_SEGMENTS)
      for (const [place, { text, sources }] of digest.threads.entries())
        ranked.push({ line: { kind: "thread", segment: id, at, text, sources }, place: age + place, age });
  }
  return ranked.toSorted((a, b) => a.place - b.place || a.age - b.age).map(({ line }) => line);
}

/** As many of them, the best first, as the share holds. */
function takeLines(
  ranked: readonly BriefLine[],
  tokensMax: number,
  countTokens: (text: string) => number,
): BriefLine[] {
  const taken: BriefLine[] = [];
  let tokens = 0;
  for (const line of ranked) {
    tokens += countTokens(renderWrittenLine(line));
    if (tokens > tokensMax) break;
    taken.push(line);
  }
  return taken;
}

function isTold({ node }: BriefPiece, digests: readonly DigestedSegment[]): boolean {
  return digests.some(({ from, to }) => node >= from && node <= to);
}

function inOrder(lines: readonly BriefLine[], digests: readonly DigestedSegment[]): BriefLine[] {
  const places = new Map<string, number>();
  for (const { id, digest } of digests)
    for (const { text } of [...digest.gists, ...digest.threads]) places.set(`${id} ${text}`, places.size);
  const placeOf = ({ segment, text }: BriefLine): number => places.get(`${segment} ${text}`) ?? 0;
  return lines.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** The quotes with the lines behind them, with as few quotes given up as the budget needs, the oldest first; null when all are too few. */
function fitQuotes(
  quoted: Brief,
  replaceable: readonly BriefPiece[],
  written: BriefLine[],
  allowed: number,
  countTokens: (text: string) => number,
): Brief | null {
  let gone = 0;
  let over = quoted.tokens + countTokens(renderWritten(written)) - allowed;
  for (;;) {
    for (; over > 0 && gone < replaceable.length; gone++) {
      const piece = replaceable[gone];
      if (piece !== undefined) over -= countTokens(`${renderLine(piece)}\n`);
    }
    const left = new Set(replaceable.slice(0, gone));
    const pieces = quoted.pieces.filter((piece) => !left.has(piece));
    const text = renderLayers(pieces, written);
    const tokens = countTokens(text);
    if (tokens <= allowed) return { text, tokens, pieces, written };
    if (gone === replaceable.length) return null;
    over = tokens - allowed;
  }
}

function renderLayers(pieces: readonly BriefPiece[], written: readonly BriefLine[]): string {
  const record = renderRecord(pieces);
  const end = `${BRIEF_END}\n\n`;
  return record.slice(0, record.length - end.length) + renderWritten(written) + end;
}
