/**
 * What whoever looks inside may do with other objects, where one of them does not answer.
 */
import { expect, it } from "vitest";
import type { AppPorts } from "../../../src/edge/edge.ts";
import { readInspectionFrom } from "../../../src/edge/read-inspection.ts";
import type { JournalEvent } from "../../../src/ports/journal.ts";

it("a deletion stands although the index of replies has not answered, and that is noted without a name", async () => {
  const events: JournalEvent[] = [];
  const asked: string[][] = [];
  const ports = {
    clock: { now: () => 0 },
    journal: { write: (event: JournalEvent) => void events.push(event) },
    replies: {
      async forget(keys: string[]) {
        asked.push(keys);
        throw new TypeError("resp_1 is away");
      },
    },
  } as unknown as AppPorts;
  const env = { STRATA_SECRET: "s" } as unknown as Cloudflare.Env;
  const read = readInspectionFrom(() => ports)(env, new Request("https://edge/_strata/sessions/st_1"));
  if (!read.ok) throw new Error(read.error.join());
  await read.value.forgetReplies("tenant", ["resp_1"]);
  expect(asked[0]?.length).toBeGreaterThan(0);
  expect(events).toEqual([
    { event: "session_unavailable", tenant: "tenant", step: "forget_replies", error: "TypeError" },
  ]);
});
