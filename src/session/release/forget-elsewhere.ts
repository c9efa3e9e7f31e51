/**
 * Has other objects let go of what they know from messages that are deleted: the memories of users, and, when the whole
 * session goes, its tenant's directory.
 *
 * Comes before the session's own deletion: whoever asks again after a failure in between then still finds everything. A
 * tenant that deletes everything asks by its directory, so that drops the entry itself, last. What is done twice changes
 * nothing. It must not send a word of the conversation.
 */
import type { ReleaseAsk } from "../../ports/release.ts";
import type { Tenants } from "../../ports/tenant-directory.ts";
import type { UserMemories } from "../../ports/user-memory.ts";
import type { Survey } from "./release.ts";

interface ElsewherePorts {
  memories: UserMemories;
  tenants: Tenants;
}

/** Answers how many facts are gone. */
export async function forgetElsewhere(
  { memories, tenants }: ElsewherePorts,
  { tenant, id, memories: names, nodes }: Survey,
  ask: ReleaseAsk,
): Promise<number> {
  const isOfAll = ask.kind === "session" && ask.askedBy === "tenant";
  const forget = async (name: string): Promise<number> => {
    const memory = memories.find(name);
    const facts = await memory.forgetSource({ tenant, session: id, nodes });
    const others = isOfAll ? await memory.forget(tenant, null) : null;
    return facts + (others?.ok ? others.value : 0);
  };
  const gone = await Promise.all(names.map(forget));
  if (ask.kind === "session" && !isOfAll && id !== "") await tenants.find(tenant).forget(id);
  return gone.reduce((sum, facts) => sum + facts, 0);
}
