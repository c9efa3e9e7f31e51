/**
 * Deletes everything of a tenant, a few sessions at a time: sessions, what was known from them about users, directory
 * and ledger.
 *
 * It goes by the directory, so it can break off anywhere and go on: what has gone is not in it any more. It takes what was
 * there when it was asked for; a session that begins later stays, and one that reports late is taken then. What it has
 * done is kept in numbers. It must not hold a word of a conversation.
 */
import { DELETED_SESSIONS_PER_RUN_MAX, DELETION_PAUSE_MS, DELETION_RETRY_MS } from "../model/limits.ts";
import type { Hash } from "../model/hash.ts";
import { nameOf } from "../model/name-of.ts";
import type { Journal } from "../ports/journal.ts";
import type { SessionDirectory } from "../ports/session-directory.ts";
import type { Sql } from "../ports/sql.ts";
import type { DeletionView, SessionReport } from "../ports/tenant-directory.ts";
import type { TenantDirectory } from "./tenant-directory.ts";

export interface DeletionPorts {
  sessions: SessionDirectory;
  journal: Journal;
}

const TABLE = `CREATE TABLE IF NOT EXISTS tenant_deletion (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  tenant TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  finished_at INTEGER,
  sessions INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  facts INTEGER NOT NULL
)`;

interface DeletionRow {
  tenant: Hash;
  askedAt: number;
  finishedAt: number | null;
  sessions: number;
  messages: number;
  facts: number;
}

export class TenantDeletion {
  readonly #sql: Sql;
  readonly #directory: TenantDirectory;
  #exists: boolean;

  constructor(sql: Sql, directory: TenantDirectory) {
    this.#sql = sql;
    this.#directory = directory;
    this.#exists = sql.all("SELECT 1 FROM sqlite_master WHERE name = 'tenant_deletion'").length > 0;
  }

  /** Asked for again it takes what has come since as well. Null: there is nothing. */
  begin(tenant: Hash, now: number): DeletionView | null {
    if (this.#directory.ledger() === null) return null;
    this.#sql.run(TABLE);
    this.#exists = true;
    this.#sql.run(
      `INSERT INTO tenant_deletion (id, tenant, asked_at, finished_at, sessions, messages, facts)
       VALUES (1, ?, ?, NULL, 0, 0, 0) ON CONFLICT (id) DO UPDATE SET asked_at = excluded.asked_at, finished_at = NULL`,
      tenant,
      now,
    );
    return this.view();
  }

  /** Null: none was ever asked for. */
  view(): DeletionView | null {
    const row = this.#row();
    if (row === null) return null;
    const { askedAt, finishedAt, sessions, messages, facts } = row;
    return {
      state: finishedAt === null ? "running" : "done",
      asked_at: new Date(askedAt).toISOString(),
      finished_at: finishedAt === null ? null : new Date(finishedAt).toISOString(),
      deleted: { sessions, messages, facts },
      sessions_left: finishedAt === null ? this.#directory.countUpTo(askedAt) : 0,
    };
  }

  /** Whether a session that reports now should have gone already; the deletion is then taken up again. */
  takes({ createdAt }: SessionReport): boolean {
    const row = this.#row();
    if (row === null || createdAt > row.askedAt) return false;
    this.#sql.run("UPDATE tenant_deletion SET finished_at = NULL");
    return true;
  }

  /** One run. Answers in how many milliseconds the next one is due; null: it is done. */
  async run(ports: DeletionPorts, now: number): Promise<number | null> {
    const row = this.#row();
    if (row === null || row.finishedAt !== null) return null;
    const ids = this.#directory.listUpTo(row.askedAt, DELETED_SESSIONS_PER_RUN_MAX);
    if (ids.length === 0) {
      ports.journal.write({ event: "deletion", tenant: row.tenant, step: "tenant", reason: "asked" });
      return this.#finish(now);
    }
    const gone = await Promise.all(ids.map((id) => this.#delete(ports, row.tenant, id, now)));
    return gone.includes(false) ? DELETION_RETRY_MS : DELETION_PAUSE_MS;
  }

  /** False: this session did not answer, and is asked again later. */
  async #delete({ sessions, journal }: DeletionPorts, tenant: Hash, id: string, now: number): Promise<boolean> {
    try {
      const reply = await sessions.find(id).release(tenant, { kind: "session", askedBy: "tenant" });
      // Not before: what is not in the directory any more would not be found again.
      this.#directory.forget(id, now);
      this.#sql.run(
        "UPDATE tenant_deletion SET sessions = sessions + 1, messages = messages + ?, facts = facts + ?",
        reply?.released.messages ?? 0,
        reply?.released.facts ?? 0,
      );
      return true;
    } catch (error) {
      journal.write({ event: "session_not_deleted", tenant, session: id, error: nameOf(error) });
      return false;
    }
  }

  #finish(now: number): null {
    this.#sql.transaction(() => {
      this.#directory.clearLedger();
      this.#sql.run("UPDATE tenant_deletion SET finished_at = ?", now);
    });
    return null;
  }

  #row(): DeletionRow | null {
    if (!this.#exists) return null;
    const [row] = this.#sql.all<DeletionRow>(
      `SELECT tenant, asked_at AS askedAt, finished_at AS finishedAt, sessions, messages, facts FROM tenant_deletion`,
    );
    return row ?? null;
  }
}
