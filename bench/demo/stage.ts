/**
 * The servers of a run: a provider, the Worker in front of it, and a second provider for the same play without Strata.
 *
 * Everything is on this machine and ends with `close`, whatever happened. The two providers share nothing, so neither
 * warms the other's cache. It must not know what is played.
 */
import { startEdge } from "../../test/fakes/edge/start-edge.ts";
import { startProvider, type Provider } from "../../test/fakes/provider/provider.ts";
import type { ModelPrice } from "../../src/ports/price-book.ts";
import type { ApiClient } from "./clients/client.ts";
import type { VirtualClock } from "./clock.ts";
import { scriptReplies } from "./recorded-replies.ts";
import type { Transcript } from "./transcript.ts";

/** Accepted by the simulator and by nobody else. */
export const DEMO_KEY = "demo-key";

/** Tokens per streamed event: a model's single tokens would only cost the demo time. */
const TOKENS_PER_CHUNK = 12;

/** Elsewhere the Worker goes by the upstream's host. */
const NO_STATE = JSON.stringify({ openai: "none" });

/** How the Worker's log line of an ordinary turn begins. */
const TURN_LOGGED = '{"event":"turn"';

export interface Stage {
  edgeUrl: string;
  /** Null with a real upstream. */
  provider: Provider | null;
  /** What the Worker logged about itself beyond its turns: in a sound run, nothing. */
  faults: string[];
  close(): Promise<void>;
}

export async function startSimulator(
  transcript: Transcript,
  { readPrompt }: ApiClient,
  price: ModelPrice | null,
  clock: VirtualClock,
): Promise<Provider> {
  return startProvider({
    now: () => clock.now(),
    reply: scriptReplies(transcript, readPrompt),
    apiKeys: [DEMO_KEY],
    tokensPerChunk: TOKENS_PER_CHUNK,
    // Whoever leaves the conversation to the API gets it from Strata or not at all.
    responses: { holdsState: false },
    ...(price && {
      cache: {
        ttlSeconds: price.ttlSeconds,
        minimumTokens: price.minimumTokens,
        granuleTokens: price.granuleTokens,
      },
    }),
  });
}

/**
 * @param upstream a provider on this machine, whose clock the Worker is told, or the URL of a real one
 * @param standsIn the Worker keeps what the client leaves to the API, also where the upstream would
 */
export async function raiseStage(upstream: Provider | string, standsIn: boolean): Promise<Stage> {
  const isReal = typeof upstream === "string";
  const provider = isReal ? null : upstream;
  const faults: string[] = [];
  try {
    const edge = await startEdge({
      upstreamUrl: isReal ? upstream : upstream.url,
      vars: { ...(!isReal && { STRATA_TEST_CLOCK: "1" }), ...(standsIn && { UPSTREAM_STATE: NO_STATE }) },
      // The journal has a line for each turn; here the demo speaks.
      onLog: (line) => {
        if (!line.startsWith(TURN_LOGGED)) faults.push(line);
      },
    });
    const close = async (): Promise<void> => {
      await Promise.allSettled([edge.close(), provider?.close()]);
    };
    return { edgeUrl: edge.url, provider, faults, close };
  } catch (error) {
    await provider?.close();
    throw error;
  }
}
