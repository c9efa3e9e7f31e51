/**
 * A session that is being read from a file: it is there when its last row is checked, and not a moment before.
 *
 * Rows go into the tables of an object that holds nothing else, each batch in a transaction; until the commit there is no
 * session, and turns that come meanwhile pass through. Whatever goes wrong empties the object. An import whose
 * Worker is gone is swept out by the alarm, and one whose object was restarted has to begin anew.
 */
import type { Hash } from "../../model/hash.ts";
import { hashText } from "../../model/hash.ts";
import { IMPORT_MESSAGES_MAX, IMPORT_PAUSE_MS_MAX } from "../../model/transfer-limits.ts";
import { fail, ok } from "../../model/result.ts";
import type { Sql } from "../../ports/sql.ts";
import type { ImportAnswer, ImportedSession, ImportProblem, ImportStart, ImportStep } from "../../ports/transfer.ts";
import { migrate } from "../migrations.ts";
import { openTables } from "../tables.ts";
import type { SessionTables } from "../tables.ts";
import { admitRow, isSplicable } from "./admit-row.ts";
import type { AdmitPorts } from "./admit-row.ts";
import { settleBodies } from "./settle-bodies.ts";
import { describeImported, settleSession } from "./settle-session.ts";
import { TABLES } from "./tables.ts";

/** What is known of a file while it is read; gone with the object's memory. */
interface Progress {
  start: ImportStart;
  /** The session's own row, which is stored last. */
  session: unknown;
  /** Of the newest row: its table, and its key there. */
  table: number;
  key: (string | number)[];
  nodes: number;
  line: number;
}

export class SessionImport {
  readonly #sql: Sql;
  readonly #tables: SessionTables;
  readonly #ports: AdmitPorts;
  readonly #empty: () => Promise<void>;
  #progress: Progress | null = null;
  #isUnderWay: boolean;

  /** @param empty deletes everything that the object stores */
  constructor(sql: Sql, ports: AdmitPorts, empty: () => Promise<void>) {
    this.#sql = sql;
    this.#tables = openTables(sql);
    this.#ports = ports;
    this.#empty = empty;
    const isThere = sql.all("SELECT 1 FROM sqlite_master WHERE name = 'session_import'").length > 0;
    this.#isUnderWay = isThere && sql.all("SELECT 1 FROM session_import WHERE sha256 IS NULL").length > 0;
  }

