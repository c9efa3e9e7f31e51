/**
 * Sessions as Durable Objects, and their storage as the Sql port.
 */
import type { SessionRpc } from "../ports/session.ts";
import type { SessionDirectory } from "../ports/session-directory.ts";
import type { Sql } from "../ports/sql.ts";

export function createObjectDirectory(namespace: Cloudflare.Env["SESSION"]): SessionDirectory {
  return {
    // The stub's own type wraps every value in RPC helpers; what crosses here is plain data by contract.
    find: (name) => namespace.get(namespace.idFromName(name)) as unknown as SessionRpc,
  };
}

export function openObjectSql(storage: DurableObjectStorage): Sql {
  return {
    all: <Row>(query: string, ...bindings: (string | number | null)[]) =>
      storage.sql.exec(query, ...bindings).toArray() as Row[],
    run: (query, ...bindings) => void storage.sql.exec(query, ...bindings).toArray(),
    transaction: (body) => storage.transactionSync(body),
    usedBytes: () => storage.sql.databaseSize,
  };
}
