/**
 * The Durable Object of one tenant: a thin RPC door before the plain TenantDirectory class.
 *
 * Its name is the tenant's key, an HMAC of the credential, so no tenant can reach another's. It owns storage and the
 * clock and nothing else; no request on its way to an upstream ever waits for it.
 */
import { DurableObject } from "cloudflare:workers";
import { WATCH_WAIT_MS_MAX, WATCHERS_MAX } from "../model/inspection-limits.ts";
import type { Bell } from "../ports/bell.ts";
import type { Clock } from "../ports/clock.ts";
import type { TenantNews, TenantPlace } from "../ports/live.ts";
import type { Sql } from "../ports/sql.ts";
import type {
  DayView,
  EntryPage,
  EntryPlace,
  EntrySearch,
  Money,
  SessionReport,
  TenantRpc,
  TenantView,
} from "../ports/tenant-directory.ts";
import { LiveReports } from "./live-reports.ts";
import { TenantDirectory } from "./tenant-directory.ts";

export interface TenantPorts {
  clock: Clock;
  openSql: (storage: DurableObjectStorage) => Sql;
  createBell: (waitingMax: number) => Bell;
}

/** The object's class over the adapters that `index.ts` chooses. */
export function defineTenantObject(ports: TenantPorts) {
  return class extends DurableObject implements TenantRpc {
    readonly #directory: TenantDirectory;
    readonly #live: LiveReports;
    readonly #bell: Bell;

    constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
      super(ctx, env);
      this.#directory = new TenantDirectory(ports.openSql(ctx.storage));
      this.#live = new LiveReports(this.#directory, ports.clock.now());
      this.#bell = ports.createBell(WATCHERS_MAX);
    }

    async report(report: SessionReport): Promise<Money> {
      const others = this.#directory.report(report);
      this.#live.note(report.id);
      this.#bell.ring();
      return others;
    }

    async list(after: EntryPlace | null, limit: number, search?: EntrySearch): Promise<EntryPage | null> {
      return this.#directory.list(after, limit, search);
    }

    async ledger(): Promise<TenantView | null> {
      return this.#directory.ledger();
    }

    async days(first: string, last: string): Promise<DayView[] | null> {
      return this.#directory.days(first, last);
    }

    async watch(since: TenantPlace | null, waitMs: number): Promise<TenantNews> {
      const until = ports.clock.now() + Math.min(waitMs, WATCH_WAIT_MS_MAX);
      for (;;) {
        const news = this.#live.read(since);
        const left = until - ports.clock.now();
        if (since === null || news.sessions.length > 0 || left <= 0) return news;
        if (!(await this.#bell.wait(left))) return news;
      }
    }

    async forget(id: string): Promise<void> {
      this.#directory.forget(id, ports.clock.now());
    }
  };
}
