/**
 * The page of a session: its chart, its ledger and its layers, drawn from made-up views.
 *
 * What a chart leaves out when it has little room is counted here; whether it looks right is for the eye.
 */
import { describe, expect, it } from "vitest";
import { linkSession } from "../../../src/inspect/pages/links.ts";
import { binTurns, isCompaction, roundUp } from "../../../src/inspect/pages/session/bin-turns.ts";
import { Conversation } from "../../../src/inspect/pages/session/conversation.tsx";
import { Ledger } from "../../../src/inspect/pages/session/ledger.tsx";
import { Timeline } from "../../../src/inspect/pages/session/timeline.tsx";
import type {
  LedgerView,
  MessagePage,
  OutlineView,
  ThreadMessageView,
  TurnPoint,
} from "../../../src/ports/inspection.ts";
import { ODD_TEXTS } from "../../fakes/long-session/odd-texts.ts";

const LINKS = linkSession("st_1");
const NOW = Date.parse("2026-11-23T12:00:00Z");

type Part = ReturnType<typeof Conversation>;
const draw = async (part: Part): Promise<string> => (await part)?.toString() ?? "";

function pointsOf(count: number, compactEvery = 9): TurnPoint[] {
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    at: "2026-11-23T11:00:00.000Z",
    status: "complete",
    verdict: "continue",
    plan: "brief",
    reason: index % compactEvery === compactEvery - 1 ? "cold_cache" : "epoch",
    epoch: Math.floor(index / compactEvery),
    rewrite_refused: false,
    model: "m",
    tokens: { client: index * 100, forwarded: Math.min(index * 100, 4_000), cached: 0 },
  }));
}

const LEDGER: LedgerView = {
  calls: 10,
  compactions: 1,
  input_token_units: { spent: 50, replay: 200, uncached_replay: 900 },
  usd: { spent: 1, replay: 4, uncached_replay: 18, priced_calls: 10 },
  tokens: { client: 1_000, forwarded: 400, cached: 300, output: 20 },
  bytes: { client: 4_000, forwarded: 1_600 },
  cache_miss_rate: 0,
  distiller: null,
};

function outlineOf(points: TurnPoint[]): OutlineView {
  const at = "2026-11-23T11:00:00.000Z";
  const counts = { turns: points.length, messages: 2 * points.length, threads: 1 };
  return { created_at: at, updated_at: at, counts, ledger: LEDGER, points, epochs: [], briefs: [], is_at_work: false };
}

describe("columns", () => {
  it.each([
    [1, 600],
    [59, 60],
    [500, 60],
    [20_000, 600],
  ])("of %i turns are at most %i, and hold every turn and every compaction", (count, columnsMax) => {
    const points = pointsOf(count);
    const columns = binTurns(points, columnsMax);
    expect(columns.length).toBeLessThanOrEqual(columnsMax);
    expect(columns[0]?.first.number).toBe(1);
    expect(columns.at(-1)?.last.number).toBe(count);
    for (const [index, { first }] of columns.entries())
      expect(first.number).toBe((columns[index - 1]?.last.number ?? 0) + 1);
    expect(columns.flatMap(({ compactions }) => compactions)).toEqual(points.filter(isCompaction));
    for (const { target, compactions, last } of columns) expect(target).toBe(compactions[0] ?? last);
  });

  it.each([
    [0, 1],
    [61_300, 80_000],
    [217_618, 250_000],
    [9, 10],
  ])("of %i end at %i", (value, top) => expect(roundUp(value)).toBe(top));
});

