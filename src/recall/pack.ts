/**
 * Packs the best pieces into a text of at most the budget: verbatim, in the order of the conversation, under the
 * day they were said on.
 *
 * Pieces are taken whole or not at all, and neighbours in a message are joined as they stood. The budget is
 * kept by the tokens that were counted when the pieces were indexed and by what labels and days cost at most, so no
 * tokenizer runs here; what the bound leaves over is filled in a second pass. Must not change a word.
 */
import { DAY_MS } from "../model/day.ts";
import { readNote, readTexts } from "./archive.ts";
import type { Catalogue } from "./catalogue.ts";
import { noteRow, ROLE_TOOL, ROLE_USER } from "./piece-numbers.ts";
import type { Ranking } from "./rank.ts";
import { TRAIT_PIN, TRAIT_RULE } from "./traits.ts";
import type { Sql } from "../ports/sql.ts";

export interface RecalledPiece {
  node: number;
  text: string;
}

export interface Packed {
  text: string;
  /** At most so many; a little more than a tokenizer finds. */
  tokens: number;
  pieces: RecalledPiece[];
}

export interface PackOptions {
  budgetTokens: number;
  /** Share of the best score below which a piece is not taken; standing wishes are, whatever they score. */
  floor: number;
  /** Of the budget, at most this for standing wishes. */
  pinShare: number;
}

/** "[8 May 2023]" and its line break in o200k: 7; the year stands only where it changes. */
const DAY_TOKENS = 7;
const DAY_OF_YEAR_TOKENS = 4;
/** ": " and the line break behind a label. */
const LABEL_MARK_TOKENS = 2;
/** "user", "assistant" and "tool" are one token each. */
const ROLE_TOKENS = 1;
/** "… " between two pieces of one message that were not neighbours, and the line break. */
const GAP_TOKENS = 3;
/** Kept free, because a tokenizer may find a token more where two texts meet: seen once in 3,500 packed texts. */
const SPARE_TOKENS = 4;
const SPARE_SHARE = 1 / 256;
/** So many pieces in a row that no longer fit: what is left of the budget is crumbs. */
const MISSES_MAX = 12;

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

export function packPieces(sql: Sql, catalogue: Catalogue, ranking: Ranking, options: PackOptions): Packed {
  const taken = choose(catalogue, ranking, options);
  if (taken.length === 0) return packNote(sql, ranking.note, options.budgetTokens);
  const ids = taken.map((at) => catalogue.ids[at] ?? 0);
  return { ...render(catalogue, taken, readTexts(sql, ids)), tokens: layoutTokens(catalogue, taken) };
}

/** Where no piece fits, the note that answers best, if that does. */
function packNote(sql: Sql, row: number | null, budgetTokens: number): Packed {
  const note = row === null ? null : readNote(sql, noteRow(row));
  if (note === null) return { text: "", tokens: 0, pieces: [] };
  const day = note.time === null ? "" : `[${dayText(note.time, true)}]\n`;
  const tokens = note.tokens + (day === "" ? 0 : DAY_TOKENS) + ROLE_TOKENS + LABEL_MARK_TOKENS;
  if (tokens > budgetTokens - SPARE_TOKENS) return { text: "", tokens: 0, pieces: [] };
  return { text: `${day}note: ${note.text}`, tokens, pieces: [{ node: note.node, text: note.text }] };
}

/** Positions to take, in the order of the conversation. */
function choose(catalogue: Catalogue, ranking: Ranking, { budgetTokens, floor, pinShare }: PackOptions): number[] {
  const { scores, order } = ranking;
  const least = floor * (scores[order[0] ?? -1] ?? 0);
  const able = least > 0 ? order.filter((at) => (scores[at] ?? 0) >= least) : order;
  const taken = new Set<number>();
  const budget = budgetTokens * (1 - SPARE_SHARE) - SPARE_TOKENS;
  for (const trait of catalogue.grouping.peers ? [] : [TRAIT_RULE, TRAIT_PIN]) {
    const pins = order.filter((at) => ((catalogue.traits[at] ?? 0) & trait) !== 0);
    fill(catalogue, pins, taken, budget * pinShare - layoutTokens(catalogue, sorted(taken)), 0);
  }
  let used = layoutTokens(catalogue, sorted(taken));
  // The first pass reckons a label and a day for every piece; the second fills what sharing them has saved.
  for (let pass = 0; pass < 3 && budget - used > 2 * LABEL_MARK_TOKENS; pass++) {
    fill(catalogue, able, taken, budget - used, MISSES_MAX);
    used = layoutTokens(catalogue, sorted(taken));
  }
  return sorted(taken);
}

/** Takes pieces in the order given while they fit the room. */
function fill(catalogue: Catalogue, order: readonly number[], taken: Set<number>, room: number, misses: number): void {
  const days = new Set<number>();
  for (const at of taken) days.add(dayOf(catalogue.times[at] ?? NaN));
  let left = room;
  for (const at of order) {
    if (taken.has(at)) continue;
    const day = dayOf(catalogue.times[at] ?? NaN);
    const cost =
      (catalogue.tokens[at] ?? 0) +
      labelTokens(catalogue, at) +
      GAP_TOKENS +
      (Number.isNaN(day) || days.has(day) ? 0 : DAY_TOKENS);
    if (cost > left) {
      if (misses-- <= 0) return;
      continue;
    }
    left -= cost;
    taken.add(at);
    days.add(day);
  }
}

