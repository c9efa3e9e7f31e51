/**
 * What a session tells its tenant, when, and what it makes of the answer: the tenant's guard in whole conversations.
 *
 * The tenant is the real directory over Node's SQLite; a test may let it fail or answer late.
 */
import { describe, expect, it } from "vitest";
import type { SessionReport, Money, Tenants } from "../../../src/ports/tenant-directory.ts";
import { migrate } from "../../../src/session/migrations.ts";
import { reportToTenant } from "../../../src/session/report-to-tenant.ts";
import { NO_SUMS } from "../../../src/tenant/ledger-sums.ts";
import { TenantDirectory } from "../../../src/tenant/tenant-directory.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage } from "../../fakes/played-session.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";
import { reportOf } from "../tenant/report.ts";

const TURNS = 24;

function startTenant() {
  const directory = new TenantDirectory(openNodeSql());
  const reports: SessionReport[] = [];
  const asked: string[] = [];
  const events: object[] = [];
  let hold: Promise<void> | null = null;
  const take = async (report: SessionReport): Promise<Money> => {
    reports.push(report);
    await hold;
    return directory.report(report);
  };
  const tenants: Tenants = {
    find(tenant) {
      asked.push(tenant);
      return { report: take } as ReturnType<Tenants["find"]>;
    },
  };
  return {
    directory,
    reports,
    asked,
    events,
    ports: { tenants, journal: { write: (event: object) => void events.push(event) } },
    holdBack: (until: Promise<void> | null) => void (hold = until),
  };
}

function startTalk(policy: object = {}, price: object = {}) {
  const conversation = startConversation(policy, price);
  const history: ChatMessage[] = [];
  return {
    ...conversation,
    async say(model: string | null = "m"): Promise<string> {
      const turn = history.length;
      history.push({ role: "user", content: `question ${turn} about ${"something else ".repeat(20)}` });
      const message = { role: "assistant", content: `answer ${turn}` };
      const { plan } = await conversation.send(JSON.stringify({ ...(model ? { model } : {}), messages: history }), {
        message,
      });
      history.push(message);
      await conversation.work();
      return plan.reason;
    },
    row: () => conversation.tables.log.session(),
  };
}

/** The reasons of a conversation within the cache's lifetime that tells the tenant of each turn. */
async function playBeside(others: { spent: number; replay: number } | null): Promise<string[]> {
  const tenant = startTenant();
  const talk = startTalk({ guardTokens: 300 }, { read: 0.2, write: 1.25 });
  if (others) {
    const sums = { ...NO_SUMS, weighedUsdSpent: others.spent, weighedUsdReplay: others.replay };
    tenant.directory.report({ ...reportOf(1, 1), sums });
  }
  const reasons: string[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    reasons.push(await talk.say());
    await reportToTenant(talk.tables, tenant.ports);
    talk.pass(20);
  }
  talk.pass(9 * 3600);
  reasons.push(await talk.say());
  expect(tenant.events).toEqual([]);
  return reasons;
}

describe("the tenant's guard", () => {
  it("refuses a compaction that costs more than staying where other sessions have overdrawn, and none that costs less", async () => {
    const reasons = await playBeside({ spent: 1.2, replay: 1 });
    expect(reasons).toContain("tenant_guard");
    expect(reasons).not.toContain("rent_paid");
    expect(reasons.at(-1)).toBe("cold_cache");
  });

  it("lets it happen out of what other sessions have saved", async () => {
    const reasons = await playBeside({ spent: 0.8, replay: 1 });
    expect(reasons).toContain("rent_paid");
    expect(reasons).not.toContain("tenant_guard");
  });

  it("holds a tenant's only session, too", async () => {
    const reasons = await playBeside(null);
    expect(reasons).toContain("tenant_guard");
    expect(reasons).not.toContain("rent_paid");
  });
});

