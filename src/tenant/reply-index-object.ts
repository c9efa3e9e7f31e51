/**
 * A Durable Object that knows which session gave which reply.
 *
 * One object holds a share of one deployment's replies, chosen by the key, so that no tenant's traffic meets in a
 * single place. A row is a key (an HMAC), a session's public id and a time: no credential, no text. Rows leave by
 * alarm after the time for which providers keep replies themselves.
 */
import { DurableObject } from "cloudflare:workers";
import { REPLY_INDEX_MS_MAX, REPLY_INDEX_SWEEP_MS } from "../model/limits.ts";
import type { Clock } from "../ports/clock.ts";
import type { Sql } from "../ports/sql.ts";

export interface ReplyIndexPorts {
  clock: Clock;
  openSql: (storage: DurableObjectStorage) => Sql;
}

/** The object's class over the adapters that `index.ts` chooses. */
export function defineReplyIndexObject(ports: ReplyIndexPorts) {
  return class extends DurableObject {
    readonly #sql: Sql;

    constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
      super(ctx, env);
      this.#sql = ports.openSql(ctx.storage);
      this.#sql.run(
        "CREATE TABLE IF NOT EXISTS reply (key TEXT PRIMARY KEY, session TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
      );
    }

    async remember(key: string, session: string, now: number): Promise<void> {
      // An upstream that gives one id twice makes it mean nothing: whom it stood for is then not guessed.
      this.#sql.run(
        `INSERT INTO reply (key, session, at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET
          session = CASE WHEN session = excluded.session THEN session ELSE '' END, at = excluded.at`,
        key,
        session,
        now,
      );
      if ((await this.ctx.storage.getAlarm()) === null)
        await this.ctx.storage.setAlarm(ports.clock.now() + REPLY_INDEX_SWEEP_MS);
    }

    async find(key: string): Promise<string | null> {
      const [row] = this.#sql.all<{ session: string }>("SELECT session FROM reply WHERE key = ?", key);
      return row?.session || null;
    }

    async forget(keys: readonly string[]): Promise<void> {
      this.#sql.run("DELETE FROM reply WHERE key IN (SELECT value FROM json_each(?))", JSON.stringify(keys));
    }

    override async alarm(): Promise<void> {
      this.#sql.run("DELETE FROM reply WHERE at < ?", ports.clock.now() - REPLY_INDEX_MS_MAX);
      const [left] = this.#sql.all("SELECT 1 FROM reply LIMIT 1");
      if (left) await this.ctx.storage.setAlarm(ports.clock.now() + REPLY_INDEX_SWEEP_MS);
    }
  };
}
