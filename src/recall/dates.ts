/**
 * Finds the days, months and years that a text speaks of, and writes them as index words.
 *
 * "Last week" means something only beside the day it was said on, so it is resolved when a message is indexed:
 * `zd20230507` a day, `zm202305` a month, `zy2023` a year, `ze0507` and `zn05` the same without the year.
 * English and ISO forms, and 年月日. All arithmetic is in UTC on the time given; without one, relative words are
 * left alone. At most 40 dates a text: more is a table of dates, and each is one word in the index.
 */
import { DAY_MS } from "../model/day.ts";

export interface DateWords {
  days: string[];
  months: string[];
  years: string[];
}

const DATES_MAX = 40;
const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const WEEKDAYS = "sun mon tue wed thu fri sat".split(" ");
const NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split(" ");

const MONTH =
  "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?";
const COUNT = "(\\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|couple(?: of)?|few)";
const PATTERN = new RegExp(
  [
    `\\b(?<isoY>\\d{4})[-/](?<isoM>\\d{1,2})(?:[-/](?<isoD>\\d{1,2}))?\\b`,
    `(?<cjkY>\\d{4})年(?:(?<cjkM>\\d{1,2})月(?:(?<cjkD>\\d{1,2})[日号])?)?`,
    `\\b${MONTH.replace("(", "(?<mdM>")} (?<mdD>\\d{1,2})(?:st|nd|rd|th)?(?:,? (?<mdY>\\d{4}))?\\b`,
    `\\b(?<dmD>\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${MONTH.replace("(", "(?<dmM>")},?(?: (?<dmY>\\d{4}))?\\b`,
    `\\b${MONTH.replace("(", "(?<myM>")},? (?<myY>\\d{4})\\b`,
    `\\b(?:in|since|until|by|during|last|this|next|early|late|mid|of) ${MONTH.replace("(", "(?<mM>")}(?![\\p{L}\\p{N}])`,
    `\\b(?<y>(?:19|20)\\d{2})\\b`,
    `\\b(?<near>yesterday|today|tonight|tomorrow|last night|this morning|this afternoon|this evening)\\b`,
    `\\b${COUNT.replace("(", "(?<agoN>")} (?<agoU>day|week|weekend|month|year)s? (?<agoW>ago|before|earlier|back)\\b`,
    `\\b(?:in|within) ${COUNT.replace("(", "(?<inN>")} (?<inU>day|week|month|year)s?\\b`,
    `\\b(?<relW>last|past|previous|this|next|coming) (?<relU>week|weekend|month|year|summer|winter|spring|fall|autumn)\\b`,
    `\\b(?:(?<wdW>last|this|next|on|this past|this coming) )?(?<wd>sun|mon|tues|wednes|thurs|fri|satur)day\\b`,
  ].join("|"),
  "giu",
);

/** The dates of a text. `at` is when it was said; without it relative words and missing years stay open. */
export function readDates(text: string, at: number | null): DateWords {
  const found = { days: new Set<string>(), months: new Set<string>(), years: new Set<string>() };
  let seen = 0;
  for (const match of text.matchAll(PATTERN)) {
    if (seen++ >= DATES_MAX) break;
    readOne(match.groups ?? {}, at, found);
  }
  return { days: [...found.days], months: [...found.months], years: [...found.years] };
}

/** Every word under which a text's dates are indexed, the coarser ones included. */
export function dateIndexWords({ days, months, years }: DateWords): string[] {
  const words = new Set<string>([...days, ...months, ...years]);
  for (const day of days) {
    if (day.startsWith("zd")) {
      words
        .add(`ze${day.slice(6)}`)
        .add(`zm${day.slice(2, 8)}`)
        .add(`zn${day.slice(6, 8)}`)
        .add(`zy${day.slice(2, 6)}`);
    } else words.add(`zn${day.slice(2, 4)}`);
  }
  for (const month of months)
    if (month.startsWith("zm")) words.add(`zn${month.slice(6)}`).add(`zy${month.slice(2, 6)}`);
  return [...words];
}

/** The words of one time stamp, to compare a message's own time with the dates of a question. */
export function stampWords(at: number): { day: string; month: string; year: string } {
  const day = dayWord(at);
  return { day, month: `zm${day.slice(2, 8)}`, year: `zy${day.slice(2, 6)}` };
}

interface Found {
  days: Set<string>;
  months: Set<string>;
  years: Set<string>;
}

