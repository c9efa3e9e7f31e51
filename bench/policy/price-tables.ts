/**
 * The ten price tables that the policy is measured on: five families of models, two cache lifetimes where there are
 * two, from the 0.5x cached reads of 2024 to the 0.02x of autumn 2026.
 * They are frozen on purpose, so that results stay comparable over time. The product's own prices come from elsewhere;
 * this list must not be used to bill anybody.
 */
import type { CachePrices } from "../../src/policy/cache-model.ts";

/** Prices in units of one uncached input token. */
export interface PriceTable extends CachePrices {
  readonly name: string;
  readonly source: string;
}

const ANTHROPIC_4 = "platform.claude.com, prompt caching: writes 1.25x (5 min) or 2x (1 h), reads 0.1x, at least 1024";
const ANTHROPIC_5_5 = "docs.rs synaps 0.10.2 pricing: as 4.x, reads 0.05x since 2026-10-07 (second-hand)";

export const PRICE_TABLES: readonly PriceTable[] = [
  table("gpt5", [1, 0.1, 8], [600, 1024, 128], "OpenAI prompt caching guide: no write fee before GPT-5.6, 5 to 10 min"),
  table(
    "gpt6.1-sol",
    [1.25, 0.05, 5],
    [1800, 1024, 128],
    "docs.rs openai-client-base 0.16; PromptFuel v1.0.22 (second-hand)",
  ),
  table("claude4x-5m", [1.25, 0.1, 5], [300, 1024, 1], ANTHROPIC_4),
  table("claude4x-1h", [2, 0.1, 5], [3600, 1024, 1], ANTHROPIC_4),
  table("claude5.5-5m", [1.25, 0.05, 5], [300, 1024, 1], ANTHROPIC_5_5),
  table("claude5.5-1h", [2, 0.05, 5], [3600, 1024, 1], ANTHROPIC_5_5),
  table("deepseek-v4.1", [1, 0.02, 4], [14_400, 64, 64], "deepseek-api-pricing-2026 wiki, off-peak; lifetime assumed"),
  table("deepseek-v3.2", [1, 0.1, 1.5], [14_400, 64, 64], "api-docs.deepseek.com, context caching; lifetime assumed"),
  table("gemini2.5", [1, 0.1, 8], [300, 4096, 1], "cloud.google.com, context cache overview; lifetime assumed"),
  table("gpt4o", [1, 0.5, 4], [600, 1024, 128], "OpenAI prompt caching guide, the 0.5x reads of 2024"),
];

function table(
  name: string,
  [write, read, output]: readonly [number, number, number],
  [ttlSeconds, minimumTokens, granuleTokens]: readonly [number, number, number],
  source: string,
): PriceTable {
  return { name, source, input: 1, write, read, output, ttlSeconds, minimumTokens, granuleTokens };
}
