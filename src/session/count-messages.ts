/**
 * Counts what was estimated: the tokens of messages, with the sums of their paths.
 *
 * Part of the alarm's work, in batches that a request may have to wait for. Counts are exact for o200k and an
 * estimate for every other tokenizer. It must not run before a first byte.
 */
import type { Hash } from "../model/hash.ts";
import {
  MEDIA_TOKENS_ASSUMED,
  MESSAGE_OVERHEAD_TOKENS,
  MESSAGES_COUNTED_PER_RUN_MAX,
  TOKENS_COUNTED_PER_RUN_MAX,
} from "../model/limits.ts";
import { KEEP_MEDIA } from "../model/message.ts";
import type { MessageReader } from "../ports/message-reader.ts";
import type { TokenCounter } from "../ports/token-counter.ts";
import type { SessionTables } from "./tables.ts";

interface CountPorts {
  counter: TokenCounter;
  reader: MessageReader;
}

/** The next messages to count: as many as a request may have to wait for, and at least one. */
export function takeBatch({ store }: SessionTables, uncounted: readonly Hash[]): Hash[] {
  let tokens = 0;
  const batch = uncounted.slice(0, MESSAGES_COUNTED_PER_RUN_MAX);
  const end = batch.findIndex((chain) => (tokens += store.find(chain)?.tokens ?? 0) > TOKENS_COUNTED_PER_RUN_MAX);
  return end < 0 ? batch : batch.slice(0, Math.max(1, end));
}

/** The tokens of each message of the batch, by chain. */
export function countMessages(tables: SessionTables, ports: CountPorts, batch: readonly Hash[]): Map<Hash, number> {
  return new Map(batch.map((chain) => [chain, countNode(tables, ports, chain)]));
}

/** Stores counts in the order of the batch: a parent's sum comes before its child's. */
export function applyCounts(tables: SessionTables, counts: ReadonlyMap<Hash, number>): void {
  for (const [chain, count] of counts) applyCount(tables, chain, count);
}

function countNode({ store }: SessionTables, { counter, reader }: CountPorts, chain: Hash): number {
  const node = store.find(chain);
  const body = node && store.body(node.message);
  if (!node || !body) return 0;
  // A deleted message has weighed what it weighed.
  if (node.gone !== 0) return node.tokens;
  const media = node.keep & KEEP_MEDIA ? MEDIA_TOKENS_ASSUMED : 0;
  const spoken = reader.readText(node.wire, body.json).map(({ text }) => text);
  return counter.countTokens(spoken.join("\n")) + MESSAGE_OVERHEAD_TOKENS + media;
}

function applyCount({ store }: SessionTables, chain: Hash, tokens: number): void {
  const node = store.find(chain);
  if (!node) return;
  const before = store.find(node.parent)?.pathTokens ?? 0;
  store.setTokens(chain, tokens, before + tokens);
}
