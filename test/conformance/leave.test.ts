/**
 * Every client leaves twice in mid-stream and goes on: the provider is let go of with the edge as without, and what comes
 * later is the same.
 *
 * The simulators take their time here, or there would be nothing to leave. How much had arrived is chance and not compared.
 */
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { LEAVING } from "./conversations.ts";
import { lackOf } from "./driver.ts";
import { DRIVERS } from "./drivers/all.ts";
import { expectAlike } from "./expect-alike.ts";
import { cast, recordsOf, startStage } from "./stage.ts";
import type { Casting, Side, Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ state: "holds", simulators: { chunkDelayMs: 2 } });
});

afterAll(() => stage.close());

describe("a client that leaves in mid-stream", () => {
  for (const driver of DRIVERS) {
    const lack = lackOf(driver, LEAVING);
    it.skipIf(lack !== null).concurrent(`${driver.name}${lack === null ? "" : `: ${lack}`}`, async () => {
      const { direct, edge } = await cast(stage, driver, LEAVING);
      await Promise.all([playPatiently(stage.direct, direct), playPatiently(stage.edge, edge)]);
      expectAlike(stage, LEAVING, { direct, edge });
    });
  }
});

/** After each turn it waits until the provider is done with it, as a person would: what was broken off is forgotten then. */
async function playPatiently(side: Side, { key, play }: Casting): Promise<void> {
  let left = 0;
  for (const { leave } of LEAVING.turns) {
    await play.next();
    if (leave) left += 1;
    await vi.waitFor(() => {
      const records = recordsOf(side, key);
      expect(records.filter(({ finished }) => !finished)).toEqual([]);
      expect(records.filter(({ aborted }) => aborted)).toHaveLength(left);
    });
    await setTimeout(10);
  }
}
