/**
 * Tells a user's own words from those that they pass on: quotations, and texts announced by "translate this:".
 *
 * Whoever quotes an order does not give it. The text keeps its length, so that offsets hold; each foreign character
 * becomes one letter that no pattern knows. Code blocks and tagged blocks are the business of `sentences`.
 * One pass over the quotation marks and one over the lines. This file must not judge what the words mean.
 */

/** A letter to every pattern, and in no word that anybody writes. */
const FOREIGN = "ˣ";
/** Characters of a line that are read for an announcement. */
const LINE_CHARS = 300;

const CLOSERS: Record<string, string> = {
  '"': '"',
  "'": "'",
  "“": "”“",
  "„": "“”",
  "«": "»",
  "‹": "›",
  "「": "」",
  "『": "』",
  "‘": "’",
};
const MARKS = /["'“”„«»‹›「」『』‘’]|\n[ \t]*\n/gu;

/** Work on a text: what stands behind the colon is that text. */
const WORK_ON =
  /^.{0,60}?(?<!\p{L})(?:translate|proof-?read|rewrite|rephrase|reword|summari[sz]e|paraphrase|polish|fix|edit|correct|improve|review|analy[sz]e|explain|übersetze?|korrigiere?|fasse|traduis|traduisez|corrige|résume|traduce|resume|traduza|traduz|resuma|traduci|vertaal|переведи)(?!\p{L})[^:：]{0,120}[:：]|^.{0,60}?(?:翻译|改写|润色|总结|翻訳|要約|添削|번역|요약)[^:：]{0,60}[:：]/iu;
/** "Here is the mail:" */
const ANNOUNCED =
  /^(?=.{0,120}\b(?:here|this|these|below|following|got|received|wrote|sent|said|says|reads)\b).{0,160}\b(?:e-?mail|mail|letter|article|document|paragraph|passage|essay|story|prompt|transcript|logs?|output|error|snippet|code|abstract|poem|lyrics|review|post|message|text|notes|readme|file)\b[^:]{0,80}:\s*$/iu;
const RULES =
  /^\s*(?:please |and |also )?(?:follow|obey|stick to|respect|always|never|remember|(?:these|my|the|here are (?:my|the|some)) rules)\b/iu;

/** The text with what is not its author's own made unreadable; as long as the text. */
export function ownWords(text: string): string {
  const foreign = [...findQuotations(text), ...findPastes(text)].toSorted((a, b) => a.start - b.start);
  if (foreign.length === 0) return text;
  let own = "";
  let at = 0;
  for (const { start, end } of foreign) {
    if (end <= at) continue;
    const from = Math.max(at, start);
    own += text.slice(at, from) + FOREIGN.repeat(end - from);
    at = end;
  }
  return own + text.slice(at);
}

/** Whether nothing readable is left of a passage of `ownWords`. */
export function isForeign(own: string): boolean {
  return own.includes(FOREIGN) && !/[\p{L}\p{N}]/u.test(own.replaceAll(FOREIGN, ""));
}

interface Range {
  start: number;
  end: number;
}

/** What stands between a pair of quotation marks of one paragraph. */
function findQuotations(text: string): Range[] {
  const ranges: Range[] = [];
  let open: { mark: string; at: number } | null = null;
  for (const { 0: mark, index } of text.matchAll(MARKS)) {
    if (mark.startsWith("\n")) open = null;
    else if (open === null) {
      if (mark in CLOSERS && opens(text, index)) open = { mark, at: index };
    } else if (CLOSERS[open.mark]?.includes(mark) === true && closes(text, index, mark)) {
      ranges.push({ start: open.at + 1, end: index });
      open = null;
    }
  }
  return ranges;
}

/** An inch or an apostrophe stands behind a word. */
function opens(text: string, at: number): boolean {
  return !"\"'‘".includes(text.charAt(at)) || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1));
}

function closes(text: string, at: number, mark: string): boolean {
  return !"\"'’".includes(mark) || !/[\p{L}\p{N}]/u.test(text.charAt(at + 1));
}

/** From an announcement to the end of its line's paragraph, or of the message where the line ends with it. */
function findPastes(text: string): Range[] {
  const ranges: Range[] = [];
  let fenced = false;
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, Math.min(end, at + LINE_CHARS));
    if (/^\s{0,3}(?:```|~~~|""")/.test(line)) fenced = !fenced;
    else if (!fenced && /[:：]/.test(line) && !RULES.test(line)) {
      const work = WORK_ON.exec(line);
      const from = work === null ? (ANNOUNCED.test(line) ? end : -1) : at + work[0].length;
      if (from >= 0 && text.slice(from, end).trim() === "") {
        if (!/^\s*(?:```|~~~|"""|>|<)/.test(text.slice(end, end + LINE_CHARS))) {
          ranges.push({ start: end, end: text.length });
          return ranges;
        }
      } else if (from >= 0) {
        const blank = text.indexOf("\n\n", from);
        ranges.push({ start: from, end: blank < 0 ? text.length : blank });
        at = blank < 0 ? text.length : blank;
        continue;
      }
    }
    at = end + 1;
  }
  return ranges;
}
