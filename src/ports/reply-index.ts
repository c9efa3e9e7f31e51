/**
 * Which session gave a reply, for clients that go on from a reply by nothing but its id.
 *
 * Keys are hashes over tenant, upstream and id; a key that was not remembered, or too long ago, is unknown.
 */
export interface ReplyIndex {
  /** @param now milliseconds since the epoch */
  remember(key: string, session: string, now: number): Promise<void>;
  find(key: string): Promise<string | null>;
  forget(keys: readonly string[]): Promise<void>;
}
