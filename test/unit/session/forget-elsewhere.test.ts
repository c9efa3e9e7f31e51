/**
 * What other objects let go of before a session goes, and what they must keep until it has gone.
 */
import { expect, it } from "vitest";
import type { ReleaseAsk } from "../../../src/ports/release.ts";
import { forgetElsewhere } from "../../../src/session/release/forget-elsewhere.ts";
import type { Survey } from "../../../src/session/release/release.ts";

const SURVEY = { tenant: "t", id: "st_1", memories: ["us_ann", "us_bob"], nodes: null } as unknown as Survey;

async function forget(ask: ReleaseAsk): Promise<{ calls: string[]; facts: number }> {
  const calls: string[] = [];
  const note = (call: string, value: unknown) => async () => (calls.push(call), value);
  const ports = {
    memories: {
      find: (name: string) => ({
        forgetSource: note(`${name} source`, 2),
        forget: note(`${name} all`, { ok: true, value: 1 }),
      }),
    },
    tenants: { find: () => ({ forget: note("entry", undefined) }) },
  } as unknown as Parameters<typeof forgetElsewhere>[0];
  const facts = await forgetElsewhere(ports, SURVEY, ask);
  return { calls: calls.toSorted(), facts };
}

it("a session that is deleted takes its own facts along, and its entry", async () => {
  expect(await forget({ kind: "session" })).toEqual({ calls: ["entry", "us_ann source", "us_bob source"], facts: 4 });
});

it("a tenant's deletion takes memories whole, and finds the session in its directory until it has gone", async () => {
  const { calls, facts } = await forget({ kind: "session", askedBy: "tenant" });
  expect(calls).toEqual(["us_ann all", "us_ann source", "us_bob all", "us_bob source"]);
  expect(facts).toBe(6);
});
