/**
 * The SQL that a session needs, so that its classes run on a Durable Object's storage and on Node's SQLite alike.
 *
 * Synchronous. Booleans must be bound as 0 and 1 and never more than 100 values at once: lists go through
 * `json_each(?)`. A transaction that throws leaves nothing behind.
 */
export type SqlValue = string | number | null;

export interface Sql {
  all<Row>(query: string, ...bindings: SqlValue[]): Row[];
  run(query: string, ...bindings: SqlValue[]): void;
  transaction<T>(body: () => T): T;
  /** Bytes of the pages in use; those that were given back do not count. */
  usedBytes(): number;
}
