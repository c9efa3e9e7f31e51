/**
 * What an instruction sets: things that have one value at a time, and whom or what it is about.
 *
 * "Use metric units" and "use miles" set the same thing; "use miles on the map" sets it for the map. Two settings can
 * only be compared when their scope is the same. Values are those of the languages that `wish-languages` knows best.
 * This file must not decide which of two instructions holds.
 */
import { STOP_WORDS } from "../cues.ts";

interface Slot {
  name: string;
  /** The words that set it or name it, taken out of the sentence before its scope is read. */
  words: RegExp;
}

const slot = (name: string, ...patterns: string[]): Slot => ({ name, words: new RegExp(patterns.join("|"), "gu") });
const words = (list: string): string => `(?<!\\p{L})(?:${list})(?!\\p{L})`;
/** A value up to where something else begins. */
const VALUE =
  "(?:(?! (?:when|if|in|from|instead|not|again|and|but|because|any ?more)\\b)(?:[^,.;!?]|\\.(?= ?\\p{L}))){1,40}";

const LANGUAGES =
  "english|german|french|spanish|italian|japanese|chinese|portuguese|dutch|korean|russian|arabic|hindi|turkish|polish|swedish|danish|norwegian|finnish|" +
  "englisch|deutsch|französisch|spanisch|italienisch|niederländisch|anglais|allemand|français|espagnol|italien|portugais|inglés|alemán|francés|español|italiano|portugués|" +
  "inglês|alemão|francês|espanhol|português|inglese|tedesco|francese|nederlands|engels|по-русски|по-английски";

const SLOTS: readonly Slot[] = [
  slot(
    "units",
    words(
      "(?:units?|system|einheiten|unités|unidades|système|sistema) ?(?:metric|imperial|metrisch\\p{L}*|métriques?|métric[ao]s?|impériales?|imperiales|imperiais)?",
    ),
    words(
      "(?:metric|imperial|metrische?n?|métriques?|métric[ao]s?) ?(?:units?|system|einheiten)?|kilomet\\p{L}+|miles|kilos",
    ),
    "メートル法|ヤード・ポンド法|公制|英制|미터법|야드파운드법",
  ),
  slot("temperature", words("celsius|fahrenheit|kelvin"), "摂氏|華氏|摄氏|华氏|섭씨|화씨"),
  slot(
    "language",
    words(`(?:british |american |plain |simple )?(?:${LANGUAGES})|(?:the )?language`),
    "(?:日本|英|中国|韓国|フランス|ドイツ|スペイン)語|中文|英文|日文|法文|德文|한국어|영어|일본어|중국어",
  ),
  slot(
    "address",
    `\\b(?:call|calling|address|addressing) me (?:as |by )?${VALUE}`,
    `\\bnenn(?:e|en sie)? mich (?:bitte )?${VALUE}|\\bappelle(?:z)?-moi ${VALUE}|llámame ${VALUE}|\\b(?:me cham[ae] de|chame-me|chiamami) ${VALUE}`,
    "[^、。]{1,12}と呼んで|(?:叫我|称呼我)[^，。,.]{1,12}|[\\p{L} ]{1,16}(?:이?라고|으로) 불러",
  ),
  slot(
    "name",
    `\\bmy (?:full |first |last |nick)?name(?:'s| is) ${VALUE}`,
    `\\b(?:ich heiße|mein name ist|je m'appelle|me llamo|mi chiamo|meu nome é|me chamo) ${VALUE}`,
  ),
  slot("pronouns", "\\bmy pronouns are [\\p{L}/ ]{2,20}"),
  slot(
    "form",
    words(
      "duz(?:e|en sie) mich|siez(?:e|en sie) mich|tutoie(?:z)?-moi|vouvoie(?:z)?-moi|tutéame|trátame de (?:tú|usted)|dammi del (?:tu|lei)",
    ),
    "敬語|タメ口|존댓말|반말",
  ),
  slot(
    "length",
    words(
      // "No longer", "as long as" and "how long" say nothing of an answer's length.
      "short(?:er)?|brief(?:ly)?|concise(?:ly)?|terse|succinct|(?<!(?<!\\p{L})(?:no|any|as|how) )long(?:er)?|detailed|in (?:more )?detail|in depth|thorough|verbose|(?:under|below|at most|no more than|within) \\d+ (?:words|sentences|lines)|kurz|knapp|ausführlich|court\\p{L}*|brève?s?|bref|concis\\p{L}*|détaillée?s?|cort[ao]s?|breves?|curt[ao]s?|detallad[ao]s?|detalhad[ao]s?",
    ),
    "短く|簡潔に|長く|詳しく|简短|简洁|详细|짧게|간단히|자세히|길게",
  ),
  slot("markdown", words("markdown|plain text"), "マークダウン|마크다운"),
  slot("bullets", words("bullets?|bullet[- ]points?|aufzählungen|viñetas|listes? à puces"), "箇条書き|项目符号"),
  slot("tables", words("tables?|tabellen|tableaux|tablas|tabelas"), "表格"),
  slot("emojis", words("emojis?|émojis?|emoji's|smileys?"), "絵文字|表情符号|表情|이모지|이모티콘"),
  slot("clock", words("(?:24|12)[- ]?hour(?: clock| time| format)?|am/pm")),
  slot("dates", words("(?:yyyy|dd|mm)[-/.](?:mm|dd)[-/.](?:yyyy|dd|yy)|iso(?: 8601)?(?: dates?)?")),
  slot(
    "currency",
    words("(?:in )?(?:euros?|eur|us dollars?|dollars?|usd|gbp|pounds sterling|swiss francs|yen)"),
    "人民币|美元|ユーロ|円で|원화|달러",
  ),
  slot(
    "tone",
    words(
      "(?:a )?(?:(?:in)?formal(?:ly)?|casual(?:ly)?|friendly|professional(?:ly)?|polite(?:ly)?|serious|playful|formell|informell|formel(?:le)?|informal)(?: tone| style| register)?",
    ),
  ),
  slot(
    "indentation",
    words("(?:tabs|spaces)(?= .{0,30}indent)|indent(?:ing|ation)? (?:with|using|by) (?:\\p{L}+ )?(?:tabs|spaces)"),
  ),
  slot("spelling", words("(?:british|american) spelling")),
];

