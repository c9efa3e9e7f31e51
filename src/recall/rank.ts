/**
 * Scores the archive's pieces for a query.
 *
 * What a piece says itself and what its neighbours say (`evidence`), then what surrounds the words: the sitting, who
 * speaks, which day is meant, what kind of answer is sought. Every share is of the best of its kind, so the weights hold
 * for any archive. Weights are round: two halves of the development data agree on their size, not on a digit
 * more. None may be fitted to the wording of one data set.
 */
import type { Catalogue } from "./catalogue.ts";
import { DAY_MS } from "../model/day.ts";
import { stampWords } from "./dates.ts";
import { gatherEvidence, rarity } from "./evidence.ts";
import type { Evidence } from "./evidence.ts";
import { findBeginnings, findWords, positionsOf } from "./find-words.ts";
import { ROLE_USER } from "./piece-numbers.ts";
import type { Query } from "./read-query.ts";
import type { Sql } from "../ports/sql.ts";
import { TRAIT_CODE, TRAIT_PIN, TRAIT_QUESTION } from "./traits.ts";
import { cutWords } from "./words.ts";

export interface Ranking {
  /** By position in the catalogue. */
  scores: Float64Array;
  /** Positions of the best, and of all pins, best first. Empty when nothing in the archive answers to the query. */
  order: number[];
  /** The row of the note that answers best, or null. */
  note: number | null;
}

/** A piece with its label takes at least so many tokens: more pieces than the budget can hold are not put in order. */
const PIECE_TOKENS_MIN = 7;

/**
 * What the best piece must hold for the query to have a match at all: so much of its words, weighed by how rare they
 * are and counting those that are nowhere. A question put to the wrong conversation finds half as much as one put to the right one.
 */
const MATCH_SHARE = 0.15;
/** Enough for a long message, of which no piece holds such a share: as much as so many words of one piece in twenty. */
const MATCH_WORDS = 4;
const MATCH_ONE_IN = 20;
/** "Summarize our talk" matches whatever was said; "summarize this" with a page behind it has to match like any other. */
const OUTLINE_WORDS_MAX = 12;

const WEIGHTS = {
  /** The piece's own words, with those around its message that it lacks. */
  context: 1,
  /** In a chat a message is long, and the one beside it tells less of it. */
  chatAround: 0.5,
  /** The message behind holds the words: the user says a thing, the assistant takes it up. */
  next: 0.2,
  /** The message before asks with the words: this is what it was answered. */
  asked: 0.2,
  /** The piece before or behind in the same message: a thought runs on over the cut. */
  beside: 0.3,
  message: 0.4,
  sitting: 0.6,
  /** What a model noted of the message. */
  note: 0.8,
  /** Who is named speaks; a boost, never a filter: people also speak about each other. */
  speaker: 0.6,
  /** What the user said is the user's; an assistant's reply is long and mostly general. */
  user: 0.6,
  userOwn: 0.4,
  /** An order of events or a summary follows how the user opened each matter; what comes later in a message less. */
  outline: 1.2,
  outlineRest: 0.4,
  /** A user's question tells what the matter was about. */
  userQuestion: 0.2,
  /** Between two people a question is seldom the evidence. */
  peerQuestion: -0.1,
  answer: 0.35,
  pin: 0.13,
  code: -0.2,
};

/** Ids of speakers are under this. */
const SPEAKERS = 256;
const DATE_WEIGHTS = { day: 2, month: 1, year: 0.5 };
/** A date in the text says more than the date on which it was said. */
const STAMP_SHARE = 0.7;

export function rankPieces(sql: Sql, catalogue: Catalogue, query: Query, budgetTokens: number): Ranking {
  if (query.breadth === "nothing") return { scores: new Float64Array(0), order: [], note: null };
  const { named, nameWords } = readSpeakers(catalogue, query);
  const words = new Map([...query.words].filter(([word]) => !nameWords.has(word)));
  const { days, months, years } = query.dates;
  const found = findWords(sql, [...words.keys(), ...days, ...months, ...years], catalogue.count);
  for (const word of words.keys()) if (!found.has(word)) words.delete(word);
  findBeginnings(sql, words, found, catalogue.count);
  const evidence = gatherEvidence(catalogue, words, found);
  const scores = scoreDates(catalogue, query, found);
  if (!isMatch(catalogue, evidence, scores, words.size, named.size, query.breadth))
    return { scores, order: [], note: null };
  scorePieces(scores, catalogue, evidence, query, named);
  const most = Math.ceil(budgetTokens / PIECE_TOKENS_MIN) + 1;
  return { scores, order: bestFirst(catalogue, scores, most), note: evidence.bestNote };
}

