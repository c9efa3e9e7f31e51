/**
 * The Durable Object of one tenant: a thin RPC door before the plain TenantDirectory class.
 *
 * Its name is the tenant's key, an HMAC of the credential, so no tenant can reach another's. It owns storage and the
 * clock and nothing else; no request on its way to an upstream ever waits for it.
 */
import { DurableObject } from "cloudflare:workers";
import type { Clock } from "../ports/clock.ts";
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
import { TenantDirectory } from "./tenant-directory.ts";

export interface TenantPorts {
  clock: Clock;
  openSql: (storage: DurableObjectStorage) => Sql;
}

/** The object's class over the adapters that `index.ts` chooses. */
export function defineTenantObject(ports: TenantPorts) {
  return class extends DurableObject implements TenantRpc {
    readonly #directory: TenantDirectory;

    constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
      super(ctx, env);
      this.#directory = new TenantDirectory(ports.openSql(ctx.storage));
    }

    async report(report: SessionReport): Promise<Money> {
      return this.#directory.report(report);
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

    async forget(id: string): Promise<void> {
      this.#directory.forget(id, ports.clock.now());
    }
  };
}
