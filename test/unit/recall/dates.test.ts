/**
 * Dates as index words: absolute, relative to when they were said, and without a year.
 */
import { describe, expect, it } from "vitest";
import { dateIndexWords, readDates } from "../../../src/recall/dates.ts";

/** A Wednesday. */
const AT = Date.UTC(2024, 4, 15, 12);

describe("dates", () => {
  it.each([
    ["on 2024-05-08", "zd20240508"],
    ["on May 8th, 2023", "zd20230508"],
    ["the 8th of May", "zd20240508"],
    ["2024年5月8日", "zd20240508"],
    ["yesterday", "zd20240514"],
    ["two weeks ago", "zd20240501"],
    ["last week", "zd20240508"],
    ["last Friday", "zd20240510"],
    ["next Friday", "zd20240517"],
    ["last month", "zm202404"],
    ["in December", "zn12"],
    ["a year ago", "zy2023"],
    ["back in 2019", "zy2019"],
  ])("%s", (text, word) => {
    expect(dateIndexWords(readDates(text, AT))).toContain(word);
  });

  it("leave relative words alone without a time, and years open", () => {
    expect(dateIndexWords(readDates("last week, yesterday", null))).toEqual([]);
    expect(dateIndexWords(readDates("on May 8", null))).toEqual(["ze0508", "zn05"]);
  });

  it("survive times and figures out of range", () => {
    for (const at of [NaN, Infinity, -8e15, 8e15])
      readDates("300 years ago, yesterday, last week, in May, on Friday", at);
    expect(dateIndexWords(readDates("on 2024-13-45 and 99 May", AT))).not.toContain("zd20241345");
  });
});