function readOne(g: Record<string, string | undefined>, at: number | null, out: Found): void {
  const named = g["mdM"] ?? g["dmM"];
  if (g["isoY"] !== undefined) return addDate(out, g["isoY"], g["isoM"], g["isoD"]);
  if (g["cjkY"] !== undefined) return addDate(out, g["cjkY"], g["cjkM"], g["cjkD"]);
  if (named !== undefined) return addDate(out, g["mdY"] ?? g["dmY"], monthNumber(named), g["mdD"] ?? g["dmD"], at);
  if (g["myM"] !== undefined) return addDate(out, g["myY"], monthNumber(g["myM"]));
  if (g["mM"] !== undefined) return addDate(out, undefined, monthNumber(g["mM"]), undefined, at);
  if (g["y"] !== undefined) out.years.add(`zy${g["y"]}`);
  if (at === null || !(Math.abs(at) <= 8e15)) return;
  const unit = g["agoU"] ?? g["inU"];
  if (g["near"] !== undefined) {
    const near = g["near"].toLowerCase();
    const shift = near === "yesterday" || near === "last night" ? -1 : near === "tomorrow" ? 1 : 0;
    if (shift !== 0) out.days.add(dayWord(at + shift * DAY_MS));
  } else if (unit !== undefined) {
    const count = countOf(g["agoN"] ?? g["inN"] ?? "") * (g["agoU"] === undefined ? 1 : -1);
    shiftBy(out, at, unit.toLowerCase(), count);
  } else if (g["relU"] !== undefined) {
    const which = g["relW"]?.toLowerCase() ?? "";
    shiftBy(out, at, g["relU"].toLowerCase(), which === "this" ? 0 : /^(?:next|coming)$/.test(which) ? 1 : -1);
  } else if (g["wd"] !== undefined) {
    const which = g["wdW"]?.toLowerCase() ?? "";
    const want = WEEKDAYS.indexOf(g["wd"].slice(0, 3).toLowerCase());
    const back = (new Date(at).getUTCDay() - want + 7) % 7 || 7;
    out.days.add(dayWord(at - (/next|coming/.test(which) ? back - 7 || -7 : back) * DAY_MS));
  }
}

function shiftBy(out: Found, at: number, unit: string, count: number): void {
  const date = new Date(at);
  if (unit === "day") out.days.add(dayWord(at + count * DAY_MS));
  else if (unit === "week" || unit === "weekend") {
    const monday = at + (count * 7 - ((date.getUTCDay() + 6) % 7)) * DAY_MS;
    for (let day = unit === "week" ? 0 : 5; day < 7; day++) out.days.add(dayWord(monday + day * DAY_MS));
  } else if (unit === "month") {
    const moved = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 15);
    out.months.add(stampWords(moved).month);
  } else out.years.add(`zy${date.getUTCFullYear() + count}`);
}

/** A date with what is known of it; a missing year is the one that puts it nearest to `at`. */
function addDate(out: Found, year: string | undefined, month?: string, day?: string, at: number | null = null): void {
  if (month === undefined) {
    if (year !== undefined) out.years.add(`zy${year}`);
    return;
  }
  const mm = month.padStart(2, "0");
  const dd = day?.padStart(2, "0");
  if (Number(mm) < 1 || Number(mm) > 12 || (dd !== undefined && (Number(dd) < 1 || Number(dd) > 31))) return;
  const full = year ?? (at === null ? undefined : nearestYear(at, Number(mm)));
  if (dd !== undefined) out.days.add(full === undefined ? `ze${mm}${dd}` : `zd${full}${mm}${dd}`);
  else out.months.add(full === undefined ? `zn${mm}` : `zm${full}${mm}`);
}

function nearestYear(at: number, month: number): string {
  const date = new Date(at);
  const ahead = month - 1 - date.getUTCMonth();
  return String(date.getUTCFullYear() + (ahead > 6 ? -1 : ahead < -6 ? 1 : 0));
}

function monthNumber(name: string): string {
  return String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1);
}

function countOf(word: string): number {
  const plain = word.toLowerCase();
  if (/^\d/.test(plain)) return Number(plain);
  if (plain.startsWith("a")) return 1;
  if (plain.startsWith("couple")) return 2;
  return plain === "few" ? 3 : Math.max(NUMBERS.indexOf(plain), 1);
}

function dayWord(at: number): string {
  const date = new Date(Math.min(Math.max(at, -6e13), 2e14));
  return `zd${date.toISOString().slice(0, 10).replaceAll("-", "")}`;
}
