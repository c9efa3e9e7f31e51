/**
 * Turns the newest user message into what the archive is asked: weighted words, dates, and the kind of answer sought.
 *
 * A message that leans on what came before ("and the second one?") brings in words of the last turns at a lower
 * weight; one that stands by itself does not. Words that only frame a question ("remind me what I said about") are
 * dropped, and so are the participants' names, which almost every piece would match: they count as speakers instead.
 */
import { readDates } from "./dates.ts";
import type { DateWords } from "./dates.ts";
import type { RecallMessage } from "./message.ts";
import { TRAIT_DATE, TRAIT_NAME, TRAIT_NUMBER, TRAIT_PLACE, TRAIT_REASON } from "./traits.ts";
import { cutWords, STOP_WORDS } from "./words.ts";

export interface Query {
  /** Word and weight; 1 for a word of the message itself. */
  words: Map<string, number>;
  /** Lower-case words of the message, to find the speakers it names. */
  plain: ReadonlySet<string>;
  dates: DateWords;
  /** Traits of a likely answer. */
  answer: number;
  /** It speaks to the assistant about the assistant: "what did you suggest?" */
  asksAssistant: boolean;
  /** It asks for many things at once: a list, a count, an order of events, a summary. */
  breadth: "nothing" | "one" | "many" | "all";
  /** Something in it asks; otherwise it only tells, or gives an order. */
  asks: boolean;
}

/** A query is cut off here: what a user asks stands at the start or the end of a long message. */
const QUERY_CHARS_MAX = 4000;
/** Most words that are looked up; each is one search of the index. */
const WORDS_MAX = 48;
/** Words of earlier turns stand behind those of the question itself. */
const CONTEXT_WEIGHT = 0.4;
const CONTEXT_WORDS_MAX = 16;

/** Words that frame a question and tell nothing of its subject. */
const ASKING_WORDS: ReadonlySet<string> = new Set(
  "tell ask asked asking said say says mention mentioned mentioning remind recall remember know list give show explain describe please want wanted like kind kinds type types sort many much time times way ways different lot various conversation conversations discussion discussions discussed chat talk talked".split(
    " ",
  ),
);
/** Words with which people take something as it is, or tell to go on. A message of these asks for nothing. */
const COURTESY_WORDS: ReadonlySet<string> = new Set(
  "thanks thank thx great perfect nice cool awesome excellent wonderful amazing lovely good fine sounds sound works sure alright yep yup nope bye goodbye cheers appreciate appreciated welcome help helpful helps helped helping understood agreed exactly correct right please continue proceed ahead go lol haha hmm day danke super prima bitte merci parfait gracias perfecto vale grazie obrigado obrigada valeu спасибо хорошо отлично dank bedankt tack".split(
    " ",
  ),
);
/** The same in scripts without spaces, of which words are pairs of characters. */
const COURTESY_UNSPACED =
  /^(?:谢谢|謝謝|好的?|明白|多谢|太好了|非常|你|了|ありがとう|ございます?|ました|どうも|はい|了解|です|감사합니다|감사|고마워요?|네|좋아요|ขอบคุณ|ครับ|ค่ะ|มาก|[\s\p{P}\p{S}])+$/u;

const LEANS =
  /\b(?:it|its|that|this|those|these|them|they|their|he|him|his|she|her|there|one|ones|same|other|another|former|latter|above|again|else)\b|^(?:and|or|but|so|why|how come|what about|how about|then|also)\b|那个|这个|它|他|她|それ|その|これ|この|그거|그것/iu;

