/**
 * Pieces: never longer than allowed, verbatim, without a gap, and together the whole message.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutPieces, PIECE_TOKENS_MAX } from "../../../src/recall/cut-pieces.ts";
import { countTokens } from "./archive-fixture.ts";

function check(text: string): void {
  let end = 0;
  for (const cut of cutPieces(text, countTokens)) {
    expect(cut.start).toBe(end);
    expect(text.slice(cut.start, cut.start + cut.text.length)).toBe(cut.text);
    expect(countTokens(cut.text)).toBeLessThanOrEqual(PIECE_TOKENS_MAX);
    expect(cut.tokens).toBeGreaterThanOrEqual(countTokens(cut.text));
    end += cut.text.length;
  }
  expect(end).toBe(text.length);
}

describe("pieces", () => {
  it("join to the text they were cut from, whatever it is", () => {
    const line = fc.oneof(
      fc.lorem({ maxCount: 12, mode: "sentences" }),
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.constantFrom("```", "| a | b |", "", "- item", "今日は天気がいいです。散歩に行きましょう。", "👩‍👩‍👧‍👦".repeat(30)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => check(lines.join("\n"))),
      { numRuns: 60 },
    );
  });

  it("end where sentences end", () => {
    const sentences = Array.from({ length: 40 }, (_, at) => `The ${at} boxes of tea were sent to the shop in Leeds. `);
    for (const { text } of cutPieces(sentences.join(""), countTokens))
      expect(text.trimEnd().endsWith("Leeds.")).toBe(true);
  });

  it("keep a short code block and a short table in one piece", () => {
    const code = "```ts\nconst a = 1;\nconst b = a + 1;\nexport { b };\n```\n";
    const table = "| name | price |\n| --- | --- |\n| tea | 4 |\n| salt | 2 |\n";
    const prose = "Some words about it that are long enough to make a piece of their own, more or less. ".repeat(3);
    const texts = cutPieces(`${prose}\n\n${code}\n${prose}\n\n${table}\n${prose}`, countTokens).map(({ text }) => text);
    expect(texts.some((text) => text.includes(code.trim()))).toBe(true);
    expect(texts.some((text) => text.includes(table.trim()))).toBe(true);
  });

  it("cut a megabyte without a space, and never inside a pair", () => {
    check("x".repeat(200_000));
    check("😀".repeat(5000));
    expect(cutPieces("x".repeat(1_000_000), (text) => Math.ceil(text.length / 4)).length).toBeGreaterThan(3000);
    for (const { text } of cutPieces(`a${"😀".repeat(3000)}`, countTokens)) expect(text.isWellFormed()).toBe(true);
  });
});