/** What a layout costs at most. Goes the same way as `render`. */
function layoutTokens(catalogue: Catalogue, taken: readonly number[]): number {
  let tokens = 0;
  walk(catalogue, taken, (at, step) => {
    tokens += catalogue.tokens[at] ?? 0;
    if (step.day !== null) tokens += step.newYear ? DAY_TOKENS : DAY_OF_YEAR_TOKENS;
    if (step.label !== null) tokens += labelTokens(catalogue, at);
    else if (!step.joins) tokens += step.sameMessage ? GAP_TOKENS : 1;
  });
  return tokens;
}

function render(
  catalogue: Catalogue,
  taken: readonly number[],
  texts: ReadonlyMap<number, string>,
): { text: string; pieces: RecalledPiece[] } {
  const pieces: RecalledPiece[] = [];
  const labels = new Set([
    ...ROLE_LABELS,
    ...[...catalogue.speakerNames.values()].map(({ name }) => name.toLowerCase()),
  ]);
  let text = "";
  walk(catalogue, taken, (at, step) => {
    const piece = texts.get(catalogue.ids[at] ?? 0) ?? "";
    const last = pieces.at(-1);
    if (step.joins && last !== undefined) {
      text += markSpeech(piece, text.endsWith("\n"), labels);
      last.text += piece;
      return;
    }
    if (text !== "") text = `${text.trimEnd()}\n`;
    if (step.day !== null) text += `[${step.day}]\n`;
    if (step.label !== null) text += `${step.label}: `;
    else if (step.sameMessage) text += "… ";
    text += markSpeech(piece.trimStart(), false, labels);
    pieces.push({ node: catalogue.nodes[at] ?? 0, text: piece });
  });
  return { text: text.trimEnd(), pieces };
}

const ROLE_LABELS = ["user", "assistant", "tool", "system", "developer"];
const LABEL_LINE = /^\s*([^\n:]{1,60}?)\s*:/u;

/** A line inside a quote that begins like a speaker's label is marked: what a tool has sent must not read as the user's. */
function markSpeech(piece: string, startsLine: boolean, labels: ReadonlySet<string>): string {
  if (!startsLine && !piece.includes("\n")) return piece;
  const lines = piece.split("\n");
  return lines
    .map((line, index) => {
      const label = index > 0 || startsLine ? LABEL_LINE.exec(line)?.[1] : undefined;
      return label !== undefined && labels.has(label.toLowerCase()) ? `> ${line}` : line;
    })
    .join("\n");
}

interface Step {
  /** A new day's heading, or null. */
  day: string | null;
  newYear: boolean;
  /** A new speaker's label, or null. */
  label: string | null;
  sameMessage: boolean;
  /** Follows the piece before without a gap. */
  joins: boolean;
}

function walk(catalogue: Catalogue, taken: readonly number[], visit: (at: number, step: Step) => void): void {
  let before = -2;
  let dayBefore = NaN;
  let yearBefore = NaN;
  let labelBefore = "";
  for (const at of taken) {
    const time = catalogue.times[at] ?? NaN;
    const day = dayOf(time);
    const newDay = day !== dayBefore && !Number.isNaN(day);
    const label = labelOf(catalogue, at);
    const sameMessage = catalogue.nodes[before] === catalogue.nodes[at];
    const year = newDay ? new Date(time).getUTCFullYear() : yearBefore;
    const newYear = year !== yearBefore && newDay;
    visit(at, {
      day: newDay ? dayText(time, newYear) : null,
      newYear,
      label: newDay || label !== labelBefore ? label : null,
      sameMessage,
      joins: sameMessage && catalogue.ids[at] === (catalogue.ids[before] ?? 0) + 1,
    });
    before = at;
    dayBefore = day;
    yearBefore = year;
    labelBefore = label;
  }
}

function labelOf(catalogue: Catalogue, at: number): string {
  const name = catalogue.speakerNames.get(catalogue.speakers[at] ?? 0)?.name;
  if (name !== undefined) return name;
  const role = catalogue.roles[at];
  return role === ROLE_USER ? "user" : role === ROLE_TOOL ? "tool" : "assistant";
}

function labelTokens(catalogue: Catalogue, at: number): number {
  return (catalogue.speakerNames.get(catalogue.speakers[at] ?? 0)?.tokens ?? ROLE_TOKENS) + LABEL_MARK_TOKENS;
}

/** Ordinal of the day; NaN where the time is not known. */
function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}

function dayText(time: number, withYear: boolean): string {
  const date = new Date(time);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return withYear ? `${day} ${date.getUTCFullYear()}` : day;
}

function sorted(taken: ReadonlySet<number>): number[] {
  return [...taken].toSorted((a, b) => a - b);
}
