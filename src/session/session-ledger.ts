/**
 * What a session cost, beside what a full replay would have cost.
 *
 * Spent is what the upstream billed where it says so (`usage`), else what the cache model expects. The replay beside
 * it is computed for every call: the whole transcript through the same provider's prompt cache. Both in units of one
 * uncached input token, and in USD for the turns whose model has a known price; an unknown price adds tokens, never $0.
 * What Strata itself has spent on a model that writes is part of it.
 */
import { cachedTokens, callCost } from "../policy/cache-model.ts";
import type { CachePrices } from "../policy/cache-model.ts";
import { addToLedger, EMPTY_LEDGER } from "../policy/ledger.ts";
import type { Ledger } from "../policy/ledger.ts";
import { ESTIMATED_CHARS_PER_TOKEN } from "../model/limits.ts";
import type { Usage } from "../model/usage.ts";
import type { FurtherCall, Ticket, TurnRecord } from "../ports/session.ts";
import type { Money } from "../ports/tenant-directory.ts";
import type { Forecast } from "./forecast.ts";
import { addBills, NO_DISTILLER_BILL } from "./digests/distiller-bill.ts";
import type { DistillerBill } from "./digests/distiller-bill.ts";
import { toCachePrices, withLifetime } from "./thread-state.ts";

export interface CallBill {
  promptTokens: number;
  cachedTokens: number;
  outputTokens: number;
  /** The same call as a full replay. */
  replayTokens: number;
  replayCachedTokens: number;
  /** In input-token equivalents. */
  spent: number;
  replay: number;
  uncachedReplay: number;
  /** `billed`: token counts are the upstream's own. `estimated`: the upstream reported no usage. */
  source: "billed" | "estimated";
  /** USD of one unit, or null when the model's price is unknown. */
  usdPerUnit: number | null;
  /** The calls by which the model's searches were answered; their cost and output are part of the numbers above. */
  further: { calls: number; promptTokens: number; cachedTokens: number };
}

export interface SessionLedger {
  spent: number;
  replay: number;
  uncachedReplay: number;
  /** USD sums over the turns that have a price, and how many those are. */
  usd: { spent: number; replay: number; uncachedReplay: number; turns: number };
  /** All that was spent, and its replay, once more for the guards. */
  money: Money;
  /** `client` counts what a replay would have sent, `forwarded` what was sent, `cached` the part read from the cache. */
  tokens: { client: number; forwarded: number; cached: number; output: number };
  bytes: { client: number; forwarded: number };
  calls: number;
  compactions: number;
  /** Share of calls expected warm that read nothing from the cache, smoothed. */
  missRate: number;
  /** The part of `spent` that went to a model that writes digests; absent while none has been called. */
  distiller?: DistillerBill;
}

export const EMPTY_SESSION_LEDGER: SessionLedger = {
  spent: 0,
  replay: 0,
  uncachedReplay: 0,
  usd: { spent: 0, replay: 0, uncachedReplay: 0, turns: 0 },
  money: { usd: EMPTY_LEDGER, unpriced: EMPTY_LEDGER },
  tokens: { client: 0, forwarded: 0, cached: 0, output: 0 },
  bytes: { client: 0, forwarded: 0 },
  calls: 0,
  compactions: 0,
  missRate: 0,
};

/** Prices of cache writes where a provider has two of them, in uncached input tokens: an hour and five minutes (platform.claude.com, prompt caching, 2026). */
const LONG_WRITE_FACTOR = 2;
const SHORT_WRITE_FACTOR = 1.25;

/** Weight of the newest call in the miss rate. */
const MISS_WEIGHT = 0.1;

/** Of the prompt, what was put behind the newest message for this call alone. */
export function passingTokens({ memory }: TurnRecord, { recalled }: Ticket): number {
  return (recalled.newest?.tokens ?? 0) + (memory?.tokens ?? 0);
}

/**
 * Bills one call. The replay is priced with the same rule as the call itself: when nothing was dropped the two are
 * the same prompt but for a tool of ours, and then they cost the same to the token.
 */
