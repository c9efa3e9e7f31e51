/**
 * Every client plays every short conversation twice, directly and through the edge: nothing that an app can see differs.
 *
 * Nothing here is long enough to compact, so what goes up is what the app sent. It must not say anything of money; long.test.ts does.
 */
import { afterAll, beforeAll, describe, it } from "vitest";
import { CONVERSATIONS } from "./conversations.ts";
import { lackOf } from "./driver.ts";
import { DRIVERS } from "./drivers/all.ts";
import { expectAlike, expectUntouched } from "./expect-alike.ts";
import { playBoth, startStage } from "./stage.ts";
import type { Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ state: "holds", simulators: { splitCharacters: true } });
});

afterAll(() => stage.close());

describe.concurrent.each(DRIVERS)("$name", (driver) => {
  for (const conversation of CONVERSATIONS) {
    const lack = lackOf(driver, conversation);
    it.skipIf(lack !== null)(`${conversation.name}${lack === null ? "" : `: ${lack}`}`, async () => {
      const castings = await playBoth(stage, driver, conversation);
      expectAlike(stage, conversation, castings);
      expectUntouched(stage.edge, castings.edge);
    });
  }
});
