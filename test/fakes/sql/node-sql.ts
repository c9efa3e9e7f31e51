/**
 * The Sql port over Node's own SQLite, so that a session runs without workerd.
 *
 * As strict as a Durable Object's storage where that bites: at most 100 bound values, no booleans, no undefined; a
 * transaction that throws leaves nothing behind.
 */
import { DatabaseSync } from "node:sqlite";
import type { Sql } from "../../../src/ports/sql.ts";

const BINDINGS_MAX = 100;

export function openNodeSql(path = ":memory:"): Sql & { close(): void } {
  const database = new DatabaseSync(path);
  let depth = 0;
  const check = (bindings: readonly unknown[]): void => {
    if (bindings.length > BINDINGS_MAX) throw new Error("too many SQL variables");
    for (const value of bindings)
      if (value !== null && typeof value !== "string" && typeof value !== "number")
        throw new TypeError(`cannot bind a ${typeof value}`);
  };
  return {
    all: <Row>(query: string, ...bindings: (string | number | null)[]) => {
      check(bindings);
      return database.prepare(query).all(...bindings) as Row[];
    },
    run(query, ...bindings) {
      check(bindings);
      database.prepare(query).run(...bindings);
    },
    transaction(body) {
      const name = `level_${depth++}`;
      database.exec(`SAVEPOINT ${name}`);
      try {
        const result = body();
        database.exec(`RELEASE ${name}`);
        return result;
      } catch (error) {
        database.exec(`ROLLBACK TO ${name}`);
        database.exec(`RELEASE ${name}`);
        throw error;
      } finally {
        depth--;
      }
    },
    usedBytes() {
      const read = (pragma: string): number => Number(Object.values(database.prepare(pragma).get() ?? {})[0]);
      return (read("PRAGMA page_count") - read("PRAGMA freelist_count")) * read("PRAGMA page_size");
    },
    close: () => database.close(),
  };
}
