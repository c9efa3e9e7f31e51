/**
 * The tenant's object in workerd: what its door offers, that looking leaves nothing behind, what a report costs in rows,
 * and that real sessions report from their alarm and keep what they hear back.
 *
 * The directory itself is tested on the plain class.
 */
import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { hashText } from "../../src/model/hash.ts";
import type { Message } from "../../src/model/message.ts";
import type { SessionRpc, TurnRecord, TurnRequest } from "../../src/ports/session.ts";
import type { TenantRpc } from "../../src/ports/tenant-directory.ts";
import { idOf, reportOf } from "../unit/tenant/report.ts";

const MINUTE_MS = 60_000;

function tenantOf(key: string) {
  const stub = env.TENANT.get(env.TENANT.idFromName(key));
  return { stub, rpc: stub as unknown as TenantRpc };
}

/** A session that talks without an edge and without a provider. */
function startSession(tenant: string, name: string) {
  const stub = env.SESSION.get(env.SESSION.idFromName(name));
  const rpc = stub as unknown as SessionRpc;
  const history: Message[] = [];
  let now = 1_700_000_000_000;
  const common = {
    tenant,
    wire: "chat-completions",
    rewrite: { leaveAlone: null, binding: null, bindsReply: false },
    cacheLifetime: null,
    model: "gpt-5.4",
    hasTools: false,
    headHash: { tools: hashText(""), system: hashText(""), format: null },
    headTokensEstimate: 10,
    isRetry: false,
    prior: null,
  } as const;
  return {
    stub,
    rpc,
    async say(): Promise<void> {
      const turn = history.length;
      now += MINUTE_MS;
      history.push(message("user", `Order ${turn}: mind the paint.`));
      const question: TurnRequest = {
        ...common,
        rev: `r${turn}`,
        now,
        parent: null,
        plain: false,
        keepsTools: false,
        keepsContent: true,
        query: null,
        messages: history.map(({ json, ...facts }) => ({ ...facts, chars: json.length })),
      };
      const opened = await rpc.open(question);
      if (opened.kind !== "opened") throw new Error(opened.kind);
      const { ticket } = opened;
      const answer = message("assistant", `Noted ${turn}.`);
      const record: TurnRecord = {
        ...common,
        rev: question.rev,
        session: name,
        memory: null,
        at: now,
        ticket,
        identity: "x-strata-session",
        keepsContent: true,
        messages: history.slice(ticket.knownCount),
        head: [],
        reply: [answer],
        replyId: null,
        isHeld: false,
        stateRefused: false,
        shortened: { forms: [], results: [] },
        further: [],
        toolTokens: 0,
        status: "complete",
        httpStatus: 200,
        usage: null,
        rewriteRefused: false,
        additionsRefused: false,
        own: 1,
        fresh: 1,
        sentOnly: null,
        recording: null,
        timings: {},
        plan: { mode: ticket.mode, reason: ticket.reason },
        bytes: { client: 1, forwarded: 1, reply: 1 },
      };
      await rpc.close(record);
      history.push(answer);
    },
    async rest(): Promise<Record<string, unknown>> {
      while (await runDurableObjectAlarm(stub));
      return vi.waitFor(async () => {
        const known = (await rpc.inspect(tenant, "session", { turns: 0 }))?.tenant;
        expect(known?.is_told).toBe(true);
        return { ...known };
      });
    },
  };
}

function message(role: "user" | "assistant", content: string): Message {
  const json = JSON.stringify({ role, content });
  return {
    json,
    role,
    fingerprint: hashText(json),
    opensCalls: 0,
    answersCalls: 0,
    keep: 0,
    carriesBrief: role === "user",
    isBound: false,
  };
}

