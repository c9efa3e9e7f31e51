/**
 * Writes every table of a session anew, so that no page in use holds a byte of what is no longer in a row.
 *
 * A row that was deleted, replaced or moved leaves its bytes between the rows of some page, perhaps of another table
 * than its own. So each table is set aside, made once more as the schema says, filled with what stands in it, and the
 * old one dropped. `scrub-pages` then wipes what was given back. It must not decide what goes.
 */
import { removeMessages } from "../../recall/remove-messages.ts";
import type { RemovedFromArchive } from "../../recall/remove-messages.ts";
import { scrubFreePages } from "../../recall/scrub-pages.ts";
import type { Sql } from "../../ports/sql.ts";
import type { SessionTables } from "../tables.ts";

interface Rewrite {
  table: string;
  setAside: string;
  fill: string;
  drop: string;
}

/** One entry for each table but the archive's, which `remove-messages` writes anew with its index. */
export const REWRITES: readonly Rewrite[] = [
  {
    table: "schema_version",
    setAside: "ALTER TABLE schema_version RENAME TO schema_version_old",
    fill: "INSERT INTO schema_version SELECT * FROM schema_version_old",
    drop: "DROP TABLE schema_version_old",
  },
  {
    table: "session",
    setAside: "ALTER TABLE session RENAME TO session_old",
    fill: "INSERT INTO session SELECT * FROM session_old",
    drop: "DROP TABLE session_old",
  },
  {
    table: "message",
    setAside: "ALTER TABLE message RENAME TO message_old",
    fill: "INSERT INTO message SELECT * FROM message_old",
    drop: "DROP TABLE message_old",
  },
  {
    table: "message_chunk",
    setAside: "ALTER TABLE message_chunk RENAME TO message_chunk_old",
    fill: "INSERT INTO message_chunk SELECT * FROM message_chunk_old",
    drop: "DROP TABLE message_chunk_old",
  },
  {
    table: "node",
    setAside: "ALTER TABLE node RENAME TO node_old",
    fill: "INSERT INTO node SELECT * FROM node_old",
    drop: "DROP TABLE node_old",
  },
  {
    table: "turn",
    setAside: "ALTER TABLE turn RENAME TO turn_old",
    fill: "INSERT INTO turn SELECT * FROM turn_old",
    drop: "DROP TABLE turn_old",
  },
  {
    table: "attempt",
    setAside: "ALTER TABLE attempt RENAME TO attempt_old",
    fill: "INSERT INTO attempt SELECT * FROM attempt_old",
    drop: "DROP TABLE attempt_old",
  },
  {
    table: "brief",
    setAside: "ALTER TABLE brief RENAME TO brief_old",
    fill: "INSERT INTO brief SELECT * FROM brief_old",
    drop: "DROP TABLE brief_old",
  },
  {
    table: "epoch",
    setAside: "ALTER TABLE epoch RENAME TO epoch_old",
    fill: "INSERT INTO epoch SELECT * FROM epoch_old",
    drop: "DROP TABLE epoch_old",
  },
  {
    table: "segment",
    setAside: "ALTER TABLE segment RENAME TO segment_old",
    fill: "INSERT INTO segment SELECT * FROM segment_old",
    drop: "DROP TABLE segment_old",
  },
  {
    table: "form",
    setAside: "ALTER TABLE form RENAME TO form_old",
    fill: "INSERT INTO form SELECT * FROM form_old",
    drop: "DROP TABLE form_old",
  },
  {
    table: "recording",
    setAside: "ALTER TABLE recording RENAME TO recording_old",
    fill: "INSERT INTO recording SELECT * FROM recording_old",
    drop: "DROP TABLE recording_old",
  },
  {
    table: "body_prefix",
    setAside: "ALTER TABLE body_prefix RENAME TO body_prefix_old",
    fill: "INSERT INTO body_prefix SELECT * FROM body_prefix_old",
    drop: "DROP TABLE body_prefix_old",
  },
  {
    table: "body_piece",
    setAside: "ALTER TABLE body_piece RENAME TO body_piece_old",
    fill: "INSERT INTO body_piece SELECT * FROM body_piece_old",
    drop: "DROP TABLE body_piece_old",
  },
  {
    table: "session_import",
    setAside: "ALTER TABLE session_import RENAME TO session_import_old",
    fill: "INSERT INTO session_import SELECT * FROM session_import_old",
    drop: "DROP TABLE session_import_old",
  },
  {
    table: "recall_state",
    setAside: "ALTER TABLE recall_state RENAME TO recall_state_old",
    fill: "INSERT INTO recall_state SELECT * FROM recall_state_old",
    drop: "DROP TABLE recall_state_old",
  },
];

/** Old and new stand side by side, and as much again is wiped before and behind. */
const WRITTEN_TIMES = 4;

/** Answers how many bytes the largest of this session's deletions writes, this one included. */
export function noteRewrite({ sql, log }: Pick<SessionTables, "sql" | "log">): number {
  const bytes = WRITTEN_TIMES * sql.usedBytes();
  const session = log.session();
  const largest = Math.max(bytes, session?.pending.rewrittenBytes ?? 0);
  if (session) log.saveSession({ ...session, pending: { ...session.pending, rewrittenBytes: largest } });
  return largest;
}

/** Whether the log still holds what a deletion has taken out. */
export function markLog({ log }: Pick<SessionTables, "log">, isDue: boolean): void {
  const session = log.session();
  if (!session) return;
  const { logDue: _, ...pending } = session.pending;
  log.saveSession({ ...session, pending: isDue ? { ...pending, logDue: true } : pending });
}

/**
 * Part of the transaction that takes rows out. No page may be given back before everything is written anew, and none be
 * taken that was not wiped: what an earlier row has left on it would stay beside the new ones.
 */
export function rewriteTables(sql: Sql, removed: RemovedFromArchive): void {
  const bytes = sql.usedBytes();
  scrubFreePages(sql, bytes);
  const indexes = REWRITES.flatMap((rewrite) => copyTable(sql, rewrite));
  removeMessages(sql, removed);
  for (const { drop } of REWRITES) sql.run(drop);
  // Old and new stood side by side.
  scrubFreePages(sql, 2 * bytes);
  for (const statement of indexes) sql.run(statement);
}

/** Answers the statements of the table's indexes, whose names are free when the old table is gone. */
function copyTable(sql: Sql, { table, setAside, fill }: Rewrite): string[] {
  const [own, ...indexes] = sql
    .all<{ statement: string }>(
      "SELECT sql AS statement FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'table' DESC",
      table,
    )
    .map(({ statement }) => statement);
  sql.run(setAside);
  if (own !== undefined) sql.run(own);
  sql.run(fill);
  return indexes;
}
