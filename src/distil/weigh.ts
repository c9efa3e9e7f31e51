/**
 * Weighs statements: how much evidence one adds to what is already quoted.
 *
 * A statement is a set of terms (atoms, names, words). Each term counts once for the whole brief, so a second
 * sentence about the same thing is worth only what it adds; that is also what keeps near duplicates out.
 * The constants are choices, tuned by reading briefs of long conversations, not fitted. No randomness, no token counts here.
 */
import { PLEASANTRY, PROFILE, READING_CALL, STOP_WORDS, TIME_WORDS } from "./cues.ts";
import { scanAtoms, type AtomKind } from "./atoms.ts";
import type { BriefPiece } from "../ports/distiller.ts";
import type { Statement } from "./read-span.ts";
import { speakerOf } from "./record.ts";
import { isQuestion } from "./pins/wish.ts";

const ATOM_WEIGHT: Record<AtomKind, number> = {
  number: 0.9,
  date: 1.5,
  money: 1.6,
  identifier: 1.5,
  path: 1.2,
  url: 1.2,
  email: 1.8,
};
/** What a statement's role adds or takes: a user's word outranks an assistant's, a tool's comes last. */
const ROLE_WEIGHT = { user: 1.6, assistant: 1, tool: 0.45 } as const;
/** In a talk of two people both tell of themselves. */
const PEER_WEIGHT = 1.5;
/** A sentence without a figure, a name, a time or a word about the user. */
const UNANCHORED_FACTOR = 0.25;
const KIND_WEIGHT = { instruction: 2, preference: 1.5, decision: 1.6, question: 1, fact: 1 } as const;
const NAME_WEIGHT = 1;
const WORD_WEIGHT = 0.22;
/** Terms read of one statement. */
const TERMS_MAX = 60;

interface Term {
  base: number;
  /** Messages the term occurs in, and the last of them. */
  messages: number;
  last: number;
  /** Occurrences inside a sentence with and without a capital: a name is mostly capitalised. */
  capital: number;
  small: number;
  weight: number;
  covered: boolean;
}

/** A statement with its terms resolved. */
export interface Weighed {
  statement: Statement;
  terms: Term[];
  /** Worth of the sentence's own form, in the unit of term weights. */
  own: number;
  /** Whether it holds a figure, a name, a time or a word about the user. */
  anchored: boolean;
  /** Role, kind, form and length as one factor. */
  factor: number;
}

/** Resolves the terms of all statements against each other. */
export function weighStatements(statements: readonly Statement[]): Weighed[] {
  const vocabulary = new Map<string, Term>();
  const weighed = statements.map((statement) => {
    const terms = readTerms(statement, vocabulary);
    return { statement, terms, own: ownWorth(statement), anchored: true, factor: factorOf(statement) };
  });
  const messages = new Set(statements.map(({ message }) => message)).size;
  const speakers = new Set(statements.flatMap(({ piece }) => speakerOf(piece).toLowerCase().split(" ")));
  for (const [key, term] of vocabulary) term.weight = speakers.has(key) ? 0.05 : weightOf(term, messages);
  for (const item of weighed) item.anchored = item.own > 0 || item.terms.some(({ weight }) => weight >= 0.8);
  return weighed;
}

/** Worth of a statement beside what is already covered. */
export function gainOf(item: Weighed): number {
  let fresh = 0;
  let total = 0;
  for (const term of item.terms) {
    total += term.weight;
    if (!term.covered) fresh += term.weight;
  }
  if (total === 0 || fresh < 0.3 * total) return 0;
  return item.factor * (item.anchored ? 1 : UNANCHORED_FACTOR) * (fresh + item.own);
}

/** Counts a statement's terms as said. */
export function coverTerms(item: Weighed): void {
  for (const term of item.terms) term.covered = true;
}

function weightOf(term: Term, messages: number): number {
  const share = messages < 12 ? 0 : term.messages / messages;
  if (term.base > 0) return term.base * (share > 0.3 ? 0.5 : term.messages > 1 ? 1.25 : 1);
  if (term.capital > term.small) return share > 0.3 ? 0.4 : NAME_WEIGHT + 0.1 * Math.min(4, Math.log2(term.messages));
  if (share > 0.2) return 0.04;
  return WORD_WEIGHT + 0.08 * Math.min(3, Math.log2(term.messages));
}

function readTerms(statement: Statement, vocabulary: Map<string, Term>): Term[] {
  const terms = new Set<Term>();
  const { text } = statement.piece;
  const note = (key: string, base: number, capital: number, small: number): void => {
    if (terms.size >= TERMS_MAX) return;
    let term = vocabulary.get(key);
    if (term === undefined) {
      term = { base, messages: 0, last: -2, capital: 0, small: 0, weight: 0, covered: false };
      vocabulary.set(key, term);
    }
    if (term.last !== statement.message) term.messages++;
    term.last = statement.message;
    term.capital += capital;
    term.small += small;
    terms.add(term);
  };
  if (/[\p{Nd}_@]|[./\\]\S|[a-z][A-Z]/u.test(text)) {
    for (const { text: atom, kind } of scanAtoms(text)) {
      const slight = kind === "number" && atom.length < 2;
      note(`#${atom.toLowerCase()}`, slight ? 0.3 : ATOM_WEIGHT[kind], 0, 0);
    }
  }
  let first = true;
  for (const word of text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []) {
    const key = word.toLowerCase();
    const cased = key !== word;
    if (word.charCodeAt(0) >= 0x2e80) noteBigrams(word, note);
    else if (word.length > 2 && !STOP_WORDS.has(key) && !/^\d/.test(word)) {
      note(key, 0, cased && !first ? 1 : 0, cased ? 0 : 1);
    }
    first = false;
  }
  return [...terms];
}

/** Scripts without spaces: pairs of characters stand for words. */
function noteBigrams(run: string, note: (key: string, base: number, capital: number, small: number) => void): void {
  for (let at = 0; at + 1 < run.length && at < TERMS_MAX; at++) note(run.slice(at, at + 2), 0, 0, 1);
}

function roleWeight(piece: BriefPiece): number {
  return piece.role === "assistant" && speakerOf(piece) !== "assistant" ? PEER_WEIGHT : ROLE_WEIGHT[piece.role];
}

function ownWorth({ plain, piece, besideInstruction }: Statement): number {
  let worth = 0;
  if (piece.role === "user" && PROFILE.test(plain)) worth += 1;
  if (piece.role !== "tool" && TIME_WORDS.test(plain)) worth += 1;
  if (besideInstruction) worth += 0.8;
  return worth;
}

function factorOf({ piece, plain, form, pasted, message }: Statement): number {
  let factor = roleWeight(piece) * KIND_WEIGHT[piece.kind] * (pasted ? 0.35 : 1) * (message < 0 ? 1.15 : 1);
  if (form === "table") factor *= 0.8;
  if (form === "code") factor *= 0.5;
  if (form === "list" && piece.role === "assistant") factor *= 0.7;
  if (form === "call") factor *= READING_CALL.test(piece.text) ? 0.4 : 1.6;
  if (piece.kind !== "question" && form !== "call" && isQuestion(plain)) factor *= piece.role === "user" ? 0.4 : 0.15;
  if (piece.kind === "fact" && PLEASANTRY.test(plain) && !/\p{Nd}|_/u.test(plain)) factor *= 0.5;
  return factor / (piece.text.length + 60) ** 0.55;
}
