/**
 * A wish that stands: an order for all answers to come, or what somebody says about himself.
 *
 * Read from one sentence of the user's own words. English is read clause by clause, other languages by their strongest
 * phrases. In doubt a sentence is no wish: a wish lost is still among the facts, a wrong one is obeyed for ever.
 * This file must not look at roles, quotations or the sentences around; its callers do.
 */
import {
  ANY_ORDER,
  AT_HAND,
  FOR_GOOD,
  IDENTITY,
  LEAD,
  MANNER_ORDER,
  LASTING,
  OCCASION_BEHIND,
  ON_OCCASION,
  OWN_NAME,
  PAST_ORDERS,
  PROHIBITION,
  REMEMBER,
  REPORTED,
  REQUEST,
  RULE,
  RULED,
  TAKEN_BACK,
  TASTE,
  THIS_ONCE,
  WISHED_OF_YOU,
} from "./wish-english.ts";
import { EAST_ASIAN_ORDER, FOREIGN_ONCE, FOREIGN_ORDER, FOREIGN_SELF, FOREIGN_TAKEN_BACK } from "./wish-languages.ts";

/** `identity` is who the user is, `taste` what he likes; an order binds. */
export type Wish = "order" | "identity" | "taste";

/** Characters of a sentence that are read; a longer one is a paste, not a wish. */
const READ_CHARS = 600;
const CLAUSES_MAX = 40;
const LEADS_MAX = 6;
const CLAUSE_BREAK =
  /(?<![,;:.!?…–—])[,;:.!?…–—]+(?: |$)| [-–—] |(?<! (?:be|not|is|are|was)|'s) (?=(?:and|but|so|then|because) )/u;
/** A clause about somebody: "he forgets it and never calls" orders nobody. */
const TOLD = /^(?:i|i'm|i've|i'd|he|she|they|it|we|who|people|everyone|nobody|my|his|her|their|the|our|this|that)\b/u;
const COORDINATED = /^(?:and|but|or|then) (?:always|never)\b/u;

/** Whether a sentence ends as a question. */
export function isQuestion(text: string): boolean {
  return /[?？]["'”’)」』*]{0,3}$/u.test(text);
}

/**
 * The wish in a sentence, or null. `text` is the sentence as it was written but for other people's words, `plain` its
 * `plainForm`. `rulesOnly` leaves out bare orders of manner: between two people those are advice.
 */
export function readWish(text: string, plain: string, rulesOnly = false): Wish | null {
  if (text.length > READ_CHARS) return null;
  const clauses = plain.split(CLAUSE_BREAK, CLAUSES_MAX);
  if (isOrder(plain, clauses, rulesOnly)) return "order";
  if (REPORTED.test(plain)) return null;
  const asks = isQuestion(plain);
  const told = asks ? clauses.slice(0, -1) : clauses;
  const statements = told.map(bare);
  if (statements.some((clause) => IDENTITY.test(clause)) || (!asks && OWN_NAME.test(text))) return "identity";
  if (statements.some((clause) => TASTE.test(clause))) return "taste";
  return !asks && FOREIGN_SELF.test(plain) ? "taste" : null;
}

/** Whether a sentence, in its plain form, takes an earlier wish back. */
export function takesBack(plain: string): boolean {
  return (
    FOREIGN_TAKEN_BACK.test(plain) || plain.split(CLAUSE_BREAK, CLAUSES_MAX).some((each) => TAKEN_BACK.test(bare(each)))
  );
}

function isOrder(plain: string, clauses: readonly string[], rulesOnly: boolean): boolean {
  if (THIS_ONCE.test(plain) || FOREIGN_ONCE.test(plain)) return false;
  if (isQuestion(plain)) return clauses.map(bare).some(asksForRule);
  if (REPORTED.test(plain)) return false;
  if ([FOREIGN_ORDER, EAST_ASIAN_ORDER, FOREIGN_TAKEN_BACK].some((pattern) => pattern.test(plain))) return true;
  let forGood = false;
  let lasting = false;
  let ordered = false;
  let toldBefore = false;
  for (const raw of clauses) {
    const clause = bare(raw);
    const order = orderOf(clause);
    if (!(toldBefore && COORDINATED.test(raw)) && isRule(clause, order)) return true;
    if (!rulesOnly && isManner(clause, order)) return true;
    forGood ||= FOR_GOOD.test(clause);
    lasting ||=
      LASTING.test(clause) || ON_OCCASION.test(clause) || (OCCASION_BEHIND.test(clause) && ANY_ORDER.test(order));
    ordered ||= ANY_ORDER.test(order);
    toldBefore = TOLD.test(clause);
  }
  return (forGood && !tellsOnly(clauses)) || (lasting && ordered);
}

/** What is ordered: the clause without the request around it. */
function orderOf(clause: string): string {
  const rest = clause.replace(REQUEST, "").replace(/^(?:also|please|just|kindly) /u, "");
  if (rest === clause) return rest;
  const [verb = ""] = rest.split(" ", 1);
  return `${PAST_ORDERS[verb] ?? verb}${rest.slice(verb.length)}`;
}

function isRule(clause: string, order: string): boolean {
  return (
    RULE.test(order) ||
    RULED.test(clause) ||
    REMEMBER.test(clause) ||
    TAKEN_BACK.test(clause) ||
    WISHED_OF_YOU.test(clause)
  );
}

function isManner(clause: string, order: string): boolean {
  return MANNER_ORDER.test(order) || (PROHIBITION.test(order) && !AT_HAND.test(clause));
}

/** A polite question that asks for a rule: "could you always …?", not "can you write in German?". */
function asksForRule(clause: string): boolean {
  if (!REQUEST.test(clause)) return false;
  const order = orderOf(clause);
  if (FOR_GOOD.test(clause) || (RULE.test(order) && ANY_ORDER.test(order.replace(/^\p{L}+ /u, "")))) return true;
  return (
    /^(?:stop|keep|keeping|call me|calling me|address me|only|avoid|don't|no longer)\b/u.test(order) &&
    isManner(clause, order)
  );
}

/** "From now on I will answer": told of oneself, not ordered. */
function tellsOnly(clauses: readonly string[]): boolean {
  return clauses.map(bare).every((clause) => {
    const rest = bare(clause.replace(FOR_GOOD, "").trimStart());
    return clause === "" || (TOLD.test(rest) && !/^i(?:'d| would)? (?:like|want|need|prefer|expect)\b/u.test(rest));
  });
}

/** The clause without the courtesies before it. */
function bare(clause: string): string {
  let rest = clause.trimStart();
  for (let taken = 0; taken < LEADS_MAX; taken++) {
    const next = rest.replace(LEAD, "");
    if (next === rest) break;
    rest = next;
  }
  return rest;
}
