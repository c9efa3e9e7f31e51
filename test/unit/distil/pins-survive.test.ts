/** A pin said once is there ten briefs later: shown while there is room, counted and carried while there is none. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gptTokenCounter } from "../../../src/adapters/gpt-token-counter.ts";
import { checkBrief } from "../../../src/distil/check-brief.ts";
import { createExtractiveDistiller } from "../../../src/distil/extract-brief.ts";
import { PINS_CARRIED_MAX } from "../../../src/model/limits.ts";
import { briefBudget } from "../../../src/plan/brief-budget.ts";
import type { Brief, BriefPiece, SpanMessage } from "../../../src/ports/distiller.ts";
import { chatter, distil, input, message, ofKind } from "./build.ts";
import { PINS } from "./cases/pins.ts";

const { countTokens } = gptTokenCounter;
/** Messages of talk that leave for the smallest brief there is, and for the largest. */
const SHORT = 10;
const LONG = 90;

/**
 * One compaction after another, each with the budget that a session would give it; `said[n]` is put before the n-th span
 * of `lengths[n]` messages. Answers the briefs, which all pass the gate.
 */
async function compact(said: readonly (readonly string[])[], lengths: readonly number[]): Promise<Brief[]> {
  const briefs: Brief[] = [];
  let node = 1;
  for (const [turn, length] of lengths.entries()) {
    const span: SpanMessage[] = (said[turn] ?? []).map((text) => message(node++, "user", text));
    span.push(...chatter(node, length));
    node += length;
    const leaving = span.reduce((sum, { text }) => sum + countTokens(text), 0);
    const budgetTokens = briefBudget(leaving, briefs.at(-1)?.tokens ?? 0);
    const given = input(span, { kept: briefs.at(-1)?.pieces ?? [], budgetTokens, countTokens });
    const brief = await distil(given);
    expect(checkBrief(brief, given)).toMatchObject({ ok: true });
    briefs.push(brief);
  }
  return briefs;
}

function briefAt(briefs: readonly Brief[], turn: number): Brief {
  const brief = briefs.at(turn);
  if (brief === undefined) throw new Error(`no brief ${turn}`);
  return brief;
}

const anyPin = fc.constantFrom(
  ...Object.values(PINS).flatMap(({ instruction, preference }) => [...instruction, ...preference]),
);
const anyLengths = fc.array(fc.integer({ min: SHORT, max: 30 }), { minLength: 10, maxLength: 10 });

