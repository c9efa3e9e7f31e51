/**
 * The way out of a session and into another one without HTTP: the lines of an export, and a database that they were
 * imported into.
 */
import { wireMessageReader } from "../../src/adapters/wire-message-reader.ts";
import type { ExportCursor, ExportPage, ImportAnswer } from "../../src/ports/transfer.ts";
import type { Session } from "../../src/session/session.ts";
import { SessionImport } from "../../src/session/transfer/session-import.ts";
import { COUNTER } from "./played-session.ts";
import { openNodeSql } from "./sql/node-sql.ts";

/** @param between runs after each page */
export async function exportPages(
  session: Session,
  between: () => Promise<unknown> = async () => undefined,
): Promise<ExportPage[]> {
  const pages: ExportPage[] = [];
  let cursor: ExportCursor | null = null;
  do {
    const page: ExportPage | null = session.inspect(null, "export", { id: "st_here", now: 0, cursor });
    if (page === null) throw new Error("no such session");
    // What crosses an RPC is a copy.
    pages.push(structuredClone(page));
    cursor = page.next;
    await between();
  } while (cursor !== null);
  return pages;
}

/** Every line but the last one, which is the stream's. */
export async function exportLines(session: Session): Promise<string[]> {
  return linesOf(await exportPages(session));
}

export function linesOf(pages: readonly ExportPage[]): string[] {
  return pages.flatMap(({ text }) => text.split("\n").slice(0, -1));
}

/** An import that begins with nothing, and the database that it fills. */
export function openImport(sql = openNodeSql(), keepsContent = true) {
  const ports = { reader: wireMessageReader, counter: COUNTER, keepsContent };
  const empty = async (): Promise<void> => {
    const tables = sql.all<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'recall_index_%' AND name NOT LIKE 'sqlite_%'",
    );
    for (const { name } of tables) sql.run(`DROP TABLE "${name}"`);
  };
  return { sql, desk: new SessionImport(sql, ports, empty) };
}

const IMPORTER = "tenant";

/** @param lines of an export, its header first */
export async function importLines(lines: readonly string[], { sql, desk } = openImport()) {
  const [header = "{}", ...rows] = lines;
  const { first_exchange: exchange = null } = JSON.parse(header) as { first_exchange?: never };
  const start = { token: "t", tenant: IMPORTER, session: "st_there", exchange };
  let answer: ImportAnswer = await desk.take({ step: "begin", start }, 0);
  if (answer.ok) answer = await desk.take({ step: "rows", token: "t", line: 2, lines: rows }, 0);
  if (answer.ok) answer = await desk.take({ step: "commit", token: "t", sha256: "" }, 0);
  return { sql, answer };
}
