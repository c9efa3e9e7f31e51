/**
 * The Durable Object of one end user: a thin RPC door before the plain UserMemory class.
 *
 * It owns storage, the clock and the alarm by which old facts leave. Its name is an HMAC over tenant and end user, so no two of them ever
 * meet; who asks for another's is told that there is nothing.
 */
import { DurableObject } from "cloudflare:workers";
import type { Hash } from "../model/hash.ts";
import { LOG_RETRY_MS } from "../model/limits.ts";
import type { Result } from "../model/result.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Sql } from "../ports/sql.ts";
import type {
  FactBatch,
  FactChange,
  FactProblem,
  FactQuestion,
  FactView,
  ForgottenSource,
  RecalledFacts,
  UserMemoryRpc,
} from "../ports/user-memory.ts";
import { wipeLog } from "../recall/scrub-pages.ts";
import { UserMemory } from "./user-memory.ts";

export interface UserMemoryPorts {
  clock: Clock;
  /** How long what a user has said is known; null: for ever. */
  retainMs: number | null;
  journal: Journal;
  openSql: (storage: DurableObjectStorage) => Sql;
}

/** The object's class over the adapters that `index.ts` chooses. */
export function defineUserMemoryObject(readPorts: (env: Cloudflare.Env) => UserMemoryPorts) {
  return class extends DurableObject implements UserMemoryRpc {
    readonly #ports: UserMemoryPorts;
    readonly #sql: Sql;
    readonly #memory: UserMemory;

    constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
      super(ctx, env);
      this.#ports = readPorts(env);
      this.#sql = this.#ports.openSql(ctx.storage);
      this.#memory = new UserMemory(this.#sql);
    }

    async note(batch: FactBatch): Promise<void> {
      this.#memory.note(batch, this.#ports.clock.now());
      await this.#wakeForOldest();
    }

    async recall(question: FactQuestion): Promise<RecalledFacts | null> {
      return this.#memory.recall(question);
    }

    async list(tenant: Hash | null): Promise<FactView[] | null> {
      return this.#memory.list(tenant, this.#ports.clock.now());
    }

    async add(tenant: Hash, statement: string): Promise<Result<FactView, FactProblem>> {
      const added = this.#memory.add(tenant, statement, this.#ports.clock.now());
      await this.#wakeForOldest();
      return added;
    }

    async amend(tenant: Hash | null, id: number, change: FactChange): Promise<Result<FactView, FactProblem>> {
      const amended = this.#memory.amend(tenant, id, change, this.#ports.clock.now());
      await this.#wakeForOldest();
      return amended;
    }

    async forget(tenant: Hash | null, id: number | null): Promise<Result<number, FactProblem>> {
      const gone = this.#memory.forget(tenant, id, this.#ports.clock.now());
      if (gone.ok && gone.value > 0)
        this.#ports.journal.write({ event: "deletion", tenant, step: "facts", reason: "asked" });
      await this.#wipe();
      return gone;
    }

    async forgetSource(source: ForgottenSource): Promise<number> {
      const gone = this.#memory.forgetSource(source, this.#ports.clock.now());
      await this.#wipe();
      return gone;
    }

    override async alarm(): Promise<void> {
      const { retainMs, clock } = this.#ports;
      const gone = retainMs === null ? 0 : this.#memory.forgetUntil(clock.now() - retainMs, clock.now());
      if (gone > 0) this.#ports.journal.write({ event: "deletion", step: "facts", reason: "age" });
      await this.#wipe();
      await this.#wakeForOldest();
    }

    /**
     * Facts are blanked where they stand; the log still holds the page as it was. No await before setAlarm: whatever ends
     * this object on the way, the alarm finishes it, or whoever asks again.
     */
    async #wipe(): Promise<void> {
      const due = this.#memory.logDue();
      if (due === 0) return;
      await this.ctx.storage.setAlarm(this.#ports.clock.now() + LOG_RETRY_MS);
      await wipeLog(this.#sql, () => this.ctx.storage.sync(), this.#sql.usedBytes());
      this.#memory.settleLog(due);
      if (this.#memory.logDue() > 0) return;
      await this.ctx.storage.deleteAlarm();
      await this.#wakeForOldest();
    }

    /** Nothing is planned where nothing grows old. */
    async #wakeForOldest(): Promise<void> {
      const { retainMs, clock } = this.#ports;
      const oldest = retainMs === null ? null : this.#memory.oldest(clock.now());
      if (retainMs === null || oldest === null) return;
      const planned = await this.ctx.storage.getAlarm();
      if (planned === null || planned > oldest + retainMs) await this.ctx.storage.setAlarm(oldest + retainMs);
    }
  };
}
