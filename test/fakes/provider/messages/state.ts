/**
 * What the Messages simulator remembers from one request to the next, and the options that shape it.
 *
 * One object per started provider: prompt cache, signed thoughts and message threads belong together, so that two
 * providers in one test share nothing. It must not judge or answer requests.
 */
import type { CountTokens } from "../count-tokens.ts";
import { BreakpointCache } from "./breakpoint-cache.ts";
import { ThoughtLedger } from "./thought-ledger.ts";
import { Threads } from "./threads.ts";

export interface MessagesOptions {
  /** How long after its last reply a thread can be continued; an hour by default. */
  threadLifetimeSeconds?: number;
  /** false: every request with `thread` is refused. */
  holdsThreads?: boolean;
  /** How a provider without threads refuses them: as unsupported, the default, or as a parameter it does not know. */
  threadRefusal?: "unsupported" | "extra_inputs";
  /** The shortest prefix the cache keeps; by default the model decides. */
  minimumCacheTokens?: number;
}

export class MessagesState {
  readonly options: MessagesOptions;
  readonly cache: BreakpointCache;
  readonly thoughts = new ThoughtLedger();
  readonly threads: Threads;

  constructor(options: MessagesOptions, countTokens: CountTokens) {
    this.options = options;
    this.cache = new BreakpointCache(countTokens);
    this.threads = new Threads(options.threadLifetimeSeconds ?? 3600);
  }

  /** Makes the prompt cache cold. */
  forgetCache(): void {
    this.cache.forget();
  }

  /** Loses every message thread, as a provider may at any time. */
  forgetThreads(): void {
    this.threads.forget();
  }
}
