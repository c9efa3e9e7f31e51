/**
 * What `GET /_strata/sessions/<id>` answers, as far as the demo shows it; and waiting for a session to be at rest.
 *
 * In real use minutes lie between two messages, in the demo milliseconds: so the client waits until the session has counted
 * and distilled what it would have had the time for. It reads only.
 */
import { setTimeout as sleep } from "node:timers/promises";

interface Money {
  spent: number;
  replay: number;
  uncached_replay: number;
}

export interface SessionJson {
  id: string;
  counts: { turns: number; messages: number; threads: number };
  ledger: {
    calls: number;
    compactions: number;
    usd: (Money & { priced_calls: number }) | null;
    input_token_units: Money;
    tokens: { client: number; forwarded: number; cached: number; output: number };
    [more: string]: unknown;
  };
  epochs: {
    id: number;
    brief: number;
    opened_by: string;
    reason: string;
    opened_at: string;
    [more: string]: unknown;
  }[];
  briefs: {
    id: number;
    state: string;
    method: string;
    covers_messages: number;
    covers_tokens: number;
    tokens: number;
    text: string;
    created_at: string;
    checks: unknown;
  }[];
  pending: { uncounted_messages: number; turns: number };
}

const POLL_MS = 4;
const WAIT_MS_MAX = 10_000;

async function readSession(edgeUrl: string, id: string, key: string): Promise<SessionJson> {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(`${edgeUrl}/_strata/sessions/${id}?turns=0`, { headers });
  if (!answer.ok) throw new Error(`the session cannot be read: HTTP ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as SessionJson;
}

/** Answers the session once nothing is left to do for it. The key goes up as each of the SDKs sends it. */
export async function waitForRest(edgeUrl: string, id: string, key: string): Promise<SessionJson> {
  const start = performance.now();
  for (;;) {
    const session = await readSession(edgeUrl, id, key);
    const { uncounted_messages: uncounted, turns } = session.pending;
    if (uncounted === 0 && turns === 0) return session;
    if (performance.now() - start > WAIT_MS_MAX)
      throw new Error(`the session still has ${uncounted} messages and ${turns} turns to work on after 10 s`);
    await sleep(POLL_MS);
  }
}
