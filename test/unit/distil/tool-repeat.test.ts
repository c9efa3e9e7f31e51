/** One line in place of a result that was given before: only for the very same text, only where it is shorter. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashToolResult, nameRepeatedResult } from "../../../src/distil/tools/tool-repeat.ts";
import { countTokens } from "./build.ts";

const result = JSON.stringify({ order: "O-1", items: Array.from({ length: 20 }, (_, index) => ({ index, ok: true })) });
const earlier = new Map([[hashToolResult(result), 'get_order({"id":"O-1"})']]);

describe("nameRepeatedResult", () => {
  it("names the earlier call", () => {
    const repeated = nameRepeatedResult(result, earlier, countTokens);
    expect(repeated?.text).toBe('[same result as the earlier call get_order({"id":"O-1"})]');
    expect(repeated?.savedTokens).toBe(countTokens(result) - countTokens(repeated?.text ?? ""));
  });

  it("takes only the very same text for the same", () => {
    expect(nameRepeatedResult(`${result} `, earlier, countTokens)).toBeNull();
    expect(nameRepeatedResult(result.replace("19", "18"), earlier, countTokens)).toBeNull();
    expect(nameRepeatedResult(result, new Map(), countTokens)).toBeNull();
  });

  it("is always shorter, on one line, and well-formed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.string({ maxLength: 600 }), (call, text) => {
        const repeated = nameRepeatedResult(text, new Map([[hashToolResult(text), call]]), countTokens);
        if (repeated === null) return;
        expect(repeated.text.length).toBeLessThan(text.length);
        expect(repeated.text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(repeated.text.isWellFormed()).toBe(true);
        expect(repeated.savedTokens).toBeGreaterThan(0);
      }),
    );
  });
});
