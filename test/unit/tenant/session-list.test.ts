/**
 * The list of a tenant's sessions, page by page, while sessions go on.
 *
 * What stands still is seen exactly once; what moves goes to the front and is never seen twice.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EntryPlace } from "../../../src/ports/tenant-directory.ts";
import { TenantDirectory } from "../../../src/tenant/tenant-directory.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";
import { idOf, reportOf } from "./report.ts";

const NOON = 1_700_000_000_000;

/** Reads the whole list; `between` runs after each page. */
function readAll(directory: TenantDirectory, limit: number, between: () => void = () => undefined): string[] {
  const seen: string[] = [];
  let after: EntryPlace | null = null;
  do {
    const page = directory.list(after, limit);
    expect(page?.sessions.length).toBeLessThanOrEqual(limit);
    seen.push(...(page?.sessions ?? []).map(({ id }) => id));
    after = page?.next ?? null;
    between();
  } while (after !== null);
  return seen;
}

describe("a list", () => {
  it("is newest first, and by id where the time is the same", () => {
    const directory = new TenantDirectory(openNodeSql());
    for (let session = 0; session < 20; session++)
      directory.report({ ...reportOf(session, 1), updatedAt: NOON + Math.floor(session / 5) });
    const expected = Array.from({ length: 20 }, (_, index) => idOf(19 - index));
    for (const limit of [1, 3, 5, 20, 100]) expect(readAll(directory, limit)).toEqual(expected);
  });

  it("ends exactly where its last page is full", () => {
    const directory = new TenantDirectory(openNodeSql());
    for (let session = 0; session < 4; session++) directory.report(reportOf(session, 1));
    expect(directory.list(null, 4)?.next).toBeNull();
    expect(directory.list(null, 3)?.next).toMatchObject({ id: idOf(1) });
    expect(directory.list({ updatedAt: NOON - 1, id: idOf(0) }, 4)).toEqual({ sessions: [], next: null });
  });

  it("shows what stands still once and nothing twice, while others go on, begin and are forgotten", () => {
    const steps = fc.array(
      fc.record({ kind: fc.constantFrom("goes on", "begins", "is forgotten"), session: fc.nat(29) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), steps, (limit, queue) => {
        const directory = new TenantDirectory(openNodeSql());
        for (let session = 0; session < 30; session++)
          directory.report({ ...reportOf(session, 1), updatedAt: NOON + Math.floor(session / 3) });
        const left = [...queue];
        const moved = new Set<string>();
        let now = NOON + 1000;
        const seen = readAll(directory, limit, () => {
          const step = left.shift();
          if (!step) return;
          const session = step.kind === "begins" ? 100 + left.length : step.session;
          moved.add(idOf(session));
          if (step.kind === "is forgotten") directory.forget(idOf(session), now);
          else directory.report({ ...reportOf(session, 2 + now - NOON), updatedAt: now });
          now++;
        });
        expect(new Set(seen).size).toBe(seen.length);
        const still = Array.from({ length: 30 }, (_, session) => idOf(session)).filter((id) => !moved.has(id));
        expect(still.filter((id) => !seen.includes(id))).toEqual([]);
      }),
    );
  });

  it("is read through the index, page by page, without sorting", () => {
    const sql = openNodeSql();
    const queries: string[] = [];
    const directory = new TenantDirectory({
      ...sql,
      all: (query, ...bindings) => {
        queries.push(query);
        return sql.all(query, ...bindings);
      },
    });
    directory.report(reportOf(1, 1));
    directory.list({ updatedAt: NOON, id: idOf(1) }, 10);
    const plan = sql.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${queries.at(-1)}`, NOON, idOf(1), 11);
    expect(plan.map(({ detail }) => detail).join("\n")).toMatch(
      /^SEARCH session_entry USING INDEX session_entry_updated \(/,
    );
    expect(plan).toHaveLength(1);
  });
});
