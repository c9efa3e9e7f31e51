/**
 * A tenant's directory over Node's SQLite: reports that come twice, late or out of order, totals that never count twice,
 * sessions that are forgotten or come back, and how many rows a report writes.
 *
 * Paging is tested beside this file. Sums are floating-point: what is compared are sums over many differences.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TenantDirectory } from "../../../src/tenant/tenant-directory.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";
import { idOf, reportOf, sumsOf } from "./report.ts";

function start() {
  const sql = openNodeSql();
  const directory = new TenantDirectory(sql);
  return {
    sql,
    directory,
    ledger: () => directory.ledger() ?? expect.fail("there is no ledger"),
    entries: () => directory.list(null, 1000)?.sessions ?? [],
  };
}

describe("a tenant without sessions", () => {
  it("is neither shown nor made by looking at it, or by forgetting a session that it never had", () => {
    const { sql, directory } = start();
    expect(directory.list(null, 10)).toBeNull();
    expect(directory.ledger()).toBeNull();
    expect(directory.days("2026-01-01", "2026-12-31")).toBeNull();
    directory.forget(idOf(1), 1_700_000_000_000);
    expect(sql.all("SELECT * FROM sqlite_master")).toEqual([]);
  });
});

describe("a report", () => {
  it("is answered with the money of the other sessions", () => {
    const { directory } = start();
    expect(directory.report(reportOf(1, 3))).toEqual({
      usd: { spent: 0, replay: 0 },
      unpriced: { spent: 0, replay: 0 },
    });
    const { usd, unpriced } = directory.report(reportOf(2, 5));
    const others = sumsOf(3);
    expect(usd.spent).toBeCloseTo(others.weighedUsdSpent, 12);
    expect(usd.replay).toBeCloseTo(others.weighedUsdReplay, 12);
    expect(unpriced.spent).toBeCloseTo(others.unpricedSpent, 9);
    expect(unpriced.replay).toBeCloseTo(others.unpricedReplay, 9);
  });

  it("of a version that did not tell of the distiller counts as one without, then and later", () => {
    const { sql, directory, ledger } = start();
    const { distillerCalls, distillerPricedCalls, distillerUsd, ...old } = sumsOf(8);
    const ofOldVersion = { ...reportOf(1, 8), sums: old as ReturnType<typeof sumsOf> };
    directory.report(ofOldVersion);
    for (const table of ["session_entry", "tenant_ledger", "tenant_day"])
      sql.run(
        `UPDATE ${table} SET sums = json_remove(sums, '$.distillerCalls', '$.distillerPricedCalls', '$.distillerUsd')`,
      );
    expect(ledger().ledger.distiller).toBeNull();
    directory.report(reportOf(1, 16));
    expect(ledger().ledger.distiller).toEqual({
      calls: distillerCalls * 2,
      usd: distillerUsd * 2,
      priced_calls: distillerPricedCalls * 2,
    });
    expect(directory.days("0000-01-01", "9999-12-31")?.[0]?.ledger.distiller).toEqual(ledger().ledger.distiller);
  });

  it("changes nothing when it comes twice, or behind a later one, and is answered all the same", () => {
    const { sql, directory, ledger, entries } = start();
    directory.report(reportOf(1, 3));
    directory.report(reportOf(2, 7));
    const stored = () => [ledger(), entries()];
    const before = stored();
    const changes = () => sql.all<{ rows: number }>("SELECT total_changes() AS rows")[0]?.rows;
    const changesBefore = changes();
    for (const turns of [7, 3, 6]) {
      const { usd } = directory.report(reportOf(2, turns));
      expect(usd.spent).toBeCloseTo(sumsOf(3).weighedUsdSpent, 12);
    }
    expect(stored()).toEqual(before);
    expect(changes()).toBe(changesBefore);
  });

  it("writes one entry, the day and the totals, however many sessions there are", () => {
    const { sql, directory } = start();
    const changes = () => sql.all<{ rows: number }>("SELECT total_changes() AS rows")[0]?.rows ?? 0;
    for (let session = 0; session < 500; session++) directory.report(reportOf(session, 1));
    for (let turns = 2; turns < 20; turns++) {
      const before = changes();
      directory.report(reportOf(turns * 7, turns));
      expect(changes() - before).toBe(3);
    }
  });

  it("is found again by a directory that is opened anew", () => {
    const { sql, directory } = start();
    directory.report(reportOf(1, 3));
    const opened = new TenantDirectory(sql);
    expect(opened.ledger()).toEqual(directory.ledger());
    opened.report(reportOf(1, 4));
    expect(opened.ledger()).toMatchObject({ sessions: 1, ledger: { calls: 4 } });
  });
});

describe("the totals", () => {
  it("are the sums over the sessions' newest reports, in whatever order and however often they come", () => {
    const anyReport = fc.record({ session: fc.nat(5), turns: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(fc.array(anyReport, { minLength: 1, maxLength: 80 }), (reports) => {
        const { directory, ledger, entries } = start();
        const newest = new Map<number, number>();
        for (const { session, turns } of reports) {
          newest.set(session, Math.max(turns, newest.get(session) ?? 0));
          const { unpriced } = directory.report(reportOf(session, turns));
          let others = 0;
          for (const [other, reached] of newest) if (other !== session) others += sumsOf(reached).unpricedSpent;
          expect(unpriced.spent).toBeCloseTo(others, 6);
        }
        const calls = [...newest.values()].reduce((sum, turns) => sum + turns, 0);
        const spent = [...newest.values()].reduce((sum, turns) => sum + sumsOf(turns).unpricedSpent, 0);
        const { sessions, ledger: totals } = ledger();
        expect([sessions, totals.calls]).toEqual([newest.size, calls]);
        expect(totals.unpriced_input_token_units.spent).toBeCloseTo(spent, 6);
        expect(totals.usd?.spent).toBeCloseTo(
          entries().reduce((sum, entry) => sum + (entry.ledger.usd?.spent ?? 0), 0),
          9,
        );
      }),
    );
  });

  it("say no USD where no call had a price", () => {
    const { directory } = start();
    const unpriced = { pricedCalls: 0, usdSpent: 0, usdReplay: 0, usdUncachedReplay: 0 };
    directory.report({ ...reportOf(1, 3), sums: { ...sumsOf(3), ...unpriced } });
    expect(directory.ledger()).toMatchObject({ ledger: { usd: null } });
    expect(directory.list(null, 1)?.sessions).toMatchObject([{ ledger: { usd: null } }]);
  });
});

describe("a session that is forgotten", () => {
  it("leaves the list, and its money stays in the totals", () => {
    const { directory, ledger, entries } = start();
    directory.report(reportOf(1, 3));
    directory.report(reportOf(2, 5));
    const { ledger: before } = ledger();
    directory.forget(idOf(1), 1_700_000_100_000);
    directory.forget(idOf(1), 1_700_000_100_001);
    expect(entries().map(({ id }) => id)).toEqual([idOf(2)]);
    expect(ledger()).toMatchObject({ sessions: 1, ledger: before });
    // To the others it is still money of the tenant.
    expect(directory.report(reportOf(2, 6)).usd.spent).toBeCloseTo(sumsOf(3).weighedUsdSpent, 12);
  });

  it("does not come back with a report that was still under way", () => {
    const { directory, ledger, entries } = start();
    directory.report(reportOf(1, 3));
    directory.forget(idOf(1), 1_700_000_100_000);
    const before = ledger();
    directory.report(reportOf(1, 4));
    expect(entries()).toEqual([]);
    expect(ledger()).toEqual(before);
  });

  it("may begin anew under the same id, and then its former life is counted once and the new one besides", () => {
    const { sql, directory, ledger, entries } = start();
    directory.report(reportOf(1, 3));
    directory.forget(idOf(1), 1_700_000_100_000);
    expect(directory.report(reportOf(1, 1, 1)).unpriced.spent).toBeCloseTo(sumsOf(3).unpricedSpent, 9);
    directory.report(reportOf(1, 2, 1));
    directory.report(reportOf(1, 9, 0));
    expect(entries()).toMatchObject([{ id: idOf(1), turns: 2 }]);
    expect(ledger()).toMatchObject({ sessions: 1, ledger: { calls: 5 } });
    // What was forgotten long ago needs no remembering.
    directory.forget(idOf(1), 1_800_000_000_000);
    expect(sql.all("SELECT id, forgotten_at AS at FROM forgotten_session")).toEqual([
      { id: idOf(1), at: 1_800_000_000_000 },
    ]);
  });

  it("is counted once, too, when its id comes back without having been forgotten", () => {
    const { directory, ledger } = start();
    directory.report(reportOf(1, 30));
    directory.report(reportOf(1, 2, 1));
    directory.report(reportOf(1, 31, 0));
    expect(ledger()).toMatchObject({ sessions: 1, ledger: { calls: 32 } });
  });
});