/** "What did you suggest", not "can you tell me". */
const ASKS_ASSISTANT =
  /\b(?:did|had|were|have) you\b|\byou(?:['’](?:ve|d))? (?:had |have |just |previously |earlier )?(?:said|told|gave|given|suggest|recommend|advis|propos|mention|wrote|written|show|explain|describ|help|creat|list|provid|outlin)|\byour (?:\p{L}+ )?(?:suggest|recommend|advice|answer|repl|response|explanation|proposal|code)|你(?:之前|刚才|说|建议)/iu;

/** A whole course of things is asked for. */
const ALL =
  /\bsummar(?:y|ies|i[sz]e)|\boverview\b|\brecap\b|\b(?:in what|the|which) order\b|\border in which\b|\bin order\b|\bwalk me through\b|\bthroughout\b|\btimeline\b|\bchronolog|\bover time\b|总结|概括|まとめ|要約|요약/iu;

/** Words of quantity, or a plural behind "what" and "which". */
const MANY =
  /\bhow (?:many|often)\b|\b(?:list|all|every|both|each|across|various)\b|\b(?:what|which) (?:\p{L}+ ){0,2}\p{L}{2,}(?<!\b(?:is|was|does|has|this|his|its|as))s\b(?<!\b(?:is|was|does|has|this|his|its|as))|\bwhat (?:are|were)\b|哪些|どんな/iu;

export function readQuery(query: string, recent: readonly RecallMessage[], at: number | null): Query {
  const text = shorten(query);
  const own = cutWords(text);
  const plain = new Set(own);
  const subject = own.filter((word) => !STOP_WORDS.has(word) && !ASKING_WORDS.has(word));
  const words = new Map<string, number>();
  if (isCourtesy(text, own, subject)) return { ...NOTHING_ASKED, plain };
  for (const word of subject.length > 0 ? subject : own.filter((word) => !STOP_WORDS.has(word))) {
    if (words.size < WORDS_MAX) words.set(word, 1);
  }
  if (leansOnContext(text, words.size)) addContext(recent, words);
  const asking = askingPart(text);
  return {
    words,
    plain,
    dates: readDates(text, at),
    answer: answerTraits(text),
    asksAssistant: ASKS_ASSISTANT.test(text),
    breadth: breadthOf(asking),
    asks: asking !== "",
  };
}

const NOTHING_ASKED: Query = {
  words: new Map(),
  plain: new Set(),
  dates: { days: [], months: [], years: [] },
  answer: 0,
  asksAssistant: false,
  breadth: "nothing",
  asks: false,
};

/** Whether a message only takes what was said: "Thanks, that sounds great!" */
function isCourtesy(text: string, own: readonly string[], subject: readonly string[]): boolean {
  if (/[?？]/u.test(text)) return false;
  if (COURTESY_UNSPACED.test(text)) return true;
  return own.some((word) => COURTESY_WORDS.has(word)) && subject.every((word) => COURTESY_WORDS.has(word));
}

function shorten(query: string): string {
  if (query.length <= QUERY_CHARS_MAX) return query;
  return `${query.slice(0, QUERY_CHARS_MAX / 2)}\n${query.slice(-QUERY_CHARS_MAX / 2)}`;
}

/** Whether a message can hardly be understood by itself. */
function leansOnContext(text: string, subjectWords: number): boolean {
  if (subjectWords === 0) return LEANS.test(text.trim()) || /[?？]/u.test(text);
  return subjectWords === 1 || (subjectWords < 5 && LEANS.test(text.trim()));
}

function addContext(recent: readonly RecallMessage[], words: Map<string, number>): void {
  let weight = CONTEXT_WEIGHT;
  let added = 0;
  for (const message of recent.toReversed()) {
    if (message.role === "tool") continue;
    for (const word of cutWords(shorten(message.text))) {
      if (added >= CONTEXT_WORDS_MAX || words.size >= WORDS_MAX) return;
      if (STOP_WORDS.has(word) || ASKING_WORDS.has(word) || words.has(word)) continue;
      words.set(word, weight);
      added++;
    }
    weight /= 2;
  }
}

function answerTraits(text: string): number {
  let traits = 0;
  if (
    /\bwhen\b|\b(?:what|which) (?:date|day|month|year|time)\b|\bhow long\b|\bdeadline\b|什么时候|几[点号]|いつ|언제|\bwann\b|\bquand\b|\bcuándo\b/iu.test(
      text,
    )
  )
    traits |= TRAIT_DATE;
  if (
    /\bhow (?:many|much|often|old|long|far|big|large|high|fast)\b|\b(?:number|amount|percentage|price|cost|average|total|rate)\b|多少|几|いくつ|いくら|何[人個]|얼마|\bwie ?viele?\b|\bcombien\b|\bcuánt/iu.test(
      text,
    )
  )
    traits |= TRAIT_NUMBER;
  if (
    /\bwho(?:se|m)?\b|\bname(?:s|d)?\b|\b(?:which|what) (?:book|movie|song|band|game|company|artist|show|series|team|brand|author|person)s?\b|\bcalled\b|谁|誰|누구|\bwer\b|\bqui\b|\bquién\b/iu.test(
      text,
    )
  )
    traits |= TRAIT_NAME;
  if (
    /\bwhere\b|\b(?:which|what) (?:city|country|place|state|town|area|location)\b|哪里|どこ|어디|\bwo\b|\boù\b|\bdónde\b/iu.test(
      text,
    )
  )
    traits |= TRAIT_PLACE;
  if (
    /\bwhy\b|\b(?:what|which) (?:made|inspired|motivated|caused|reason)|\bhow come\b|为什么|なぜ|どうして|왜|\bwarum\b|\bpourquoi\b|\bpor qué\b/iu.test(
      text,
    )
  )
    traits |= TRAIT_REASON;
  return traits;
}

/** A sentence that asks: by its mark, or by its first words. */
const ASKS =
  /[?？]["'”’)\s]*$|^\W*(?:(?:and|so|but|then|ok(?:ay)?|please|also|now|first|next)\b[\s,]*)*(?:what|which|who|whom|whose|when|where|why|how|list|show|summar\w+|recap|name|give|tell|remind|walk|describe|explain|compare|can you|could you|do you|did)\b|哪|什么|总结|概括|まとめ|要約|요약|どんな|教えて/iu;

/** What asks in a text: "book both" is no question about many things. */
function askingPart(text: string): string {
  const sentences = text.match(/[^.!?。！？\n]+[.!?。！？]*/gu) ?? [];
  return sentences.filter((sentence) => ASKS.test(sentence.trim())).join(" ");
}

function breadthOf(asking: string): Query["breadth"] {
  if (ALL.test(asking)) return "all";
  return MANY.test(asking) ? "many" : "one";
}
