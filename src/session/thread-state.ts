/**
 * What a thread remembers between turns, and how it becomes the policy's view of the next call.
 *
 * The state hangs on the turn that made it, never on the session: a fork starts from the state of the turn it left,
 * so no branch sees another's cut, brief or rent. Sizes of the history are not part of it; they come from the sums
 * on the tree's nodes, which the token counter corrects later.
 */
import type { CacheLifetime } from "../model/usage.ts";
import type { ModelPrice } from "../ports/price-book.ts";
import type { KnownResult } from "../ports/result-shortener.ts";
import type { RecallNote } from "../ports/prompt-blocks.ts";
import type { HeadHash } from "../ports/session.ts";
import type { Cut } from "../plan/choose-cut.ts";
import type { CachePrices } from "../policy/cache-model.ts";
import type { PolicyState } from "../policy/ski-rental.ts";
import type { BriefRow } from "./briefs/brief-store.ts";
import type { FormRef } from "./forms/form-store.ts";

export interface ThreadState {
  /** Last call's model and head: another one reads another cache. */
  model: string | null;
  headHash: HeadHash;
  headTokens: number;
  /** Whether the last call had tools; absent in a state stored before this was kept. */
  hasTools?: boolean;
  rent: number;
  lastAt: number;
  lastPromptTokens: number;
  lastReplayTokens: number;
  calls: number;
  userTurns: number;
  /** Brief in force, or null. */
  brief: number | null;
  epoch: number | null;
  /** Brief written for a later cut and not adopted yet, or null. */
  prepared: number | null;
  /** Messages that go up in short form, and, once a brief is prepared, those that will when it is adopted. */
  forms?: FormRef[];
  preparedForms?: FormRef[];
  /** Large tool results that are forwarded, whole or short; absent in a state stored before they were kept. */
  results?: KnownResult[];
  /** Where the thread could be cut, as of the last search; null when nowhere. */
  candidate: Cut | null;
  /** What a model still has to be paid for condensing what would leave there, in units; absent where none writes. */
  distillCost?: number;
  /** Tokens of the path when a cut was last searched. */
  searchedAt: number;
  /** Depth up to which a distillation was tried and refused by the checks. */
  rejectedDepth: number;
  /** Recalled blocks that stand in the prompt until the next compaction; absent in a state stored before they did. */
  lasting?: RecallNote[];
  /** How often in a row the upstream did not know a reply of this thread that it was thought to hold. */
  stateRefusals?: number;
  /** An upstream refused a request of this thread that held additions of ours; absent in a state stored before this was kept. */
  additionsOff?: boolean;
  /** An upstream refused a rewritten request of this thread. */
  rewriteOff: boolean;
}

/** Tokens of a path, as the policy needs them. */
export interface PathSizes {
  /** Up to the reply that the state belongs to. */
  rawTokens: number;
  brief: BriefRow | null;
  /** What the short forms in force take off. */
  savedTokens: number;
  /** Recalled blocks among the verbatim messages. */
  lasting: readonly RecallNote[];
}

export function toPolicyState(state: ThreadState | null, sizes: PathSizes, headTokens: number): PolicyState {
  const droppedTokens = sizes.brief?.pathTokens ?? 0;
  const blockTokens = sizes.lasting.reduce((sum, { tokens }) => sum + tokens, 0);
  return {
    headTokens,
    briefTokens: sizes.brief?.tokens ?? 0,
    historyTokens: sizes.rawTokens - droppedTokens - sizes.savedTokens + blockTokens,
    rawTokens: sizes.rawTokens,
    droppedTokens,
    rent: state?.rent ?? 0,
    lastAtSeconds: state ? state.lastAt / 1000 : null,
    lastPromptTokens: state?.lastPromptTokens ?? 0,
    lastReplayTokens: state?.lastReplayTokens ?? 0,
    calls: state?.calls ?? 0,
    userTurns: state?.userTurns ?? 0,
  };
}

/** What an unknown model is taken to be: reads at a tenth, writes at 1.25, five minutes. The cautious end of the 2026 tables. */
const ASSUMED: CachePrices = {
  input: 1,
  read: 0.1,
  write: 1.25,
  output: 5,
  ttlSeconds: 300,
  minimumTokens: 1024,
  granuleTokens: 1,
};

/** USD of one unit, or null when the model's price is unknown. */
export function usdPerUnitOf(price: ModelPrice | null): number | null {
  return price && price.input / 1e6;
}

/** Prices in units of one uncached input token, so that ledgers of one session can be added up. */
export function toCachePrices(price: ModelPrice | null, promptTokens: number): CachePrices {
  if (price === null || price.input <= 0) return ASSUMED;
  const { longPrompt } = price;
  const tier = longPrompt && promptTokens > longPrompt.aboveTokens ? longPrompt : price;
  const { ttlSeconds, minimumTokens, granuleTokens } = price;
  return {
    input: tier.input / price.input,
    read: tier.read / price.input,
    write: tier.write / price.input,
    output: tier.output / price.input,
    ttlSeconds,
    minimumTokens,
    granuleTokens,
  };
}

/** Prices of a cache that the client asks to live longer than the provider's default. */
export function withLifetime(prices: CachePrices, lifetime: CacheLifetime | null): CachePrices {
  if (lifetime === null || lifetime.seconds <= prices.ttlSeconds) return prices;
  const write = Math.max(prices.write, (lifetime.writeFactor ?? 0) * prices.input);
  return { ...prices, write, ttlSeconds: lifetime.seconds };
}
