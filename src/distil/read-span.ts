/**
 * Reads the messages of a span into statements: quotable sentences with their source and their kind.
 *
 * The same reading serves the distiller and the gate, so that both agree on what the user has ordered.
 * Here the neighbours of a sentence count: list items under a heading of rules are rules, the middle of a very long
 * message is pasted material, a question is open only when nothing followed it. This file must not rank or drop
 * for lack of room.
 */
import type { BriefPiece, PieceKind, SpanMessage } from "../ports/distiller.ts";
import { classifySentence, plainForm } from "./classify.ts";
import { FAILURE, REMINDER, RULES_HEADING } from "./cues.ts";
import { isForeign, ownWords } from "./pins/own-words.ts";
import { isPin } from "./pins/pins.ts";
import { isQuotable, speakerOf } from "./record.ts";
import { cutSentences, type Sentence } from "./sentences.ts";
import { isQuestion } from "./pins/wish.ts";

/** A piece that may enter a brief, with what is needed to rank it. */
export interface Statement {
  piece: BriefPiece;
  /** Lower-case form for the patterns of `cues`. */
  plain: string;
  form: Sentence["form"];
  /** Index of the message in the span; -1 for a quote of the previous brief. */
  message: number;
  /** Stands beside an instruction in the same message: often its reason. */
  besideInstruction: boolean;
  pasted: boolean;
  /** What it cannot be read without: the first part of a large JSON object, the sentence above a list of things done. */
  head: Statement | null;
}

/** In a longer user message only the two ends count as the user's own words; what lies between is pasted. */
const OWN_WORDS_CHARS = 2_000;
/** Trailing questions of one message that can be open. */
const OPEN_QUESTIONS_MAX = 3;
const COURTESY =
  /\b(?:anything else|any (?:other |more |further )?questions|how (?:can|may) i (?:help|assist)|sound good|make sense|what do you think)\b/u;

/** All statements of the span, in order. */
export function readSpan(span: readonly SpanMessage[]): Statement[] {
  const statements: Statement[] = [];
  const lastSpoken = span.findLastIndex((message) => message.role !== "tool");
  const peers = isPeerChat(span);
  let openFrom = lastSpoken;
  if (span[lastSpoken]?.role === "user") while (span[openFrom - 1]?.role === "user") openFrom--;
  for (const [index, message] of span.entries()) {
    const from = statements.length;
    readMessage(message, index, peers, statements);
    if (index >= openFrom && message.role !== "tool") markOpenQuestions(statements, from);
  }
  return statements;
}

/** The pins that a user set in the span, in order, those since replaced included. */
export function readPins(span: readonly SpanMessage[]): BriefPiece[] {
  const statements: Statement[] = [];
  const peers = isPeerChat(span);
  for (const [index, message] of span.entries()) {
    if (message.role === "user") readMessage(message, index, peers, statements);
  }
  return statements.map(({ piece }) => piece).filter(isPin);
}

/** Two named people talking: there a plain imperative is advice to a friend, not an order to a model. */
function isPeerChat(span: readonly SpanMessage[]): boolean {
  return span.some((message) => message.role === "assistant" && speakerOf(message) !== message.role);
}

function readMessage(message: SpanMessage, index: number, peers: boolean, out: Statement[]): void {
  const { node, role, speaker, at, text } = message;
  const long = text.length > 3 * OWN_WORDS_CHARS;
  const ownText = role === "user" ? ownWords(text) : text;
  let inherited: PieceKind | null = null;
  let above: Statement | null = null;
  let head: Statement | null = null;
  let before: Statement | null = null;
  for (const sentence of cutSentences(text)) {
    if (!isQuotable(sentence.text) || !/[\p{L}\p{N}]/u.test(sentence.text)) continue;
    const middle = sentence.start > OWN_WORDS_CHARS && sentence.start < text.length - OWN_WORDS_CHARS;
    const own = ownText.slice(sentence.start, sentence.start + sentence.text.length);
    if (role === "user" && ((long && middle) || isForeign(own))) sentence.pasted = true;
    const plain = plainForm(sentence.text);
    let kind = classifySentence(role, sentence, plain, own, peers);
    if (sentence.form === "list" && inherited !== null) kind = inherited;
    else {
      inherited = bequest(role, sentence, kind, plain);
      kind = inherited ?? kind;
      above = null;
    }
    if (sentence.form === "heading" && kind !== "instruction") continue;
    if (role !== "user" && FAILURE.test(plain)) continue;
    const piece: BriefPiece = { node, role, speaker, at, kind, text: sentence.text };
    const next: Statement = {
      piece,
      plain,
      form: sentence.form,
      message: index,
      besideInstruction: before?.piece.kind === "instruction",
      pasted: sentence.pasted,
      head: kind === "decision" ? above : null,
    };
    if (inherited !== null && above === null) above = next;
    if (sentence.form === "json" && !sentence.text.startsWith("{")) {
      if (head === null) head = next;
      else next.head = head;
    }
    if (kind === "instruction" && before !== null) before.besideInstruction = true;
    out.push(next);
    before = next;
  }
}

/** What the list items below a sentence inherit: rules from a heading of rules, a report from "has been done:". */
function bequest(role: SpanMessage["role"], sentence: Sentence, kind: PieceKind, plain: string): PieceKind | null {
  if (sentence.pasted || !/[:：]\**$/u.test(plain)) return null;
  if (role === "user") return RULES_HEADING.test(plain) ? "instruction" : null;
  return role === "assistant" && kind === "decision" ? "decision" : null;
}

function markOpenQuestions(statements: Statement[], from: number): void {
  let open = 0;
  for (let at = statements.length - 1; at >= from && open < OPEN_QUESTIONS_MAX; at--) {
    const statement = statements[at];
    if (statement === undefined || statement.pasted || !isQuestion(statement.plain)) continue;
    if (statement.form === "code" || statement.form === "json" || COURTESY.test(statement.plain)) continue;
    if (!isPin(statement.piece)) statement.piece.kind = "question";
    open++;
  }
}

/** Quotes of the previous brief as statements. A plain question has had its answer by now; a reminder stays. */
export function readKept(kept: readonly BriefPiece[], spanGoesOn: boolean): Statement[] {
  const statements: Statement[] = [];
  for (const { unshown: _, ...piece } of kept) {
    const plain = plainForm(piece.text);
    if (!isQuotable(piece.text)) continue;
    if (piece.kind === "question" && spanGoesOn && !REMINDER.test(plain)) continue;
    statements.push({ piece, plain, form: "prose", message: -1, besideInstruction: false, pasted: false, head: null });
  }
  return statements;
}
