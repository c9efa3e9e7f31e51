/**
 * What is known about one end user of one tenant: takes facts in, answers which matter, shows and forgets them.
 *
 * A plain class over the Sql port; every call is one step that nothing can interleave. A memory answers only to the
 * tenant that it was made for, and looking at one that does not exist creates nothing. Facts are superseded, never
 * overwritten; deleted ones leave no text behind. It must not read messages: what is a fact is decided before.
 */
import { readStatement } from "../distil/facts/extract-facts.ts";
import { isStatable } from "../distil/facts/render-facts.ts";
import { findEnded, findLater, isKnown } from "../distil/facts/supersede-facts.ts";
import type { Hash } from "../model/hash.ts";
import {
  FACT_CHARS_MAX,
  FACT_SOURCES_MAX,
  FACTS_PER_USER_KEPT,
  FACTS_PER_USER_MAX,
  FORGOTTEN_MS_MAX,
} from "../model/limits.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { Sql } from "../ports/sql.ts";
import type {
  FactBatch,
  FactChange,
  FactDraft,
  FactProblem,
  FactQuestion,
  FactView,
  ForgottenSource,
  RecalledFacts,
} from "../ports/user-memory.ts";
import { chooseFacts } from "./choose-facts.ts";
import { FactStore } from "./fact-store.ts";
import type { FactOrigin } from "./fact-store.ts";
import { migrateUserMemory } from "./user-memory-tables.ts";

interface MemoryRow {
  tenant: Hash;
  clearedAt: number;
}

type ValidFact = Pick<FactView, "id" | "kind" | "slot" | "statement" | "saidAt">;

/** Stands for every message that a session had when it was deleted; messages count from 1. */
const WHOLE_SESSION = 0;

const NOT_FOUND: FactProblem = { code: "not_found" };
const FULL: FactProblem = { code: "unreadable_fact", problem: "this memory is full" };

export class UserMemory {
  readonly #sql: Sql;
  readonly #facts: FactStore;
  #exists: boolean;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#facts = new FactStore(sql);
    this.#exists = sql.all("SELECT 1 FROM sqlite_master WHERE name = 'memory'").length > 0;
    if (this.#exists) migrateUserMemory(sql);
  }

