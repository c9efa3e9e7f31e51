/**
 * The last step of an import: the session's own row, checked against the rows that have come, and made the caller's.
 *
 * The ledger is carried as history. Everything that belongs to the place where the file was written is left out: the
 * tenant, what it was told, and users whose facts were still to be read. Every message that has words waits to be counted
 * and indexed, as those of a turn do.
 */
import type { Hash } from "../../model/hash.ts";
import { MODEL_NAME_CHARS_MAX } from "../../model/limits.ts";
import { IMPORT_MESSAGES_MAX, IMPORT_REPLIES_INDEXED_MAX } from "../../model/transfer-limits.ts";
import type { ImportedSession, ImportStart } from "../../ports/transfer.ts";
import type { SessionLedger } from "../session-ledger.ts";
import type { SessionTables } from "../tables.ts";
import type { SessionRow } from "../turn-log.ts";
import { findFirstExchange } from "./first-exchange.ts";
import { isCount, isHash, isListOf, isNullOr, isOneOf, isRecordOf, isText, isTime } from "./shape.ts";
import { isName, isRecent, isSessionLedger } from "./stored-shapes.ts";

interface ExportedSession {
  content: SessionRow["content"];
  created_at: number;
  updated_at: number;
  turns: number;
  messages: number;
  ledger: SessionLedger;
  recent: SessionRow["recent"];
  pending: { turns: string[]; digests: Hash[] };
  reports: number;
  model: string | null;
}

const isExportedSession = isRecordOf<ExportedSession>({
  content: isOneOf("keep", "none"),
  created_at: isTime,
  updated_at: isTime,
  turns: isCount,
  messages: isCount,
  ledger: isSessionLedger,
  recent: isRecent,
  pending: isRecordOf<ExportedSession["pending"]>({
    turns: isListOf(isName, IMPORT_MESSAGES_MAX),
    digests: isListOf(isHash, IMPORT_MESSAGES_MAX),
  }),
  reports: isCount,
  model: isNullOr(isText(MODEL_NAME_CHARS_MAX)),
});

/** Null: the session is there. Otherwise what is wrong. */
export function settleSession(
  tables: SessionTables,
  exported: unknown,
  start: ImportStart,
  keepsContent: boolean,
): string | null {
  if (!isExportedSession(exported)) return "session: the row is missing or not of its kind";
  const row = exported as ExportedSession;
  const { sql, log } = tables;
  const [{ nodes, revs, turns, newest }] = sql.all<{ nodes: number; revs: number; turns: number; newest: number }>(
    `SELECT (SELECT coalesce(max(id), 0) FROM node) AS nodes, count(*) AS revs, count(DISTINCT seq) AS turns,
      coalesce(max(seq), 0) AS newest FROM turn`,
  ) as [{ nodes: number; revs: number; turns: number; newest: number }];
  if (row.messages < nodes || row.turns < newest || revs !== turns)
    return "session: its counts are not those of its rows";
  const { recent, pending } = row;
  const isPrior = ({ chain, count }: { chain: Hash; count: number }): boolean =>
    tables.store.find(chain)?.depth === count;
  if (!recent.priors.every(isPrior) || !hasNodes(tables, [...recent.tips, ...pending.digests]))
    return "session: names messages that are not in the file";
  if (row.content === "keep" && !keepsContent) return "session: it has text, and none is kept here";
  if (row.content === "none" && hasText(tables)) return "session: it has text, though none was to be kept";
  const exchange = findFirstExchange(tables);
  if (exchange?.user !== start.exchange?.user || exchange?.reply !== start.exchange?.reply)
    return "its first exchange is not the one that it begins with";
  const uncounted = sql
    .all<{ chain: Hash }>("SELECT chain FROM node WHERE gone = 0 ORDER BY id")
    .map(({ chain }) => chain);
  log.saveSession({
    tenant: start.tenant,
    content: row.content,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    turns: row.turns,
    messages: row.messages,
    ledger: row.ledger,
    recent,
    pending: {
      uncounted,
      turns: pending.turns.filter((rev) => log.find(rev) !== null),
      ...(pending.digests.length > 0 && { digests: pending.digests }),
    },
    report: { id: start.session, seq: Math.max(1, row.reports), sent: 0, model: row.model, others: null },
  });
  return null;
}

function hasText({ sql }: SessionTables): boolean {
  const [row] = sql.all<{ found: number }>(
    `SELECT EXISTS (SELECT 1 FROM node WHERE gone = 0) OR EXISTS (SELECT 1 FROM brief) OR EXISTS (SELECT 1 FROM segment)
       OR EXISTS (SELECT 1 FROM form) OR EXISTS (SELECT 1 FROM body_piece)
       OR EXISTS (SELECT 1 FROM message WHERE hash NOT IN (SELECT message FROM node)) AS found`,
  );
  return row?.found === 1;
}

/** What an importing caller is told. */
export function describeImported({ sql, log }: SessionTables): ImportedSession {
  const { turns = 0, messages = 0 } = log.session() ?? {};
  const [{ briefs }] = sql.all<{ briefs: number }>("SELECT count(*) AS briefs FROM brief") as [{ briefs: number }];
  const replies = sql.all<{ id: string }>(
    "SELECT reply_id AS id FROM turn WHERE reply_id IS NOT NULL ORDER BY seq DESC LIMIT ?",
    IMPORT_REPLIES_INDEXED_MAX,
  );
  return { counts: { turns, messages, briefs }, replies: replies.map(({ id }) => id) };
}

function hasNodes({ sql }: SessionTables, chains: readonly Hash[]): boolean {
  const [row] = sql.all<{ missing: number }>(
    "SELECT count(*) AS missing FROM json_each(?) WHERE value NOT IN (SELECT chain FROM node)",
    JSON.stringify(chains),
  );
  return row?.missing === 0;
}
