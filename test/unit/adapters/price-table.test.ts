/**
 * Prices by a model's id: exact, without a provider's prefix, without a date; and nothing fuzzier than that.
 *
 * A wrong price would be a lie in the ledger, so what must not be found is tested as much as what must.
 */
import { describe, expect, it } from "vitest";
import { createPriceBook } from "../../../src/adapters/price-table.ts";
import table from "../../../src/adapters/prices.generated.json" with { type: "json" };
import type { ModelPrice } from "../../../src/ports/price-book.ts";

const OWN: ModelPrice = {
  input: 7,
  read: 1,
  write: 7,
  output: 9,
  ttlSeconds: 60,
  minimumTokens: 0,
  granuleTokens: 1,
  windowTokens: null,
};
const KNOWN = "claude-sonnet-5";

describe("a price", () => {
  const book = createPriceBook({});

  it.each([KNOWN, `anthropic/${KNOWN}`, `openrouter/anthropic/${KNOWN}`, `${KNOWN}-20260101`, `x/${KNOWN}-2026-01-01`])(
    "is found for %s",
    (model) => {
      expect(book.lookUp(model)).toEqual(table[KNOWN]);
    },
  );

  it.each([
    "",
    "/",
    "no-such-model",
    KNOWN.toUpperCase(),
    `${KNOWN}-mini`,
    KNOWN.slice(0, -1),
    `${KNOWN}/x`,
    "toString",
    "__proto__",
  ])("is unknown for '%s'", (model) => {
    expect(book.lookUp(model)).toBeNull();
  });

  it("of a model on Workers AI is that of its full name: others ask another price for it", () => {
    expect(book.lookUp(`@cf/vendor/${KNOWN}`)).toBeNull();
    const mine = createPriceBook({ "@cf/vendor/mine": OWN, mine: { ...OWN, input: 3 } });
    expect(mine.lookUp("@cf/vendor/mine")).toEqual(OWN);
    expect(mine.lookUp("@cf/other/mine")).toBeNull();
  });

  it("of the operator's goes before the built-in one, under the exact name first", () => {
    const mine = createPriceBook({ [KNOWN]: OWN, "local/mine": { ...OWN, input: 3 } });
    expect(mine.lookUp(`anthropic/${KNOWN}-latest`)).toEqual(OWN);
    expect(mine.lookUp("local/mine")?.input).toBe(3);
    expect(mine.lookUp("mine")).toBeNull();
  });
});

describe("the built-in table", () => {
  it("holds prices and cache rules that can be", () => {
    for (const [model, price] of Object.entries(table as Record<string, ModelPrice>)) {
      expect(price.input, model).toBeGreaterThanOrEqual(0);
      expect(price.read, model).toBeLessThanOrEqual(price.input);
      expect(price.write, model).toBeGreaterThanOrEqual(price.input);
      expect(price.granuleTokens, model).toBeGreaterThanOrEqual(1);
      expect(price.ttlSeconds, model).toBeGreaterThan(0);
      if (price.windowTokens !== null) expect(price.windowTokens, model).toBeGreaterThan(1_000);
    }
  });
});
