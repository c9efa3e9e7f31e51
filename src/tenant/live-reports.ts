/**
 * Tells whoever follows a tenant which sessions have reported since.
 *
 * Reports are numbered from the start of the object and the newest of them kept in memory; a place that is older is made up
 * for from the directory, rather twice than not at all. Nothing is written for it.
 */
import { LATE_REPORT_MS_MAX, LISTED_SESSIONS_MAX, REPORTS_KEPT_MAX } from "../model/inspection-limits.ts";
import type { TenantNews, TenantPlace } from "../ports/live.ts";
import type { EntryView } from "../ports/tenant-directory.ts";
import type { TenantDirectory } from "./tenant-directory.ts";

export class LiveReports {
  readonly #directory: TenantDirectory;
  readonly #startedAt: number;
  #count = 0;
  /** Ids of the newest, oldest first. */
  readonly #newest: string[] = [];

  constructor(directory: TenantDirectory, startedAt: number) {
    this.#directory = directory;
    this.#startedAt = startedAt;
  }

  note(id: string): void {
    this.#count++;
    this.#newest.push(id);
    if (this.#newest.length > REPORTS_KEPT_MAX) this.#newest.shift();
  }

  /** @param place null: from now on */
  read(place: TenantPlace | null): TenantNews {
    const newest = this.#directory.list(null, 1);
    const updatedAt = Date.parse(newest?.sessions[0]?.updated_at ?? "") || 0;
    return {
      place: { startedAt: this.#startedAt, reports: this.#count, updatedAt },
      sessions: place === null ? [] : this.#readSince(place),
      isKnown: newest !== null,
    };
  }

  #readSince(place: TenantPlace): EntryView[] {
    const missed = this.#count - place.reports;
    const isOurs = place.startedAt === this.#startedAt && missed >= 0 && missed <= this.#newest.length;
    if (isOurs && missed === 0) return [];
    if (isOurs) return this.#readEntries(new Set(this.#newest.slice(-missed)));
    const since = place.updatedAt - LATE_REPORT_MS_MAX;
    const search = { text: null, names: [], since, until: null };
    return this.#directory.list(null, LISTED_SESSIONS_MAX, search)?.sessions.toReversed() ?? [];
  }

  #readEntries(ids: ReadonlySet<string>): EntryView[] {
    const search = { text: null, names: [...ids], since: null, until: null };
    const found = this.#directory.list(null, ids.size, search)?.sessions ?? [];
    // Of ids that are all forgotten meanwhile the list knows none, and shows others.
    return found.filter(({ id }) => ids.has(id)).toReversed();
  }
}
