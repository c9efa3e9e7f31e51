/**
 * Clients that count on the provider's memory, with a provider behind the edge that has none: the edge answers for it.
 *
 * Directly they talk to a simulator that remembers, through the edge to one that refuses every reference, and see the same.
 * Where the provider held a long history before, the edge does now, and may shorten it.
 */
import { afterAll, beforeAll, describe, it } from "vitest";
import { CONVERSATIONS } from "./conversations.ts";
import { lackOf } from "./driver.ts";
import { DRIVERS } from "./drivers/all.ts";
import { expectAlike } from "./expect-alike.ts";
import { playBoth, startStage } from "./stage.ts";
import type { Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  const messages = { holdsThreads: false, threadRefusal: "extra_inputs" as const };
  stage = await startStage({ state: "none", upstream: { responses: { holdsState: false }, messages } });
});

afterAll(() => stage.close());

describe.concurrent.each(DRIVERS.filter(({ sendsDeltas }) => sendsDeltas))("$name", (driver) => {
  for (const conversation of CONVERSATIONS) {
    const lack = lackOf(driver, conversation);
    it.skipIf(lack !== null)(`${conversation.name}${lack === null ? "" : `: ${lack}`}`, async () => {
      expectAlike(stage, conversation, await playBoth(stage, driver, conversation), { standsIn: true });
    });
  }
});
