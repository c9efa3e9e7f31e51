/**
 * The first thing a user said in the thread of the newest turn and the first reply behind it: what names a session whose
 * client has no name for it.
 *
 * One walk up the thread, so never part of a request's way.
 */
import type { Hash } from "../../model/hash.ts";
import type { Sql } from "../../ports/sql.ts";
import type { FirstExchange } from "../../ports/transfer.ts";
import type { SessionTables } from "../tables.ts";

export function findFirstExchange({ sql, store, log }: SessionTables): FirstExchange | null {
  const end = log.findNewest()?.reply ?? null;
  if (end === null) return null;
  const path = [...store.walkUp(end)].toReversed();
  const first = path.findIndex(({ role }) => role === "user");
  const answer = path.find(({ role }, index) => first >= 0 && index > first && role === "assistant");
  const user = readFingerprint(sql, path[first]?.chain ?? null);
  const reply = readFingerprint(sql, answer?.chain ?? null);
  return user !== null && reply !== null ? { user, reply } : null;
}

export function readFingerprint(sql: Sql, chain: Hash | null): Hash | null {
  const [row] = sql.all<{ fingerprint: Hash }>("SELECT fingerprint FROM node WHERE chain = ?", chain);
  return row?.fingerprint ?? null;
}