describe("the chart", () => {
  it("links every turn of a wide chart, and says in words what it shows", async () => {
    const html = await draw(Timeline({ outline: outlineOf(pointsOf(500)), links: LINKS }));
    const [wide = ""] = html.split("</svg>");
    for (const turn of [1, 212, 500]) expect(wide).toContain(`href="/_strata/ui/sessions/st_1/turns/${turn}"`);
    expect(wide).toContain("Turn 212: sent 4,000 of 21,100 tokens");
    expect(wide).toContain("Tokens of 500 turns.");
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("has nothing to draw before the first turn is counted", async () => {
    const points = pointsOf(3).map((point) => ({ ...point, tokens: null }));
    expect(await draw(Timeline({ outline: outlineOf(points), links: LINKS }))).toContain("No turn");
  });
});

describe("the ledger", () => {
  const counts = { turns: 1, messages: 2, threads: 1 };

  it("holds what was spent against the cached replay", async () => {
    expect(await draw(Ledger({ ledger: LEDGER, counts }))).toMatch(/75%.*cheaper than a full replay/s);
  });

  it("says so where a session was dearer", async () => {
    const ledger = { ...LEDGER, usd: { spent: 4.4, replay: 4, uncached_replay: 18, priced_calls: 10 } };
    expect(await draw(Ledger({ ledger, counts }))).toMatch(/class="hero-figure loss">10%.*dearer than/s);
  });

  it("shows no dollars without a price", async () => {
    const html = await draw(Ledger({ ledger: { ...LEDGER, usd: null }, counts }));
    expect(html).not.toContain("$");
    expect(html).toContain("price is not known");
  });
});

describe("layers", () => {
  const message = (depth: number, part: Partial<ThreadMessageView> = {}): ThreadMessageView => ({
    depth,
    node: depth,
    chain: `c${depth}`,
    hash: `h${depth}`,
    role: "user",
    at: "2026-11-23T11:00:00.000Z",
    tokens: 10,
    stratum: depth <= 3 ? "in_brief" : "verbatim",
    parts: [{ role: "user", speaker: null, text: `text ${depth}` }],
    is_cut: false,
    turn: depth,
    other_branches: [],
    ...part,
  });
  const pageOf = (messages: ThreadMessageView[], page: Partial<MessagePage> = {}): MessagePage => ({
    thread: "t",
    depth: 10,
    cut: 3,
    brief: 7,
    messages,
    next_before: null,
    ...page,
  });
  const drawPage = (page: MessagePage): Promise<string> =>
    draw(Conversation({ page, links: LINKS, now: NOW, thread: undefined }));

  it("draw the border of the brief exactly behind the last message that is in it", async () => {
    const html = await drawPage(pageOf([1, 2, 3, 4, 5].map((depth) => message(depth))));
    const [above = "", below = ""] = html.split('class="border"');
    expect(above).toContain('id="m3"');
    expect(above).not.toContain('id="m4"');
    expect(below).toContain('href="/_strata/ui/sessions/st_1/briefs/7"');
    expect(html.split('class="border"')).toHaveLength(2);
  });

  it("draw it once where it lies beside the page", async () => {
    const above = await drawPage(
      pageOf(
        [6, 7].map((depth) => message(depth)),
        { next_before: 6 },
      ),
    );
    expect(above.indexOf('class="border"')).toBeLessThan(above.indexOf('id="m6"'));
    const below = await drawPage(pageOf([1, 2].map((depth) => message(depth))));
    expect(below.indexOf('class="border"')).toBeGreaterThan(below.indexOf('id="m2"'));
  });

  it("name each layer in words, and tell what is no longer kept", async () => {
    const html = await drawPage(
      pageOf([
        message(1),
        message(2, { stratum: "recalled" }),
        message(3, { stratum: "released", parts: [] }),
        message(4),
      ]),
    );
    for (const words of ["in the brief", "recalled", "released", "verbatim", "no longer kept"])
      expect(html).toContain(words);
  });

  it("show markup as text", async () => {
    const messages = ODD_TEXTS.map((text, index) =>
      message(index + 4, { parts: [{ role: "user", speaker: "<b>Eve</b>", text }] }),
    );
    const html = await drawPage(pageOf(messages));
    expect(html).toContain("&lt;/script&gt;");
    expect(html).not.toMatch(/<(?:img|script|style|b)[\s>]/);
    expect(html).not.toMatch(/href="(?!\/_strata\/|#)/);
  });
});
