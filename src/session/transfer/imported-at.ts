/**
 * When a session came here out of a file, which is when its life in this place began.
 *
 * Its own times are those of the conversation, lived elsewhere or before a deletion: whoever counts how long it has been
 * here, or which of two lives of an id is the later one, must not go by them. It only reads.
 */
import type { Sql } from "../../ports/sql.ts";

/** Milliseconds since the epoch; null: it began here. */
export function importedAt(sql: Sql): number | null {
  const [row] = sql.all<{ at: number }>("SELECT touched_at AS at FROM session_import");
  return row?.at ?? null;
}
