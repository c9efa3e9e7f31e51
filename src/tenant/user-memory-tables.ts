/**
 * The tables of a user's memory, as numbered steps that are only ever added to.
 *
 * A fact is a row that never changes; its end is a row of its own. So a newer fact supersedes an older one without
 * touching it, no row ever moves, and text that is deleted can be blanked where it stands. What each column means stands in
 * docs/STORAGE.md; a step that has shipped must not change.
 */
import type { Sql } from "../ports/sql.ts";

/**
 * A table that outgrows its first page leaves a copy of its first rows there. Two blank rows too large for one page
 * make it outgrow that page before there is anything to leave.
 */
const BLANK_ROW = `INSERT INTO fact (id, statement, quote, kind, slot, trust, session, node, said_at, valid_from, created_at)
  VALUES (?, printf('%3000s', ''), '', '', '', '', '', 0, 0, 0, 0)`;
const BLANK_IDS = [-1, 0];

const STEPS: readonly string[][] = [
  [
    `CREATE TABLE memory (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      tenant TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      cleared_at INTEGER NOT NULL
    )`,
    `CREATE TABLE fact (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      statement TEXT NOT NULL,
      quote TEXT NOT NULL,
      kind TEXT NOT NULL,
      slot TEXT,
      trust TEXT NOT NULL,
      session TEXT,
      node INTEGER,
      said_at INTEGER NOT NULL,
      valid_from INTEGER NOT NULL,
      created_at INTEGER NOT NULL
    )`,
    `CREATE TABLE fact_end (
      fact INTEGER PRIMARY KEY,
      ended_at INTEGER NOT NULL,
      superseded_by INTEGER
    )`,
    `CREATE TABLE source (
      session TEXT PRIMARY KEY,
      node INTEGER NOT NULL,
      noted_at INTEGER NOT NULL
    ) WITHOUT ROWID`,
  ],
  [
    `CREATE TABLE forgotten_source (
      session TEXT NOT NULL,
      node INTEGER NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (session, node)
    ) WITHOUT ROWID`,
  ],
  ["ALTER TABLE memory ADD COLUMN log_due INTEGER NOT NULL DEFAULT 0"],
];

/** Brings a database to the newest step; safe to call on every start. */
export function migrateUserMemory(sql: Sql): void {
  sql.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)");
  const [row] = sql.all<{ version: number | null }>("SELECT max(version) AS version FROM schema_version");
  const from = row?.version ?? 0;
  STEPS.slice(from).forEach((step, index) => {
    sql.transaction(() => {
      for (const statement of step) sql.run(statement);
      if (from + index === 0) for (const id of BLANK_IDS) sql.run(BLANK_ROW, id);
      sql.run("INSERT INTO schema_version (version) VALUES (?)", from + index + 1);
    });
  });
}
