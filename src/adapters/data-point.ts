/**
 * An event as a data point of Workers Analytics Engine: its text fields as blobs, its numbers as doubles.
 *
 * A dataset has columns without names, so the order here is what blob7 and double12 mean in every query that anyone has
 * written: a new field goes to the end and none ever moves. The tenant's key is the index, by which the platform samples.
 */
import { METRIC_BLOB_CHARS_MAX } from "../model/limits.ts";
import type { JournalEvent } from "../ports/journal.ts";

/** blob1, blob2, … At most 20. */
export const BLOBS = [
  "event",
  "session",
  "turn",
  "step",
  "error",
  "upstream",
  "wire",
  "plan",
  "reason",
  "verdict",
  "status",
  "model",
  "identity",
  "http_status",
] as const satisfies readonly (keyof JournalEvent)[];

/** double1, double2, … At most 20. `is_priced` is 1 where the USD are known: a column cannot be empty. */
export const DOUBLES = [
  "tokens_client",
  "tokens_forwarded",
  "tokens_cached",
  "tokens_cache_expected",
  "tokens_output",
  "units_spent",
  "units_replay",
  "usd_spent",
  "usd_replay",
  "is_priced",
  "bytes_client",
  "bytes_forwarded",
  "bytes_reply",
  "ms_read",
  "ms_plan",
  "ms_open",
  "ms_upstream",
  "ms_store",
  "ms_job",
  "upstream_calls",
] as const satisfies readonly (keyof JournalEvent | "is_priced")[];

/** Tenants' keys have 22 characters; the platform takes 96 bytes. */
const INDEX_CHARS_MAX = 32;

export interface DataPoint {
  indexes: [string];
  blobs: string[];
  doubles: number[];
}

export function toDataPoint(event: JournalEvent): DataPoint {
  const figures = { ...event, is_priced: typeof event.usd_spent === "number" ? 1 : 0 };
  return {
    indexes: [(event.tenant ?? "").slice(0, INDEX_CHARS_MAX)],
    blobs: BLOBS.map((name) => String(event[name] ?? "").slice(0, METRIC_BLOB_CHARS_MAX)),
    doubles: DOUBLES.map((name) => (Number.isFinite(figures[name]) ? Number(figures[name]) : 0)),
  };
}
