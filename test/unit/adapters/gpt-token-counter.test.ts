/**
 * The token counter: never throws, never hangs, and close to the tokenizer's own count despite its slices.
 */
import * as fc from "fast-check";
import { countTokens } from "gpt-tokenizer";
import { describe, expect, it } from "vitest";
import { gptTokenCounter } from "../../../src/adapters/gpt-token-counter.ts";
import { TOKENIZER_SLICE_CHARS } from "../../../src/model/limits.ts";

const prose = Array.from(
  { length: 600 },
  (_, i) => `Crate ${i} stands on quay ${i % 17}; the clerk wrote {"fee": ${i * 7}, "paid": false} into the book.`,
).join("\n");

describe("a count", () => {
  it("is the tokenizer's own for a short text", () => {
    expect(gptTokenCounter.countTokens("hello world")).toBe(countTokens("hello world"));
    expect(gptTokenCounter.countTokens("")).toBe(0);
  });

  it("is within one per cent of it for a long one", () => {
    const whole = countTokens(prose);
    expect(Math.abs(gptTokenCounter.countTokens(prose) - whole) / whole).toBeLessThan(0.01);
  });

  it("takes special tokens for text", () => {
    for (const text of ["<|endoftext|>", "<|im_start|>system<|im_end|>", "a <|endofprompt|> b"])
      expect(gptTokenCounter.countTokens(text)).toBeGreaterThan(2);
  });

  it("comes to an end on long runs without a split point", () => {
    const tokens = gptTokenCounter.countTokens("a".repeat(100_000));
    expect(tokens).toBeGreaterThan(1_000);
    expect(tokens).toBeLessThan(100_000);
  });

  it("survives any text, also where a slice ends inside a character", () => {
    expect(gptTokenCounter.countTokens(`${"x".repeat(TOKENIZER_SLICE_CHARS - 1)}\u{1f600}`)).toBeGreaterThan(1);
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 1_500 }),
        fc.constantFrom("", "\ud800", "\udc00"),
        (text, half) => {
          expect(gptTokenCounter.countTokens(text + half)).toBeGreaterThanOrEqual(text + half === "" ? 0 : 1);
        },
      ),
      { numRuns: 50 },
    );
  });
});
