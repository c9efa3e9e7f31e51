/**
 * Clients that send everything, with an edge that sends the provider only what it does not hold yet.
 *
 * The provider reads and bills the same prompts, only fewer bytes travel. Who stores nothing at the provider (`store: false`)
 * or speaks an API without stored replies must be left alone.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONVERSATIONS } from "./conversations.ts";
import { lackOf } from "./driver.ts";
import { DRIVERS } from "./drivers/all.ts";
import { expectAlike, expectUntouched } from "./expect-alike.ts";
import { playBoth, recordsOf, startStage } from "./stage.ts";
import type { Stage } from "./stage.ts";

/** One will do to see that a client is left alone. */
const ORDINARY = new Set(["day"]);
const TELLING = new Set(["day", "reasoning", "edit", "fork"]);

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ state: "delta" });
});

afterAll(() => stage.close());

describe.concurrent.each(DRIVERS.filter(({ sendsDeltas }) => !sendsDeltas))("$name", (driver) => {
  const played = driver.api === "responses" ? TELLING : ORDINARY;
  for (const conversation of CONVERSATIONS.filter(({ name }) => played.has(name))) {
    const lack = lackOf(driver, conversation);
    it.skipIf(lack !== null)(`${conversation.name}${lack === null ? "" : `: ${lack}`}`, async () => {
      const castings = await playBoth(stage, driver, conversation);
      expectAlike(stage, conversation, castings);
      const { edge } = castings;
      const isStored =
        driver.api === "responses" && !edge.place.sent.some(({ body }) => body.includes('"store":false'));
      if (!isStored) return expectUntouched(stage.edge, edge);
      const forwarded = recordsOf(stage.edge, edge.key).filter(({ body }) => body.includes('"previous_response_id"'));
      expect(forwarded.length).toBeGreaterThan(0);
      for (const { body } of forwarded) expect(body.length).toBeLessThan(edge.place.sent.at(-1)?.body.length ?? 0);
    });
  }
});
