/** The pages' small parts: numbers as they are written, and text that stays text. */
import { describe, expect, it } from "vitest";
import {
  formatAge,
  formatBytes,
  formatCount,
  formatShare,
  formatShort,
  formatUsd,
} from "../../../src/inspect/pages/formats.ts";
import {
  Badge,
  Balance,
  Bytes,
  Card,
  Empty,
  ErrorPart,
  Live,
  Money,
  Pagination,
  Saved,
  ShortId,
  Stat,
  STRATA,
  StratumLabel,
  Time,
  Tokens,
} from "../../../src/inspect/pages/parts.tsx";
import { STYLE } from "../../../src/inspect/pages/styles.ts";

type Part = ReturnType<typeof Pagination>;
const draw = async (part: Part): Promise<string> => (await part)?.toString() ?? "";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const ODD = `<img src=x onerror="alert(1)">'&\u202e`;

describe("numbers", () => {
  it.each([
    [0, "$0"],
    [0.00001, "<$0.0001"],
    [0.0123, "$0.0123"],
    [-0.0123, "−$0.0123"],
    [1234.5, "$1,234.50"],
    [-3, "−$3.00"],
  ])("%d USD is %s", (usd, text) => expect(formatUsd(usd)).toBe(text));

  it.each([
    [0, "0", "0"],
    [999, "999", "999"],
    [61_321, "61,321", "61.3K"],
    [-1_500_000, "−1,500,000", "−1.5M"],
  ])("%d tokens are %s, in short %s", (count, whole, short) =>
    expect([formatCount(count), formatShort(count)]).toEqual([whole, short]),
  );

  it("say shares with one digit below ten percent", () => {
    expect([0, 0.031, -0.031, 0.384, 1, -2.5].map(formatShare)).toEqual([
      "0%",
      "3.1%",
      "−3.1%",
      "38%",
      "100%",
      "−250%",
    ]);
  });

  it("say sizes in decimal units", () => {
    expect([0, 999, 1_000, 1_234_567].map(formatBytes)).toEqual(["0 B", "999 B", "1.0 kB", "1.23 MB"]);
  });

  it("say how long ago, and the day where that is long", () => {
    const before = (ms: number): string => formatAge(new Date(NOW - ms).toISOString(), NOW);
    expect([-5_000, 59_000, 61_000, 3 * 3_600_000, 2 * 86_400_000].map(before)).toEqual([
      "just now",
      "just now",
      "1 min ago",
      "3 h ago",
      "2 d ago",
    ]);
    expect(before(40 * 86_400_000)).toBe("2026-10-14");
  });
});

describe("parts", () => {
  it("show whatever they are given as text", async () => {
    const shown = await Promise.all(
      [
        Badge({ children: ODD }),
        Card({ title: ODD, aside: ODD, children: ODD }),
        Empty({ children: ODD }),
        ErrorPart({ title: ODD, children: ODD }),
        Live({ id: ODD, children: ODD }),
        Pagination({ newest: ODD, older: ODD }),
        ShortId({ id: ODD, chars: 4 }),
        Stat({ label: ODD, note: ODD, children: ODD }),
      ].map(draw),
    );
    for (const html of shown) {
      expect(html).not.toContain("<img");
      expect(html).not.toMatch(/="[^"]*"alert/);
      expect(html).toMatch(/&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt;|&lt;img…/);
    }
  });

  it("never write an unknown price as a number", async () => {
    expect(await draw(Money({ usd: null }))).toContain("no price");
    expect(await draw(Money({ usd: null }))).not.toContain("$");
    expect(await draw(Money({ usd: -0.5 }))).toContain("−$0.5000");
  });

  it("say plainly when a replay would have been cheaper", async () => {
    expect(await draw(Saved({ spent: 110, replay: 100 }))).toBe('<span class="loss">−10%</span>');
    expect(await draw(Saved({ spent: 25, replay: 100 }))).toBe('<span class="gain">75%</span>');
    expect(await draw(Saved({ spent: 100.001, replay: 100 }))).toBe('<span class="soft">0%</span>');
    expect(await draw(Saved({ spent: 0, replay: 0 }))).not.toMatch(/\d/);
    expect(await draw(Balance({ spent: 125, replay: 100 }))).toContain('<rect class="over" x="80.00%" width="20.00%"');
    expect(await draw(Balance({ spent: 25, replay: 100 }))).toContain('<rect class="saved" x="25.00%" width="75.00%"');
  });

  it("carry the exact value in the title", async () => {
    expect(await draw(Tokens({ count: 61_321, short: true }))).toContain('title="61,321 tokens"');
    expect(await draw(Bytes({ count: 1_234 }))).toContain('title="1,234 bytes"');
    expect(await draw(Time({ at: "2026-11-23T11:00:00.000Z", now: NOW }))).toContain(
      'datetime="2026-11-23T11:00:00.000Z"',
    );
  });

  it("have a colour in the sheet for every stratum, and a name beside it", async () => {
    for (const [of, { className, label }] of Object.entries(STRATA)) {
      expect(STYLE).toContain(`.${className} {`);
      expect(await draw(StratumLabel({ of: of as keyof typeof STRATA }))).toBe(
        `<span class="stratum ${className}">${label}</span>`,
      );
    }
  });
});
