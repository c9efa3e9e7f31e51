/**
 * Judges a forwarded text by the evidence of its question.
 *
 * *strict*: every evidence turn is there, whole. *key*: the pieces of that very turn hold its answer-bearing words,
 * which are the stems it shares with the gold answer, without the question's own; all up to six, 80 % beyond.
 * Recall is the mean share of the evidence turns. White space does not count. Only this file reads answers.
 */
import type { Conversation, Question } from "./conversations.ts";
import type { Forwarded } from "./policies.ts";

export interface Score {
  strict: number;
  key: number;
}

const STOP = new Set(
  "a an the and or but if of to in on at by for with from as is are was were be been being am do does did have has had i you he she it we they me him her us them my your his its our their this that these those there here what which who whom when where why how not no so than then too very can could will would shall should may might must about into over under again also just only more most some any all each both such own same other s t d ll m re ve".split(
    " ",
  ),
);

export function scoreForwarded(conversation: Conversation, question: Question, forwarded: Forwarded): Score {
  const byTurn = new Map<number, string>();
  for (const { turn, text } of forwarded.pieces) byTurn.set(turn, `${byTurn.get(turn) ?? ""} ${text}`);
  const asked = stems(question.text);
  const gold = stems(`${question.answer} ${question.aux}`);
  let strict = 0;
  let key = 0;
  for (const turn of question.evidence) {
    const whole = conversation.turns[turn]?.text ?? "";
    const had = byTurn.get(turn);
    if (had === undefined) continue;
    if (squeeze(had) === squeeze(whole)) strict++;
    const bearing = [...stems(whole)].filter((stem) => gold.has(stem) && !asked.has(stem));
    const there = stems(had);
    const found = bearing.filter((stem) => there.has(stem)).length;
    if (found >= (bearing.length <= 6 ? bearing.length : 0.8 * bearing.length)) key++;
  }
  return { strict: strict / question.evidence.length, key: key / question.evidence.length };
}

function squeeze(text: string): string {
  return text.replace(/\s+/gu, "");
}

/** Content words with their usual English endings off; enough to compare two texts. */
function stems(text: string): Set<string> {
  const out = new Set<string>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    if (STOP.has(word)) continue;
    out.add(
      word.length < 5
        ? word.replace(/(?<=..[^s])s$/u, "")
        : word
            .replace(/(?:ies|ied)$/u, "y")
            .replace(/(?:ings?|edly|ed|ers?|ly|es|s)$/u, "")
            .replace(/([^aeiouls])\1$/u, "$1")
            .replace(/e$/u, ""),
    );
  }
  return out;
}
