/**
 * Deleting everything of a tenant, over Node's SQLite: in runs, over failures, beside sessions that come and report.
 */
import { expect, it } from "vitest";
import type { JournalEvent } from "../../../src/ports/journal.ts";
import type { ReleaseReply } from "../../../src/ports/release.ts";
import { TenantDeletion } from "../../../src/tenant/tenant-deletion.ts";
import type { DeletionPorts } from "../../../src/tenant/tenant-deletion.ts";
import { TenantDirectory } from "../../../src/tenant/tenant-directory.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";
import { reportOf } from "./report.ts";

const ASKED = 1000;

function start() {
  const sql = openNodeSql();
  const directory = new TenantDirectory(sql);
  const gone: string[] = [];
  const failing = new Set<string>();
  const events: JournalEvent[] = [];
  const reply: ReleaseReply = {
    tenant: "t",
    released: { messages: 2, turns: 1, briefs: 0, digests: 0, forms: 0, facts: 3, copies: 0 },
    replyIds: [],
  };
  const ports = {
    sessions: {
      find: (id: string) => ({
        release: async () => {
          if (failing.has(id)) throw new Error("away");
          gone.push(id);
          return reply;
        },
      }),
    },
    journal: { write: (event: JournalEvent) => void events.push(event) },
  } as unknown as DeletionPorts;
  const report = (id: string, createdAt: number): void => {
    directory.report({ ...reportOf(1, 2), id, createdAt, updatedAt: createdAt });
  };
  const finish = async (deletion: TenantDeletion): Promise<void> => {
    for (let runs = 0; (await deletion.run(ports, 5000)) !== null; runs++) expect(runs).toBeLessThan(50);
  };
  return {
    sql,
    directory,
    gone,
    failing,
    events,
    ports,
    report,
    finish,
    deletion: new TenantDeletion(sql, directory),
  };
}

it("takes what was there, in runs that another object can go on with, and keeps what comes later", async () => {
  const { sql, directory, gone, ports, report, finish, deletion } = start();
  expect(deletion.begin("t", ASKED)).toBeNull();
  for (let nth = 0; nth < 20; nth++) report(`old-${nth}`, nth);
  expect(deletion.begin("t", ASKED)).toMatchObject({ state: "running", sessions_left: 20 });
  expect(await deletion.run(ports, 2000)).toBeGreaterThan(0);
  expect(gone.length).toBeLessThan(20);
  report("new", ASKED + 1);
  await finish(new TenantDeletion(sql, directory));
  expect(gone).toHaveLength(20);
  expect(deletion.view()).toMatchObject({
    state: "done",
    sessions_left: 0,
    deleted: { sessions: 20, messages: 40, facts: 60 },
  });
  expect(directory.list(null, 50)?.sessions.map(({ id }) => id)).toEqual(["new"]);
  const alone = start();
  alone.report("new", ASKED + 1);
  expect(directory.ledger()).toEqual(alone.directory.ledger());
  expect(directory.days("0000-01-01", "9999-12-31")).toEqual(alone.directory.days("0000-01-01", "9999-12-31"));
});

it("asks again later for what did not answer, and takes up what reports late", async () => {
  const { gone, failing, events, ports, report, finish, deletion, directory } = start();
  report("a", 1);
  report("b", 2);
  failing.add("a");
  deletion.begin("t", ASKED);
  const pause = await deletion.run(ports, 2000);
  expect(pause).toBeGreaterThan(1000);
  expect([gone, deletion.view()?.sessions_left]).toEqual([["b"], 1]);
  expect(events).toEqual([{ event: "session_not_deleted", tenant: "t", session: "a", error: "Error" }]);
  failing.clear();
  await finish(deletion);
  expect(deletion.view()?.state).toBe("done");

  const late = { ...reportOf(1, 2), id: "late", createdAt: 500, updatedAt: 500 };
  directory.report(late);
  expect(deletion.takes(late)).toBe(true);
  await finish(deletion);
  expect(gone).toContain("late");
  expect(deletion.takes({ ...late, createdAt: ASKED + 1 })).toBe(false);
});
