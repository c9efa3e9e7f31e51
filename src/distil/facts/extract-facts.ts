/**
 * Finds what a user says about themself and their world that is worth keeping beyond the conversation.
 *
 * Works without a model, on a user's own messages only: what a tool returned or the assistant wrote is never asked.
 * A fact is a clause of the message and the sentence it stands in, word for word. The same messages give the same
 * facts. It must not know what is remembered already: that is the business of `supersede-facts`.
 */
import { FACTS_PER_MESSAGE_MAX } from "../../model/limits.ts";
import type { SpanMessage } from "../../ports/distiller.ts";
import type { FactDraft } from "../../ports/user-memory.ts";
import { plainForm } from "../classify.ts";
import { CHINESE_FACTS, JAPANESE_FACTS } from "./asian.ts";
import { FRENCH_FACTS, GERMAN_FACTS } from "./continental.ts";
import type { FactCue } from "./cue.ts";
import { ENGLISH_FACTS } from "./english.ts";
import { PORTUGUESE_FACTS, SPANISH_FACTS } from "./iberian.ts";
import { ownSentences } from "./own-statements.ts";
import type { OwnClause, OwnSentence } from "./own-statements.ts";
import { isTechnology } from "./technologies.ts";
import { foldLine } from "../record.ts";
import { readWish } from "../pins/wish.ts";

type Found = Pick<FactDraft, "kind" | "slot" | "statement" | "quote">;

const CUES: readonly FactCue[] = [
  ...ENGLISH_FACTS,
  ...GERMAN_FACTS,
  ...FRENCH_FACTS,
  ...SPANISH_FACTS,
  ...PORTUGUESE_FACTS,
  ...JAPANESE_FACTS,
  ...CHINESE_FACTS,
];

/** "Hi, I'm Anna" names someone; "I'm German" and "I'm Done" do not. */
const INTRODUCTION =
  /^(?:[Ii]'m|[Ii] am|[Tt]his is|[Ii]t's) (?<v>\p{Lu}\p{Ll}{1,20}(?: \p{Lu}\p{Ll}{1,20})?)(?=$|[.!]|,? (?:and|from|a|an|the|your|who)\b)/u;
const NO_NAME =
  /(?:ese|ish|ian|can|man|ench|utch|eek|wiss|tech|olic|ist|ing|ed|ly)$|^(?:I|Sure|Not|So|Just|New|Back|Fine|Good|Ok|Here|Sorry|Glad|Happy|Afraid|Vegan|Iraqi|Thai|Arab|Polish)\b/u;
