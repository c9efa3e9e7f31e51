/**
 * The cache model: granules, minimum, lifetime, and what each token of a call costs.
 * Expected values are worked out by hand from the prices in the test, not by the code under test.
 */
import { describe, expect, it } from "vitest";
import { cachedTokens, callCost, isWarm, withMissRate } from "../../../src/policy/cache-model.ts";
import { priceTable } from "./any-session.ts";

const prices = {
  input: 1,
  write: 1.25,
  read: 0.1,
  output: 5,
  ttlSeconds: 300,
  minimumTokens: 1024,
  granuleTokens: 128,
};

describe("cachedTokens", () => {
  it("counts whole granules", () => {
    expect(cachedTokens(2000, true, prices)).toBe(1920);
    expect(cachedTokens(2048, true, prices)).toBe(2048);
  });

  it("is nothing below the minimum, or when cold", () => {
    expect(cachedTokens(1023, true, prices)).toBe(0);
    expect(cachedTokens(1024, true, prices)).toBe(1024);
    expect(cachedTokens(2048, false, prices)).toBe(0);
  });

  it("applies the minimum after rounding down", () => {
    expect(cachedTokens(4100, true, { ...prices, minimumTokens: 4097 })).toBe(0);
  });
});

describe("callCost", () => {
  it("reads what is cached, writes the rest, and buys the output", () => {
    expect(callCost(10_000, 8000, 100, prices)).toBe(800 + 2500 + 500);
  });

  it("buys a prompt that is too short to be cached as plain input", () => {
    expect(callCost(1000, 0, 10, prices)).toBe(1000 + 50);
  });
});

describe("isWarm", () => {
  it("includes the last second of the lifetime", () => {
    expect(isWarm(400, 100, prices)).toBe(true);
    expect(isWarm(401, 100, prices)).toBe(false);
  });

  it("can be told to be careful", () => {
    expect(isWarm(400, 100, prices, 5)).toBe(false);
    expect(isWarm(395, 100, prices, 5)).toBe(true);
  });

  it("is cold before the first call", () => {
    expect(isWarm(0, null, prices)).toBe(false);
  });
});

describe("withMissRate", () => {
  it("moves the price of a read towards that of a write", () => {
    expect(withMissRate(prices, 0).read).toBe(0.1);
    expect(withMissRate(prices, 1).read).toBeCloseTo(1.25, 12);
    expect(withMissRate(prices, 0.5).read).toBeCloseTo(0.675, 12);
  });

  it("leaves the table it was given alone", () => {
    const table = priceTable("gpt5");
    withMissRate(table, 0.5);
    expect(table.read).toBe(0.1);
  });
});
