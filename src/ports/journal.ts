/**
 * What happens, as events. Each is one line of the log and one data point of the metrics: one stream, so that both tell
 * the same.
 *
 * The fields are a closed list of ids, codes, counts and durations: never conversation text, never a credential, and
 * never an error's message, because a parser quotes what it could not read. docs/OPERATING.md explains each.
 */
import type { Hash } from "../model/hash.ts";

export interface JournalEvent {
  event: string;
  tenant?: Hash | null;
  /** Public id of the session. */
  session?: string | null;
  /** Rev of the turn. */
  turn?: string | null;
  step?: string;
  /** An error's class or code. */
  error?: string;
  upstream?: string;
  wire?: string;
  plan?: string;
  reason?: string;
  verdict?: string;
  status?: string;
  model?: string | null;
  /** How the session was identified. */
  identity?: string;
  http_status?: number;
  upstream_calls?: number;
  bytes_client?: number;
  bytes_forwarded?: number;
  bytes_reply?: number;
  tokens_client?: number;
  tokens_forwarded?: number;
  tokens_cached?: number;
  /** What the cache should have held, where the upstream says what it held. */
  tokens_cache_expected?: number;
  tokens_output?: number;
  /** In uncached input tokens of the turn's model. */
  units_spent?: number;
  units_replay?: number;
  /** Null: the model's price is not known. */
  usd_spent?: number | null;
  usd_replay?: number | null;
  ms_read?: number;
  ms_plan?: number;
  ms_open?: number;
  ms_upstream?: number;
  ms_store?: number;
  ms_job?: number;
}

export interface Journal {
  /** Never fails. */
  write(event: JournalEvent): void;
}
