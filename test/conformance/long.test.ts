/**
 * Every client plays a long conversation over three days: where a prompt may be rewritten the provider bills less of it, and where
 * it may not, what goes up is what the app sent.
 *
 * Clients that send only what is new play once more with an edge that answers for the provider's memory: then their
 * prompts shrink as well. All play in step, because they share a clock. It must not weigh costs; the benches do.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "./conversation.ts";
import { lackOf, wholeOf } from "./driver.ts";
import type { Driver } from "./driver.ts";
import { DRIVERS } from "./drivers/all.ts";
import { expectAlike, expectUntouched } from "./expect-alike.ts";
import { NIGHTS, THOUGHTFUL_VOYAGE, VOYAGE } from "./long-conversations.ts";
import { cast, recordsOf, startStage } from "./stage.ts";
import type { Castings, Stage, StageSettings } from "./stage.ts";

const HOUR_MS = 3_600_000;
const PAUSE_MS = 30_000;
const POLICY = { guardTokens: 200, guardItems: 1, briefTokens: 300, minimumShrinkTokens: 400, recallTokens: 150 };
/** A thread that the provider has forgotten by morning is another matter; lapse.test.ts has it. */
const LASTING = { threadLifetimeSeconds: 30 * 24 * 3600 };
const SETTINGS = {
  vars: { STRATA_POLICY: JSON.stringify(POLICY) },
  simulators: {
    tokensPerChunk: 32,
    messages: LASTING,
    // Exact counts are not the point here, and they are most of the work.
    countTokens: (text: string) => Math.ceil(text.length / 4),
  },
};

const deltaDrivers = DRIVERS.filter(({ sendsDeltas }) => sendsDeltas);

describe("three days with a provider that holds what its clients think it holds", () => {
  const stage = sail({ ...SETTINGS, state: "holds" }, DRIVERS, [VOYAGE, THOUGHTFUL_VOYAGE]);
  for (const driver of DRIVERS)
    for (const conversation of [VOYAGE, THOUGHTFUL_VOYAGE]) {
      const whole = wholeOf(driver, conversation);
      const what = whole === null ? "shorter" : `as sent, for ${whole}`;
      it.skipIf(lackOf(driver, conversation) !== null)(`${driver.name}, ${conversation.name}: ${what}`, () => {
        const voyage = stage.find(driver, conversation);
        expectAlike(stage.stage, conversation, voyage, { compacts: whole === null });
        if (whole === null) expectShorter(stage.stage, voyage);
        else expectUntouched(stage.stage.edge, voyage.edge);
        if (driver.api === "responses") expectThoughtsKept(stage.stage, voyage);
      });
    }
});

describe("three days with a provider that holds nothing", () => {
  const upstream = { responses: { holdsState: false }, messages: { ...LASTING, holdsThreads: false } };
  const stage = sail({ ...SETTINGS, state: "none", upstream }, deltaDrivers, [VOYAGE]);
  it.each(deltaDrivers)("$name: shorter", (driver) => {
    const voyage = stage.find(driver, VOYAGE);
    expectAlike(stage.stage, VOYAGE, voyage, { compacts: true, standsIn: true });
    expectShorter(stage.stage, voyage);
  });
});

interface Fleet {
  stage: Stage;
  find(driver: Driver, conversation: Conversation): Castings;
}

/** Plays everything in step before the first test, and says afterwards how it went. */
function sail(settings: StageSettings, drivers: Driver[], conversations: Conversation[]): Fleet {
  const voyages: { driver: Driver; conversation: Conversation; castings: Castings | Error }[] = [];
  const fleet: Fleet = {
    stage: null as unknown as Stage,
    find(driver, conversation) {
      const found = voyages.find((voyage) => voyage.driver === driver && voyage.conversation === conversation);
      if (!found || found.castings instanceof Error) throw found?.castings ?? new Error("was not played");
      return found.castings;
    },
  };

  beforeAll(async () => {
    const stage = (fleet.stage = await startStage(settings));
    for (const driver of drivers)
      for (const conversation of conversations) {
        if (lackOf(driver, conversation) !== null) continue;
        const castings = await cast(stage, driver, conversation).catch((error: Error) => error);
        voyages.push({ driver, conversation, castings });
      }
    for (const turn of VOYAGE.turns.keys()) {
      stage.nowMs += NIGHTS.includes(turn) ? 9 * HOUR_MS : PAUSE_MS;
      await Promise.all(
        voyages.map(async (voyage) => {
          const { castings, conversation } = voyage;
          if (castings instanceof Error || turn >= conversation.turns.length) return;
          voyage.castings = await takeTurn(castings);
        }),
      );
    }
  }, 180_000);
  afterAll(() => fleet.stage.close());
  return fleet;
}

/** One that fails stays behind; the others go on. */
async function takeTurn({ direct, edge }: Castings): Promise<Castings | Error> {
  try {
    await Promise.all([direct.play.next(), edge.play.next()]);
    await edge.place.idle();
    return { direct, edge };
  } catch (error) {
    return error as Error;
  }
}

function expectShorter(stage: Stage, { direct, edge }: Castings): void {
  const billed = [recordsOf(stage.direct, direct.key), recordsOf(stage.edge, edge.key)].map((records) =>
    records.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
  );
  expect(billed[1]).toBeLessThan((billed[0] ?? 0) * 0.8);
}

/** The provider drops thoughts behind a changed prefix; in a tool exchange that is still going on it must not have to. */
function expectThoughtsKept(stage: Stage, { edge }: Castings): void {
  let before = 0;
  for (const { body, reasoningRemoved } of recordsOf(stage.edge, edge.key)) {
    const { input } = JSON.parse(body.toString()) as { input?: { type?: string }[] };
    if (input?.at(-1)?.type === "function_call_output") expect(reasoningRemoved).toBeLessThanOrEqual(before);
    before = reasoningRemoved;
  }
}