/** A rule for one piece of work, or for one place in it, is not a rule for every conversation. */
const ONE_TASK =
  /\b(?:this|these|that|the current|the above|the following|the next) (?:chat|conversation|session|thread|task|files?|function|class|module|repo|repository|codebase|branch|document|essay|story|game|exercise|message|reply|answer|question|project|list|table|email|step|time|one|part)s?\b|\bfor (?:now|today|this)\b|\bhere\b|[`/\\{}=]|\.\p{Ll}{2,4}\b|\b(?:commit|merge|push|deploy|rebase|tests?|build|endpoint|function|variable|button|component|column|null)\b/iu;
/** A sentence about what somebody did orders nothing, and what is to be forgotten here may hold elsewhere. */
const NO_RULE =
  /^(?:(?:and|but|so|well|also|please),? )?(?:(?:forget|ignore|disregard|scratch|never ?mind)\b|(?:i|i'm|i've|i'll|we|we're|we've|my|our|he|she|they|it)\b(?! (?:would |'d )?(?:want|need|like|expect|prefer) you\b))/iu;
const INSTRUCTION_WORDS_MIN = 3;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Hangul}]/u;
/** The first comma behind which something else begins. */
const CLAUSE_END =
  /,\s+(?!(?:an?|the|and|or|but not|near|not|especially|mainly|mostly|which|who|where|with|in|on|at|from|to|called|named|by|for|until|since|un|une|le|la|el|der|die|das|und|et|y|e)\b)(?=\p{Ll})/u;
const SLOT_VALUE_CHARS_MAX = 40;

/** Facts in the order in which they were said. */
export function extractFacts(messages: readonly SpanMessage[]): FactDraft[] {
  return messages.flatMap((message) => {
    if (message.role !== "user") return [];
    const found = ownSentences(message).flatMap(readSentence);
    return found
      .filter(
        ({ slot, statement }, at) => found.findIndex((one) => one.slot === slot && one.statement === statement) === at,
      )
      .slice(0, FACTS_PER_MESSAGE_MAX)
      .map((fact) => ({ ...fact, trust: "user", node: message.node, saidAt: message.at ?? 0 }));
  });
}

/** A statement that its owner adds by hand: it is kept whatever it says, and read only for its kind and slot. */
export function readStatement(text: string): Found {
  const statement = foldLine(text);
  const said = statement.replaceAll("’", "'");
  const rule = readWish(said, plainForm(said), true) === "order" ? "instruction" : "profile";
  const known = matchCues(said) ?? { kind: rule, slot: null };
  return { ...known, statement, quote: statement };
}

function readSentence({ quote, kind, clauses }: OwnSentence): Found[] {
  const facts = clauses.flatMap((clause) => {
    const known = matchCues(clause.text) ?? introduces(clause);
    return known ? [{ ...known, statement: closeClause(clause.text), quote }] : [];
  });
  if (facts.length > 0 || kind !== "instruction" || !isRule(quote)) return facts;
  return [{ kind, slot: null, statement: foldLine(quote), quote }];
}

function matchCues(text: string): Pick<Found, "kind" | "slot"> | null {
  for (const { kind, slot, pattern, named } of CUES) {
    const match = pattern.exec(text);
    if (!match) continue;
    const value = firstPart(match.groups?.["v"] ?? "");
    if (named && !isNamed(value, slot, text)) continue;
    return { kind, slot: slot?.endsWith(":") ? slot + slotValue(value) : slot };
  }
  return null;
}

/** Where nobody lives although they move there, in a text without capitals. */
const NO_PLACE =
  /^(?:an?|the|this|that|these|my|our|your|it|here|there|next|another|other|new|more|less|fear|hope|peace|hell|denial|pain|shame|management|sales|marketing|product|support|senior|engineering|work|school|remote|production|main|master|staging|v?\d)\b/iu;
const PLACE_WORDS_MAX = 3;
/** What people join that does not employ them. */
const NO_EMPLOYER =
  /\b(?:challenge|group|club|meeting|session|call|class|course|discussion|webinar|waitlist|Slack|Discord|Reddit|Twitter|Zoom|LinkedIn|Facebook|I|January|February|March|April|May|June|July|August|September|October|November|December)\b/u;

/** A name, a number, or something that is known by its small name. Nobody lives in a technology. */
function isNamed(value: string, slot: string | null, text: string): boolean {
  if (slot === "residence" || slot === "origin") return !isTechnology(value) && isPlace(value, text);
  if (slot === "employer") return /^(?:the )?\p{Lu}/u.test(value) && !isTechnology(value) && !NO_EMPLOYER.test(value);
  return /^(?:the |a |an )?[\p{Lu}\p{N}]/u.test(value) || isTechnology(value);
}

function isPlace(value: string, text: string): boolean {
  if (/^(?:the )?\p{Lu}/u.test(value)) return true;
  if (/^an? (?:small |big |little )?(?:town|city|village|house|flat|apartment|farm|boat|van)\b/u.test(value))
    return true;
  const isPlain = !/\p{Lu}/u.test(text) && value.split(/\s+/u).length <= PLACE_WORDS_MAX;
  return isPlain && !NO_PLACE.test(value);
}

function introduces({ text, isGreeting }: OwnClause): Pick<Found, "kind" | "slot"> | null {
  const name = isGreeting ? INTRODUCTION.exec(text)?.groups?.["v"] : undefined;
  return name === undefined || NO_NAME.test(name) ? null : { kind: "profile", slot: "name" };
}

/** Whether an instruction is meant for every conversation. */
function isRule(text: string): boolean {
  if (readWish(text, plainForm(text), true) !== "order" || ONE_TASK.test(text) || NO_RULE.test(text)) return false;
  return UNSPACED.test(text) || text.split(/\s+/u).length >= INSTRUCTION_WORDS_MIN;
}

function closeClause(clause: string): string {
  return foldLine(clause).replace(/(?:[\s,;:.!。！—–-]|\b(?:and|but|so|or|und|oder|et|ou|y|e)$)+$/u, "");
}

/** What a value is before something else is said of it. */
function firstPart(value: string): string {
  const end = value.search(CLAUSE_END);
  return closeClause(end < 0 ? value : value.slice(0, end));
}

/** What completes a slot: lower case, without articles and courtesies. */
function slotValue(value: string): string {
  return value
    .toLowerCase()
    .replace(/^(?:(?:an?|the|my|our|any|all|some|un|une|el|la|le|les|los|las|o|os|as)\s+)+/u, "")
    .replace(
      /\s+(?:any ?more|too|as well|a lot|very much|the most|best|now|again|mehr|plus|más|mais|at (?:all|work|home)|for (?:everything|everyone|most)\b.*|over .*|to .*|because .*|and .*|but .*|when .*|if .*|with .*)$/u,
      "",
    )
    .slice(0, SLOT_VALUE_CHARS_MAX)
    .trim();
}
