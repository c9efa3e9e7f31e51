/**
 * The page of a turn: how its pieces are laid beside each other, what it says in words, and that bytes stay bytes.
 *
 * The turn is made up; whether a real one looks like this is for the tests over HTTP.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linkSession } from "../../../src/inspect/pages/links.ts";
import { alignPieces, foldRows, sayRanges } from "../../../src/inspect/pages/turn/align-pieces.ts";
import { colourBody } from "../../../src/inspect/pages/turn/colour-body.ts";
import { sayTrouble, sayTurn } from "../../../src/inspect/pages/turn/say-turn.ts";
import { TurnPage } from "../../../src/inspect/pages/turn/turn-page.tsx";
import type { DiffPiece, PieceView, TurnView } from "../../../src/ports/turn-view.ts";
import { ODD_TEXTS } from "../../fakes/long-session/odd-texts.ts";

const LINKS = linkSession("st_1");
const NOW = Date.parse("2026-11-23T12:00:00Z");

function pieceOf(piece: Partial<PieceView>): PieceView {
  return {
    kind: "message",
    fate: "verbatim",
    reason: "behind_the_cut",
    depth: null,
    role: "user",
    hash: null,
    is_new: false,
    tokens: 10,
    text: "words",
    is_cut: false,
    sources: [],
    ...piece,
  };
}

/** A brief for so many messages, then so many word for word, something recalled, and the reply. */
function piecesOf(dropped: number, kept: number): PieceView[] {
  return [
    pieceOf({ kind: "head", role: "system", reason: "as_sent" }),
    pieceOf({ kind: "brief", fate: "added", reason: "brief_in_force", sources: [1, 2] }),
    ...Array.from({ length: dropped }, (_, index) =>
      pieceOf({ fate: "in_brief", reason: "before_the_cut", depth: index + 1 }),
    ),
    ...Array.from({ length: kept }, (_, index) => pieceOf({ depth: dropped + index + 1, is_new: index === kept - 1 })),
    pieceOf({ kind: "recalled", fate: "added", reason: "about_the_question", is_new: true }),
    pieceOf({ kind: "reply", role: "assistant", reason: "whole_reply" }),
  ];
}

function turnOf(turn: Partial<TurnView>): TurnView {
  return {
    rev: "rev-1",
    number: 212,
    at: "2026-11-23T11:00:00.000Z",
    status: "complete",
    attempts: 1,
    verdict: "continue",
    plan: "brief",
    reason: "cold_cache",
    model: "gpt-5.4",
    identity: "x-strata-session",
    http_status: 200,
    rewrite_refused: false,
    additions_refused: false,
    epoch: 3,
    bytes: { client: 245_000, forwarded: 17_000, reply: 800 },
    usage: null,
    further_usage: [],
    bill: {
      prompt_tokens: 4_210,
      cached_tokens: 0,
      output_tokens: 100,
      replay_tokens: 61_300,
      replay_cached_tokens: 0,
      input_token_units: { spent: 5_000, replay: 70_000, uncached_replay: 61_900 },
      usd: null,
      source: "billed",
      further: { calls: 0, prompt_tokens: 0, cached_tokens: 0 },
    },
    decision: null,
    short_results: null,
    recalled: null,
    memory: null,
    timings_ms: { plan: 4, upstream: 900 },
    before: { rev: "rev-0", number: 211 },
    after: [],
    asked: null,
    reply: null,
    pieces: piecesOf(180, 12),
    omitted_messages: 0,
    bodies: { missing: "older_version" },
    ...turn,
  };
}

const draw = async (turn: TurnView): Promise<string> =>
  (await TurnPage({ turn, bodies: [], diff: null, brief: null, links: LINKS, now: NOW }))?.toString() ?? "";

