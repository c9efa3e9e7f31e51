/**
 * A tenant's ledger by day: on which day a report counts, that the days add up to the totals, how many are kept, and
 * that a directory of an older version gets its table.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEDGER_DAYS_MAX } from "../../../src/model/inspection-limits.ts";
import { TenantDirectory } from "../../../src/tenant/tenant-directory.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";
import { idOf, reportOf } from "./report.ts";

const DAY_MS = 86_400_000;
const MIDNIGHT = Date.parse("2026-03-01T00:00:00Z");
const FIRST = "0000-01-01";
const LAST = "9999-12-31";

/** The report of a session that began at midnight, after so many turns, the newest of them so much later. */
function reportAt(session: number, turns: number, later: number) {
  return { ...reportOf(session, turns), createdAt: MIDNIGHT, updatedAt: MIDNIGHT + later };
}

describe("the days of a tenant", () => {
  it("are those on which its sessions talked, each with what was spent on it", () => {
    const directory = new TenantDirectory(openNodeSql());
    directory.report(reportAt(1, 2, DAY_MS - 1));
    directory.report(reportAt(2, 1, DAY_MS - 1));
    directory.report(reportAt(1, 7, DAY_MS));
    directory.report(reportAt(1, 8, 3 * DAY_MS));
    const days = directory.days(FIRST, LAST) ?? [];
    expect(days.map(({ day, ledger }) => [day, ledger.calls])).toEqual([
      ["2026-03-01", 3],
      ["2026-03-02", 5],
      ["2026-03-04", 1],
    ]);
    expect(days[1]?.ledger.usd?.spent).toBeCloseTo(5 * 0.0009, 12);
    expect(directory.days("2026-03-02", "2026-03-03")?.map(({ day }) => day)).toEqual(["2026-03-02"]);
  });

  it("add up to the totals, in whatever order reports come, twice or late or of a session's second life", () => {
    const anyReport = fc.record({ session: fc.nat(3), turns: fc.integer({ min: 1, max: 40 }), life: fc.nat(1) });
    fc.assert(
      fc.property(fc.array(anyReport, { minLength: 1, maxLength: 60 }), (reports) => {
        const directory = new TenantDirectory(openNodeSql());
        for (const { session, turns, life } of reports) {
          const report = reportOf(session, turns, life);
          directory.report({ ...report, updatedAt: report.createdAt + turns * DAY_MS });
          if (turns % 7 === 0) directory.forget(idOf(session), report.updatedAt);
        }
        const days = directory.days(FIRST, LAST) ?? [];
        const totals = directory.ledger()?.ledger;
        expect(days.reduce((sum, { ledger }) => sum + ledger.calls, 0)).toBe(totals?.calls);
        expect(days.reduce((sum, { ledger }) => sum + (ledger.usd?.spent ?? 0), 0)).toBeCloseTo(
          totals?.usd?.spent ?? 0,
          9,
        );
      }),
    );
  });

  it("are kept for so long and no longer, and the totals with all of them", () => {
    const directory = new TenantDirectory(openNodeSql());
    const count = LEDGER_DAYS_MAX + 20;
    for (let day = 0; day < count; day++) directory.report(reportAt(1, day + 1, day * DAY_MS));
    const days = directory.days(FIRST, LAST) ?? [];
    expect(days).toHaveLength(LEDGER_DAYS_MAX);
    expect(days[0]?.day).toBe(new Date(MIDNIGHT + 20 * DAY_MS).toISOString().slice(0, 10));
    expect(directory.ledger()?.ledger.calls).toBe(count);
  });

  it("begin for a directory of an older version when it is opened", () => {
    const sql = openNodeSql();
    new TenantDirectory(sql).report(reportAt(1, 3, 0));
    sql.run("DROP TABLE tenant_day");
    const opened = new TenantDirectory(sql);
    expect(opened.days(FIRST, LAST)).toEqual([]);
    opened.report(reportAt(1, 5, DAY_MS));
    expect(opened.days(FIRST, LAST)).toMatchObject([{ day: "2026-03-02", ledger: { calls: 2 } }]);
  });
});
