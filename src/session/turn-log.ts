/**
 * The session's own row and the log of its turns.
 *
 * A turn is one request and its reply: asking the same again and getting the same again is the same turn with one
 * more attempt. The session row holds what every turn changes anyway (counters, ledger, recent raw prefixes, ends of
 * threads, messages that wait to be counted), so that a turn costs one row here and one row there.
 */
import type { Hash } from "../model/hash.ts";
import { RECENT_PRIORS_MAX, THREAD_TIPS_MAX } from "../model/limits.ts";
import type { TurnStatus } from "../ports/session.ts";
import type { Sql } from "../ports/sql.ts";
import type { Money } from "../ports/tenant-directory.ts";
import type { FactQueue } from "./facts/fact-queue.ts";
import { EMPTY_SESSION_LEDGER } from "./session-ledger.ts";
import type { SessionLedger } from "./session-ledger.ts";
import type { ThreadState } from "./thread-state.ts";

export interface SessionRow {
  tenant: Hash;
  /** `none`: no text of the session is ever kept. */
  content: "keep" | "none";
  createdAt: number;
  updatedAt: number;
  turns: number;
  messages: number;
  ledger: SessionLedger;
  recent: {
    /** Raw prefixes of the newest full-history requests: hash, number of messages, chain of the last one. */
    priors: { hash: Hash; count: number; chain: Hash }[];
    /** Ends of threads, newest last. */
    tips: Hash[];
  };
  pending: {
    /** Chains of messages whose tokens are still estimated, parents before children. */
    uncounted: Hash[];
    /** Revs of turns after which a brief may be due. */
    turns: string[];
    /** Chains up to which a model should condense their threads; absent in a row of an older version. */
    digests?: Hash[];
    /** Absent while nothing is to be read for facts. */
    facts?: FactQueue;
    /** When recorded bodies are next looked through for old ones; absent where there are none to wait for. */
    recordingsDue?: number;
    /** Bytes of the largest transaction of a deletion so far: the log may still be as long. */
    rewrittenBytes?: number;
    /** There from a deletion until the log has been written over. */
    logDue?: true;
  };
  report: ReportState;
}

/** How far the tenant knows the session, and what the session knows of the tenant. */
export interface ReportState {
  /** The session's public id; empty before the first turn that brings it. */
  id: string;
  /** Grows with every stored turn, and with whatever else changes the ledger. */
  seq: number;
  /** The newest seq that has reached the tenant; 0 before the first. */
  sent: number;
  /** The last call's model. */
  model: string | null;
  /** Money of the tenant's other sessions, as of `sent`; null before the first. */
  others: Money | null;
}

export interface TurnRow {
  rev: string;
  seq: number;
  at: number;
  status: TurnStatus;
  verdict: string;
  mode: string;
  reason: string;
  asked: Hash | null;
  reply: Hash | null;
  /** The upstream's id of the reply, where a client may go on from it by that id. */
  replyId: string | null;
  attempts: number;
  state: ThreadState | null;
  record: Record<string, unknown>;
}

export type Attempt = Pick<TurnRow, "rev" | "reply" | "replyId" | "state">;

interface StoredSession {
  tenant: string;
  content: SessionRow["content"];
  createdAt: number;
  updatedAt: number;
  turns: number;
  messages: number;
  ledger: string;
  recent: string;
  pending: string;
  report: string;
}

type StoredTurn = Omit<TurnRow, "state" | "record"> & { state: string; record: string };

const TURN_COLUMNS =
  "rev, seq, at, status, verdict, mode, reason, asked, reply, reply_id AS replyId, attempts, state, record";