export function billCall(
  { usage, rewriteRefused, toolTokens }: Pick<TurnRecord, "usage" | "rewriteRefused" | "toolTokens">,
  forecast: Forecast,
  estimatedOutputTokens: number,
  recalledTokens: number,
): CallBill {
  const { policyState: state, decision: planned, price, cacheLifetime, usdPerUnit, isReplayWarm } = forecast;
  const decision = rewriteRefused ? { ...planned, promptTokens: planned.replayTokens, compact: false } : planned;
  const promptTokens = usage?.promptTokens ?? decision.promptTokens + recalledTokens;
  const pricesOf = (tokens: number): CachePrices => withLifetime(toCachePrices(price, tokens), cacheLifetime);
  const prices = pricesOf(promptTokens);
  const expectedCached = decision.compact
    ? cachedTokens(state.headTokens, decision.warm, prices)
    : cachedTokens(state.lastPromptTokens, decision.warm, prices);
  const cached = Math.min(promptTokens, usage?.cachedTokens ?? expectedCached);
  const outputTokens = usage?.completionTokens ?? estimatedOutputTokens;
  const own = recalledTokens + toolTokens;
  const replayTokens = Math.max(0, promptTokens - own + decision.replayTokens - decision.promptTokens);
  const replayPrices = pricesOf(replayTokens);
  const isReplay = decision.replayTokens === decision.promptTokens;
  // The tool of ours is the first part of a prompt: what is cached begins with it.
  const toolCached = Math.min(cached, toolTokens);
  const replayCached = isReplay
    ? Math.min(replayTokens, cached - toolCached)
    : Math.min(replayTokens, cachedTokens(state.lastReplayTokens, isReplayWarm, replayPrices));
  const spent = costOf({ promptTokens, cachedTokens: cached, outputTokens }, usage, prices, cacheLifetime !== null);
  return {
    promptTokens,
    cachedTokens: cached,
    outputTokens,
    replayTokens,
    replayCachedTokens: replayCached,
    spent,
    // What stands behind the cached prefix for this call alone is paid as plain input.
    replay: isReplay
      ? Math.max(
          0,
          spent - recalledTokens * prices.input - toolCached * prices.read - (toolTokens - toolCached) * prices.write,
        )
      : callCost(replayTokens, replayCached, outputTokens, replayPrices),
    uncachedReplay: replayTokens * replayPrices.input + outputTokens * replayPrices.output,
    source: usage ? "billed" : "estimated",
    usdPerUnit,
    further: { calls: 0, promptTokens: 0, cachedTokens: 0 },
  };
}

interface CallTokens {
  promptTokens: number;
  cachedTokens: number;
  outputTokens: number;
}

function costOf(call: CallTokens, usage: Usage | null, prices: CachePrices, isLong: boolean): number {
  const { promptTokens, cachedTokens: cached, outputTokens } = call;
  const written = usage?.cacheWriteTokens ?? null;
  if (written === null) return callCost(promptTokens, cached, outputTokens, prices);
  // With a longer lifetime in the request the list price of a write is the long one's; the short part is told apart.
  const isSplit = isLong && (usage?.longCacheWriteTokens ?? null) !== null;
  const longWritten = usage?.longCacheWriteTokens ?? 0;
  return (
    cached * prices.read +
    (written - longWritten) * (isSplit ? SHORT_WRITE_FACTOR * prices.input : prices.write) +
    longWritten * LONG_WRITE_FACTOR * prices.input +
    Math.max(0, promptTokens - cached - written) * prices.input +
    outputTokens * prices.output
  );
}

/**
 * Adds the calls by which the model's searches were answered. A replay would have been one call that gives the answer at
 * once: of the outputs it is credited with the last one's alone, so a search counts as cost and never as a saving.
 */
