/**
 * The Durable Object: a thin RPC door before the plain Session class.
 *
 * It owns what only an object can: storage, the alarm, and the turns under way, so that a delta waits for the turn that it
 * continues. Everything is `#private`, because a TypeScript-private method can be called over RPC. It must not
 * relay streams (that would bill their whole duration) nor hold state that is not on disk.
 */
import { DurableObject } from "cloudflare:workers";
import { WATCH_WAIT_MS_MAX, WATCHERS_MAX } from "../model/inspection-limits.ts";
import {
  JOB_PAUSE_MS,
  LOG_RETRY_MS,
  PARENT_WAIT_MS_MAX,
  RETENTION_RETRY_MS,
  TURNS_IN_FLIGHT_MAX,
} from "../model/limits.ts";
import { IMPORT_PAUSE_MS_MAX } from "../model/transfer-limits.ts";
import type { Hash } from "../model/hash.ts";
import { nameOf } from "../model/name-of.ts";
import type { Bell } from "../ports/bell.ts";
import type { Ask, InspectionKind, View } from "../ports/inspection.ts";
import type { JournalEvent } from "../ports/journal.ts";
import type { SessionNews, SessionPlace } from "../ports/live.ts";
import type {
  CloseReply,
  OpenReply,
  SearchAnswer,
  SearchQuestion,
  SessionRpc,
  TurnRecord,
  TurnRequest,
} from "../ports/session.ts";
import type { ReleaseAsk, ReleaseReply } from "../ports/release.ts";
import type { Sql } from "../ports/sql.ts";
import type { ImportAnswer, ImportStep } from "../ports/transfer.ts";
import type { DigestPorts } from "./digests/digest-ports.ts";
import { noteFacts } from "./facts/note-facts.ts";
import type { FactPorts } from "./facts/note-facts.ts";
import { hasNews } from "./inspect/read-news.ts";
import { reportToTenant } from "./report-to-tenant.ts";
import type { ReportPorts } from "./report-to-tenant.ts";
import { runJobs } from "./jobs.ts";
import { wipeLog } from "../recall/scrub-pages.ts";
import { forgetElsewhere } from "./release/forget-elsewhere.ts";
import { lendSql } from "./release/lend-sql.ts";
import type { LentSql } from "./release/lend-sql.ts";
import { release } from "./release/release.ts";
import { markLog, noteRewrite } from "./release/rewrite-tables.ts";
import { idleUntil, retainRecordings } from "./release/retain.ts";
import type { Retention } from "./release/retain.ts";
import type { PartAsk, Survey } from "./release/release.ts";
import { Session } from "./session.ts";
import { openTables } from "./tables.ts";
import { SessionImport } from "./transfer/session-import.ts";
import type { SessionTables } from "./tables.ts";

export interface SessionPorts extends DigestPorts, FactPorts, ReportPorts {
  retain: Retention;
  /** Whether the text of conversations is kept here at all. */
  keepsContent: boolean;
  openSql: (storage: DurableObjectStorage) => Sql;
  createBell: (waitingMax: number) => Bell;
}

