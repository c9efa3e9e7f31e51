/** The reply index as Durable Objects, one for every share of the keys. */
import type { ReplyIndex } from "../ports/reply-index.ts";

/** Characters of a key that choose its object: 64 objects with one base64url character. */
const SHARE_CHARS = 1;

export function createObjectReplyIndex(namespace: Cloudflare.Env["REPLY_INDEX"]): ReplyIndex {
  const share = (key: string): ReplyIndex => {
    const id = namespace.idFromName(key.slice(0, SHARE_CHARS));
    // The stub's own type wraps every value in RPC helpers; what crosses here is plain data by contract.
    return namespace.get(id) as unknown as ReplyIndex;
  };
  return {
    remember: (key, session, now) => share(key).remember(key, session, now),
    find: (key) => share(key).find(key),
    async forget(keys) {
      const shares = Map.groupBy(keys, (key) => key.slice(0, SHARE_CHARS));
      await Promise.all([...shares].map(([name, own]) => share(name).forget(own)));
    },
  };
}
