/**
 * A session as the lines of a file, page by page.
 *
 * The first page pins how far the session goes; turns that come in meanwhile are left out, so the file is the session as it
 * stood. Only a turn that is tried again, or something deleted, while it is exported cannot be left out: then the last page
 * says so. It only reads, and nothing of the tenant goes out, neither its key nor the names of its users' memories.
 */
import { EXPORT_PAGE_CHARS } from "../../model/transfer-limits.ts";
import type { Ask } from "../../ports/inspection.ts";
import type { Sql } from "../../ports/sql.ts";
import { EXPORT_FORMAT, EXPORT_VERSION } from "../../ports/transfer.ts";
import type { ExportCursor, ExportPage, ExportPin } from "../../ports/transfer.ts";
import type { SessionTables } from "../tables.ts";
import type { SessionRow } from "../turn-log.ts";
import { findFirstExchange } from "./first-exchange.ts";
import { TABLES } from "./tables.ts";
import type { TransferTable } from "./tables.ts";

type Row = Record<string, string | number | null>;

export function exportPage(tables: SessionTables, session: SessionRow, { id, now, cursor }: Ask<"export">): ExportPage {
  if (cursor === null) return openExport(tables, session, id, now);
  const { pin } = cursor;
  const lines: string[] = [];
  let chars = 0;
  let next: ExportCursor | null = cursor;
  while (next !== null && chars < EXPORT_PAGE_CHARS) {
    const table: TransferTable | undefined = TABLES[next.table];
    if (table === undefined) next = null;
    else {
      const rows = readRows(tables.sql, table, pin, next.key);
      const last = rows.at(-1);
      for (const row of rows) {
        const line = writeRow(table, row);
        lines.push(line);
        chars += line.length;
      }
      next = rows.length < table.rowsAtOnce ? beginTable(pin, next.table + 1) : goOn(pin, next.table, table, last);
    }
  }
  const hasChanged = next === null && countHeld(tables.sql, pin.node, pin.turn) !== pin.held;
  return { text: join(lines), lines: lines.length, next, hasChanged };
}

/** The first page: what the file is, and the session's own row. */
function openExport(tables: SessionTables, session: SessionRow, id: string, now: number): ExportPage {
  const [{ node, epoch, schema }] = tables.sql.all<{ node: number; epoch: number; schema: number }>(
    `SELECT (SELECT coalesce(max(id), 0) FROM node) AS node, (SELECT coalesce(max(id), 0) FROM epoch) AS epoch,
      (SELECT max(version) FROM schema_version) AS schema`,
  ) as [{ node: number; epoch: number; schema: number }];
  const { content, turns, messages, pending, report, ledger, recent, createdAt, updatedAt } = session;
  const pin = { node, turn: turns, epoch, held: countHeld(tables.sql, node, turns) };
  const header = {
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    schema,
    exported_at: new Date(now).toISOString(),
    session: id,
    counts: { turns, messages },
    first_exchange: findFirstExchange(tables),
  };
  const row = {
    content,
    created_at: createdAt,
    updated_at: updatedAt,
    turns,
    messages,
    ledger,
    recent,
    pending: { turns: pending.turns, digests: pending.digests ?? [] },
    reports: report.seq,
    model: report.model,
  };
  const lines = [JSON.stringify(header), JSON.stringify({ table: "session", row })];
  return { text: join(lines), lines: lines.length, next: beginTable(pin, 0), hasChanged: false };
}

function readRows(sql: Sql, table: TransferTable, pin: ExportPin, key: readonly (string | number)[]): Row[] {
  const bounds = table.pinnedBy === null ? key : [...key, pin[table.pinnedBy]];
  return sql.all<Row>(table.select, ...bounds, table.rowsAtOnce);
}

/** Stored JSON goes out as it stands. */
function writeRow(table: TransferTable, row: Row): string {
  const columns = Object.keys(table.columns).map((name) => {
    const value = row[name] ?? null;
    return `"${name}":${table.json.has(name) && value !== null ? String(value) : JSON.stringify(value)}`;
  });
  return `{"table":"${table.name}","row":{${columns.join(",")}}}`;
}

function beginTable(pin: ExportPin, table: number): ExportCursor | null {
  const first = TABLES[table];
  return first === undefined ? null : { pin, table, key: Object.values(first.key) };
}

function goOn(pin: ExportPin, index: number, table: TransferTable, last: Row | undefined): ExportCursor {
  return { pin, table: index, key: Object.keys(table.key).map((name) => last?.[name] ?? "") };
}

/** Attempts, turns, messages and those without words, which only grow or shrink where the part that is pinned changes. */
function countHeld(sql: Sql, node: number, turn: number): string {
  const [row] = sql.all<{ held: string }>(
    `SELECT (SELECT coalesce(sum(attempts), 0) || ' ' || count(*) FROM turn WHERE seq <= ?1) || ' ' ||
      (SELECT count(*) || ' ' || coalesce(sum(gone), 0) FROM node WHERE id <= ?2) AS held`,
    turn,
    node,
  );
  return row?.held ?? "";
}

function join(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
