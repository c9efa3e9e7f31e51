/**
 * Tokens of one call as the upstream billed them.
 *
 * Read from the reply, never changed, never invented: what the upstream does not say is null.
 */
export interface Usage {
  promptTokens: number;
  /** Part of `promptTokens` that was read from the provider's prompt cache; null when the upstream does not say. */
  cachedTokens: number | null;
  /** Part of `promptTokens` that was written to the cache at a price of its own; null when the upstream does not say. */
  cacheWriteTokens: number | null;
  /** Part of `cacheWriteTokens` that was written to live longer, at twice the price of plain input (Anthropic, one hour). */
  longCacheWriteTokens?: number | null;
  completionTokens: number;
}

/** How long a client asks the provider to keep its prompt cache, where it asks for longer than the default. */
export interface CacheLifetime {
  seconds: number;
  /** Price of writing one token for so long, in uncached input tokens; null: the same as ever. */
  writeFactor: number | null;
}
