/**
 * Writes `src/adapters/prices.generated.json` from the registry of @pydantic/genai-prices.
 *
 * Run with `npm run prices` after updating that package. The registry knows prices and context windows; how long a
 * provider keeps a prefix, and in which steps, stands in RULES below with its source. CORRECTIONS are dated prices
 * that the registry does not have yet: drop one when it has.
 */
import { writeFileSync } from "node:fs";
import { findProvider } from "@pydantic/genai-prices";
import type { ModelPrice } from "../src/ports/price-book.ts";

interface CacheRule {
  ttlSeconds: number;
  minimumTokens: number;
  granuleTokens: number;
}

/**
 * OpenAI: prompt-caching guide (1,024 tokens, 128-token steps, 5 to 10 minutes in memory; 30 minutes from GPT-5.6 on).
 * Anthropic: prompt-caching page (5 minutes; minimum by model, 1,024 for most). DeepSeek: kv_cache guide (64-token
 * steps, kept for hours). Google: implicit caching, lifetime not documented, 5 minutes assumed. xAI: as Google.
 */
const RULES = {
  openai: { ttlSeconds: 600, minimumTokens: 1024, granuleTokens: 128 },
  anthropic: { ttlSeconds: 300, minimumTokens: 1024, granuleTokens: 1 },
  deepseek: { ttlSeconds: 14_400, minimumTokens: 64, granuleTokens: 64 },
  google: { ttlSeconds: 300, minimumTokens: 4096, granuleTokens: 1 },
  "x-ai": { ttlSeconds: 300, minimumTokens: 1024, granuleTokens: 1 },
} satisfies Record<string, CacheRule>;
/** Shortest prefix that Anthropic caches, where it is not 1,024 tokens (prompt-caching page, October 2026). */
const ANTHROPIC_MINIMUMS: readonly [RegExp, number][] = [
  [/^claude-(?:opus|fable|mythos)-5/, 512],
  [/^claude-opus-4-7/, 2048],
  [/^claude-(?:haiku-4-5|opus-4-[56])/, 4096],
];
const OPENAI_LONG_CACHE = /^gpt-(?:5\.[6-9]|[6-9])/;
const OPENAI_LONG_CACHE_SECONDS = 1_800;

const CHAT_MODELS =
  /^(?:gpt-[4-9]|chatgpt-|o[134]|claude-(?:fable|haiku|mythos|opus|sonnet)|deepseek-|gemini-[23]|grok-)/;
const OTHER_KINDS = /audio|image|realtime|transcribe|tts|search|live|embedding|voice|research|:|ft/;

/** USD per million tokens. Sources: dated release notes of October 2026 (price cut of 2026-10-07, new models of the autumn). */
const CORRECTIONS: Record<string, ModelPrice> = {
  "gpt-6.1-sol": { input: 2, read: 0.1, write: 2.5, output: 10, ...rule("gpt-6.1"), windowTokens: 1_050_000 },
  "gpt-6.1-terra": { input: 1, read: 0.05, write: 1.25, output: 5, ...rule("gpt-6.1"), windowTokens: 1_050_000 },
  "claude-sonnet-5-5": { input: 2, read: 0.1, write: 2.5, output: 10, ...RULES.anthropic, windowTokens: 1_000_000 },
  "claude-haiku-5-5": {
    input: 0.1,
    read: 0.01,
    write: 0.125,
    output: 0.5,
    ...RULES.anthropic,
    windowTokens: null,
    longPrompt: { aboveTokens: 100_000, input: 0.5, read: 0.05, write: 0.625, output: 2.5 },
  },
};

function ruleOf(providerId: string, model: string, base: CacheRule): CacheRule {
  if (providerId === "openai") return rule(model);
  const minimum = ANTHROPIC_MINIMUMS.find(([pattern]) => pattern.test(model))?.[1];
  return minimum === undefined ? base : { ...base, minimumTokens: minimum };
}

function rule(model: string): CacheRule {
  const { openai: base } = RULES;
  return OPENAI_LONG_CACHE.test(model) ? { ...base, ttlSeconds: OPENAI_LONG_CACHE_SECONDS } : base;
}

type Rate = number | { base: number; tiers: { start: number; price: number }[] } | undefined;

function baseOf(rate: Rate): number | undefined {
  return typeof rate === "object" ? rate.base : rate;
}

function tierOf(rate: Rate): number | undefined {
  return typeof rate === "object" ? rate.tiers[0]?.price : rate;
}

const table: Record<string, ModelPrice> = {};
for (const [providerId, cacheRule] of Object.entries(RULES)) {
  for (const model of findProvider({ providerId })?.models ?? []) {
    if (!CHAT_MODELS.test(model.id) || OTHER_KINDS.test(model.id) || table[model.id]) continue;
    // Of prices that change with a date or an hour the last listed is the current one.
    const listed = Array.isArray(model.prices) ? model.prices.at(-1)?.prices : model.prices;
    if (!listed) continue;
    const rates = listed as Record<string, Rate>;
    const input = baseOf(rates["input_mtok"]);
    const output = baseOf(rates["output_mtok"]);
    if (input === undefined || output === undefined) continue;
    const price: ModelPrice = {
      input,
      read: baseOf(rates["cache_read_mtok"]) ?? input,
      write: baseOf(rates["cache_write_mtok"]) ?? input,
      output,
      ...ruleOf(providerId, model.id, cacheRule),
      windowTokens: model.context_window ?? null,
    };
    const tiered = rates["input_mtok"];
    const start = typeof tiered === "object" ? tiered.tiers[0]?.start : undefined;
    if (start !== undefined)
      price.longPrompt = {
        aboveTokens: start,
        input: tierOf(rates["input_mtok"]) ?? input,
        read: tierOf(rates["cache_read_mtok"]) ?? price.read,
        write: tierOf(rates["cache_write_mtok"]) ?? tierOf(rates["input_mtok"]) ?? price.write,
        output: tierOf(rates["output_mtok"]) ?? output,
      };
    table[model.id] = price;
  }
}
for (const [model, correction] of Object.entries(CORRECTIONS)) table[model] = correction;

const sorted = Object.fromEntries(Object.entries(table).toSorted(([a], [b]) => a.localeCompare(b)));
const lines = Object.entries(sorted).map(([model, price]) => `  ${JSON.stringify(model)}: ${JSON.stringify(price)}`);
const target = new URL("../src/adapters/prices.generated.json", import.meta.url);
writeFileSync(target, `{\n${lines.join(",\n")}\n}\n`);
console.log(`${lines.length} models written`);
