/**
 * A tenant from outside: its sessions and its ledger over HTTP, and what both of them mean for the next compaction.
 *
 * Two tenants talk to one edge; each must see its own sessions and nothing else, and the operator what he names.
 */
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { chat, header, inspect, journal, KEY, MODEL, startWithProvider } from "./start.ts";
import { LONG_VARS, LongTalk } from "./play.ts";

const OTHER = "sk-other-0002";
const NEWCOMER = "sk-newcomer-0003";
const ADMIN = "admin-token-0004";

interface Money {
  spent: number;
  replay: number;
}

interface Entry {
  id: string;
  updated_at: string;
  turns: number;
  model: string;
  ledger: { calls: number; usd: Money | null; input_token_units: Money; tokens: { client: number } };
}

interface Page {
  tenant: string;
  sessions: Entry[];
  next_cursor: string | null;
}

interface Totals {
  tenant: string;
  sessions: number;
  ledger: { calls: number; usd: Money | null; unpriced_input_token_units: Money; tokens: { client: number } } | null;
}

async function look(edge: RunningEdge, path: string, key: string | null): Promise<{ status: number; text: string }> {
  const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(`${edge.url}/_strata/${path}`, { headers });
  return { status: response.status, text: await response.text() };
}

async function read<View>(edge: RunningEdge, path: string, key = KEY): Promise<View> {
  const { status, text } = await look(edge, path, key);
  expect(status).toBe(200);
  return JSON.parse(text) as View;
}

/** The list, once it has heard of so many turns. */
function whenTold(edge: RunningEdge, turns: number, key = KEY): Promise<Page> {
  return vi.waitFor(
    async () => {
      const page = await read<Page>(edge, "sessions?limit=500", key);
      expect(page.sessions.reduce((sum, entry) => sum + entry.turns, 0)).toBe(turns);
      return page;
    },
    { timeout: 10_000, interval: 10 },
  );
}