  /** Takes in what a session has read. The same batch twice adds nothing, nor does one from before a clearing. */
  note(batch: FactBatch, now: number): void {
    const memory = this.#openFor(batch.tenant, now);
    if (memory === null) return;
    this.#sql.transaction(() => {
      const [source] = this.#sql.all<{ node: number }>("SELECT node FROM source WHERE session = ?", batch.session);
      const known = source?.node ?? 0;
      if (batch.through <= known) return;
      let valid: readonly ValidFact[] = this.#valid(now);
      const facts = batch.facts.filter((draft) => !this.#isGone(batch, draft));
      // Of a session that was deleted meanwhile: the numbers of its messages say nothing of those that come now.
      if (facts.length === 0 && batch.facts.length > 0) return;
      for (const draft of facts)
        if ((draft.node ?? 0) > known && draft.saidAt > memory.clearedAt && isFit(draft))
          valid = this.#take(draft, { session: batch.session, createdAt: now }, valid);
      this.#sql.run(
        `INSERT INTO source (session, node, noted_at) VALUES (?, ?, ?)
         ON CONFLICT (session) DO UPDATE SET node = excluded.node, noted_at = excluded.noted_at`,
        batch.session,
        batch.through,
        now,
      );
      this.#prune(now);
    });
  }

  /** The facts that matter to a question, or null. */
  recall(question: FactQuestion): RecalledFacts | null {
    if (this.#find(question.tenant) === null) return null;
    // What the asking session has heard itself stands in its history.
    const others = this.#valid(question.now).filter(({ session }) => session === null || session !== question.session);
    return chooseFacts(others, question.text, question.tokensMax);
  }

  list(tenant: Hash | null, now: number): FactView[] | null {
    return this.#find(tenant) && this.#facts.all(now);
  }

  /** A fact that its owner adds by hand. */
  add(tenant: Hash, statement: string, now: number): Result<FactView, FactProblem> {
    const draft = readDraft(statement, now);
    if (!draft.ok) return draft;
    if (this.#openFor(tenant, now) === null) return fail(NOT_FOUND);
    if (this.#facts.isFull()) return fail(FULL);
    return this.#sql.transaction(() => {
      const { id } = this.#put(draft.value, { session: null, createdAt: now }, this.#valid(now));
      this.#prune(now);
      return this.#answer(id, now);
    });
  }

  /** Another statement takes the place of the old one, which ends; or the fact ends at a time of its own. */
  amend(tenant: Hash | null, id: number, change: FactChange, now: number): Result<FactView, FactProblem> {
    const old = this.#find(tenant) && this.#facts.find(id, now);
    if (!old) return fail(NOT_FOUND);
    const { statement, validUntil } = change;
    if (statement === null) {
      if (validUntil === null) return fail({ code: "unreadable_fact", problem: "statement or valid_until is missing" });
      if (validUntil < old.validFrom)
        return fail({ code: "unreadable_fact", problem: "valid_until lies before the fact's beginning" });
      this.#facts.end(id, validUntil, old.supersededBy);
      return this.#answer(id, now);
    }
    const draft = readDraft(statement, now);
    if (!draft.ok) return draft;
    if (this.#facts.isFull()) return fail(FULL);
    return this.#sql.transaction(() => {
      // What it is about stays, whatever the new words look like.
      const corrected = { ...draft.value, slot: draft.value.slot ?? old.slot };
      const { id: next } = this.#put(corrected, { session: null, createdAt: now }, this.#valid(now));
      if (old.state === "valid") this.#facts.end(id, now, next);
      if (validUntil !== null) this.#facts.end(next, validUntil, null);
      this.#prune(now);
      return this.#answer(next, now);
    });
  }

  /** Deletes one fact, or everything. Answers how many are gone. */
  forget(tenant: Hash | null, id: number | null, now: number): Result<number, FactProblem> {
    if (this.#find(tenant) === null) return fail(NOT_FOUND);
    return this.#sql.transaction(() => {
      const gone = this.#facts.all(now).filter((fact) => id === null || fact.id === id);
      if (id !== null && gone.length === 0) return fail(NOT_FOUND);
      this.#erase(gone.map((fact) => fact.id));
      // A batch that is still under way must not bring back what was said before.
      if (id === null) this.#sql.run("UPDATE memory SET cleared_at = ?", now);
      return ok(gone.length);
    });
  }

  /** Deletes what was said in messages that are deleted. Answers how many facts are gone. */
  forgetSource({ tenant, session, nodes }: ForgottenSource, now: number): number {
    if (this.#find(tenant) === null) return 0;
    return this.#sql.transaction(() => {
      const messages = nodes && new Set(nodes);
      const gone = this.#facts
        .all(now)
        .filter((fact) => fact.session === session && (messages === null || messages.has(fact.node ?? 0)))
        .map(({ id }) => id);
      this.#facts.reopen(gone);
      this.#erase(gone);
      // A batch that is still under way must not bring them back.
      this.#sql.run("DELETE FROM forgotten_source WHERE at < ?", now - FORGOTTEN_MS_MAX);
      this.#sql.run(
        "INSERT OR REPLACE INTO forgotten_source (session, node, at) SELECT ?, value, ? FROM json_each(?)",
        session,
        now,
        JSON.stringify(nodes ?? [WHOLE_SESSION]),
      );
      // An id that comes back numbers its messages anew.
      if (nodes === null) this.#sql.run("DELETE FROM source WHERE session = ?", session);
      return gone.length;
    });
  }

  /** Forgets what was said up to a time. Answers how many facts that is. */
  forgetUntil(saidAt: number, now: number): number {
    if (!this.#exists) return 0;
    const old = this.#facts.all(now).filter((fact) => fact.saidAt <= saidAt);
    this.#sql.transaction(() => this.#erase(old.map(({ id }) => id)));
    return old.length;
  }

  /** How many deletions the log has not been written over for. */
  logDue(): number {
    if (!this.#exists) return 0;
    const [row] = this.#sql.all<{ due: number }>("SELECT log_due AS due FROM memory");
    return row?.due ?? 0;
  }

  /** The log has been written over for so many deletions; where there was another meanwhile, that is not enough. */
  settleLog(due: number): void {
    this.#sql.run("UPDATE memory SET log_due = 0 WHERE log_due = ?", due);
  }

  #erase(ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.#facts.erase(ids);
    this.#sql.run("UPDATE memory SET log_due = log_due + 1");
  }

  /** When the oldest fact was said; null: there is none. */
  oldest(now: number): number | null {
    return this.#exists ? this.#facts.all(now).reduce<number | null>(earlier, null) : null;
  }

  #isGone({ session }: FactBatch, { node, saidAt }: FactDraft): boolean {
    const rows = this.#sql.all<{ node: number; at: number }>(
      "SELECT node, at FROM forgotten_source WHERE session = ? AND node IN (?, ?)",
      session,
      WHOLE_SESSION,
      node,
    );
    return rows.some((row) => row.node !== WHOLE_SESSION || saidAt <= row.at);
  }

  /** Stores a draft unless it says nothing new. Answers what is valid then. */
  #take(draft: FactDraft, origin: FactOrigin, valid: readonly ValidFact[]): readonly ValidFact[] {
    if (isKnown(draft, valid) || this.#facts.isFull()) return valid;
    const later = findLater(draft, valid);
    if (later === null) return this.#put(draft, origin, valid).valid;
    this.#facts.end(this.#facts.add(draft, origin), later.saidAt, later.id);
    return valid;
  }

  /** Stores a draft and ends what it ends. */
  #put(draft: FactDraft, origin: FactOrigin, valid: readonly ValidFact[]): { id: number; valid: ValidFact[] } {
    const id = this.#facts.add(draft, origin);
    const ended = new Set(findEnded(draft, valid));
    for (const old of ended) this.#facts.end(old.id, draft.saidAt, id);
    return { id, valid: [...valid.filter((fact) => !ended.has(fact)), { ...draft, id }] };
  }

  #valid(now: number): FactView[] {
    return this.#facts.all(now).filter(({ state }) => state === "valid");
  }

  #answer(id: number, now: number): Result<FactView, FactProblem> {
    const fact = this.#facts.find(id, now);
    return fact ? ok(fact) : fail(NOT_FOUND);
  }

  /** Over the limit the facts that no longer hold go first, and of each kind the oldest. */
  #prune(now: number): void {
    const all = this.#facts.all(now);
    if (all.length > FACTS_PER_USER_MAX) {
      const order = [...all.filter(({ state }) => state !== "valid"), ...all.filter(({ state }) => state === "valid")];
      this.#facts.erase(order.slice(0, all.length - FACTS_PER_USER_KEPT).map(({ id }) => id));
    }
    this.#sql.run(
      "DELETE FROM source WHERE session IN (SELECT session FROM source ORDER BY noted_at DESC LIMIT -1 OFFSET ?)",
      FACT_SOURCES_MAX,
    );
  }

  #find(tenant: Hash | null): MemoryRow | null {
    if (!this.#exists) return null;
    const [row] = this.#sql.all<MemoryRow>("SELECT tenant, cleared_at AS clearedAt FROM memory WHERE id = 1");
    return row && (tenant === null || tenant === row.tenant) ? row : null;
  }

  /** The memory, made where there is none. Null: it is another tenant's. */
  #openFor(tenant: Hash, now: number): MemoryRow | null {
    if (!this.#exists) migrateUserMemory(this.#sql);
    this.#exists = true;
    this.#sql.run("INSERT OR IGNORE INTO memory (id, tenant, created_at, cleared_at) VALUES (1, ?, ?, 0)", tenant, now);
    return this.#find(tenant);
  }
}

function earlier(oldest: number | null, { saidAt }: FactView): number {
  return oldest === null ? saidAt : Math.min(oldest, saidAt);
}

/** Bounds what comes over the RPC, and holds the one rule that must not depend on the sender: only a user instructs. */
function isFit({ kind, trust, statement, quote }: FactDraft): boolean {
  if (kind === "instruction" && trust !== "user") return false;
  return [statement, quote].every((text) => text.length <= FACT_CHARS_MAX && isStatable(text));
}

function readDraft(text: string, now: number): Result<FactDraft, FactProblem> {
  if (text.length > FACT_CHARS_MAX)
    return fail({ code: "unreadable_fact", problem: `a statement may have ${FACT_CHARS_MAX} characters` });
  if (!isStatable(text)) return fail({ code: "unreadable_fact", problem: "the statement says nothing" });
  return ok({ ...readStatement(text), trust: "user", node: null, saidAt: now });
}