/** Whether the archive has anything to say: enough of the words, or a day, or a person by name, or all of it is asked for. */
function isMatch(
  { count }: Catalogue,
  evidence: Evidence,
  dates: Float64Array,
  words: number,
  named: number,
  breadth: Query["breadth"],
): boolean {
  if ((breadth === "all" && words <= OUTLINE_WORDS_MAX) || largest(dates) > 0) return true;
  if (words === 0) return named > 0;
  const least = Math.min(MATCH_SHARE * evidence.asked, MATCH_WORDS * rarity(count, count / MATCH_ONE_IN));
  const found = Math.max(largest(evidence.own), largest(evidence.note));
  return found > 0 && found >= least;
}

/** Adds what all but the dates is worth. */
function scorePieces(
  scores: Float64Array,
  catalogue: Catalogue,
  evidence: Evidence,
  query: Query,
  named: ReadonlySet<number>,
): void {
  const { asks, messageOf, peers, sittingOf } = catalogue.grouping;
  const aroundShare = peers ? 1 : WEIGHTS.chatAround;
  const context = new Float64Array(scores.length);
  for (let at = 0; at < context.length; at++)
    context[at] = (evidence.own[at] ?? 0) + aroundShare * (evidence.around[messageOf[at] ?? 0] ?? 0);
  const { best, message: ofMessage, note, own, sitting: ofSitting } = evidence;
  const perOwn = perMost(1, own);
  const perContext = perMost(WEIGHTS.context, context);
  const perMessage = perMost(WEIGHTS.message, ofMessage);
  const perNote = perMost(WEIGHTS.note, note);
  const perSitting = perMost(WEIGHTS.sitting, ofSitting);
  const isNamed = new Uint8Array(SPEAKERS);
  for (const speaker of named) isNamed[speaker] = 1;
  for (let at = 0; at < scores.length; at++) {
    const message = messageOf[at] ?? 0;
    const sitting = sittingOf[message] ?? 0;
    const traits = catalogue.traits[at] ?? 0;
    let score =
      perContext * (context[at] ?? 0) +
      WEIGHTS.beside * perOwn * besideOf(messageOf, own, at) +
      perMessage * (ofMessage[message] ?? 0) +
      perNote * (note[message] ?? 0) +
      perSitting * (ofSitting[sitting] ?? 0);
    if (sittingOf[message + 1] === sitting) score += WEIGHTS.next * perOwn * (best[message + 1] ?? 0);
    if (asks[message - 1] === 1 && sittingOf[message - 1] === sitting)
      score += WEIGHTS.asked * perOwn * (best[message - 1] ?? 0);
    if (isNamed[catalogue.speakers[at] ?? 0] === 1) score += WEIGHTS.speaker;
    if ((traits & query.answer) !== 0) score += WEIGHTS.answer;
    if ((traits & TRAIT_PIN) !== 0) score += WEIGHTS.pin;
    if ((traits & TRAIT_CODE) !== 0) score += WEIGHTS.code;
    const isQuestion = (traits & TRAIT_QUESTION) !== 0;
    if (peers) {
      if (isQuestion) score += WEIGHTS.peerQuestion;
    } else {
      const ownShare = perOwn * (own[at] ?? 0);
      const isUser = catalogue.roles[at] === ROLE_USER;
      const user = query.asksAssistant ? 0.5 : isUser ? 1 : 0;
      if (query.breadth === "all" && isUser)
        score += message === messageOf[at - 1] ? WEIGHTS.outlineRest : WEIGHTS.outline;
      if ((context[at] ?? 0) > 0) score += user * (WEIGHTS.user + WEIGHTS.userOwn * ownShare);
      if (isQuestion) score += WEIGHTS.userQuestion * Math.min(1, 2 * ownShare);
    }
    scores[at] = (scores[at] ?? 0) + score;
  }
}

