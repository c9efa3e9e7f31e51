/**
 * What leaves by its age, on a real workerd: idle sessions and old facts go by alarm; what is still used stays.
 */
import { beforeAll, expect, it, vi } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { chat, inspect, KEY, MODEL, startWithProvider, whenIdle } from "./start.ts";

const DAY = 86_400_000;

let edge: RunningEdge;

beforeAll(async () => {
  ({ edge } = await startWithProvider({
    STRATA_TEST_CLOCK: "1",
    STRATA_MEMORY: "on",
    STRATA_RETAIN_SESSIONS_DAYS: "10",
    STRATA_RETAIN_FACTS_DAYS: "10",
  }));
});

async function say(session: string, daysAgo: number): Promise<void> {
  const at = Date.now() - daysAgo * DAY;
  const body = { model: MODEL, user: session, messages: [{ role: "user", content: "I live in Trondheim. Good day!" }] };
  const headers = { "x-strata-session": session, "x-strata-test-clock-ms": String(at) };
  expect((await chat(edge, body, headers)).status).toBe(200);
}

async function factsOf(user: string): Promise<unknown[]> {
  const headers = { authorization: `Bearer ${KEY}` };
  const response = await fetch(`${edge.url}/_strata/users/${user}/facts`, { headers });
  return ((await response.json()) as { facts?: unknown[] }).facts ?? [];
}

it("a session that nobody has used for so long goes, and what it knew of a user", async () => {
  await say("young", 9);
  await whenIdle(edge, "young");
  await vi.waitFor(async () => expect(await factsOf("young")).toHaveLength(1), { timeout: 5000 });
  await say("old", 11);
  await vi.waitFor(async () => expect(inspect(edge, "old")).rejects.toThrow("404"), { timeout: 5000 });
  expect(await factsOf("old")).toEqual([]);
  expect((await inspect(edge, "young")).counts.turns).toBe(1);
  expect(await factsOf("young")).toHaveLength(1);
  // Its name begins anew.
  await say("old", 0);
  expect((await whenIdle(edge, "old")).counts.turns).toBe(1);
});
