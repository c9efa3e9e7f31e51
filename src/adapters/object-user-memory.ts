/** Memories of end users as Durable Objects, one for each user of a tenant. */
import type { UserMemories, UserMemoryRpc } from "../ports/user-memory.ts";

export function createObjectUserMemories(namespace: Cloudflare.Env["USER_MEMORY"]): UserMemories {
  return {
    // The stub's own type wraps every value in RPC helpers; what crosses here is plain data by contract.
    find: (name) => namespace.get(namespace.idFromName(name)) as unknown as UserMemoryRpc,
  };
}
