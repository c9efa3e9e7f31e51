/**
 * The Durable Object of one tenant: a thin RPC door before the plain TenantDirectory class.
 *
 * Its name is the tenant's key, an HMAC of the credential, so no tenant can reach another's. It owns storage, the clock
 * and the alarm by which everything is deleted; no request on its way to an upstream ever waits for it.
 */
import { DurableObject } from "cloudflare:workers";
import { WATCH_WAIT_MS_MAX, WATCHERS_MAX } from "../model/inspection-limits.ts";
import type { Bell } from "../ports/bell.ts";
import type { Hash } from "../model/hash.ts";
import type { Clock } from "../ports/clock.ts";
import type { TenantNews, TenantPlace } from "../ports/live.ts";
import type { Sql } from "../ports/sql.ts";
import type {
  DayView,
  DeletionView,
  EntryPage,
  EntryPlace,
  EntrySearch,
  Money,
  SessionReport,
  TenantRpc,
  TenantView,
} from "../ports/tenant-directory.ts";
import { LiveReports } from "./live-reports.ts";
import { TenantDeletion } from "./tenant-deletion.ts";
import type { DeletionPorts } from "./tenant-deletion.ts";
import { TenantDirectory } from "./tenant-directory.ts";

export interface TenantPorts extends DeletionPorts {
  clock: Clock;
  openSql: (storage: DurableObjectStorage) => Sql;
  createBell: (waitingMax: number) => Bell;
}

/** The object's class over the adapters that `index.ts` chooses. */
export function defineTenantObject(readPorts: (env: Cloudflare.Env) => TenantPorts) {
  return class extends DurableObject implements TenantRpc {
    readonly #ports: TenantPorts;
    readonly #directory: TenantDirectory;
    readonly #deletion: TenantDeletion;
    readonly #live: LiveReports;
    readonly #bell: Bell;

    constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
      super(ctx, env);
      this.#ports = readPorts(env);
      const sql = this.#ports.openSql(ctx.storage);
      this.#directory = new TenantDirectory(sql);
      this.#deletion = new TenantDeletion(sql, this.#directory);
      this.#live = new LiveReports(this.#directory, this.#ports.clock.now());
      this.#bell = this.#ports.createBell(WATCHERS_MAX);
    }

    async report(report: SessionReport): Promise<Money> {
      const money = this.#directory.report(report);
      this.#live.note(report.id);
      this.#bell.ring();
      if (this.#deletion.takes(report)) await this.#wakeIn(0);
      return money;
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
      const until = this.#ports.clock.now() + Math.min(waitMs, WATCH_WAIT_MS_MAX);
      for (;;) {
        const news = this.#live.read(since);
        const left = until - this.#ports.clock.now();
        if (since === null || news.sessions.length > 0 || left <= 0) return news;
        if (!(await this.#bell.wait(left))) return news;
      }
    }

    async forget(id: string): Promise<void> {
      this.#directory.forget(id, this.#ports.clock.now());
    }

    async deleteAll(tenant: Hash): Promise<DeletionView | null> {
      const view = this.#deletion.begin(tenant, this.#ports.clock.now());
      if (view !== null) await this.#wakeIn(0);
      return view;
    }

    async deletion(): Promise<DeletionView | null> {
      return this.#deletion.view();
    }

    override async alarm(): Promise<void> {
      const next = await this.#deletion.run(this.#ports, this.#ports.clock.now());
      if (next !== null) await this.#wakeIn(next);
    }

    async #wakeIn(ms: number): Promise<void> {
      await this.ctx.storage.setAlarm(this.#ports.clock.now() + ms);
    }
  };
}