describe("the two sides", () => {
  it("put what a brief stands for beside that brief, and lose nothing", () => {
    const pieces = piecesOf(180, 12);
    const rows = alignPieces(pieces);
    const beside = rows.find(({ sent }) => sent.some(({ kind }) => kind === "brief"));
    expect(beside?.received.map(({ depth }) => depth)).toEqual(Array.from({ length: 180 }, (_, index) => index + 1));
    const shown = new Set(rows.flatMap(({ received, sent }) => [...received, ...sent]));
    expect(shown.size).toBe(pieces.length);
  });

  it("keep what was added, supplied or held on the one side where it is", () => {
    const added = pieceOf({ kind: "user_facts", fate: "added" });
    const supplied = pieceOf({ reason: "supplied", depth: 1 });
    const held = pieceOf({ fate: "held_upstream", reason: "held_upstream", depth: 2 });
    expect(alignPieces([supplied, held, added])).toEqual([
      { received: [], sent: [supplied] },
      { received: [held], sent: [] },
      { received: [], sent: [added] },
    ]);
  });

  it("fold a long stretch that stayed the same, but neither its ends nor what is new", () => {
    const folds = foldRows(alignPieces(piecesOf(0, 40)));
    const folded = folds.flatMap((fold) => (fold.kind === "folded" ? fold.rows : []));
    expect(folded.map(({ received }) => received[0]?.depth)).toEqual(Array.from({ length: 35 }, (_, at) => at + 3));
    expect(foldRows(alignPieces(piecesOf(0, 8))).every(({ kind }) => kind === "row")).toBe(true);
  });

  it("hold every row once, in order, folded or not", () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(60), (dropped, kept) => {
        const rows = alignPieces(piecesOf(dropped, kept));
        const flat = foldRows(rows).flatMap((fold) => (fold.kind === "row" ? [fold.row] : fold.rows));
        expect(flat).toEqual(rows);
      }),
    );
  });
});

describe("ranges", () => {
  it.each([
    [[], ""],
    [[5], "5"],
    [[3, 1, 2, 7, 9, 8], "1–3, 7–9"],
  ])("of %j are %j", (depths, text) => expect(sayRanges(depths)).toBe(text));
});

describe("the answer in words", () => {
  it("says how much went up, what stands for the rest, and why", () => {
    const { sent, stands, why } = sayTurn(turnOf({}));
    expect(sent).toBe("Sent 4,210 of 61,300 tokens, 93% less.");
    expect(stands).toBe(
      "A brief stands for messages 1–180. About 10 tokens came back word for word behind the question.",
    );
    const long = piecesOf(190, 2).filter(({ depth }) => depth === null || depth > 90);
    expect(sayTurn(turnOf({ pieces: long, omitted_messages: 90 })).stands).toContain(
      "A brief stands for messages 1–190.",
    );
    expect(why).toBe("The cache had expired, so compacting cost no more than staying.");
  });

  it("counts every recalled block that went up, not only the newest", () => {
    const block = { kind: "recalled", fate: "added", reason: "tools_used_behind", tokens: 543 } as const;
    const newest = pieceOf({
      kind: "recalled",
      fate: "added",
      reason: "about_the_question",
      tokens: 1_090,
      is_new: true,
    });
    const say = (pieces: PieceView[]) => sayTurn(turnOf({ plan: "full", pieces })).stands;
    expect(say([newest])).toBe("About 1,090 tokens came back word for word behind the question.");
    expect(say([pieceOf(block), newest])).toBe(
      "About 1,633 tokens came back word for word, 1,090 of them behind this question.",
    );
    expect(say([pieceOf(block)])).toBe("About 543 tokens came back word for word behind earlier questions.");
  });

  it("claims no saving where there was none", () => {
    const bill = turnOf({}).bill;
    const whole = turnOf({ plan: "full", pieces: [], bill: bill && { ...bill, prompt_tokens: 61_300 } });
    expect(sayTurn(whole).sent).toBe("Sent the whole conversation, 61,300 tokens.");
    expect(sayTurn(whole).stands).toBeNull();
    const more = turnOf({ plan: "full", pieces: [], bill: bill && { ...bill, prompt_tokens: 61_400 } });
    expect(sayTurn(more).sent).toBe("Sent 61,400 tokens, 100 more than the whole conversation.");
    expect(sayTurn(turnOf({ bill: null })).sent).toBe("Sent 17,000 of 245,000 bytes.");
  });

  it("says what went wrong", () => {
    expect(sayTrouble(turnOf({}))).toBeNull();
    expect(sayTrouble(turnOf({ rewrite_refused: true }))).toContain("refused the rewritten body");
    expect(sayTrouble(turnOf({ status: "refused", http_status: 500 }))).toBe(
      "The upstream answered with an error. (HTTP 500)",
    );
  });
});

