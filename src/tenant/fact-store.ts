/**
 * The facts of one user, and their ends, in SQL.
 *
 * Rows are only added. What is deleted is overwritten in place, because a database keeps the bytes of a row that was
 * moved or dropped. It must not decide which facts end or leave.
 */
import { FACT_ROWS_MAX } from "../model/limits.ts";
import type { FactDraft, FactView } from "../ports/user-memory.ts";
import type { Sql } from "../ports/sql.ts";

type FactRow = Omit<FactView, "state">;

const VIEW_COLUMNS = `fact.id, statement, quote, kind, slot, trust, session, node, said_at AS saidAt,
  valid_from AS validFrom, ended_at AS validUntil, superseded_by AS supersededBy, created_at AS createdAt`;

export interface FactOrigin {
  /** Null for what was added by hand. */
  session: string | null;
  createdAt: number;
}

export class FactStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Every fact, in the order in which they were stored. */
  all(now: number): FactView[] {
    return this.#sql
      .all<FactRow>(
        `SELECT ${VIEW_COLUMNS} FROM fact LEFT JOIN fact_end ON fact_end.fact = fact.id WHERE trim(statement) <> '' ORDER BY fact.id`,
      )
      .map((row) => ({ ...row, state: stateOf(row, now) }));
  }

  find(id: number, now: number): FactView | null {
    const [row] = this.#sql.all<FactRow>(
      `SELECT ${VIEW_COLUMNS} FROM fact LEFT JOIN fact_end ON fact_end.fact = fact.id WHERE fact.id = ? AND trim(statement) <> ''`,
      id,
    );
    return row ? { ...row, state: stateOf(row, now) } : null;
  }

  /** Answers the new fact's id. */
  add(draft: FactDraft, { session, createdAt }: FactOrigin): number {
    const [row] = this.#sql.all<{ id: number }>(
      `INSERT INTO fact (statement, quote, kind, slot, trust, session, node, said_at, valid_from, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      draft.statement,
      draft.quote,
      draft.kind,
      draft.slot,
      draft.trust,
      session,
      draft.node,
      draft.saidAt,
      draft.saidAt,
      createdAt,
    );
    return row?.id ?? 0;
  }

  end(id: number, endedAt: number, supersededBy: number | null): void {
    this.#sql.run(
      `INSERT INTO fact_end (fact, ended_at, superseded_by) VALUES (?, ?, ?)
       ON CONFLICT (fact) DO UPDATE SET ended_at = excluded.ended_at, superseded_by = excluded.superseded_by`,
      id,
      endedAt,
      supersededBy,
    );
  }

  /**
   * Takes facts out so that no byte of their text stays: it is overwritten where it stands, in its own length. The blank
   * row stays, because taking it out would move its neighbours, and a moved row leaves its bytes behind.
   */
  erase(ids: readonly number[]): void {
    const gone = JSON.stringify(ids);
    this.#sql.run(
      `UPDATE fact SET statement = printf('%*s', length(CAST(statement AS BLOB)), ''),
         quote = printf('%*s', length(CAST(quote AS BLOB)), ''), slot = printf('%*s', length(CAST(slot AS BLOB)), ''),
         session = printf('%*s', length(CAST(session AS BLOB)), '')
       WHERE id IN (SELECT value FROM json_each(?))`,
      gone,
    );
    this.#sql.run("DELETE FROM fact_end WHERE fact IN (SELECT value FROM json_each(?))", gone);
  }

  /** Facts that one of these has ended hold again. */
  reopen(ids: readonly number[]): void {
    this.#sql.run("DELETE FROM fact_end WHERE superseded_by IN (SELECT value FROM json_each(?))", JSON.stringify(ids));
  }

  /** Whether there is no room for another row, the blank ones included. */
  isFull(): boolean {
    const [row] = this.#sql.all<{ id: number }>("SELECT max(id) AS id FROM fact");
    return (row?.id ?? 0) >= FACT_ROWS_MAX;
  }
}

function stateOf({ validUntil, supersededBy }: FactRow, now: number): FactView["state"] {
  if (supersededBy !== null) return "superseded";
  return validUntil === null || validUntil > now ? "valid" : "ended";
}
