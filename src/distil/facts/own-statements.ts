/**
 * The clauses in which a user speaks of themself: statements, in their own words, in earnest.
 *
 * Precision before recall. A message that hands over a text to work on, tells a story or plays a role yields nothing;
 * questions, suppositions, quotes, code and pasted blocks never count. Linear in the text. This file must not judge
 * whether a clause is worth keeping.
 */
import type { PieceKind, SpanMessage } from "../../ports/distiller.ts";
import { readSpan } from "../read-span.ts";
import { isQuestion } from "../pins/wish.ts";
import { isStatable, withoutBlocks } from "./render-facts.ts";

export interface OwnSentence {
  /** Verbatim. */
  quote: string;
  kind: PieceKind;
  /** What it says, each clause with its subject where a coordination left it out. */
  clauses: OwnClause[];
}

export interface OwnClause {
  text: string;
  /** Stands behind a greeting at the start of the message. */
  isGreeting: boolean;
}

/** In a longer message only the two ends are taken for the user's own words. */
const OWN_CHARS_MAX = 1_500;
const END_CHARS = 500;
/** How much of a message is searched for signs that it is about another text. */
const SIGNS_CHARS_MAX = 4_000;

/** The message hands over a text that is to be worked on. */
const HANDED_OVER =
  /\b(?:translat(?:e|ing)\b|proof-?read|paraphras|rephras|re-?writ|summari[sz]|grammar|spell-?check|punctuation|reword|improve (?:this|the|my)|correct (?:this|the|my) (?:text|sentence|grammar|english|german|french|spanish)|fix (?:this|the|my) (?:text|sentence|grammar)|edit (?:this|the|my|following)|following (?:text|sentence|paragraph|email|letter|passage|message|review|conversation|dialogue|transcript|story|statement|essay)|(?:classif|analy[sz]e|extract|annotat|label|parse|tokeni[sz]e|critique|review) (?:\p{L}+ ){0,3}(?:text|sentence|paragraph|review|tweet|comment|email|letter|transcript|sentiment|essay|statement|message|cv|resume|bio)|sentiment|ghost-?write|fill in the blanks?|dictation|subtitle|transcri(?:pt|be))|übersetz|korrigier|umformulier|zusammenfass|\btradui|\bcorrige|\brésume|\btraduc|\btraduz|\breescre|\breescrib|翻訳|訳して|添削|要約|翻译|润色|改写|总结/iu;
/** The message makes something up: a story, a role, a supposition. */
const MADE_UP =
  /\b(?:role-?play|pretend|imagine|imaginary|hypothetical(?:ly)?|fictional|fiction|screenplay|monologue|dialogue|in character|as a character|main character|protagonist|poem|lyrics|limerick|haiku|song about|a story|short story|fanfic|once upon a time|let's play|thought experiment|suppose|supposing|act as|act like|you(?:'re| are) (?:now )?(?:an?|the|my) (?!(?:life ?saver|star|genius|legend|hero|angel|gem|wizard|great|best)\b)\p{L}+|simulate|speaking as|from the perspective|first[- ]person|persona|sample (?:bio|text|letter|email)|template|placeholder|mock (?:data|interview)|unit test|test case|fixture|write (?:me )?an? (?:\p{L}+ ){0,3}(?:speech|diary|blog post|testimonial|review|bio|story|poem|song)|stell dir vor|rollenspiel|angenommen|tu so|imagine que|imaginons|supposons|jeu de rôle|imagina que|supongamos|suponha|finge|faz de conta)\b|想象|假设|假如|扮演|角色|もし(?!も)|ふりをして|想像して|小説|ロールプレイ/iu;
/** A letter or a mail, begun or ended as one. */
const LETTER =
  /^(?:dear|sehr geehrte[rs]?|lieber?|chère?|estimad[oa]|prezad[oa]) [^\n]{1,60},?\s*$|^(?:(?:best|kind|warm) regards|regards|sincerely|yours (?:truly|sincerely|faithfully)|best wishes|mit freundlichen grüßen|cordialement|saludos|atenciosamente)[,.!]?\s*$/imu;

