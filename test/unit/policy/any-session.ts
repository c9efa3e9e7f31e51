/**
 * Arbitrary sessions for the policy's property tests: whole-number sizes, gaps around every cache lifetime, heads from
 * nothing to a large agent's. Small enough to shrink to a readable counterexample.
 * It must not look like any real workload: the laws hold for all of them.
 */
import * as fc from "fast-check";
import { PRICE_TABLES, type PriceTable } from "../../../bench/policy/price-tables.ts";
import type { Trace } from "../../../bench/policy/traces.ts";

const anyCall = fc.record({
  gapSeconds: fc.oneof(
    fc.integer({ min: 0, max: 60 }),
    fc.constantFrom(299, 300, 301, 601, 1801, 3601, 14_401, 90_000),
  ),
  newTokens: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 40_000 })),
  outputTokens: fc.integer({ min: 0, max: 3000 }),
  isUserTurn: fc.boolean(),
});

export const anyTrace: fc.Arbitrary<Trace> = fc
  .record({
    headTokens: fc.integer({ min: 1, max: 45_000 }),
    shapes: fc.array(anyCall, { minLength: 1, maxLength: 60, size: "max" }),
  })
  .map(({ headTokens, shapes }) => {
    let atSeconds = 0;
    const calls = shapes.map(({ gapSeconds, ...call }) => ({ ...call, atSeconds: (atSeconds += gapSeconds) }));
    return { dataset: "any", id: "any", headTokens, calls };
  });

export const anyPriceTable: fc.Arbitrary<PriceTable> = fc.constantFrom(...PRICE_TABLES);

/** A price table by its name; a name that does not exist is a mistake in the test. */
export function priceTable(name: string): PriceTable {
  const table = PRICE_TABLES.find((candidate) => candidate.name === name);
  if (table === undefined) throw new Error(`no price table ${name}`);
  return table;
}
