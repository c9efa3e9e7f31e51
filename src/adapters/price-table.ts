/**
 * Prices from a small generated table, under whatever the operator sets in STRATA_PRICES.
 *
 * A model is found by its exact id, without a provider's prefix (`openai/…`), or without a dated suffix. There is no
 * fuzzier match: a wrong price would be a lie in the ledger, an unknown one is merely unknown.
 */
import type { ModelPrice, PriceBook } from "../ports/price-book.ts";
import table from "./prices.generated.json" with { type: "json" };

const BUILT_IN: Readonly<Record<string, ModelPrice>> = table;
const DATED = /-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$/;

export function createPriceBook(overrides: Readonly<Record<string, ModelPrice>>): PriceBook {
  const find = (model: string): ModelPrice | null => {
    if (Object.hasOwn(overrides, model)) return overrides[model] ?? null;
    return Object.hasOwn(BUILT_IN, model) ? (BUILT_IN[model] ?? null) : null;
  };
  return {
    lookUp(model) {
      // On Workers AI a model has a price of its own, whatever others ask for it.
      if (model.startsWith("@cf/")) return find(model);
      const bare = model.slice(model.lastIndexOf("/") + 1);
      return find(model) ?? find(bare) ?? find(bare.replace(DATED, ""));
    },
  };
}