/** A sentence that begins with a condition, or is set in a story, says nothing of what is so. */
const SUPPOSED =
  /^(?:(?:but|and|so|well|ok|okay),? )?(?:if|when|whenever|unless|whether|until|although|though|as soon as|in case|wenn|falls|sobald|si|quand|lorsque|cuando|se|quando|caso)(?![\p{L}'])(?! (?:it|that|this) (?:helps|matters|is relevant))|^(?:如果|要是|もし)|\b(?:in|of) (?:this|the|my|our|a) (?:scenario|game|exercise|example|role|play|novel|book|film|movie|dream|simulation|hypothetical)\b/iu;
/** A clause that says what might be, was, or is only so today. */
const NOT_SO =
  /\b(?:if i|what if|as if|as though|let's say|let us say|say that i|assum(?:e|ing)|for (?:the sake of|example|instance)|i (?:wish|dream(?:ed|t)?|used to|might|may|could|would|should|think|guess|feel like|was going to|almost|nearly)|would be|kidding|jk|just testing|lorem ipsum|(?:forget|ignore) (?:that|what|about|i)|not true that|temporarily|for now|right now|at the moment|for today|today|tonight|this (?:week|weekend|morning|afternoon|evening)|früher|gerade|momentan|vielleicht|autrefois|peut-être|antes|quizás|ojalá|talvez|tomara)(?![\p{L}])|たぶん|以前は|昔は|以前|也许|可能|曾经/iu;
/** Something of which no copy should be kept. */
const SECRET =
  /\b(?:pass(?:word|phrase|code|wort)|mot de passe|contraseña|senha|pin(?: code| number)?|api[- ]?key|secret|token|credential|private key|credit card|card number|cvv|ssn|social security|iban|passport number|bank account|routing number|seed phrase)\b|密码|パスワード|\b(?:sk|pk|ghp|xox[bp])[-_][\w-]{8,}|\b(?:\d[ -]?){13,19}\b/iu;

const GREETING =
  /^(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|greetings|nice to meet you)(?: (?:there|all|everyone|again))?[!,.]*$/iu;
const GREETING_START = /^(?:hi|hello|hey|hiya)\b/iu;
/** What people put before a statement, and how they ask to remember it. */
const OPENING =
  /^(?:(?:[-*+•]|\d{1,2}[.)])\s+|(?:(?:please |bitte |s'il te plaît,? |por favor,? )?(?:remember|note|keep in mind|bear in mind|know|don't forget|merk dir|denk daran|souviens-toi|n'oublie pas|recuerda|lembre-se)(?:,? (?:that|dass|que)|:)?|(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening))(?: (?:there|all|everyone))?|by the way|btw|fyi|for your information|just so you know|for (?:the record|context|reference)|if (?:it|that|this) (?:helps|matters|is relevant)|as you (?:may |might )?know|as (?:i said|a reminder|background)|first of all|i should (?:mention|add|say)(?: that)?|i (?:want|wanted) you to know(?: that)?|you should know(?: that)?|also|well|so|ok|okay|oh|actually|and|but|because|since|plus|anyway|honestly|correction|(?:quick )?update|(?:some )?background|context|sorry|thanks|no|yes|übrigens|und|aber|weil|hallo|ach|au fait|bonjour|salut|et|mais|por cierto|hola|y|pero|aliás|oi|olá|a propósito|e|mas)(?=[\s,:;.!–—-])[,:;.!–—-]*\s+|(?:ちなみに|こんにちは|あと|覚えておいて|顺便说一下|你好|另外|请记住|记住)[，、,：:！。]?\s*)/iu;
/** Where a new statement, or a request, begins behind a comma. */
const NEXT_CLAUSE =
  /[,;，；、。]\s*(?=(?:(?:and|but|so|because|since|und|aber|et|mais|y|pero|e|mas)\s+)?(?:i|i'm|i've|i'd|my|we|we're|our|he|she|they|what|which|who|where|how|when|why|can|could|would|will|do|does|did|is|are|any|please|so|give|tell|help|suggest|recommend|write|make|find|show|explain|plan|ich|mein\p{L}*|wir|was|welche\p{L}*|kannst|je|j'\p{L}+|mon|ma|nous|que|quel\p{L}*|peux-tu|yo|mi|me|vivo|tengo|trabajo|soy|qué|cuál|puedes|eu|meu|minha|moro|tenho|sou|pode)(?![\p{L}])|[我请你]|私|僕|俺|何|どの)|\s+(?:and|but|so|because|since|und|aber|et|mais|y|pero|e|mas)\s+(?=(?:i|i'm|i've|my|we|we're|our|ich|mein\p{L}*|wir|je|j'\p{L}+|mon|ma|nous|yo|mi|me|vivo|tengo|trabajo|soy|eu|meu|minha|moro|trabalho|tenho|sou)(?![\p{L}]))|\s+[—–-]\s+/giu;
/** "I live in Oslo and work as a nurse": the second half has the first one's subject. */
const SAME_SUBJECT =
  /,?\s+and\s+(?=(?:work|live|study|teach|run|use|have|love|like|prefer|hate|speak|play|drive|own|code|write|grew|moved|don't|do not|never|always|only)\s)/giu;
const SPEECH_VERB =
  /\b(?:said|says|say|wrote|writes|told me|goes|asked|replied|texted|quote|sagte|meinte|dit|a dit|dijo|disse)[:,]?$/iu;
const QUOTED = /["“«「『„]([^"“”«»「」『』„]{12,})["”»」』“]|(?<![\p{L}\p{N}])'([^'\n]{12,})'(?![\p{L}\p{N}])/gu;
const TAG =
  /^(?:right|correct|no|yes|okay|ok|isn't it|don't i|do i|am i|aren't i|am i not|wouldn't you say|oder|nicht wahr|non|verdad|né|对吗|是吗)\W*$/iu;

export function ownSentences(message: SpanMessage): OwnSentence[] {
  const text = withoutBlocks(message.text).replaceAll("’", "'");
  const half = SIGNS_CHARS_MAX / 2;
  const signs = text.length <= SIGNS_CHARS_MAX ? text : `${text.slice(0, half)}\n${text.slice(-half)}`;
  if (HANDED_OVER.test(signs) || MADE_UP.test(signs) || LETTER.test(signs)) return [];
  const sentences: OwnSentence[] = [];
  let isGreeting = false;
  let at = 0;
  for (const { piece, form, pasted } of readSpan([{ ...message, role: "user", text }])) {
    const { text: quote, kind } = piece;
    at = Math.max(at, text.indexOf(quote, at));
    const isInside = text.length > OWN_CHARS_MAX && at > END_CHARS && at < text.length - END_CHARS;
    if (!pasted && !isInside && (form === "prose" || form === "list") && isStatable(quote) && !SECRET.test(quote))
      sentences.push({ quote, kind, clauses: cutClauses(quote, isGreeting) });
    isGreeting = GREETING.test(quote);
    // What stands behind a colon is shown, not said; a list about oneself is both.
    if (/[:：]$/u.test(quote) && !/\b(?:me|my|myself|i|remember|know)\b/iu.test(quote)) break;
  }
  return sentences;
}

function cutClauses(sentence: string, isGreeting: boolean): OwnClause[] {
  const said = sentence.replace(QUOTED, (quoted) => "…".repeat(quoted.length));
  if (SUPPOSED.test(said)) return [];
  const parts = said.split(NEXT_CLAUSE).map((part) => part.trim());
  // Of a question only what is said before it counts, and not even that where it asks whether that is so.
  if (isQuestion(said) && TAG.test(parts.pop() ?? "")) return [];
  return parts.flatMap((part, index) => {
    const before = parts[index - 1] ?? "";
    const own = stripOpening(part);
    if (own === "" || own.includes("…") || NOT_SO.test(own) || SPEECH_VERB.test(before)) return [];
    const greets = GREETING.test(before) || GREETING_START.test(part) || (isGreeting && index === 0);
    return splitSubject(own).map((text) => ({ text, isGreeting: greets }));
  });
}

function stripOpening(part: string): string {
  let own = part;
  for (let round = 0; round < 4; round++) {
    const next = own.replace(OPENING, "");
    if (next === own) break;
    own = next;
  }
  return own.trim();
}

function splitSubject(clause: string): string[] {
  const subject = /^(?:i|we)(?=[ '])/iu.exec(clause)?.[0];
  if (subject === undefined) return [clause];
  const [first = "", ...rest] = clause.split(SAME_SUBJECT);
  return [first, ...rest.map((part) => `${subject} ${part}`)];
}