  /** No session yet: whoever asks for it is to go on without one. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  async take(step: ImportStep, now: number): Promise<ImportAnswer> {
    if (step.step === "begin") return this.#begin(step.start, now);
    const progress = this.#progress;
    if (progress === null || progress.start.token !== step.token) return fail({ code: "lost" });
    const problem =
      step.step === "abandon"
        ? ({ code: "lost" } as const)
        : step.step === "rows"
          ? this.#addRows(progress, step, now)
          : this.#commit(progress, step.sha256);
    if (problem === null) return ok(step.step === "commit" ? describeImported(this.#tables) : null);
    await this.#clear();
    return fail(problem);
  }

  /** When the next look is due; null: there is nothing to sweep. */
  async sweep(now: number): Promise<number | null> {
    if (!this.#isUnderWay) return null;
    const [row] = this.#sql.all<{ at: number }>("SELECT touched_at AS at FROM session_import");
    const end = (row?.at ?? 0) + IMPORT_PAUSE_MS_MAX;
    if (end > now) return end;
    await this.#clear();
    return null;
  }

  async #begin(start: ImportStart, now: number): Promise<ImportAnswer> {
    const isThere = this.#sql.all("SELECT 1 FROM sqlite_master WHERE name = 'session'").length > 0;
    const session = isThere ? this.#tables.log.session() : null;
    if (session) return fail({ code: "exists", imported: this.#findEarlier(session.tenant === start.tenant) });
    if (isThere) await this.#clear();
    migrate(this.#sql);
    this.#sql.run("INSERT INTO session_import (id, touched_at, sha256) VALUES (1, ?, NULL)", now);
    this.#isUnderWay = true;
    this.#progress = { start, session: null, table: -1, key: [], nodes: 0, line: 0 };
    return ok(null);
  }

  /** Where the session that is there came from, for an import that is sent again because its answer was lost. */
  #findEarlier(isOwn: boolean): { sha256: string; session: ImportedSession } | null {
    const [row] = this.#sql.all<{ sha256: string }>("SELECT sha256 FROM session_import");
    return row && isOwn ? { sha256: row.sha256, session: describeImported(this.#tables) } : null;
  }

  #addRows(progress: Progress, { line, lines }: { line: number; lines: string[] }, now: number): ImportProblem | null {
    return this.#sql.transaction(() => {
      this.#sql.run("UPDATE session_import SET touched_at = ?", now);
      for (const [index, text] of lines.entries()) {
        progress.line = line + index;
        const problem = this.#addRow(progress, text);
        if (problem !== null) return { code: "unreadable", line: progress.line, problem };
      }
      return null;
    });
  }

  #addRow(progress: Progress, text: string): string | null {
    const line = parseLine(text);
    if (line === null) return 'not a line of an export: {"table": …, "row": {…}}';
    if (line.table === "session") {
      if (progress.table >= 0 || progress.session !== null) return "session: may stand only once, before all others";
      progress.session = line.row;
      return null;
    }
    const place = TABLES.findIndex(({ name }) => name === line.table);
    const table = TABLES[place];
    if (table === undefined) return "unknown table";
    const key = Object.keys(table.key).map((name) => line.row[name] as string | number);
    if (place < progress.table || (place === progress.table && !isBehind(key, progress.key)))
      return `${table.name}: out of order`;
    if (table.name === "node" && ++progress.nodes > IMPORT_MESSAGES_MAX)
      return `node: a session of more than ${IMPORT_MESSAGES_MAX} messages cannot be imported`;
    const problem = admitRow(this.#tables, this.#ports, table, line.row);
    Object.assign(progress, { table: place, key });
    return problem;
  }

  /** The last checks, and the row that makes a session of what is there. */
  #commit(progress: Progress, sha256: string): ImportProblem | null {
    const problem = this.#sql.transaction(() => {
      const wrong =
        this.#findTorn() ??
        settleBodies(this.#tables) ??
        settleSession(this.#tables, progress.session, progress.start, this.#ports.keepsContent);
      if (wrong === null) this.#sql.run("UPDATE session_import SET sha256 = ?", sha256);
      return wrong;
    });
    if (problem !== null) return { code: "unreadable", line: progress.line + 1, problem };
    this.#isUnderWay = false;
    this.#progress = null;
    return null;
  }

  /** Messages in pieces are whole when all of their pieces are there. */
  #findTorn(): string | null {
    const rows = this.#sql.all<{ hash: Hash; chars: number }>("SELECT hash, chars FROM message WHERE body IS NULL");
    const isWhole = ({ hash, chars }: { hash: Hash; chars: number }): boolean => {
      const json = this.#tables.store.body(hash)?.json ?? "";
      return json.length === chars && hashText(json) === hash && isSplicable(json);
    };
    return rows.every(isWhole) ? null : "a message in pieces is not whole";
  }

  async #clear(): Promise<void> {
    this.#progress = null;
    await this.#empty();
    this.#isUnderWay = false;
  }
}

function parseLine(text: string): { table: string; row: Record<string, unknown> } | null {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line !== "object" || line === null || Object.keys(line).join() !== "table,row") return null;
    const { table, row } = line as { table: unknown; row: unknown };
    if (typeof table !== "string" || typeof row !== "object" || row === null || Array.isArray(row)) return null;
    return { table, row: row as Record<string, unknown> };
  } catch {
    return null;
  }
}

/** Whether a key stands behind another in the order of the tables. */
function isBehind(key: readonly (string | number)[], before: readonly (string | number)[]): boolean {
  for (const [index, part] of key.entries()) {
    const other = before[index] ?? "";
    if (part !== other) return part > other;
  }
  return false;
}
