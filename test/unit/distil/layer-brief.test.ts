/**
 * Written digests over a brief of quotes: what gives way, what never does, and that the gate passes the result.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkBrief } from "../../../src/distil/check-brief.ts";
import { layerBrief } from "../../../src/distil/digests/layer-brief.ts";
import type { Brief, DigestedSegment, DistilInput } from "../../../src/ports/distiller.ts";
import { chatter, countTokens, distil, input, message } from "./build.ts";

const day = (id: number): number => Date.parse(`2026-03-${String(id).padStart(2, "0")}T09:00:00Z`);

function digested(id: number, from: number, to: number, isRollUp = false): DigestedSegment {
  const lines = (kind: string, count: number) =>
    Array.from({ length: count }, (_, place) => ({
      text: `${kind} ${place} of stretch ${id} at Kiel.`,
      sources: [from],
    }));
  const digest = { gists: lines("Story", 5), threads: lines("Thread", 2), facts: lines("Fact", 3) };
  return { id, from, to, at: day(id), isRollUp, digest };
}

const span = [message(1, "user", "Always answer in Dutch. I prefer trains."), ...chatter(2, 60)];
const given = (more: Partial<DistilInput> = {}): DistilInput => input(span, more);

async function layered(more: Partial<DistilInput>): Promise<{ quoted: Brief; brief: Brief; all: DistilInput }> {
  const all = given(more);
  const quoted = await distil(all);
  return { quoted, brief: layerBrief(quoted, all), all };
}

const told = (brief: Brief): string[] => (brief.written ?? []).map(({ text }) => text);

describe("a layered brief", () => {
  it("is the brief of quotes where nothing is written", async () => {
    const { quoted, brief } = await layered({});
    expect(brief).toBe(quoted);
    expect((await layered({ digests: [] })).brief.text).toBe(quoted.text);
  });

  it("tells the newest segments in detail and older ones in a line", async () => {
    const digests = Array.from({ length: 12 }, (_, index) => digested(index + 1, index * 5, index * 5 + 4));
    const { brief, all } = await layered({ digests, budgetTokens: 1500 });
    expect(checkBrief(brief, all)).toMatchObject({ ok: true });
    const linesOf = (id: number): number =>
      told(brief).filter((text) => text.includes(`Story`) && text.includes(`stretch ${id} `)).length;
    expect(linesOf(12)).toBe(5);
    expect(linesOf(1)).toBe(1);
    expect(told(brief)).toContain("Thread 0 of stretch 12 at Kiel.");
    expect(told(brief).filter((text) => /^Thread .* stretch [1-8] /.test(text))).toEqual([]);
    expect(brief.text).not.toContain("Fact 0");
    expect(brief.text.indexOf("Story 0 of stretch 1 ")).toBeLessThan(brief.text.indexOf("Story 0 of stretch 12"));
    expect(brief.text).toContain("2026-03-12\n- Story 0 of stretch 12");
  });

  it("tells a roll-up as fully as a new segment", async () => {
    const digests = [
      digested(1, 1, 30, true),
      ...Array.from({ length: 9 }, (_, index) => digested(index + 2, 31 + index, 31 + index)),
    ];
    const { brief } = await layered({ digests, budgetTokens: 1500 });
    expect(told(brief).filter((text) => text.includes("stretch 1 ")).length).toBe(5);
  });

  it("lets plain quotes of told stretches give way, never those of others, nor what the user wants kept", async () => {
    const { quoted, brief } = await layered({ digests: [digested(1, 1, 30)] });
    const facts = (of: Brief, isTold: boolean) =>
      of.pieces.filter(({ kind, node }) => kind === "fact" && node <= 30 === isTold);
    expect(facts(brief, true).length).toBeLessThan(facts(quoted, true).length);
    expect(facts(brief, false)).toEqual(facts(quoted, false));
    const rest = (of: Brief) => of.pieces.filter(({ kind }) => kind !== "fact");
    expect(rest(brief)).toEqual(rest(quoted));
    expect(brief.text).toContain("Always answer in Dutch.");
  });

  it("passes the gate within the budget of the quotes, whatever is written", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 250, max: 1500 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.boolean(), fc.string({ maxLength: 60 })), {
          maxLength: 20,
        }),
        async (budgetTokens, parts) => {
          const digests = parts.map(([length, isRollUp, words], index) => {
            const segment = digested(index + 1, index * length, (index + 1) * length, isRollUp);
            segment.digest.gists.push({ text: `${words.replaceAll(/\s+/g, " ")}.`, sources: [1] });
            return segment;
          });
          const { quoted, brief, all } = await layered({ budgetTokens, digests });
          expect(brief.tokens).toBe(countTokens(brief.text));
          expect(brief.tokens).toBeLessThanOrEqual(Math.max(budgetTokens, quoted.tokens));
          expect(checkBrief(brief, all)).toMatchObject({ ok: true });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("the gate", () => {
  const digests = [digested(1, 1, 30)];

  it("refuses a line that no digest holds, and lines that the text has in other words", async () => {
    const { brief, all } = await layered({ digests });
    const code = (given: Brief, more: Partial<DistilInput> = {}) => {
      const checked = checkBrief(given, { ...all, ...more });
      return checked.ok ? "passed" : checked.error.code;
    };
    expect(code(brief)).toBe("passed");
    expect(code(brief, { digests: [] })).toBe("unknown_digest");
    expect(code(brief, { digests: [{ ...digested(2, 1, 30) }] })).toBe("unknown_digest");
    expect(code({ ...brief, text: brief.text.replace("Story 0 of stretch", "Story 9 of stretch") })).toBe("unlabelled");
    expect(code({ ...brief, written: [] })).not.toBe("passed");
  });

  it("holds quotes to the same rules as ever", async () => {
    const { brief, all } = await layered({ digests });
    const text = brief.text.replace("Always answer in Dutch", "Always answer in Greek");
    expect(checkBrief({ ...brief, text }, all)).toMatchObject({ ok: false, error: { code: "unsourced_instruction" } });
  });
});