describe("two tenants at one edge", () => {
  let edge: RunningEdge;
  let mine: Page;
  let theirs: Page;

  beforeAll(async () => {
    ({ edge } = await startWithProvider({ STRATA_ADMIN_TOKEN: ADMIN, STRATA_SECRET: "a secret of this test" }));
    const talk = async (key: string, session: string, turns: number, model = MODEL): Promise<void> => {
      const messages: object[] = [];
      for (let turn = 0; turn < turns; turn++) {
        messages.push({ role: "user", content: `Question ${turn} about the harbour.` });
        const body = { model, messages };
        const reply = await chat(edge, body, { "x-strata-session": session, authorization: `Bearer ${key}` });
        const { choices } = JSON.parse(reply.body.toString()) as { choices: { message: object }[] };
        messages.push(choices[0]?.message ?? {});
      }
    };
    for (const [session, turns] of [
      ["a", 3],
      ["b", 1],
      ["c", 2],
    ] as const)
      await talk(KEY, session, turns);
    await talk(KEY, "unpriced", 2, "a-model-of-our-own");
    await talk(OTHER, "a", 4);
    mine = await whenTold(edge, 8);
    theirs = await whenTold(edge, 4, OTHER);
  });

  it("list each its own sessions, newest first, with the numbers of the sessions themselves", async () => {
    expect(mine.sessions.map(({ turns }) => turns)).toEqual([2, 2, 1, 3]);
    expect(mine.sessions.map(({ model }) => model)).toEqual(["a-model-of-our-own", MODEL, MODEL, MODEL]);
    expect(theirs.sessions.map(({ turns }) => turns)).toEqual([4]);
    expect(theirs.tenant).not.toBe(mine.tenant);
    for (const entry of mine.sessions) {
      const { ledger } = await inspect(edge, entry.id);
      expect(ledger).toMatchObject(entry.ledger);
    }
    const ids = mine.sessions.map(({ id }) => id);
    expect(new Set([...ids, theirs.sessions[0]?.id]).size).toBe(5);
    expect((await inspect(edge, "a")).id).toBe(ids[3]);
  });

  it("have totals that are the sums over their sessions", async () => {
    const { sessions, ledger } = await read<Totals>(edge, "ledger");
    const sum = (value: (entry: Entry) => number): number => mine.sessions.reduce((all, one) => all + value(one), 0);
    expect([sessions, ledger?.calls, ledger?.tokens.client]).toEqual([
      4,
      8,
      sum(({ ledger: { tokens } }) => tokens.client),
    ]);
    expect(ledger?.usd?.spent).toBeCloseTo(
      sum(({ ledger: { usd } }) => usd?.spent ?? 0),
      12,
    );
    expect(ledger?.usd?.replay).toBeCloseTo(
      sum(({ ledger: { usd } }) => usd?.replay ?? 0),
      12,
    );
    expect(ledger?.usd?.spent).toBeGreaterThan(0);
    const [unpriced] = mine.sessions;
    expect(unpriced?.ledger.usd).toBeNull();
    expect(ledger?.unpriced_input_token_units).toEqual({
      spent: unpriced?.ledger.input_token_units.spent,
      replay: unpriced?.ledger.input_token_units.replay,
    });
    expect((await read<Totals>(edge, "ledger", OTHER)).ledger?.calls).toBe(4);
  });

  it("page through their lists", async () => {
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page = await read<Page>(edge, `sessions?limit=3${query}`);
      expect(page.sessions.length).toBe(seen.length === 0 ? 3 : 1);
      seen.push(...page.sessions.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(mine.sessions.map(({ id }) => id));
    for (const odd of ["", "x", "1.st_short", `1.5.${seen[0]}`, `1e3.${seen[0]}`, `1.${seen[0]}'--`]) {
      const { status, text } = await look(edge, `sessions?cursor=${encodeURIComponent(odd)}`, KEY);
      expect([status, (JSON.parse(text) as { error: { code: string } }).error.code]).toEqual([400, "unknown_cursor"]);
    }
    // Another's cursor is a time and a name: it leads into one's own list, or to its end.
    const foreign = `${Date.parse(theirs.sessions[0]?.updated_at ?? "")}.${theirs.sessions[0]?.id}`;
    expect((await read<Page>(edge, `sessions?cursor=${foreign}`)).sessions).toHaveLength(4);
  });

  it("find their sessions by the id that their client uses, by model and by day", async () => {
    const ids = async (query: string, key = KEY): Promise<string[]> =>
      (await read<Page>(edge, `sessions?${query}`, key)).sessions.map(({ id }) => id);
    const all = mine.sessions.map(({ id }) => id);
    expect(await ids("q=a")).toEqual([all[3]]);
    expect(await ids("q=a", OTHER)).toEqual([theirs.sessions[0]?.id]);
    expect(await ids(`q=a&tenant=${mine.tenant}`, ADMIN)).toEqual([all[3]]);
    expect(await ids("q=OUR-OWN")).toEqual([all[0]]);
    expect(await ids(`q=${all[2]?.slice(0, 20)}`)).toEqual([all[2]]);
    expect(await ids(`q=${theirs.sessions[0]?.id}`)).toEqual([]);
    const today = mine.sessions[0]?.updated_at.slice(0, 10) ?? "";
    expect(await ids(`since=2020-01-01&until=${today}`)).toEqual(all);
    expect(await ids(`until=${mine.sessions[2]?.updated_at}`)).toEqual(all.slice(2));
    for (const query of ["since=yesterday", "until=2026-13-40", "since=2026-01-01T00:00:00"])
      expect((await look(edge, `sessions?${query}`, KEY)).status).toBe(400);
  });

  it("have a ledger by day that adds up to their totals", async () => {
    const { ledger } = await read<Totals>(edge, "ledger");
    const { days } = await read<{ days: (Totals & { day: string })[] }>(edge, "ledger/days");
    expect(days.reduce((sum, day) => sum + (day.ledger?.calls ?? 0), 0)).toBe(ledger?.calls);
    expect(days.at(-1)?.day).toBe(mine.sessions[0]?.updated_at.slice(0, 10));
    expect(await read(edge, "ledger/days?to=2020-01-01")).toEqual({ tenant: mine.tenant, days: [] });
    expect(await read(edge, "ledger/days", NEWCOMER)).toMatchObject({ days: [] });
    expect((await look(edge, "ledger/days?from=x", KEY)).status).toBe(400);
    expect((await look(edge, "ledger/days", null)).status).toBe(404);
  });

  it("are an empty list to a newcomer, who names another in vain", async () => {
    for (const query of ["", `?tenant=${mine.tenant}`, `?cursor=1.${mine.sessions[0]?.id}`]) {
      const page = await read<Page>(edge, `sessions${query}`, NEWCOMER);
      expect(page).toEqual({ tenant: page.tenant, sessions: [], next_cursor: null });
      expect([mine.tenant, theirs.tenant]).not.toContain(page.tenant);
    }
    expect(await read<Totals>(edge, `ledger?tenant=${mine.tenant}`, NEWCOMER)).toMatchObject({
      sessions: 0,
      ledger: null,
    });
  });

  it("are shown to nobody who sends no credential, for those are many", async () => {
    await chat(
      edge,
      { model: MODEL, messages: [{ role: "user", content: "Hi" }] },
      {
        "x-strata-session": "nobody's",
        authorization: "",
      },
    );
    for (const path of ["sessions", "ledger", `sessions?tenant=${mine.tenant}`])
      expect((await look(edge, path, null)).status).toBe(404);
  });

  it("are shown to the operator one by one, by name", async () => {
    for (const { tenant, sessions } of [mine, theirs]) {
      const page = await read<Page>(edge, `sessions?tenant=${tenant}`, ADMIN);
      expect(page.sessions).toEqual(sessions);
      expect(await read<Totals>(edge, `ledger?tenant=${tenant}`, ADMIN)).toMatchObject({
        tenant,
        sessions: sessions.length,
      });
    }
    const nobody = await read<Page>(edge, "sessions", NEWCOMER);
    expect((await inspect(edge, mine.sessions[0]?.id ?? "", ADMIN)).tenant.key).toBe(mine.tenant);
    for (const query of ["", "?tenant=", `?tenant=${nobody.tenant}`, "?tenant=../x", `?tenant=${mine.tenant}x`])
      for (const path of ["sessions", "ledger"]) expect((await look(edge, path + query, ADMIN)).status).toBe(404);
  });

  it("leave no word of what was said, and no trouble in the log", async () => {
    const { text } = await look(edge, "sessions", KEY);
    expect(text + (await look(edge, "ledger", KEY)).text).not.toMatch(/harbour|sk-/);
    expect(journal.filter((line) => line.includes("tenant_not_told"))).toEqual([]);
  });
});

describe("the tenant's guard", () => {
  it("refuses a compaction that costs more than staying until another session has saved for it", async () => {
    const policy = { ...(JSON.parse(LONG_VARS.STRATA_POLICY) as object), alpha: 0, sessionSlack: 10, tenantSlack: 0 };
    const price = { input: 1, read: 0.1, write: 1.25, output: 4, minimumTokens: 0 };
    const { edge } = await startWithProvider({
      ...LONG_VARS,
      STRATA_POLICY: JSON.stringify(policy),
      STRATA_PRICES: JSON.stringify({ [MODEL]: price }),
    });
    const spender = new LongTalk(edge, "spender");
    const say = async (talk: LongTalk): Promise<string | null> => {
      const reply = await talk.ask();
      await talk.take(reply);
      return header(reply, "x-strata-reason");
    };
    const early: (string | null)[] = [];
    for (let turn = 0; turn < 10; turn++) early.push(await say(spender));
    expect(early.at(-1)).toBe("tenant_guard");
    expect(early).not.toContain("rent_paid");

    // A night makes compacting free, and each turn after it costs less than its replay.
    const saver = new LongTalk(edge, "saver");
    for (let turn = 0; turn < 12; turn++) await say(saver);
    saver.nowMs += 9 * 3_600_000;
    const saved: (string | null)[] = [];
    for (let turn = 0; turn < 4; turn++) saved.push(await say(saver));
    expect(saved[0]).toBe("cold_cache");
    const { ledger } = await read<Totals>(edge, "ledger");
    expect(ledger?.usd?.spent).toBeLessThan(ledger?.usd?.replay ?? 0);

    // What the others have saved is heard of with the next report.
    expect(await say(spender)).toBe("tenant_guard");
    expect(await say(spender)).toBe("rent_paid");
    expect((await inspect(edge, "spender")).epochs).toHaveLength(1);
  });
});
