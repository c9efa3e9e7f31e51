/**
 * Whether what was forwarded is append-only: each request begins with all that stood in the one before.
 *
 * It looks at what the provider received and at nothing that Strata says about itself, except for which requests it says that
 * it compacted: a prefix that broke anywhere else is a fault, and is named.
 */
export interface PrefixCheck {
  /** Pairs of a request and the one after it. */
  pairs: number;
  kept: number;
  /** Requests that were announced as compactions. */
  compactions: number;
  /** Indexes of requests that broke the prefix without being one. */
  broken: number[];
}

/** A request as received, and without its newest recalled block: the one or the other comes again. */
interface CheckedPrompt {
  pieces: string[];
  settled: string[];
}

/**
 * @param prompts each request in order
 * @param isCompaction whether the request of that index was announced as a compaction
 */
export function checkPrefixes(prompts: CheckedPrompt[], isCompaction: (index: number) => boolean): PrefixCheck {
  const check: PrefixCheck = { pairs: 0, kept: 0, compactions: 0, broken: [] };
  let before: CheckedPrompt | null = null;
  for (const [index, now] of prompts.entries()) {
    if (before) {
      check.pairs += 1;
      if (beginsWith(now, before.pieces) || beginsWith(now, before.settled)) check.kept += 1;
      else if (!isCompaction(index)) check.broken.push(index);
    }
    if (isCompaction(index)) check.compactions += 1;
    before = now;
  }
  return check;
}

function beginsWith({ pieces }: CheckedPrompt, before: string[]): boolean {
  return before.every((piece, place) => pieces[place] === piece);
}