describe("a report", () => {
  it("tells who pays what the session has come to, and nothing that was said", async () => {
    const { directory, reports, asked, ports } = startTenant();
    const talk = startTalk();
    await talk.say();
    await talk.say(null);
    await reportToTenant(talk.tables, ports);
    const row = talk.row();
    expect(asked).toEqual([row?.tenant]);
    expect(reports).toMatchObject([
      { id: expect.stringMatching(/^st_/), turns: 2, seq: 2, createdAt: row?.createdAt, model: null },
    ]);
    expect(reports[0]?.sums).toMatchObject({ calls: 2, pricedCalls: 1, spent: row?.ledger.spent });
    expect(JSON.stringify(reports)).not.toMatch(/question|answer|something/);
    expect(directory.ledger()).toMatchObject({ sessions: 1, ledger: { calls: 2, usd: { priced_calls: 1 } } });
    expect(row?.report).toMatchObject({ seq: 2, sent: 2, others: { usd: { spent: 0 } } });
  });

  it("is sent once for each turn that was stored, or for several at once", async () => {
    const { reports, ports } = startTenant();
    const talk = startTalk();
    for (let turn = 1; turn <= 3; turn++) {
      await talk.say();
      await reportToTenant(talk.tables, ports);
      await reportToTenant(talk.tables, ports);
      expect(reports).toHaveLength(turn);
    }
    await talk.say();
    await talk.say();
    await reportToTenant(talk.tables, ports);
    expect(reports.map(({ seq }) => seq)).toEqual([1, 2, 3, 5]);
  });

  it("names no more of a model than a list can show", async () => {
    const { reports, ports } = startTenant();
    const talk = startTalk();
    await talk.say("m".repeat(100_000));
    await reportToTenant(talk.tables, ports);
    expect(reports[0]?.model).toBe("m".repeat(128));
  });

  it("that fails is noted, changes nothing, and is made up for after the next turn", async () => {
    const { directory, events, ports, holdBack } = startTenant();
    const talk = startTalk();
    await talk.say();
    const before = talk.row();
    holdBack(Promise.reject(new RangeError("the tenant's own words")));
    await reportToTenant(talk.tables, ports);
    expect(talk.row()).toEqual(before);
    expect(events).toMatchObject([{ event: "tenant_not_told", tenant: "tenant", step: "report", error: "RangeError" }]);
    holdBack(null);
    await talk.say();
    await reportToTenant(talk.tables, ports);
    expect(talk.row()?.report).toMatchObject({ seq: 2, sent: 2 });
    expect(directory.ledger()).toMatchObject({ ledger: { calls: 2 } });
  });

  it("that is answered late leaves alone what the session has stored meanwhile, and what a later one has brought", async () => {
    const { ports, holdBack, directory } = startTenant();
    const talk = startTalk();
    await talk.say();
    const slow = Promise.withResolvers<void>();
    holdBack(slow.promise);
    const early = reportToTenant(talk.tables, ports);
    await talk.say();
    const after = talk.row();
    holdBack(null);
    await reportToTenant(talk.tables, ports);
    const told = talk.row();
    expect(told).toEqual({ ...after, report: { ...after?.report, sent: 2, others: told?.report.others } });
    slow.resolve();
    await early;
    expect(talk.row()).toEqual(told);
    expect(directory.ledger()).toMatchObject({ ledger: { calls: 2 } });
  });

  it("writes one row of the session", async () => {
    const { ports } = startTenant();
    const talk = startTalk();
    const changes = () => talk.sql.all<{ rows: number }>("SELECT total_changes() AS rows")[0]?.rows ?? 0;
    await talk.say();
    const before = changes();
    await reportToTenant(talk.tables, ports);
    expect(changes() - before).toBe(1);
  });
});

describe("a session that was stored before there were reports", () => {
  it.each([
    ["priced", "m"],
    ["unpriced", null],
  ])("reports with its next turn all that it has cost so far, %s", async (_kind, model) => {
    const { reports, ports } = startTenant();
    const talk = startTalk();
    await talk.say(model);
    for (const column of ["gone", "path_gone"]) talk.sql.run(`ALTER TABLE node DROP COLUMN ${column}`);
    for (const column of ["report", "content"]) talk.sql.run(`ALTER TABLE session DROP COLUMN ${column}`);
    for (const table of ["recording", "body_prefix", "body_piece", "session_import"])
      talk.sql.run(`DROP TABLE ${table}`);
    talk.sql.run("UPDATE session SET ledger = json_remove(ledger, '$.money')");
    talk.sql.run("DELETE FROM schema_version WHERE version > 5");
    migrate(talk.sql);
    expect(talk.row()?.report).toEqual({ id: "", seq: 0, sent: 0, model: null, others: null });
    talk.sql.run("UPDATE session SET report = json_set(report, '$.seq', 1)");
    await reportToTenant(talk.tables, ports);
    expect(reports).toEqual([]);
    await talk.say(model);
    await reportToTenant(talk.tables, ports);
    const { spent, usd } = talk.row()?.ledger ?? {};
    expect(reports[0]?.sums).toMatchObject({
      calls: 2,
      spent,
      usdSpent: usd?.spent,
      weighedUsdSpent: usd?.spent,
      unpricedSpent: model === null ? spent : 0,
    });
  });
});