export function billFurther(first: CallBill, further: readonly FurtherCall[], forecast: Forecast): CallBill {
  const { price, cacheLifetime } = forecast;
  const bill = { ...first, further: { ...first.further } };
  let before = first.promptTokens;
  let outputTokens = first.outputTokens;
  for (const { usage, addedChars, replyChars } of further) {
    const promptTokens = usage?.promptTokens ?? before + Math.ceil(addedChars / ESTIMATED_CHARS_PER_TOKEN);
    const prices = withLifetime(toCachePrices(price, promptTokens), cacheLifetime);
    const cached = Math.min(promptTokens, usage?.cachedTokens ?? cachedTokens(before, true, prices));
    outputTokens = usage?.completionTokens ?? Math.ceil(replyChars / ESTIMATED_CHARS_PER_TOKEN);
    const tokens = { promptTokens, cachedTokens: cached, outputTokens };
    bill.spent += costOf(tokens, usage, prices, cacheLifetime !== null);
    bill.outputTokens += outputTokens;
    bill.further.calls++;
    bill.further.promptTokens += promptTokens;
    bill.further.cachedTokens += cached;
    if (usage === null) bill.source = "estimated";
    before = promptTokens;
  }
  const { output } = withLifetime(toCachePrices(price, first.replayTokens), cacheLifetime);
  const answered = (outputTokens - first.outputTokens) * output;
  return { ...bill, replay: first.replay + answered, uncachedReplay: first.uncachedReplay + answered };
}

export function addBill(
  ledger: SessionLedger,
  bill: CallBill,
  bytes: { client: number; forwarded: number },
  compacted: boolean,
): SessionLedger {
  const { usd, tokens } = ledger;
  const unit = bill.usdPerUnit;
  return {
    ...ledger,
    spent: ledger.spent + bill.spent,
    replay: ledger.replay + bill.replay,
    uncachedReplay: ledger.uncachedReplay + bill.uncachedReplay,
    usd:
      unit === null
        ? usd
        : {
            spent: usd.spent + bill.spent * unit,
            replay: usd.replay + bill.replay * unit,
            uncachedReplay: usd.uncachedReplay + bill.uncachedReplay * unit,
            turns: usd.turns + 1,
          },
    money: addMoney(ledger.money, bill, unit),
    tokens: {
      client: tokens.client + bill.replayTokens,
      forwarded: tokens.forwarded + bill.promptTokens + bill.further.promptTokens,
      cached: tokens.cached + bill.cachedTokens + bill.further.cachedTokens,
      output: tokens.output + bill.outputTokens,
    },
    bytes: { client: ledger.bytes.client + bytes.client, forwarded: ledger.bytes.forwarded + bytes.forwarded },
    calls: ledger.calls + 1 + bill.further.calls,
    compactions: ledger.compactions + (compacted ? 1 : 0),
  };
}

/**
 * What a model was paid for writing counts as spent; a replay needs none of it.
 *
 * @param usdPerUnit of the session's own model, in whose units the bill is
 */
export function addDistillation(ledger: SessionLedger, bill: DistillerBill, usdPerUnit: number | null): SessionLedger {
  return {
    ...ledger,
    spent: ledger.spent + bill.spent,
    money: addMoney(ledger.money, { spent: bill.spent, replay: 0 }, usdPerUnit),
    usd: { ...ledger.usd, spent: ledger.usd.spent + bill.usd },
    distiller: addBills(ledger.distiller ?? NO_DISTILLER_BILL, bill),
  };
}

/** Adds units to the pot that they can be weighed in. */
function addMoney(money: Money, { spent, replay }: Ledger, usdPerUnit: number | null): Money {
  if (!hasPrice(usdPerUnit)) return { ...money, unpriced: addToLedger(money.unpriced, { spent, replay }) };
  const usd = addToLedger(money.usd, { spent: spent * usdPerUnit, replay: replay * usdPerUnit });
  return { ...money, usd };
}

/** Whether calls at this price can be weighed in USD. A model that costs nothing is weighed in tokens. */
export function hasPrice(usdPerUnit: number | null): usdPerUnit is number {
  return usdPerUnit !== null && usdPerUnit > 0;
}

/** Learns from a call that was expected to read the cache; calls that say nothing of the cache teach nothing. */
export function learnMiss(missRate: number, usage: Usage | null, expectedCached: number): number {
  if (usage === null || usage.cachedTokens === null || expectedCached === 0) return missRate;
  const missed = usage.cachedTokens === 0 ? 1 : 0;
  return missRate + MISS_WEIGHT * (missed - missRate);
}
