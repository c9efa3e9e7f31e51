/**
 * Clients that count on the provider's memory, when it lapses over night.
 *
 * The edge has the whole conversation and sends it where the provider has forgotten its part: the app goes on without an
 * error. Without the edge only some could. It must not cost more than one refused request for each lapse.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "./conversation.ts";
import { DRIVERS } from "./drivers/all.ts";
import { expectScript } from "./expect-alike.ts";
import { cast, recordsOf, startStage } from "./stage.ts";
import type { Stage } from "./stage.ts";

const NIGHT_MS = 9 * 3_600_000;
const PAUSE_MS = 30_000;
const LAPSES = [2, 5];

const OVERNIGHT: Conversation = {
  name: "overnight",
  needs: ["tools", "streaming"],
  turns: [
    { say: "We begin at the north pier.", steps: [{ text: "North it is." }] },
    { say: "How much is there?", stream: true, steps: [{ look: ["north"] }, { text: "555 tonnes." }] },
    { say: "Good morning. Where were we?", steps: [{ text: "At the north pier." }] },
    { say: "And how much was there?", stream: true, steps: [{ text: "555 tonnes." }] },
    { say: "Then the south pier.", steps: [{ look: ["south"] }, { text: "563 tonnes." }] },
    { say: "Good morning again.", stream: true, steps: [{ text: "Good morning." }] },
    { say: "Both together?", steps: [{ text: "1118 tonnes." }] },
    { say: "Thanks.", steps: [{ text: "Not at all." }] },
  ],
};

let stage: Stage;

beforeAll(async () => {
  const simulators = { responses: { storeLifetimeSeconds: 3600 }, messages: { threadLifetimeSeconds: 3600 } };
  stage = await startStage({ state: "holds", simulators });
});

afterAll(() => stage.close());

describe("a provider that forgets over night", () => {
  for (const driver of DRIVERS.filter(({ sendsDeltas }) => sendsDeltas))
    it(driver.name, async () => {
      const { edge } = await cast(stage, driver, OVERNIGHT);
      for (const index of OVERNIGHT.turns.keys()) {
        stage.nowMs += LAPSES.includes(index) ? NIGHT_MS : PAUSE_MS;
        await edge.play.next();
      }
      expectScript(OVERNIGHT, edge.play.seen);
      const refused = recordsOf(stage.edge, edge.key).filter(({ status }) => status >= 400);
      expect(refused.length).toBeLessThanOrEqual(LAPSES.length);
    });
});