describe("the lengths", () => {
  /** What a row says: its total and its layers. */
  async function readRows(turn: TurnView): Promise<{ whole: number; layers: number[]; text: string }[]> {
    const [table = ""] = /<table class="bars lengths">.*?<\/table>/s.exec(await draw(turn)) ?? [];
    return [...table.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([row]) => {
      const count = (text = "") => Number(text.replaceAll(",", "").replace("−", "-"));
      const layers = [...row.matchAll(/class="key [^"]*">([−\d,]+)/g)].map(([, tokens]) => count(tokens));
      return { layers, whole: count(/class="number">(?:about )?([\d,]+)/.exec(row)?.[1]), text: row };
    });
  }
  const sum = (tokens: number[]) => tokens.reduce((all, one) => all + one, 0);

  it.each([
    ["more", 4_210, 61_300],
    ["fewer", 100, 1_900],
  ])("add up to what the upstream has billed, where it counts %s than Strata", async (_how, sent, whole) => {
    const bill = { ...turnOf({}).bill!, prompt_tokens: sent, replay_tokens: whole };
    const rows = await readRows(turnOf({ bill }));
    expect(rows.map((row) => row.whole)).toEqual([whole, sent]);
    for (const { layers, whole: all } of rows) expect(sum(layers)).toBe(all);
  });

  it("say so where they are an estimate", async () => {
    const rows = await readRows(turnOf({ bill: null }));
    for (const { text, layers, whole } of rows) {
      expect(text).toContain("about ");
      expect(sum(layers)).toBe(whole);
    }
  });

  it("count what the upstream holds as read", async () => {
    const held = pieceOf({ fate: "held_upstream", reason: "held_upstream", depth: 1, tokens: 900 });
    const turn = turnOf({ plan: "full", pieces: [held, pieceOf({ depth: 2, is_new: true })] });
    for (const { text } of await readRows(turn)) expect(text).toContain("900 held upstream");
    expect(sayTurn(turn).sent).toMatch(/^The model read /);
  });
});

describe("the page", () => {
  it("shows markup as text, whoever said it", async () => {
    const pieces = ODD_TEXTS.map((text) => pieceOf({ depth: 1, is_new: true, text }));
    const html = await draw(turnOf({ pieces, model: "<b>model</b>", reason: "<i>reason</i>" }));
    expect(html).toContain("&lt;img src=x onerror=");
    const tags = html.match(/<[^>]*>/g)?.join("") ?? "";
    expect(tags).not.toMatch(/<(?:img|script|style|b|i)[\s>]/);
    expect(tags).not.toMatch(/\s(?:style|on\w+)=/);
    expect(tags).not.toMatch(/href="(?!\/_strata\/|#)/);
    expect(html).not.toContain("\0");
  });

  it("leads to messages of its own thread", async () => {
    const html = await draw(turnOf({ pieces: [pieceOf({ depth: 7 })], asked: "asked", reply: "replied" }));
    expect(html).toMatch(/href="[^"]*\?thread=replied&amp;before=\d+#m7"/);
  });

  it("counts a shortened message as it came on the one side and as it went on the other", async () => {
    const short = pieceOf({ fate: "short_form", reason: "shortened_now", depth: 1, tokens: 300, whole_tokens: 9_000 });
    const html = await draw(turnOf({ pieces: [short] }));
    const [received = "", sent = ""] = html.split('<th scope="row">Sent');
    expect(received).toContain("9,000 short form");
    expect(sent).toContain("300 short form");
  });

  it("encodes what stands in an address", async () => {
    const links = linkSession(`a/b?c#d"<x>`, { upstream: "x&y=z" });
    expect(links.turn(3)).toBe("/_strata/ui/sessions/a%2Fb%3Fc%23d%22%3Cx%3E/turns/3?upstream=x%26y%3Dz");
    expect(links.place({ depth: 7, thread: "t/1" })).toMatch(/\?upstream=x%26y%3Dz&thread=t%2F1&before=\d+#m7$/);
  });
});

describe("coloured bytes", () => {
  const texts = fc.string({ unit: "binary", maxLength: 80 });
  const cuts = fc.array(fc.tuple(fc.nat(80), fc.nat(20)), { maxLength: 8 });

  it("are the bytes, character for character, up to the cut", () => {
    fc.assert(
      fc.property(texts, cuts, fc.nat(90), (text, places, charsMax) => {
        const pieces = places.map(([start, length]): DiffPiece => ({
          kind: "message",
          fate: "verbatim",
          reason: "as_sent",
          depth: 1,
          client: { start: Math.min(start, text.length), end: Math.min(start + length, text.length) },
          forwarded: null,
        }));
        const joined = colourBody(text, pieces, "client", charsMax).map(({ text: part }) => part);
        expect(joined.join("")).toBe(text.slice(0, charsMax));
        expect(colourBody(text, pieces, "forwarded", charsMax).every(({ piece }) => piece === null)).toBe(true);
      }),
    );
  });
});
