/**
 * Anthropic's prompt cache: nothing is kept unless a request says where, and only what was kept can be read.
 *
 * A breakpoint writes the prefix that ends at its block. A later request reads the longest prefix it finds among the
 * twenty places before and at one of its own breakpoints, so an entry left too far behind is lost. Reading makes an
 * entry live anew. Tokens are counted once per distinct block. It must not read a clock.
 */
import { createHash } from "node:crypto";
import type { CountTokens } from "../count-tokens.ts";

/** One block of a prompt in reading order: tools, system, messages. */
export interface PromptBlock {
  /** Equal for two blocks that are the same to the model. */
  name: string;
  text: string;
  /** On top of the text: the frame of a turn, or a picture. */
  extraTokens: number;
  /** The automatic breakpoint passes it over. */
  uncacheable: boolean;
  /** A breakpoint behind this block, and how long its entry lives. */
  ttlSeconds?: number;
  /** Neighbours of one run count as one place when looking back. */
  run?: string;
}

export interface CacheBill {
  promptTokens: number;
  readTokens: number;
  write5mTokens: number;
  write1hTokens: number;
}

interface Entry {
  usedAt: number;
  ttlSeconds: number;
}

interface Step {
  prefix: string;
  tokens: number;
  place: number;
  ttlSeconds: number | undefined;
}

const LOOKBACK_PLACES = 20;
export const LONG_TTL_SECONDS = 3600;

export class BreakpointCache {
  readonly #countTokens: CountTokens;
  readonly #tokens = new Map<string, number>();
  readonly #entries = new Map<string, Entry>();

  constructor(countTokens: CountTokens) {
    this.#countTokens = countTokens;
  }

  count(blocks: PromptBlock[]): number {
    return blocks.reduce((sum, block) => sum + this.#tokensOf(block), 0);
  }

  /** Reads what it can, writes what it is told to, and says how much of each. */
  bill(owner: string, blocks: PromptBlock[], minimumTokens: number, nowMs: number): CacheBill {
    const steps = this.#walk(owner, blocks);
    const marked = steps.filter(({ ttlSeconds }) => ttlSeconds !== undefined);
    const read = this.#longestRead(steps, marked, minimumTokens, nowMs);
    const bill = {
      promptTokens: steps.at(-1)?.tokens ?? 0,
      readTokens: read?.tokens ?? 0,
      write5mTokens: 0,
      write1hTokens: 0,
    };
    let covered = bill.readTokens;
    for (const { prefix, tokens, ttlSeconds = 0 } of marked) {
      if (tokens < minimumTokens) continue;
      const lived = this.#live(prefix, nowMs)?.ttlSeconds ?? 0;
      this.#entries.set(prefix, { usedAt: nowMs, ttlSeconds: Math.max(lived, ttlSeconds) });
      const written = Math.max(0, tokens - covered);
      if (ttlSeconds === LONG_TTL_SECONDS) bill.write1hTokens += written;
      else bill.write5mTokens += written;
      covered += written;
    }
    return bill;
  }

  forget(): void {
    this.#tokens.clear();
    this.#entries.clear();
  }

  #walk(owner: string, blocks: PromptBlock[]): Step[] {
    let prefix = owner;
    let tokens = 0;
    let place = 0;
    let run: string | undefined;
    return blocks.map((block) => {
      prefix = createHash("sha256").update(`${prefix} ${block.name}`).digest("base64");
      tokens += this.#tokensOf(block);
      if (block.run === undefined || block.run !== run) place += 1;
      run = block.run;
      return { prefix, tokens, place, ttlSeconds: block.ttlSeconds };
    });
  }

  /** Whatever is read lives anew, and so does every entry it begins with. */
  #longestRead(steps: Step[], marked: Step[], minimumTokens: number, nowMs: number): Step | undefined {
    for (const from of marked.toReversed()) {
      for (const step of steps.slice(0, steps.indexOf(from) + 1).toReversed()) {
        if (from.place - step.place >= LOOKBACK_PLACES || step.tokens < minimumTokens) break;
        if (!this.#live(step.prefix, nowMs)) continue;
        for (const { prefix } of steps.slice(0, steps.indexOf(step) + 1)) {
          const entry = this.#live(prefix, nowMs);
          if (entry) entry.usedAt = nowMs;
        }
        return step;
      }
    }
    return undefined;
  }

  #live(prefix: string, nowMs: number): Entry | undefined {
    const entry = this.#entries.get(prefix);
    return entry && nowMs - entry.usedAt <= entry.ttlSeconds * 1000 ? entry : undefined;
  }

  #tokensOf({ name, text, extraTokens }: PromptBlock): number {
    let tokens = this.#tokens.get(name);
    if (tokens === undefined) {
      tokens = this.#countTokens(text);
      this.#tokens.set(name, tokens);
    }
    return tokens + extraTokens;
  }
}
