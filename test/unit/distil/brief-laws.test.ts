/** What holds for every brief, whatever the conversation: verbatim, bounded, repeatable, acceptable, quick. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkBrief } from "../../../src/distil/check-brief.ts";
import { createExtractiveDistiller } from "../../../src/distil/extract-brief.ts";
import { BRIEF_END, BRIEF_LABEL, foldLine } from "../../../src/distil/record.ts";
import type { SpanMessage } from "../../../src/ports/distiller.ts";
import { chatter, countTokens, distil, input, message } from "./build.ts";

describe("always", () => {
  const anySpan = fc.array(
    fc.record({
      role: fc.constantFrom<SpanMessage["role"]>("user", "assistant", "tool"),
      speaker: fc.option(fc.string({ unit: "binary", maxLength: 12 }), { nil: null }),
      at: fc.option(fc.integer({ min: -1e13, max: 1e14 }), { nil: null }),
      text: fc
        .array(
          fc.oneof(
            fc.string({ unit: "binary", maxLength: 60 }),
            fc.constantFrom(
              "Always use metric units. ",
              "我的预算是5000元。",
              "\uDC00",
              "\n- never do 7 ",
              " I prefer tea. ",
              '{"a":17}',
              BRIEF_END,
              `\n${BRIEF_LABEL}\n`,
              "Is it 5? ",
              "I prefer tea, is that odd? ",
              "Never use emojis. ",
              "You can use emojis again. ",
            ),
            fc.lorem({ maxCount: 12 }),
          ),
          { maxLength: 12 },
        )
        .map((parts) => parts.join("")),
    }),
    { maxLength: 25 },
  );

  it("is verbatim, within budget, deterministic, and passes the gate", async () => {
    await fc.assert(
      fc.asyncProperty(anySpan, fc.integer({ min: 0, max: 900 }), async (messages, budgetTokens) => {
        const span = messages.map((each, node) => ({ ...each, node }));
        const given = input(span, { budgetTokens });
        const distiller = createExtractiveDistiller();
        const result = await distiller.distil(given);
        expect(await distiller.distil({ ...given, span: structuredClone(span) })).toEqual(result);
        if (!result.ok) {
          expect(["nothing_to_keep", "no_room_for_pins"]).toContain(result.error.code);
          return;
        }
        const { text, tokens, pieces } = result.value;
        expect(tokens).toBe(countTokens(text));
        expect(tokens).toBeLessThanOrEqual(budgetTokens);
        expect(text.isWellFormed()).toBe(true);
        for (const piece of pieces) {
          expect(span[piece.node]?.text).toContain(piece.text);
          if (piece.unshown !== true) expect(text).toContain(foldLine(piece.text));
        }
        const checked = checkBrief(result.value, given);
        expect(checked).toMatchObject({ ok: true });
      }),
      { numRuns: 300 },
    );
  });

  it("has nothing to say about nothing, and reports a counter that throws", async () => {
    const distiller = createExtractiveDistiller();
    expect(await distiller.distil(input([]))).toEqual({ ok: false, error: { code: "nothing_to_keep" } });
    const broken = input(chatter(1, 4), {
      countTokens: () => {
        throw new Error("no table");
      },
    });
    expect(await distiller.distil(broken)).toEqual({
      ok: false,
      error: { code: "distiller_failed", detail: "no table" },
    });
  });

  it("is quick, and counts lines rather than sentences", async () => {
    const words =
      "Order 7 of pallet B goes to Lund after the tide, the clerk in Malmo said when we met on Monday morning. ";
    const span = Array.from({ length: 2_000 }, (_, node) =>
      message(
        node,
        node % 2 === 0 ? "user" : "assistant",
        words.replaceAll(/7|B/g, `${node}`).repeat(3).replace("Order", `Invoice${node}`),
      ),
    );
    let calls = 0;
    const counted = (text: string): number => (calls++, countTokens(text));
    await distil(input(span, { budgetTokens: 2_000, countTokens: counted }));
    calls = 0;
    const started = performance.now();
    await distil(input(span, { budgetTokens: 2_000, countTokens: counted }));
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(calls).toBeLessThan(500);
  });
});
