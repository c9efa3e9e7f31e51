/**
 * What leaves a session by its age: the texts of recorded bodies, and the session itself once nobody uses it.
 *
 * Asked at the end of the alarm's work. When bodies are next looked through stands in the session's row, so that a turn
 * costs no look at all; what is found then is taken out in one go, at most once a day. It must not delete the session:
 * that is its object's.
 */
import { RETENTION_PAUSE_MS } from "../../model/limits.ts";
import { scrubFreePages } from "../../recall/scrub-pages.ts";
import type { Sql } from "../../ports/sql.ts";
import type { SessionTables } from "../tables.ts";
import { importedAt } from "../transfer/imported-at.ts";
import type { SessionRow } from "../turn-log.ts";

/** Milliseconds; null: for ever. */
export interface Retention {
  sessionsMs: number | null;
  recordingsMs: number | null;
}

/** When the session has been idle for long enough; null: never. One that came from a file has been used when it came. */
export function idleUntil(sql: Sql, { updatedAt }: SessionRow, { sessionsMs }: Retention): number | null {
  if (sessionsMs === null) return null;
  return Math.max(updatedAt, importedAt(sql) ?? 0) + sessionsMs;
}

interface Retained {
  /** Turns whose texts have gone. */
  gone: number;
  /** When to ask again, in milliseconds since the epoch; null: there is nothing to wait for. */
  next: number | null;
}

/** Takes out what is due. */
export function retainRecordings(tables: SessionTables, { recordingsMs }: Retention, now: number): Retained {
  const { sql, log } = tables;
  const session = log.session();
  if (!session || recordingsMs === null) return { gone: 0, next: null };
  const due = session.pending.recordingsDue ?? firstDue(tables, recordingsMs, now);
  const isDue = due !== null && due <= now;
  const retained = isDue ? sql.transaction(() => takeOut(tables, recordingsMs, now)) : { gone: 0, next: due };
  if ((retained.next ?? undefined) !== session.pending.recordingsDue) saveDue(tables, retained.next);
  return retained;
}

function firstDue({ recordings }: SessionTables, recordingsMs: number, now: number): number | null {
  return recordings.isEmpty() ? null : now + recordingsMs;
}

function takeOut({ sql, recordings }: SessionTables, recordingsMs: number, now: number): Retained {
  const bytes = sql.usedBytes();
  const old = recordings.withTextUntil(now - recordingsMs);
  recordings.forget(old);
  recordings.collect();
  if (old.length > 0) scrubFreePages(sql, bytes - sql.usedBytes());
  const oldest = recordings.oldestWithText();
  const next = oldest === null ? null : Math.max(oldest + recordingsMs, now + RETENTION_PAUSE_MS);
  return { gone: old.length, next };
}

/** The row is read again: it may have been saved meanwhile. */
function saveDue({ sql, log }: SessionTables, due: number | null): void {
  sql.transaction(() => {
    const row = log.session();
    if (!row) return;
    const { recordingsDue: _, ...pending } = row.pending;
    log.saveSession({ ...row, pending: due === null ? pending : { ...pending, recordingsDue: due } });
  });
}
