/**
 * A tenant's sessions and their common ledger, as far as the sessions have reported them.
 *
 * A plain class over the Sql port. Whatever is reported is absolute, and totals move by the difference to what the same
 * session reported before, so nothing is ever counted twice and no report reads more than three rows. Looking at a
 * tenant that has nothing creates nothing. It must not hold a word of a conversation.
 */
import { FORGOTTEN_MS_MAX } from "../model/limits.ts";
import type { Sql } from "../ports/sql.ts";
import type { EntryPage, EntryPlace, LedgerSums, SessionReport, Money } from "../ports/tenant-directory.ts";
import { exchangeSums, moneyOf, NO_SUMS } from "./ledger-sums.ts";
import type { TenantTotals } from "./ledger-sums.ts";
import { viewEntry, viewTenant } from "./view-tenant.ts";

/** An entry has two keys, id and time, and both are written with each report; the totals are one row for all. */
const TABLES = [
  `CREATE TABLE IF NOT EXISTS session_entry (
    id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    turns INTEGER NOT NULL,
    model TEXT,
    sums TEXT NOT NULL
  ) WITHOUT ROWID`,
  "CREATE INDEX IF NOT EXISTS session_entry_updated ON session_entry (updated_at, id)",
  `CREATE TABLE IF NOT EXISTS tenant_ledger (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sessions INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    sums TEXT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS forgotten_session (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    forgotten_at INTEGER NOT NULL
  ) WITHOUT ROWID`,
];

const ENTRY_COLUMNS = "id, seq, created_at AS createdAt, updated_at AS updatedAt, turns, model, sums";

/** Behind no entry: the newest of all comes first. */
const START: EntryPlace = { updatedAt: Number.MAX_SAFE_INTEGER, id: "" };

export class TenantDirectory {
  readonly #sql: Sql;
  #exists: boolean;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#exists = sql.all("SELECT 1 FROM sqlite_master WHERE name = 'tenant_ledger'").length > 0;
  }

  report(report: SessionReport): Money {
    if (!this.#exists) this.#sql.transaction(() => TABLES.forEach((table) => this.#sql.run(table)));
    this.#exists = true;
    return this.#sql.transaction(() => {
      const totals = this.#totals();
      const known = this.#find(report.id);
      if (this.#isOutdated(report, known)) return moneyOf(exchangeSums(totals.sums, known?.sums ?? NO_SUMS, NO_SUMS));
      // An id that has come back begins at nothing: what its former life has cost stays spent.
      const before = known?.createdAt === report.createdAt ? known.sums : NO_SUMS;
      const sums = exchangeSums(totals.sums, before, report.sums);
      this.#saveEntry(report);
      this.#saveTotals({
        sessions: totals.sessions + (known ? 0 : 1),
        updatedAt: Math.max(totals.updatedAt, report.updatedAt),
        sums,
      });
      return moneyOf(exchangeSums(sums, report.sums, NO_SUMS));
    });
  }

  list(after: EntryPlace | null, limit: number): EntryPage | null {
    if (!this.#exists) return null;
    const { updatedAt, id } = after ?? START;
    const rows = this.#sql.all<StoredEntry>(
      `SELECT ${ENTRY_COLUMNS} FROM session_entry WHERE (updated_at, id) < (?, ?)
       ORDER BY updated_at DESC, id DESC LIMIT ?`,
      updatedAt,
      id,
      limit + 1,
    );
    const entries = rows.slice(0, limit).map(parseEntry);
    return { sessions: entries.map(viewEntry), next: rows.length > limit ? placeOf(entries.at(-1)) : null };
  }

  ledger(): Record<string, unknown> | null {
    return this.#exists ? viewTenant(this.#totals()) : null;
  }

  /** @param now milliseconds since the epoch */
  forget(id: string, now: number): void {
    if (!this.#exists) return;
    this.#sql.transaction(() => {
      this.#sql.run("DELETE FROM forgotten_session WHERE forgotten_at < ?", now - FORGOTTEN_MS_MAX);
      const known = this.#find(id);
      if (!known) return;
      this.#sql.run("DELETE FROM session_entry WHERE id = ?", id);
      // A report of the dead session may still be on its way.
      this.#sql.run(
        "INSERT OR REPLACE INTO forgotten_session (id, created_at, forgotten_at) VALUES (?, ?, ?)",
        id,
        known.createdAt,
        now,
      );
      const totals = this.#totals();
      this.#saveTotals({ ...totals, sessions: totals.sessions - 1 });
    });
  }

  /** Whether something later is known of the session, or the session itself is gone. */
  #isOutdated({ id, seq, createdAt }: SessionReport, known: SessionReport | null): boolean {
    if (known !== null) return createdAt < known.createdAt || (createdAt === known.createdAt && seq <= known.seq);
    return this.#sql.all("SELECT 1 FROM forgotten_session WHERE id = ? AND created_at >= ?", id, createdAt).length > 0;
  }

  #find(id: string): SessionReport | null {
    const [row] = this.#sql.all<StoredEntry>(`SELECT ${ENTRY_COLUMNS} FROM session_entry WHERE id = ?`, id);
    return row ? parseEntry(row) : null;
  }

  #totals(): TenantTotals {
    const [row] = this.#sql.all<{ sessions: number; updatedAt: number; sums: string }>(
      "SELECT sessions, updated_at AS updatedAt, sums FROM tenant_ledger WHERE id = 1",
    );
    if (!row) return { sessions: 0, updatedAt: 0, sums: NO_SUMS };
    return { ...row, sums: JSON.parse(row.sums) as LedgerSums };
  }

  #saveEntry({ id, seq, createdAt, updatedAt, turns, model, sums }: SessionReport): void {
    this.#sql.run(
      `INSERT INTO session_entry (id, seq, created_at, updated_at, turns, model, sums) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, created_at = excluded.created_at,
         updated_at = excluded.updated_at, turns = excluded.turns, model = excluded.model, sums = excluded.sums`,
      id,
      seq,
      createdAt,
      updatedAt,
      turns,
      model,
      JSON.stringify(sums),
    );
  }

  #saveTotals({ sessions, updatedAt, sums }: TenantTotals): void {
    this.#sql.run(
      `INSERT INTO tenant_ledger (id, sessions, updated_at, sums) VALUES (1, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
         sessions = excluded.sessions, updated_at = excluded.updated_at, sums = excluded.sums`,
      sessions,
      updatedAt,
      JSON.stringify(sums),
    );
  }
}

type StoredEntry = Omit<SessionReport, "sums"> & { sums: string };

function parseEntry(row: StoredEntry): SessionReport {
  return { ...row, sums: JSON.parse(row.sums) as LedgerSums };
}

function placeOf(entry: SessionReport | undefined): EntryPlace | null {
  return entry ? { updatedAt: entry.updatedAt, id: entry.id } : null;
}
