/**
 * The journal: each event as a JSON line on the console, which `wrangler tail` and Workers Logs read as fields, and as
 * a data point where the dataset METRICS is bound.
 *
 * A background job that went well is no line, only a data point: there are several a turn. Writing must never fail,
 * because whoever writes is on the way of a request.
 */
import type { LogLevel } from "../env.ts";
import type { Journal, JournalEvent } from "../ports/journal.ts";
import { toDataPoint } from "./data-point.ts";
import type { DataPoint } from "./data-point.ts";

/** What goes well, or is answered as it should be. Every other event is a fault. */
const ROUTINE = new Set(["turn", "pass", "refusal", "deletion", "job"]);

/** What is used of an `AnalyticsEngineDataset`. */
interface Dataset {
  writeDataPoint(point: DataPoint): void;
}

export function createJournal(level: LogLevel, dataset: Dataset | null): Journal {
  return {
    write(event) {
      // oxlint-disable-next-line no-console -- this is where the log goes out
      if (isLogged(event, level)) console.log(JSON.stringify(event));
      try {
        dataset?.writeDataPoint(toDataPoint(event));
      } catch {
        // Metrics that cannot be written are missed by whoever charts them, not by a client.
      }
    },
  };
}

function isLogged({ event }: JournalEvent, level: LogLevel): boolean {
  if (level === "off" || event === "job") return false;
  return level === "turns" || !ROUTINE.has(event);
}
