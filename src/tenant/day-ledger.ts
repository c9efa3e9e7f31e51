/**
 * What a tenant has spent on each day, in UTC.
 *
 * A report adds its difference to the day of the session's newest turn, in the transaction that moves the totals: the
 * days of a tenant that is younger than the oldest of them add up to its totals. One row a day, and only
 * so many days. It must not open transactions of its own.
 */
import { DAY_MS, dayOf } from "../model/day.ts";
import { LEDGER_DAYS_MAX } from "../model/inspection-limits.ts";
import type { Sql } from "../ports/sql.ts";
import type { DayView, LedgerSums } from "../ports/tenant-directory.ts";
import { exchangeSums, NO_SUMS, readSums } from "./ledger-sums.ts";
import { viewSums } from "./view-tenant.ts";

export const DAY_TABLE = `CREATE TABLE IF NOT EXISTS tenant_day (
  day TEXT PRIMARY KEY,
  sums TEXT NOT NULL
) WITHOUT ROWID`;

export class DayLedger {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** @param at milliseconds since the epoch */
  add(at: number, before: LedgerSums, part: LedgerSums): void {
    const day = dayOf(at);
    const [row] = this.#sql.all<{ sums: string }>("SELECT sums FROM tenant_day WHERE day = ?", day);
    const known = row ? readSums(row.sums) : NO_SUMS;
    this.#sql.run(
      "INSERT INTO tenant_day (day, sums) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET sums = excluded.sums",
      day,
      JSON.stringify(exchangeSums(known, before, part)),
    );
    if (!row) this.#sql.run("DELETE FROM tenant_day WHERE day <= ?", dayOf(at - LEDGER_DAYS_MAX * DAY_MS));
  }

  clear(): void {
    this.#sql.run("DELETE FROM tenant_day");
  }

  list(first: string, last: string): DayView[] {
    const rows = this.#sql.all<{ day: string; sums: string }>(
      "SELECT day, sums FROM tenant_day WHERE day BETWEEN ? AND ? ORDER BY day DESC LIMIT ?",
      first,
      last,
      LEDGER_DAYS_MAX,
    );
    return rows.map(({ day, sums }) => ({ day, ledger: viewSums(readSums(sums)) })).toReversed();
  }
}
