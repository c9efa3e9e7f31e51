/**
 * The two sides of every comparison: a simulator that apps reach directly, and another behind the real Worker.
 *
 * Both are scripted alike and share a clock. Apps are told apart by their key, so that many can play at once. A place
 * watches what its app sends; only on the edge's side it says what time it is. It must not change a body.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { startEdge } from "../fakes/edge/start-edge.ts";
import { startProvider } from "../fakes/provider/provider.ts";
import type { Provider, ProviderOptions, RecordedRequest } from "../fakes/provider/provider.ts";
import type { Conversation } from "./conversation.ts";
import { mannerOf, Play } from "./driver.ts";
import type { Driver, Place } from "./driver.ts";
import { createModel } from "./scripted-model.ts";

/** What an app sent, as it left the SDK, and what an edge said about it. */
export interface Sent {
  path: string;
  body: string;
  plan: string | null;
  reason: string | null;
}

export interface Side {
  provider: Provider;
  place(key: string): WatchedPlace;
}

export interface WatchedPlace extends Place {
  sent: Sent[];
  /** Resolves when the edge has nothing left to do for this app's session. */
  idle(): Promise<void>;
}

export interface Stage {
  direct: Side;
  edge: Side;
  /** Milliseconds, for the simulators and the edge alike. */
  nowMs: number;
  /** What the simulators' model knows, by the name of a run. */
  conversations: Map<string, Conversation>;
  /** Throws where the edge has logged anything but turns. */
  close(): Promise<void>;
}

const START_MS = Date.parse("2026-11-02T08:00:00Z");
const IDLE_WAIT_MS_MAX = 10_000;

export interface StageSettings {
  /** What the edge takes its upstreams to keep of a conversation. */
  state: "none" | "holds" | "delta";
  vars?: Record<string, string>;
  /** Of both simulators. */
  simulators?: ProviderOptions;
  /** Of the one behind the edge alone. */
  upstream?: ProviderOptions;
}

export async function startStage({ state, vars, simulators, upstream }: StageSettings): Promise<Stage> {
  const conversations = new Map<string, Conversation>();
  const startSimulator = (options: ProviderOptions = {}): Promise<Provider> => {
    const { reply } = createModel(conversations);
    const common = { tokensPerChunk: 4, reasoningContent: true, now: () => stage.nowMs, reply };
    return startProvider({ ...common, ...simulators, ...options });
  };
  const [alone, behind] = await Promise.all([startSimulator(), startSimulator(upstream)]);
  const journal: string[] = [];
  const edge = await startEdge({
    upstreamUrl: behind.url,
    vars: {
      UPSTREAM_ANTHROPIC_URL: behind.url,
      UPSTREAM_STATE: JSON.stringify({ openai: state, anthropic: state }),
      STRATA_TEST_CLOCK: "1",
      STRATA_LOG: "faults",
      ...vars,
    },
    onLog: (line) => journal.push(line),
  });
  const clock = (): Record<string, string> => ({ "x-strata-test-clock-ms": String(stage.nowMs) });
  const stage: Stage = {
    direct: { provider: alone, place: (key) => watchPlace(alone.url, key, () => ({})) },
    edge: { provider: behind, place: (key) => watchPlace(edge.url, key, clock) },
    nowMs: START_MS,
    conversations,
    async close() {
      await edge.close();
      await Promise.all([alone.close(), behind.close()]);
      if (journal.length > 0) throw new Error(`the edge has logged: ${journal.join("\n")}`);
    },
  };
  return stage;
}

/** A driver and its conversation at one side. */
export interface Casting {
  key: string;
  place: WatchedPlace;
  play: Play;
}

export interface Castings {
  direct: Casting;
  edge: Casting;
}

/** Opens a conversation on both sides; nothing is said yet. */
export async function cast(stage: Stage, driver: Driver, conversation: Conversation): Promise<Castings> {
  const run = `${driver.name}-${conversation.name}`;
  const key = `sk-${run}`;
  stage.conversations.set(run, conversation);
  const [direct, edge] = await Promise.all(
    [stage.direct, stage.edge].map(async (side) => {
      const place = side.place(key);
      const talk = await driver.open(place, mannerOf(conversation));
      return { key, place, play: new Play(conversation, run, talk) };
    }),
  );
  if (!direct || !edge) throw new Error("two sides were opened");
  return { direct, edge };
}

/** Plays the whole of a conversation on both sides. */
export async function playBoth(stage: Stage, driver: Driver, conversation: Conversation): Promise<Castings> {
  const castings = await cast(stage, driver, conversation);
  await Promise.all([castings.direct.play.whole(), castings.edge.play.whole()]);
  return castings;
}

/** What a simulator recorded of one app. */
export function recordsOf({ provider }: Side, key: string): RecordedRequest[] {
  return provider.requests.filter(({ headers }) =>
    headers.some(([name, value]) => {
      const lower = name.toLowerCase();
      return (lower === "x-api-key" && value === key) || (lower === "authorization" && value === `Bearer ${key}`);
    }),
  );
}

function watchPlace(origin: string, key: string, headersOf: () => Record<string, string>): WatchedPlace {
  const sent: Sent[] = [];
  let session: string | null = null;
  const credential = new Headers();
  const watch: typeof fetch = async (input, init) => {
    if (input instanceof Request) throw new Error("no SDK here builds a Request of its own");
    const headers = new Headers(init?.headers);
    for (const name of ["authorization", "x-api-key"])
      if (headers.has(name)) credential.set(name, headers.get(name) ?? "");
    for (const [name, value] of Object.entries(headersOf())) headers.set(name, value);
    const response = await fetch(input, { ...init, headers });
    const read = (name: string): string | null => response.headers.get(`x-strata-${name}`);
    session = read("session") ?? session;
    const body = typeof init?.body === "string" ? init.body : "";
    sent.push({ path: new URL(input).pathname, body, plan: read("plan"), reason: read("reason") });
    return response;
  };
  return { origin, key, fetch: watch, sent, idle: () => waitUntilIdle(origin, session, credential) };
}

async function waitUntilIdle(origin: string, session: string | null, credential: Headers): Promise<void> {
  if (session === null) return;
  const deadline = Date.now() + IDLE_WAIT_MS_MAX;
  while (Date.now() < deadline) {
    const response = await fetch(`${origin}/_strata/sessions/${session}?turns=1`, { headers: credential });
    if (!response.ok) throw new Error(`inspection of ${session}: ${response.status}`);
    const { pending } = (await response.json()) as { pending: { uncounted_messages: number; turns: number } };
    if (pending.turns + pending.uncounted_messages === 0) return;
    await sleep(15);
  }
  throw new Error(`${session} is still at work`);
}
