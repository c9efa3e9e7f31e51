/**
 * The Durable Object of one end user: a thin RPC door before the plain UserMemory class.
 *
 * It owns storage and the clock and nothing else. Its name is an HMAC over tenant and end user, so no two of them ever
 * meet; who asks for another's is told that there is nothing.
 */
import { DurableObject } from "cloudflare:workers";
import type { Hash } from "../model/hash.ts";
import type { Result } from "../model/result.ts";
import type { Clock } from "../ports/clock.ts";
import type { Sql } from "../ports/sql.ts";
import type {
  FactBatch,
  FactChange,
  FactProblem,
  FactQuestion,
  FactView,
  RecalledFacts,
  UserMemoryRpc,
} from "../ports/user-memory.ts";
import { UserMemory } from "./user-memory.ts";

export interface UserMemoryPorts {
  clock: Clock;
  openSql: (storage: DurableObjectStorage) => Sql;
}

/** The object's class over the adapters that `index.ts` chooses. */
export function defineUserMemoryObject(ports: UserMemoryPorts) {
  return class extends DurableObject implements UserMemoryRpc {
    readonly #memory: UserMemory;

    constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
      super(ctx, env);
      this.#memory = new UserMemory(ports.openSql(ctx.storage));
    }

    async note(batch: FactBatch): Promise<void> {
      this.#memory.note(batch, ports.clock.now());
    }

    async recall(question: FactQuestion): Promise<RecalledFacts | null> {
      return this.#memory.recall(question);
    }

    async list(tenant: Hash | null): Promise<FactView[] | null> {
      return this.#memory.list(tenant, ports.clock.now());
    }

    async add(tenant: Hash, statement: string): Promise<Result<FactView, FactProblem>> {
      return this.#memory.add(tenant, statement, ports.clock.now());
    }

    async amend(tenant: Hash | null, id: number, change: FactChange): Promise<Result<FactView, FactProblem>> {
      return this.#memory.amend(tenant, id, change, ports.clock.now());
    }

    async forget(tenant: Hash | null, id: number | null): Promise<Result<number, FactProblem>> {
      return this.#memory.forget(tenant, id, ports.clock.now());
    }
  };
}