describe("the tenant object's door", () => {
  it("offers its calls over RPC and nothing else", async () => {
    const { stub } = tenantOf("closed");
    const names = await runInDurableObject(stub, (object) => [
      ...Object.getOwnPropertyNames(object),
      ...Object.getOwnPropertyNames(Object.getPrototypeOf(Object.getPrototypeOf(object))),
    ]);
    expect(names.toSorted()).toEqual([
      "alarm",
      "constructor",
      "ctx",
      "days",
      "deleteAll",
      "deletion",
      "env",
      "forget",
      "ledger",
      "list",
      "report",
      "watch",
    ]);
  });

  it("shows nothing and writes nothing where there is nothing", async () => {
    const { stub, rpc } = tenantOf("nobody");
    expect(await rpc.list(null, 10)).toBeNull();
    expect(await rpc.ledger()).toBeNull();
    await rpc.forget(idOf(1));
    const { place } = await rpc.watch(null, 0);
    expect(await rpc.watch(place, 10)).toMatchObject({ sessions: [], isKnown: false });
    const tables = await runInDurableObject(stub, (_object, state) =>
      state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'").toArray(),
    );
    expect(tables).toEqual([]);
  });

  it("keeps everything when it is evicted, page by page", async () => {
    const { stub, rpc } = tenantOf("evicted");
    for (const session of [1, 2, 3]) await rpc.report(reportOf(session, 2));
    await evictDurableObject(stub);
    const { rpc: again } = tenantOf("evicted");
    const page = await again.list(null, 2);
    expect(page?.sessions.map(({ id }) => id)).toEqual([idOf(3), idOf(2)]);
    expect((await again.list(page?.next ?? null, 2))?.sessions).toMatchObject([{ id: idOf(1), turns: 2 }]);
    expect(await again.ledger()).toMatchObject({ sessions: 3, ledger: { calls: 6 } });
    await again.forget(idOf(2));
    expect(await again.ledger()).toMatchObject({ sessions: 2, ledger: { calls: 6 } });
  });

  it("tells whoever waits of a report, and of those before its object was started", async () => {
    const { stub, rpc } = tenantOf("watched");
    await rpc.report(reportOf(1, 1));
    const { place } = await rpc.watch(null, 0);
    const waiting = rpc.watch(place, 20_000);
    await rpc.report(reportOf(2, 1));
    expect((await waiting).sessions.map(({ id }) => id)).toEqual([idOf(2)]);
    await evictDurableObject(stub);
    const { sessions } = await tenantOf("watched").rpc.watch(place, 20_000);
    expect(sessions.map(({ id }) => id)).toEqual([idOf(1), idOf(2)]);
  });

  it("writes the rows of docs/STORAGE.md for a report, as the platform bills them", async () => {
    const { stub, rpc } = tenantOf("rows");
    await rpc.report(reportOf(1, 1));
    await rpc.report(reportOf(2, 1));
    const written = await runInDurableObject(stub, async (object, state) => {
      const { sql } = state.storage;
      const cursors: { rowsWritten: number }[] = [];
      const exec = sql.exec.bind(sql);
      const spy = vi.spyOn(sql, "exec").mockImplementation((query, ...bindings) => {
        const cursor = exec(query, ...bindings);
        cursors.push(cursor);
        return cursor;
      });
      await (object as unknown as TenantRpc).report(reportOf(1, 2));
      spy.mockRestore();
      return cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, 0);
    });
    expect(written).toBe(4);
  });
});

describe("sessions of one tenant", () => {
  it("report from their alarm, hear what the others have cost, and know it after they were evicted", async () => {
    const one = startSession("pays-for-both", idOf(1));
    const two = startSession("pays-for-both", idOf(2));
    await one.say();
    await one.say();
    expect(await one.rest()).toMatchObject({ key: "pays-for-both", others: { usd: { spent: 0, replay: 0 } } });
    await two.say();
    await evictDurableObject(two.stub);
    const heard = (await two.rest())["others"] as { usd: { spent: number } };
    const { rpc } = tenantOf("pays-for-both");
    const entries = (await rpc.list(null, 10))?.sessions ?? [];
    const first = entries.find(({ id }) => id === idOf(1));
    expect(heard.usd.spent).toBeGreaterThan(0);
    expect(heard.usd.spent).toBeCloseTo(first?.ledger.usd?.spent ?? 0, 12);
    expect(await tenantOf("pays-for-itself").rpc.ledger()).toBeNull();
  });
});