/** The best pieces and all pins, best first. */
function bestFirst({ traits }: Catalogue, scores: Float64Array, most: number): number[] {
  const least = scoreAtRank(scores, most);
  const order: number[] = [];
  for (let at = 0; at < scores.length; at++)
    if ((scores[at] ?? 0) >= least || ((traits[at] ?? 0) & TRAIT_PIN) !== 0) order.push(at);
  return order.toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
}

/** Slots for scores, so that the best are found by counting: to sort all would cost more than to score them. */
const SLOTS = 512;

/** A score that at least so many pieces reach. */
function scoreAtRank(scores: Float64Array, rank: number): number {
  if (scores.length <= rank) return -Infinity;
  let low = Infinity;
  let high = -Infinity;
  for (const score of scores) {
    if (score < low) low = score;
    if (score > high) high = score;
  }
  if (!(high > low)) return -Infinity;
  const scale = (SLOTS - 1) / (high - low);
  const slots = new Uint32Array(SLOTS);
  for (const score of scores) {
    const slot = Math.floor((score - low) * scale);
    slots[slot] = (slots[slot] ?? 0) + 1;
  }
  let reached = 0;
  let slot = SLOTS;
  while (reached < rank) reached += slots[--slot] ?? 0;
  // A hair lower, so that rounding keeps the slot's own lowest score.
  return low + slot / scale - (high - low) * 1e-9;
}

/** The better score of the two pieces next to this one in its message. */
function besideOf(messageOf: Uint32Array, own: Float64Array, at: number): number {
  const before = messageOf[at - 1] === messageOf[at] ? (own[at - 1] ?? 0) : 0;
  const behind = messageOf[at + 1] === messageOf[at] ? (own[at + 1] ?? 0) : 0;
  return before > behind ? before : behind;
}

/** The best match of a piece's dates, or of the day it was said on, with the dates of the query. */
function scoreDates(
  catalogue: Catalogue,
  { dates }: Query,
  found: ReadonlyMap<string, readonly number[]>,
): Float64Array {
  const scores = new Float64Array(catalogue.count);
  const wanted = [
    { words: dates.days, grain: "day" },
    { words: dates.months, grain: "month" },
    { words: dates.years, grain: "year" },
  ] as const;
  for (const { words, grain } of wanted) {
    const weight = DATE_WEIGHTS[grain];
    for (const word of words) {
      for (const at of positionsOf(found.get(word) ?? [], catalogue.ids))
        scores[at] = Math.max(scores[at] ?? 0, weight);
      let dayBefore = NaN;
      let matched = false;
      for (let at = 0; at < scores.length; at++) {
        const time = catalogue.times[at] ?? NaN;
        // A day is looked at once, however much was said on it.
        const day = Math.floor(time / DAY_MS);
        if (day !== dayBefore) matched = !Number.isNaN(day) && matchesStamp(time, word, grain);
        dayBefore = day;
        if (matched) scores[at] = Math.max(scores[at] ?? 0, weight * STAMP_SHARE);
      }
    }
  }
  return scores;
}

function matchesStamp(time: number, word: string, grain: "day" | "month" | "year"): boolean {
  const stamp = stampWords(time)[grain];
  if (word.startsWith("ze")) return stamp.slice(6) === word.slice(2);
  if (word.startsWith("zn")) return stamp.slice(6, 8) === word.slice(2);
  return stamp === word;
}

/** Which speakers the query names, and all words of the participants' names. */
function readSpeakers({ speakerNames }: Catalogue, { plain }: Query): { named: Set<number>; nameWords: Set<string> } {
  const named = new Set<number>();
  const nameWords = new Set<string>();
  for (const [id, { name }] of speakerNames) {
    for (const word of cutWords(name)) {
      nameWords.add(word);
      if (plain.has(word)) named.add(id);
    }
  }
  return { named, nameWords };
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** What makes a weight of the best value. */
function perMost(weight: number, values: Float64Array): number {
  const most = largest(values);
  return most === 0 ? 0 : weight / most;
}
