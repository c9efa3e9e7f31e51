/**
 * Storage that can be taken back from whoever works with it behind the replies.
 *
 * Such work may wait a minute for a model with old text in its hands. When a deletion comes in between, what it would write
 * then must not be written: its storage answers no more, and the work ends where it next reads or writes.
 */
import type { Sql } from "../../ports/sql.ts";

export interface LentSql {
  sql: Sql;
  isTakenBack: boolean;
}

export function lendSql(own: Sql): LentSql {
  const lent: LentSql = {
    isTakenBack: false,
    sql: {
      all: (query, ...bindings) => use().all(query, ...bindings),
      run: (query, ...bindings) => use().run(query, ...bindings),
      transaction: (body) => use().transaction(body),
      usedBytes: () => use().usedBytes(),
    },
  };
  const use = (): Sql => {
    if (lent.isTakenBack) throw new Error("storage was taken back");
    return own;
  };
  return lent;
}
