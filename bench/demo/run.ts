/**
 * One run of the demo: the play without Strata, the play with it, and what the provider's records prove.
 *
 * Everything in the result was measured in this run; nothing is taken from a table but list prices. With a real upstream
 * there is one play only, because a second one would cost the user money again.
 */
import type { ModelPrice } from "../../src/ports/price-book.ts";
import { createPriceBook } from "../../src/adapters/price-table.ts";
import type { Provider, RecordedRequest } from "../../test/fakes/provider/provider.ts";
import type { ApiClient, PromptLine } from "./clients/client.ts";
import { startVirtualClock } from "./clock.ts";
import { checkLedger, sumBill, withoutCache, type Bill, type LedgerCheck } from "./figures.ts";
import { findFacts, type FactCount } from "./find-facts.ts";
import { play, type Call, type PlayedTurn, type Player } from "./play.ts";
import { checkPrefixes, type PrefixCheck } from "./prefix-check.ts";
import { waitForRest, type SessionJson } from "./session-view.ts";
import { DEMO_KEY, raiseStage, startSimulator, type Stage } from "./stage.ts";
import type { Transcript } from "./transcript.ts";

/** What the run tells while it goes on. */
export interface Audience {
  step: (text: string) => void;
  /** `alone` are the same turn's calls without Strata, where they were played. */
  turn: (turn: PlayedTurn, alone: Call[], session: SessionJson | null) => void;
}

export interface Outcome {
  calls: number;
  uncached: Bill;
  /** Null with a real upstream: then only the ledger knows. */
  replay: Bill | null;
  strata: Bill;
  ledger: LedgerCheck;
  prefix: PrefixCheck | null;
  facts: FactCount | null;
  session: SessionJson | null;
}

/** A turn's reason when it is no compaction: what is in force stays. */
const NO_COMPACTION = "epoch";

export function isCompaction(call: Call | undefined): boolean {
  return call?.strata["plan"] === "brief" && call.strata["reason"] !== NO_COMPACTION;
}

/** The one thing in which the demo's client differs from others: a documented setting of tests lets it say what time it is. */
function tellTime(now: number): Record<string, string> {
  return { "x-strata-test-clock-ms": String(now) };
}

/** @param onStage receives the servers as soon as they run, so that they can be closed whatever happens next */
export async function runSimulated(
  transcript: Transcript,
  client: ApiClient,
  model: string,
  audience: Audience,
  onStage: (stage: Stage) => void,
): Promise<Outcome> {
  const price = createPriceBook({}).lookUp(model);
  const startedAt = Date.now();
  audience.step("playing it without Strata, for comparison");
  const alone = await playAlone(transcript, client.withoutMemory ?? client, model, price, startedAt);
  const clock = startVirtualClock(startedAt);
  audience.step("starting the Worker (the first start builds it)");
  const provider = await startSimulator(transcript, client, price, clock);
  const stage = await raiseStage(provider, client.withoutMemory !== null);
  onStage(stage);
  audience.step("playing it through Strata\n");
  const player = { client, apiKey: DEMO_KEY, model, clock, clockHeaders: tellTime, isRecorded: true };
  const { calls, session } = await playThroughStrata(transcript, stage.edgeUrl, player, alone.calls, audience);
  const answered = answeredBy(provider, client);
  if (answered.length !== calls.length)
    throw new Error(`the provider answered ${answered.length} requests, the client asked ${calls.length}`);
  const refused = provider.requests.find(({ status }) => status !== 200);
  if (refused) throw new Error(`the provider refused a request (HTTP ${refused.status}): ${String(refused.rawReply)}`);
  if (stage.faults.length > 0) throw new Error(`the Worker reported ${stage.faults.join(" ")}`);
  const strata = sumBill(answered, price);
  const prompts = answered.map(({ json }) => client.readPrompt(json));
  return {
    calls: calls.length,
    uncached: withoutCache(alone.requests, price),
    replay: alone.bill,
    strata,
    ledger: checkLedger(session, strata, alone.bill),
    prefix: checkPrefixes(prompts, (index) => isCompaction(calls[index])),
    facts: countFacts(
      transcript,
      calls,
      prompts.map(({ lines }) => lines),
      session,
    ),
    session,
  };
}

export async function runReal(
  transcript: Transcript,
  client: ApiClient,
  model: string,
  upstream: string,
  apiKey: string,
  audience: Audience,
  onStage: (stage: Stage) => void,
): Promise<Outcome> {
  const price = createPriceBook({}).lookUp(model);
  audience.step("starting the Worker (the first start builds it)");
  const stage = await raiseStage(upstream, client.withoutMemory !== null);
  onStage(stage);
  audience.step(`playing the user's turns against ${new URL(upstream).host}; the replies are the model's own\n`);
  const player = { client, apiKey, model, clock: null, clockHeaders: () => ({}), isRecorded: false };
  const { calls, session } = await playThroughStrata(transcript, stage.edgeUrl, player, [], audience);
  const strata = sumBill(
    calls.map(({ usage }) => usage),
    price,
  );
  const clientTokens = session?.ledger.tokens.client ?? strata.promptTokens;
  const usd = session?.ledger.usd?.uncached_replay ?? null;
  return {
    calls: calls.length,
    uncached: { promptTokens: clientTokens, cachedTokens: 0, outputTokens: strata.outputTokens, usd },
    replay: null,
    strata,
    ledger: checkLedger(session, strata, null),
    prefix: null,
    facts: null,
    session,
  };
}

async function playAlone(
  transcript: Transcript,
  client: ApiClient,
  model: string,
  price: ModelPrice | null,
  startedAt: number,
) {
  const clock = startVirtualClock(startedAt);
  const provider = await startSimulator(transcript, client, price, clock);
  try {
    const calls = await play(transcript, {
      client,
      baseUrl: provider.url,
      apiKey: DEMO_KEY,
      model,
      clock,
      clockHeaders: () => ({}),
      isRecorded: true,
      afterCall: async () => {},
      afterTurn: () => {},
    });
    const requests = answeredBy(provider, client);
    return { calls, requests, bill: sumBill(requests, price) };
  } finally {
    await provider.close();
  }
}

async function playThroughStrata(
  transcript: Transcript,
  edgeUrl: string,
  player: Omit<Player, "baseUrl" | "afterCall" | "afterTurn">,
  alone: Call[],
  audience: Audience,
): Promise<{ calls: Call[]; session: SessionJson | null }> {
  let session: SessionJson | null = null;
  const calls = await play(transcript, {
    ...player,
    baseUrl: edgeUrl,
    // The first reply names no session: a conversation without an id is named by its first exchange.
    afterCall: async ({ strata }) => {
      const id = strata["session"];
      if (id !== undefined) session = await waitForRest(edgeUrl, id, player.apiKey);
    },
    afterTurn: (turn) =>
      audience.turn(
        turn,
        alone.filter((call) => call.turn === turn.index),
        session,
      ),
  });
  return { calls, session };
}

function answeredBy({ requests }: Provider, client: ApiClient): RecordedRequest[] {
  return requests.filter(({ status, api }) => status === 200 && api === client.api);
}

function countFacts(
  { probes }: Transcript,
  calls: Call[],
  prompts: PromptLine[][],
  session: SessionJson | null,
): FactCount | null {
  if (probes.length === 0) return null;
  const promptOfTurn = (turn: number) => prompts[calls.findIndex((call) => call.turn === turn)] ?? null;
  return findFacts(probes, promptOfTurn, session?.briefs.map(({ text }) => text) ?? []);
}
