/**
 * Following a tenant's sessions: nothing that was reported is missed, whatever happens to the object in between.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { REPORTS_KEPT_MAX } from "../../../src/model/inspection-limits.ts";
import type { SessionReport } from "../../../src/ports/tenant-directory.ts";
import { LiveReports } from "../../../src/tenant/live-reports.ts";
import { TenantDirectory } from "../../../src/tenant/tenant-directory.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";
import { idOf, reportOf } from "./report.ts";

let directory: TenantDirectory;
let live: LiveReports;

function report(of: SessionReport): void {
  directory.report(of);
  live.note(of.id);
}

const told = (place: Parameters<LiveReports["read"]>[0]): string[] => live.read(place).sessions.map(({ id }) => id);

beforeEach(() => {
  directory = new TenantDirectory(openNodeSql());
  live = new LiveReports(directory, 7);
});

describe("whoever follows a tenant", () => {
  it("is told nothing of one that has no session", () => {
    const { place, ...news } = live.read(null);
    expect(news).toEqual({ sessions: [], isKnown: false });
    expect(live.read(place)).toMatchObject(news);
  });

  it("is told of each session that reported since, once, as it stands now", () => {
    report(reportOf(1, 1));
    const { place } = live.read(null);
    expect(told(place)).toEqual([]);
    report(reportOf(2, 1));
    report(reportOf(1, 2));
    report(reportOf(1, 3));
    const news = live.read(place);
    expect(news.isKnown).toBe(true);
    expect(news.sessions.map(({ id, turns }) => [id, turns])).toEqual([
      [idOf(2), 1],
      [idOf(1), 3],
    ]);
    expect(told(news.place)).toEqual([]);
  });

  it("is told of a report that comes late, behind one of a later turn", () => {
    report(reportOf(1, 500));
    const { place } = live.read(null);
    report(reportOf(2, 1));
    expect(told(place)).toEqual([idOf(2)]);
  });

  it("hears nothing of others where the only one is forgotten", () => {
    report(reportOf(1, 1));
    const { place } = live.read(null);
    report(reportOf(2, 1));
    directory.forget(idOf(2), 0);
    expect(told(place)).toEqual([]);
  });

  it("is told again rather than not at all after a restart, and after more reports than are kept", () => {
    report(reportOf(1, 1));
    report({ ...reportOf(2, 1), updatedAt: reportOf(2, 1).updatedAt - 86_400_000 });
    const { place } = live.read(null);
    live = new LiveReports(directory, 8);
    report(reportOf(3, 1));
    expect(told(place)).toEqual([idOf(1), idOf(3)]);
    for (let turn = 2; turn < REPORTS_KEPT_MAX + 5; turn++) report(reportOf(3, turn));
    expect(told({ ...place, startedAt: 8, reports: 0 })).toEqual([idOf(1), idOf(3)]);
  });
});