describe("a pin said once", () => {
  it("stands verbatim in the tenth brief, whatever the sizes of the briefs", async () => {
    await fc.assert(
      fc.asyncProperty(anyPin, anyLengths, async (text, lengths) => {
        const briefs = await compact([[text]], lengths);
        for (const brief of briefs) expect(brief.text).toContain(text);
      }),
      { numRuns: 20 },
    );
  });

  it("stands in the smallest brief ten times over, be it as long as a quote may be", async () => {
    const text = `Always ${"mention the harbour master of Kiel and ".repeat(7)}the tide.`;
    expect(text.length).toBeGreaterThan(270);
    const briefs = await compact([[text]], Array<number>(10).fill(SHORT));
    expect(ofKind(briefAt(briefs, -1), "instruction")).toEqual([text]);
  });

  it("is neither lost nor hidden among many: each is shown or counted, and the newest is shown", async () => {
    const anyTalk = fc.array(fc.array(anyPin, { maxLength: 6 }), { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(anyTalk, anyLengths, async (said, lengths) => {
        const briefs = await compact(said, lengths);
        for (const [turn, brief] of briefs.entries()) {
          const unshown = brief.pieces.filter((piece) => piece.unshown === true);
          for (const piece of unshown) expect(said.slice(0, turn + 1).flat()).toContain(piece.text);
          expect(brief.text.includes("Not shown for lack of room: ")).toBe(unshown.length > 0);
        }
      }),
      { numRuns: 12 },
    );
  });
});

describe("more pins than room", () => {
  const rules = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, n) => `Always mention item ${from + n} when I ask about shelf ${from + n}.`);

  it("shows the newest, says how many are not shown, and shows the older ones again when there is room", async () => {
    const briefs = await compact([rules(0, 24)], [SHORT, LONG]);
    const [small, large] = [briefAt(briefs, 0), briefAt(briefs, 1)];
    const shown = ofKind(small, "instruction");
    expect(shown).toEqual(rules(24 - shown.length, 24));
    expect(shown.length).toBeGreaterThan(2);
    expect(small.text).toContain(`Not shown for lack of room: ${24 - shown.length} instructions of the user.`);
    expect(ofKind(large, "instruction")).toEqual(rules(0, 24));
    expect(large.text).not.toContain("Not shown");
  });

  it("carries a bounded number and says that there may be more", async () => {
    const brief = briefAt(await compact([rules(0, PINS_CARRIED_MAX + 150)], [SHORT]), 0);
    expect(brief.pieces.filter((piece) => piece.unshown === true)).toHaveLength(PINS_CARRIED_MAX);
    expect(brief.text).toContain(`${PINS_CARRIED_MAX} instructions or more of the user.`);
  });

  it("lets instructions claim their place before the user's name, and that before his tastes", async () => {
    const tastes = Array.from({ length: 40 }, (_, n) => `I prefer pier ${n} over pier ${n + 100}.`);
    const brief = briefAt(await compact([["My name is Oluwaseun.", ...tastes, ...rules(0, 40)]], [SHORT]), 0);
    expect(ofKind(brief, "preference")).toContain("My name is Oluwaseun.");
    expect(ofKind(brief, "preference")).toContain(tastes.at(-1));
    expect(ofKind(brief, "instruction").at(-1)).toBe(rules(0, 40).at(-1));
    expect(brief.text).toMatch(/Not shown for lack of room: \d+ instructions and \d+ preferences of the user\./u);
  });

  it("withdraws what is carried unshown", async () => {
    const briefs = await compact(
      [["Never use emojis.", ...rules(0, 24)], ["You can use emojis again."]],
      [SHORT, LONG],
    );
    expect(
      briefAt(briefs, 0).pieces.some((piece) => piece.text === "Never use emojis." && piece.unshown === true),
    ).toBe(true);
    expect(briefAt(briefs, 1).pieces.map((piece) => piece.text)).not.toContain("Never use emojis.");
  });

  it("writes no brief for a span too short to pay for its pins", async () => {
    const given = input([message(1, "user", "Always answer in Dutch."), message(2, "assistant", "Ja.")]);
    expect(await createExtractiveDistiller().distil(given)).toEqual({ ok: false, error: { code: "no_room_for_pins" } });
  });
});

describe("the gate", () => {
  const span = [message(1, "user", "Never use emojis."), message(2, "user", "Call me Ada."), ...chatter(3, 16)];
  const carried: BriefPiece[] = Array.from({ length: 30 }, (_, n) => ({
    node: 900,
    role: "user",
    speaker: null,
    at: null,
    kind: "instruction",
    unshown: true,
    text: `Always mention item ${n} when I ask about shelf ${n}.`,
  }));

  it("refuses a brief that loses a pin, or does not say that some are unshown", async () => {
    const given = input(span, { kept: carried, budgetTokens: 300 });
    const brief = await distil(given);
    const forgetful = { ...brief, pieces: brief.pieces.filter(({ text }) => text !== carried[0]?.text) };
    expect(checkBrief(forgetful, given)).toMatchObject({ error: { code: "pin_lost", lost: 1 } });
    const silent = { ...brief, text: brief.text.replace(/Not shown for lack of room: .*\n/u, "") };
    expect(checkBrief(silent, given)).toMatchObject({ error: { code: "pins_uncounted" } });
    expect(checkBrief(brief, given)).toMatchObject({ ok: true });
  });
});