/** Words that carry an instruction and say nothing about its subject. */
const CARRIERS = new Set(
  (
    "always never please actually instead now from don remember anymore longer ever ask forget ignore rule rules instruction instructions said say again after more less use using keep stick switch " +
    "answer answers answering reply replies respond response responses write speak talk give tell show include add mention list provide put make stop avoid prefer want need can may fine okay about what " +
    "future every each default unless otherwise only just too everything anything everyone all any your you for the not without back tone style format " +
    "vergiss was ich gesagt habe bitte immer nie niemals ab jetzt sofort künftig antworte antworten auf verwende benutze nutze schreib schreibe mehr nur noch doch deine " +
    "toujours jamais utilise réponds désormais partir maintenant plus tes réponses les des système s'il plaît " +
    "siempre nunca usa usar responde por favor ahora partir adelante respuestas uses las los " +
    "sempre nunca use responda agora partir diante respostas não"
  ).split(" "),
);
/** What a value is a value of: no scope of its own beside one. */
const MEASURED = new Set(
  "unit units price prices amount amounts cost costs date dates time times value values measurement measurements temperature temperatures distance conversation chat".split(
    " ",
  ),
);
/** Carriers in scripts without spaces. */
const WIDE_CARRIERS =
  /これからは?|今後は?|常に|必ず|いつも|毎回|絶対に|やっぱり|回答は?|返事は?|答えて|書いて|使って|使わないで|ください|下さい|お願いします|以后|今后|从现在(?:起|开始)|请|始终|一直|总是|不要|使用|回答|回复|改成|改为|单位|要|用|不|再|앞으로는?|항상|절대로?|해|대답|답변은?|사용|주세요|하지|마세요|쓰지|말아/gu;
/** What gives the reason is not what is ordered. */
const REASON = /(?:,? (?:because|since|so that|as i|cause|weil|da ich|parce que|car|porque|ya que)\b).*$/u;

export interface Setting {
  /** Names of what it sets. */
  slots: ReadonlySet<string>;
  /** Content words beside the values: what, when and for whom. */
  scope: ReadonlySet<string>;
  /** All content words, values included. */
  words: ReadonlySet<string>;
}

/** Reads a sentence in its plain form. */
export function readSetting(plain: string): Setting {
  const slots = new Set<string>();
  const said = plain.replace(REASON, "");
  let rest = said;
  for (const { name, words: pattern } of SLOTS) {
    const next = rest.replace(pattern, " ");
    if (next === rest) continue;
    slots.add(name);
    rest = next;
  }
  const scope = contentWords(rest);
  if (slots.size > 0) for (const word of MEASURED) scope.delete(word);
  return { slots, scope, words: contentWords(said) };
}

function contentWords(text: string): Set<string> {
  const found = text.replace(WIDE_CARRIERS, " ").match(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu) ?? [];
  const content = found
    .map((word) => word.replace(/'.*$/u, ""))
    .filter((word) => {
      const isWide = word.charCodeAt(0) >= 0x2e80;
      return word.length > (isWide ? 1 : 2) && !STOP_WORDS.has(word) && !CARRIERS.has(word);
    });
  return new Set(content.map((word) => (word.length > 4 ? word.replace(/s$/u, "") : word)));
}
