/**
 * What a piece of text offers, in one number of flags: a figure, a name, a place, a reason, a date, a standing wish.
 *
 * Set when a message is indexed, compared with what a question asks for when it is queried. All patterns are cheap and
 * run on one piece of a few hundred characters. English first; figures and dates hold in any language.
 * Must not weigh: what a flag is worth stands in `rank`.
 */

export const TRAIT_DATE = 1;
export const TRAIT_NUMBER = 2;
export const TRAIT_NAME = 4;
export const TRAIT_PLACE = 8;
export const TRAIT_REASON = 16;
export const TRAIT_QUESTION = 32;
export const TRAIT_CODE = 64;
export const TRAIT_PIN = 128;
/** A pin in the form of an order: it holds for whatever comes, a taste only for its matter. */
export const TRAIT_RULE = 256;

const NUMBER =
  /\p{Nd}|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|once|twice|couple|several)\b/iu;
const DATE =
  /\b(?:yesterday|today|tonight|tomorrow|ago|last (?:\p{L}+day|night|week|weekend|month|year|summer|winter|spring|fall|autumn)|next (?:\p{L}+day|week|weekend|month|year|summer)|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september|october|november|december|(?:19|20)\d\d|\d{1,2}:\d\d|this (?:week|weekend|month|year|summer|morning)|since|recently|deadline)\b|\d{1,2}月|昨|今[天日]|明[天日]/iu;
const NAME = /[\p{Ll},;'"“(] ?\p{Lu}\p{Ll}+|["“][^"”]{2,60}["”]/u;
const PLACE =
  /\b(?:in|at|from|near|to|visit(?:ed|ing)?) (?:the )?\p{Lu}\p{L}+|\b(?:home|city|country|town|street|beach|park|here)\b/u;
const REASON =
  /\b(?:because|since|so that|in order to|reason|due to|as a result|to (?:help|make|improve|raise|show|support|get|keep)|inspired|motivat\p{L}+|want(?:ed)? to|made me|helps?(?: me)?)\b|因为|から|ので/iu;

/**
 * A wish that stands: what quality measurements call a pin. Only a user's own words can be one.
 * The openings are the usual English ones of instructions and of tastes, with the strongest phrases of other languages.
 */
const RULE =
  /(?:^|[.!?,;:]\s+|\n\s*|\b(?:please|and|also|so|but)\s+)(?:always|never|from now on|going forward|remember (?:that|to|my)|please remember|(?:don't|do not) (?:ever|use|add|include|write|call|suggest|recommend|mention|show)\b|avoid (?:using|adding|including|suggesting|recommending)\b|whenever i (?:ask|say)|every time i (?:ask|say))|总是|永远不要|从现在|请记住|今後|常に|必ず|と呼んで|항상|절대|\b(?:ab jetzt|von nun an|désormais|a partir de ahora)\b/iu;
const TASTE =
  /\bi(?:'d| would| generally| usually| really| also| strongly| still)*\s+(?:prefer|rather)\b|\bmy preference\b|\bi(?:'m| am) (?:allergic|vegan|vegetarian)\b|\b(?:ich bevorzuge|je préfère|prefiero)\b/iu;

const QUESTION_END = /[?？]["'”’)」』*\s]*$/u;

export function readTraits(text: string, own: { code: boolean; user: boolean }): number {
  let traits = 0;
  if (DATE.test(text)) traits |= TRAIT_DATE;
  if (NUMBER.test(text)) traits |= TRAIT_NUMBER;
  if (NAME.test(text)) traits |= TRAIT_NAME;
  if (PLACE.test(text)) traits |= TRAIT_PLACE;
  if (REASON.test(text)) traits |= TRAIT_REASON;
  if (QUESTION_END.test(text)) traits |= TRAIT_QUESTION;
  if (own.code) traits |= TRAIT_CODE;
  if (own.user && !own.code) {
    const plain = text.replaceAll("’", "'");
    if (RULE.test(plain)) traits |= TRAIT_PIN | TRAIT_RULE;
    else if (TASTE.test(plain)) traits |= TRAIT_PIN;
  }
  return traits;
}
