/**
 * The servers of one run: the simulator, for two of the three ways the Worker before it, a relay, and a closed outside.
 *
 * `direct` has no Worker; `edge` has it; `nights` has it too, and lets a night pass between the steps, with settings
 * under which little stays verbatim, so that a task of this size is compacted. Nothing is shared between two stages.
 */
import { startEdge, type RunningEdge } from "../fakes/edge/start-edge.ts";
import { startProvider, type RecordedRequest } from "../fakes/provider/provider.ts";
import { startOutside } from "./outside.ts";
import { startRelay, type Call } from "./relay.ts";
import { answerTask } from "./script.ts";

export type Way = "direct" | "edge" | "nights";

export interface Stage {
  /** What the agent takes for the provider. */
  url: string;
  calls: Call[];
  /** What reached the provider. */
  upstream: RecordedRequest[];
  outside: { env: Record<string, string>; hosts: Set<string> };
  /** What the Worker logged beside its turns: in a sound run, nothing. */
  faults: string[];
  letNightPass(): void;
  /** Null without a Worker, or when there is no such session. */
  inspect(session: string): Promise<SessionView | null>;
  close(): Promise<void>;
}

export interface SessionView {
  turns: { status: string; verdict: string; plan: string; reason: string; rewrite_refused: boolean }[];
  ledger: { compactions: number };
  pending: { uncounted_messages: number; turns: number };
}

/** The only key that the simulator takes. */
export const KEY = "sk-agents-0001";
const ADMIN_TOKEN = "agents-admin";
const NIGHT_MS = 9 * 3600 * 1000;
const SHORT_MEMORY = { guardTokens: 100, guardItems: 1, briefTokens: 300, minimumShrinkTokens: 400 };
const TURN_LOGGED = '{"event":"turn"';

export async function startStage(way: Way): Promise<Stage> {
  const open: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const one of open.splice(0).toReversed()) await one.close();
  };
  try {
    let nightsMs = 0;
    const now = (): number => Date.now() + nightsMs;
    const provider = await startProvider({
      now,
      apiKeys: [KEY],
      tokensPerChunk: 8,
      reply: (request, { api }) => answerTask(api, request),
    });
    open.push(provider);
    const faults: string[] = [];
    let edge: RunningEdge | null = null;
    if (way !== "direct") {
      const vars = {
        STRATA_ADMIN_TOKEN: ADMIN_TOKEN,
        ...(way === "nights" && { STRATA_TEST_CLOCK: "1", STRATA_POLICY: JSON.stringify(SHORT_MEMORY) }),
      };
      const onLog = (line: string): void => {
        if (!line.startsWith(TURN_LOGGED)) faults.push(line);
      };
      edge = await startEdge({ upstreamUrl: provider.url, vars, onLog });
      open.push(edge);
    }
    const edgeUrl = edge?.url ?? null;
    const relay = await startRelay(edgeUrl ?? provider.url, {
      addHeaders: () => (way === "nights" ? ["x-strata-test-clock-ms", String(now())] : []),
      refusesUpgrades: way === "direct",
    });
    open.push(relay);
    const outside = await startOutside();
    open.push(outside);
    return {
      url: relay.url,
      calls: relay.calls,
      upstream: provider.requests,
      outside,
      faults,
      letNightPass: () => void (nightsMs += NIGHT_MS),
      inspect: async (session) => (edgeUrl === null ? null : inspect(edgeUrl, session)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function inspect(edgeUrl: string, session: string): Promise<SessionView | null> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const response = await fetch(`${edgeUrl}/_strata/sessions/${session}?turns=100`, { headers });
  return response.ok ? ((await response.json()) as SessionView) : null;
}
