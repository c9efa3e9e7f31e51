/**
 * A tenant's sessions and their common ledger, as far as the sessions have reported them.
 *
 * A plain class over the Sql port. Whatever is reported is absolute, and totals move by the difference to what the same
 * session reported before, so nothing is ever counted twice and no report reads more than four rows. Looking at a
 * tenant that has nothing creates nothing. It must not hold a word of a conversation.
 */
import { FORGOTTEN_MS_MAX, SEARCHED_ENTRIES_MAX } from "../model/limits.ts";
import type { Sql } from "../ports/sql.ts";
import type {
  DayView,
  EntryPage,
  EntryPlace,
  EntrySearch,
  Money,
  SessionReport,
  TenantView,
} from "../ports/tenant-directory.ts";
import { DAY_TABLE, DayLedger } from "./day-ledger.ts";
import { completeSums, exchangeSums, moneyOf, NO_SUMS, readSums } from "./ledger-sums.ts";
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
  DAY_TABLE,
];

const ENTRY_COLUMNS = "id, seq, created_at AS createdAt, updated_at AS updatedAt, turns, model, sums";

/** Behind no entry: the newest of all comes first. */
const START: EntryPlace = { updatedAt: Number.MAX_SAFE_INTEGER, id: "" };

const ANY_ENTRY: EntrySearch = { text: null, names: [], since: null, until: null };

export class TenantDirectory {
  readonly #sql: Sql;
  readonly #days: DayLedger;
  #exists: boolean;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#days = new DayLedger(sql);
    this.#exists = sql.all("SELECT 1 FROM sqlite_master WHERE name = 'tenant_ledger'").length > 0;
    // A tenant of an older version has not all of them.
    if (this.#exists) this.#createTables();
  }

  report(told: SessionReport): Money {
    const report = { ...told, sums: completeSums(told.sums) };
    if (!this.#exists) this.#createTables();
    this.#exists = true;
    return this.#sql.transaction(() => {
      const totals = this.#totals();
      const known = this.#find(report.id);
      if (this.#isOutdated(report, known)) return moneyOf(exchangeSums(totals.sums, known?.sums ?? NO_SUMS, NO_SUMS));
      // An id that has come back begins at nothing: what its former life has cost stays spent.
      const before = known?.createdAt === report.createdAt ? known.sums : NO_SUMS;
      const sums = exchangeSums(totals.sums, before, report.sums);
      this.#saveEntry(report);
      this.#days.add(report.updatedAt, before, report.sums);
      this.#saveTotals({
        sessions: totals.sessions + (known ? 0 : 1),
        updatedAt: Math.max(totals.updatedAt, report.updatedAt),
        sums,
      });
      return moneyOf(exchangeSums(sums, report.sums, NO_SUMS));
    });
  }

  list(after: EntryPlace | null, limit: number, search: EntrySearch = ANY_ENTRY): EntryPage | null {
    if (!this.#exists) return null;
    const named = after === null && search.names.length > 0 ? this.#findNamed(search, limit) : [];
    if (named.length > 0) return { sessions: named.map(viewEntry), next: null };
    const reach = search.text === null ? limit : SEARCHED_ENTRIES_MAX;
    const rows = this.#read(search, after, reach + 1);
    const looked = rows.slice(0, reach);
    const found = looked.filter((row) => matches(row, search.text));
    const page = found.slice(0, limit).map(parseEntry);
    const last = found.length > limit ? page.at(-1) : rows.length > reach ? looked.at(-1) : null;
    return { sessions: page.map(viewEntry), next: last ? placeOf(last) : null };
  }

  ledger(): TenantView | null {
    return this.#exists ? viewTenant(this.#totals()) : null;
  }

  days(first: string, last: string): DayView[] | null {
    return this.#exists ? this.#days.list(first, last) : null;
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

  /** Sessions that had begun at a time, those that were quiet longest first. */
  listUpTo(createdAt: number, limit: number): string[] {
    return this.#sql
      .all<{ id: string }>(
        "SELECT id FROM session_entry WHERE created_at <= ? ORDER BY updated_at, id LIMIT ?",
        createdAt,
        limit,
      )
      .map(({ id }) => id);
  }

  countUpTo(createdAt: number): number {
    const [row] = this.#sql.all<{ count: number }>(
      "SELECT count(*) AS count FROM session_entry WHERE created_at <= ?",
      createdAt,
    );
    return row?.count ?? 0;
  }

  /** The totals begin anew with the sessions that are there; of each day's the newest turn decides where it counts. */
  clearLedger(): void {
    this.#days.clear();
    let totals: TenantTotals = { sessions: 0, updatedAt: 0, sums: NO_SUMS };
    for (const entry of this.#sql.all<StoredEntry>(`SELECT ${ENTRY_COLUMNS} FROM session_entry`).map(parseEntry)) {
      const updatedAt = Math.max(totals.updatedAt, entry.updatedAt);
      totals = { sessions: totals.sessions + 1, updatedAt, sums: exchangeSums(totals.sums, NO_SUMS, entry.sums) };
      this.#days.add(entry.updatedAt, NO_SUMS, entry.sums);
    }
    this.#saveTotals(totals);
  }

  #createTables(): void {
    this.#sql.transaction(() => TABLES.forEach((table) => this.#sql.run(table)));
  }

  #findNamed({ names, since, until }: EntrySearch, limit: number): SessionReport[] {
    return this.#sql
      .all<StoredEntry>(
        `SELECT ${ENTRY_COLUMNS} FROM session_entry WHERE id IN (SELECT value FROM json_each(?))
         AND updated_at BETWEEN ? AND ? ORDER BY updated_at DESC, id DESC LIMIT ?`,
        JSON.stringify(names),
        since ?? 0,
        until ?? START.updatedAt,
        limit,
      )
      .map(parseEntry);
  }

  #read({ since, until }: EntrySearch, after: EntryPlace | null, count: number): StoredEntry[] {
    // Right behind the last millisecond that is asked for, unless the page before ended even further on.
    const end = until === null ? START : { updatedAt: until + 1, id: "" };
    const start = after !== null && after.updatedAt < end.updatedAt ? after : end;
    return this.#sql.all<StoredEntry>(
      `SELECT ${ENTRY_COLUMNS} FROM session_entry WHERE (updated_at, id) < (?, ?) AND updated_at >= ?
       ORDER BY updated_at DESC, id DESC LIMIT ?`,
      start.updatedAt,
      start.id,
      since ?? 0,
      count,
    );
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
    return { ...row, sums: readSums(row.sums) };
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
  return { ...row, sums: readSums(row.sums) };
}

function matches({ id, model }: StoredEntry, text: string | null): boolean {
  return text === null || id.startsWith(text) || (model ?? "").toLowerCase().includes(text.toLowerCase());
}

function placeOf({ updatedAt, id }: EntryPlace): EntryPlace {
  return { updatedAt, id };
}