/** The object's class over the adapters that `index.ts` chooses. */
export function defineSessionObject(readPorts: (env: Cloudflare.Env) => SessionPorts) {
  return class extends DurableObject implements SessionRpc {
    readonly #ports: SessionPorts;
    readonly #sql: Sql;
    #session: Session;
    readonly #import: SessionImport;
    /** What the work behind the replies is done with, until a deletion takes it back. */
    #lent: LentSql;
    /** Turns between open and close, by rev: whoever continues one waits here. */
    readonly #underWay = new Map<string, PromiseWithResolvers<void>>();

    /** Rings when there may be news. */
    readonly #bell: Bell;

    constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
      super(ctx, env);
      this.#ports = readPorts(env);
      this.#sql = this.#ports.openSql(ctx.storage);
      this.#session = new Session(this.#sql, this.#ports);
      this.#bell = this.#ports.createBell(WATCHERS_MAX);
      this.#import = new SessionImport(this.#sql, this.#ports, () => ctx.storage.deleteAll());
      this.#lent = lendSql(this.#sql);
    }

    async open(request: TurnRequest): Promise<OpenReply> {
      if (this.#import.isUnderWay) return { kind: "foreign" };
      const awaited = this.#findAwaited(request.parent);
      if (awaited.length > 0) await Promise.race([Promise.all(awaited), this.#ports.clock.wait(PARENT_WAIT_MS_MAX)]);
      const reply = this.#session.open(request);
      if (reply.kind === "opened") this.#begin(request.rev);
      return reply;
    }

    async close(record: TurnRecord): Promise<CloseReply> {
      try {
        if (this.#import.isUnderWay) return { stored: false, bill: null };
        const reply = this.#session.close(record);
        if (reply.stored) await this.#scheduleJobs();
        this.#bell.ring();
        return reply;
      } finally {
        // Stored or not: whoever waits for this turn has waited long enough.
        this.#end(record.rev);
      }
    }

    async abandon(rev: string): Promise<void> {
      this.#end(rev);
    }

    async search(question: SearchQuestion): Promise<SearchAnswer | null> {
      return this.#session.search(question);
    }

    async inspect<Kind extends InspectionKind>(
      tenant: Hash | null,
      kind: Kind,
      ask: Ask<Kind>,
    ): Promise<View<Kind> | null> {
      return this.#session.inspect(tenant, kind, ask);
    }

    async receive(step: ImportStep): Promise<ImportAnswer> {
      const answer = await this.#import.take(step, this.#ports.clock.now());
      // Tables have come or gone.
      this.#session = new Session(this.#sql, this.#ports);
      if (step.step === "begin" && answer.ok) await this.#wakeBy(this.#ports.clock.now() + IMPORT_PAUSE_MS_MAX);
      if (step.step === "commit" && answer.ok) await this.#scheduleJobs();
      return answer;
    }

    async watch(tenant: Hash | null, since: SessionPlace | null, waitMs: number): Promise<SessionNews | null> {
      const { clock } = this.#ports;
      const until = clock.now() + Math.min(waitMs, WATCH_WAIT_MS_MAX);
      for (;;) {
        const news = this.#session.inspect(tenant, "news", { since });
        const left = until - clock.now();
        if (news === null || since === null || hasNews(news) || left <= 0) return news;
        if (!(await this.#bell.wait(left))) return news;
      }
    }

    async release(tenant: Hash | null, ask: ReleaseAsk): Promise<ReleaseReply | null> {
      return this.#release(tenant, ask, "asked");
    }

    async #release(tenant: Hash | null, ask: ReleaseAsk, reason: "asked" | "age"): Promise<ReleaseReply | null> {
      const survey = this.#session.survey(tenant, ask);
      if (survey === null) return null;
      const facts = await forgetElsewhere(this.#ports, survey, ask);
      // Another deletion may have come first, and an import begun in its place.
      if (this.#session.survey(tenant, ask) === null) return null;
      const released = ask.kind === "session" ? await this.#releaseAll(survey) : await this.#releasePart(ask);
      if (released && released.messages > 0)
        this.#ports.journal.write({
          event: "deletion",
          tenant: survey.tenant,
          session: survey.id,
          step: ask.kind,
          reason,
        });
      return released && { tenant: survey.tenant, released: { ...released, facts }, replyIds: survey.replyIds };
    }

    override async alarm(): Promise<void> {
      await this.#whileLent((tables) => this.#work(tables));
    }

    /** What a deletion has ended has nothing left to do: the deletion itself has asked for what comes next. */
    async #whileLent(work: (tables: SessionTables) => Promise<void>): Promise<void> {
      const lent = this.#lent;
      try {
        await work(openTables(lent.sql));
      } catch (error) {
        if (lent.isTakenBack) return;
        // The platform runs a failed alarm again.
        this.#note({ event: "job_failed", step: "alarm", error: nameOf(error) });
        throw error;
      }
    }

    async #work(tables: SessionTables): Promise<void> {
      if (this.#import.isUnderWay) return this.#wakeBy(await this.#import.sweep(this.#ports.clock.now()));
      if (tables.log.session()?.pending.logDue) await this.#wipe(tables, noteRewrite(tables));
      const startedAt = this.#ports.clock.now();
      const left = await runJobs(tables, this.#ports, startedAt);
      this.#note({
        event: "job",
        step: "prepare",
        status: left ?? "done",
        ms_job: this.#ports.clock.now() - startedAt,
      });
      this.#bell.ring();
      // Runs that follow each other at once would leave no room for requests.
      if (left === "counting") await this.ctx.storage.setAlarm(this.#ports.clock.now() + JOB_PAUSE_MS);
      else if (left !== null) await this.#scheduleJobs();
      else {
        if (await this.#isOutlived(tables)) return;
        await this.#wakeBy(await noteFacts(tables, this.#ports));
        const retained = retainRecordings(tables, this.#ports.retain, this.#ports.clock.now());
        if (retained.gone > 0) this.#note({ event: "deletion", step: "recordings", reason: "age" });
        await this.#wakeBy(retained.next);
        // Not awaited: the next turn's work must not wait for the tenant.
        this.ctx.waitUntil(this.#whileLent((lent) => reportToTenant(lent, this.#ports)));
      }
    }

    #note(event: JournalEvent): void {
      const session = openTables(this.#sql).log.session();
      if (session) this.#ports.journal.write({ tenant: session.tenant, session: session.report.id, ...event });
    }

    /** An idle session goes when its time is over; until then the alarm is asked to come back. */
    async #isOutlived({ log, sql }: SessionTables): Promise<boolean> {
      const session = log.session();
      const over = session && idleUntil(sql, session, this.#ports.retain);
      if (over === null) return false;
      const now = this.#ports.clock.now();
      const isBusy = this.#underWay.size > 0;
      if (over > now || isBusy) await this.#wakeBy(over > now ? over : now + RETENTION_RETRY_MS);
      else await this.#release(null, { kind: "session" }, "age");
      return over <= now && !isBusy;
    }

    /** A turn under way finds nothing that it could go on from, and is not stored. */
    async #releaseAll({ held }: Survey): Promise<Survey["held"]> {
      this.#startOver();
      await this.ctx.storage.deleteAll();
      this.#session = new Session(this.#sql, this.#ports);
      return held;
    }

    async #releasePart(ask: PartAsk): Promise<Survey["held"] | null> {
      const tables = openTables(this.#sql);
      const bytes = noteRewrite(tables);
      const released = release(tables, this.#ports.reader, ask);
      if (released === null || released.messages === 0) return released;
      this.#startOver();
      markLog(tables, true);
      // No await before: whatever ends this object on the way, the alarm finishes it.
      await this.ctx.storage.setAlarm(this.#ports.clock.now() + LOG_RETRY_MS);
      await this.#whileLent((lent) => this.#wipe(lent, bytes));
      await this.#scheduleJobs();
      return released;
    }

    async #wipe(tables: SessionTables, bytes: number): Promise<void> {
      await wipeLog(this.#sql, () => this.ctx.storage.sync(), bytes);
      markLog(tables, false);
    }

    /** Nothing that was kept in memory holds any more, nor what is being worked on. */
    #startOver(): void {
      this.#lent.isTakenBack = true;
      this.#lent = lendSql(this.#sql);
      this.#session = new Session(this.#sql, this.#ports);
    }

    /** What a request has to wait for: the turn that it goes on from, or, in a conversation, every turn before it. */
    #findAwaited(parent: TurnRequest["parent"]): Promise<void>[] {
      if (parent?.by === "newest") return [...this.#underWay.values()].map(({ promise }) => promise);
      const turn = parent?.by === "rev" ? this.#underWay.get(parent.rev) : undefined;
      return turn ? [turn.promise] : [];
    }

    /** No await before setAlarm: it then commits together with what `close` has just written. */
    async #scheduleJobs(): Promise<void> {
      await this.ctx.storage.setAlarm(this.#ports.clock.now());
    }

    /** A turn that was stored meanwhile may have asked for an earlier time. */
    async #wakeBy(at: number | null): Promise<void> {
      if (at === null) return;
      const planned = await this.ctx.storage.getAlarm();
      if (planned === null || planned > at) await this.ctx.storage.setAlarm(at);
    }

    #begin(rev: string): void {
      const [oldest] = this.#underWay.keys();
      if (this.#underWay.size >= TURNS_IN_FLIGHT_MAX && oldest !== undefined) this.#end(oldest);
      this.#underWay.set(rev, Promise.withResolvers());
    }

    #end(rev: string): void {
      this.#underWay.get(rev)?.resolve();
      this.#underWay.delete(rev);
    }
  };
}