export class TurnLog {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  session(): SessionRow | null {
    const [row] = this.#sql.all<StoredSession>(
      `SELECT tenant, content, created_at AS createdAt, updated_at AS updatedAt, turns, messages, ledger,
        recent_priors AS recent, pending, report FROM session WHERE id = 1`,
    );
    if (!row) return null;
    const { ledger, recent, pending, report, ...rest } = row;
    return {
      ...rest,
      ledger: JSON.parse(ledger) as SessionLedger,
      recent: JSON.parse(recent) as SessionRow["recent"],
      pending: JSON.parse(pending) as SessionRow["pending"],
      report: JSON.parse(report) as ReportState,
    };
  }

  saveSession(row: SessionRow): void {
    row.recent.priors = row.recent.priors.slice(-RECENT_PRIORS_MAX);
    row.recent.tips = row.recent.tips.slice(-THREAD_TIPS_MAX);
    this.#sql.run(
      `INSERT INTO session (id, tenant, content, created_at, updated_at, turns, messages, ledger, recent_priors, pending,
         report) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, turns = excluded.turns,
         messages = excluded.messages, ledger = excluded.ledger, recent_priors = excluded.recent_priors,
         pending = excluded.pending, report = excluded.report`,
      row.tenant,
      row.content,
      row.createdAt,
      row.updatedAt,
      row.turns,
      row.messages,
      JSON.stringify(row.ledger),
      JSON.stringify(row.recent),
      JSON.stringify(row.pending),
      JSON.stringify(row.report),
    );
  }

  /** The turn that a rev belongs to, whichever of its attempts the rev names. */
  turnOf(rev: string): TurnRow | null {
    const [row] = this.#sql.all<StoredTurn>(
      `SELECT ${TURN_COLUMNS} FROM turn WHERE rev = coalesce((SELECT turn FROM attempt WHERE rev = ?1), ?1)`,
      rev,
    );
    return row ? parseTurn(row) : null;
  }

  /** The turn with the reply and the state of just the attempt that the rev names: no rev ever stands for another's reply. */
  find(rev: string): TurnRow | null {
    const turn = this.turnOf(rev);
    if (!turn || turn.attempts < 2) return turn;
    const [attempt] = this.#sql.all<{ reply: Hash | null; replyId: string | null; state: string }>(
      "SELECT reply, reply_id AS replyId, state FROM attempt WHERE rev = ?",
      rev,
    );
    if (!attempt) return turn;
    const { reply, replyId, state } = attempt;
    return { ...turn, rev, reply, replyId, state: JSON.parse(state) as ThreadState | null };
  }

  /** The turn, or the attempt of it, that the upstream answered under this id. */
  findByReply(replyId: string): TurnRow | null {
    const [row] = this.#sql.all<{ rev: string }>(
      `SELECT rev FROM (
         SELECT attempt.rev AS rev, seq FROM attempt JOIN turn ON turn.rev = attempt.turn WHERE attempt.reply_id = ?1
         UNION ALL SELECT rev, seq FROM turn WHERE reply_id = ?1
       ) ORDER BY seq DESC LIMIT 1`,
      replyId,
    );
    return row ? this.find(row.rev) : null;
  }

  /** The newest turn that has its whole reply. */
  findNewest(): TurnRow | null {
    const [row] = this.#sql.all<{ rev: string }>(
      "SELECT rev FROM turn WHERE status = 'complete' AND reply IS NOT NULL ORDER BY seq DESC LIMIT 1",
    );
    return row ? this.find(row.rev) : null;
  }

  save(turn: TurnRow): void {
    this.#sql.run(
      `INSERT OR REPLACE INTO turn (rev, seq, at, status, verdict, mode, reason, asked, reply, reply_id, attempts, state,
        record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      turn.rev,
      turn.seq,
      turn.at,
      turn.status,
      turn.verdict,
      turn.mode,
      turn.reason,
      turn.asked,
      turn.reply,
      turn.replyId,
      turn.attempts,
      JSON.stringify(turn.state),
      JSON.stringify(turn.record),
    );
  }

  /** The state of the attempt that the rev names, and of its turn when it has had only one. */
  saveState(rev: string, state: ThreadState): void {
    const text = JSON.stringify(state);
    this.#sql.run("UPDATE turn SET state = ?1 WHERE rev = ?2 AND attempts = 1", text, rev);
    this.#sql.run("UPDATE attempt SET state = ?1 WHERE rev = ?2", text, rev);
  }

  /** Only a turn that was tried more than once has attempts of its own, the first included. */
  addAttempt(turn: string, { rev, reply, replyId, state }: Attempt): void {
    this.#sql.run(
      "INSERT OR IGNORE INTO attempt (rev, turn, reply, reply_id, state) VALUES (?, ?, ?, ?, ?)",
      rev,
      turn,
      reply,
      replyId,
      JSON.stringify(state),
    );
  }

  /** The newest turns, oldest of them first. */
  newest(count: number): TurnRow[] {
    const rows = this.#sql.all<StoredTurn>(`SELECT ${TURN_COLUMNS} FROM turn ORDER BY seq DESC LIMIT ?`, count);
    return rows.toReversed().map(parseTurn);
  }

  /** Turns with a larger number than `seq`, oldest first. */
  after(seq: number, limit: number): TurnRow[] {
    const rows = this.#sql.all<StoredTurn>(
      `SELECT ${TURN_COLUMNS} FROM turn WHERE seq > ? ORDER BY seq LIMIT ?`,
      seq,
      limit,
    );
    return rows.map(parseTurn);
  }

  /** The newest turns up to this number that were tried more than once, oldest of them first. */
  retried(upTo: number, limit: number): TurnRow[] {
    const rows = this.#sql.all<StoredTurn>(
      `SELECT ${TURN_COLUMNS} FROM turn WHERE attempts > 1 AND seq <= ? ORDER BY seq DESC LIMIT ?`,
      upTo,
      limit,
    );
    return rows.toReversed().map(parseTurn);
  }

  /** Turns with a smaller number than `before`, or the newest of all, newest first. */
  page(before: number | null, limit: number): TurnRow[] {
    const rows = this.#sql.all<StoredTurn>(
      `SELECT ${TURN_COLUMNS} FROM turn WHERE seq < ? ORDER BY seq DESC LIMIT ?`,
      before ?? Number.MAX_SAFE_INTEGER,
      limit,
    );
    return rows.map(parseTurn);
  }
}

/** The row with another ledger, which the tenant is then to be told of. */
export function withLedger(row: SessionRow, ledger: SessionLedger): SessionRow {
  return { ...row, ledger, report: { ...row.report, seq: row.report.seq + 1 } };
}

/** Chain of the last message of the turn: its reply, or its question where the reply could not be read. */
export function endOf(turn: TurnRow): Hash {
  return turn.reply ?? turn.asked ?? "";
}

export function newSessionRow(tenant: Hash, now: number, keepsContent = true): SessionRow {
  return {
    tenant,
    content: keepsContent ? "keep" : "none",
    createdAt: now,
    updatedAt: now,
    turns: 0,
    messages: 0,
    ledger: EMPTY_SESSION_LEDGER,
    recent: { priors: [], tips: [] },
    pending: { uncounted: [], turns: [] },
    report: { id: "", seq: 0, sent: 0, model: null, others: null },
  };
}

function parseTurn(row: StoredTurn): TurnRow {
  return {
    ...row,
    state: JSON.parse(row.state) as ThreadState | null,
    record: JSON.parse(row.record) as Record<string, unknown>,
  };
}
