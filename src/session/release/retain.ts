/**
 * What leaves a session by its age: the texts of recorded bodies, and the session itself once nobody uses it.
 *
 * Asked at the end of the alarm's work. When bodies are next looked through stands in the session's row, so that a turn
 * costs no look at all; what is found then is taken out in one go, at most once a day. It must not delete the session:
 * that is its object's.
 */
import { RETENTION_PAUSE_MS } from "../../model/limits.ts";
import { scrubFreePages } from "../../recall/scrub-pages.ts";
import type { SessionTables } from "../tables.ts";
import type { SessionRow } from "../turn-log.ts";

/** Milliseconds; null: for ever. */
export interface Retention {
  sessionsMs: number | null;
  recordingsMs: number | null;
}

/** When the session has been idle for long enough; null: never. */
export function idleUntil({ updatedAt }: SessionRow, { sessionsMs }: Retention): number | null {
  return sessionsMs === null ? null : updatedAt + sessionsMs;
}

/** Takes out what is due. Answers when to ask again, in milliseconds since the epoch; null: there is nothing to wait for. */
export function retainRecordings(tables: SessionTables, { recordingsMs }: Retention, now: number): number | null {
  const { sql, log } = tables;
  const session = log.session();
  if (!session || recordingsMs === null) return null;
  const due = session.pending.recordingsDue ?? firstDue(tables, recordingsMs, now);
  const next = due !== null && due <= now ? sql.transaction(() => takeOut(tables, recordingsMs, now)) : due;
  if ((next ?? undefined) !== session.pending.recordingsDue) saveDue(tables, next);
  return next;
}

function firstDue({ recordings }: SessionTables, recordingsMs: number, now: number): number | null {
  return recordings.isEmpty() ? null : now + recordingsMs;
}

function takeOut({ sql, recordings }: SessionTables, recordingsMs: number, now: number): number | null {
  const bytes = sql.usedBytes();
  const old = recordings.withTextUntil(now - recordingsMs);
  recordings.forget(old);
  recordings.collect();
  if (old.length > 0) scrubFreePages(sql, bytes - sql.usedBytes());
  const oldest = recordings.oldestWithText();
  return oldest === null ? null : Math.max(oldest + recordingsMs, now + RETENTION_PAUSE_MS);
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
