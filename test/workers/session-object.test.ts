/**
 * What only the real object can show: the alarm, eviction, RPC, and what a look at nothing leaves behind.
 *
 * Everything else about a session is tested on the plain class, which is faster and sees more.
 */
import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { WATCHERS_MAX } from "../../src/model/inspection-limits.ts";
import { hashText } from "../../src/model/hash.ts";
import type { Message } from "../../src/model/message.ts";
import type { SessionRpc, TurnRecord, TurnRequest } from "../../src/ports/session.ts";

const TENANT = "tenant";
const FREE = { leaveAlone: null, binding: null, bindsReply: false };
const head = { tools: hashText(""), system: hashText(""), format: null };

function objectOf(name: string) {
  const stub = env.SESSION.get(env.SESSION.idFromName(name));
  return { stub, rpc: stub as unknown as SessionRpc };
}

function message(role: "user" | "assistant", content: string): Message {
  const json = JSON.stringify({ role, content });
  const fingerprint = hashText(`${role} ${content}`);
  return {
    json,
    role,
    fingerprint,
    opensCalls: 0,
    answersCalls: 0,
    keep: 0,
    carriesBrief: role === "user",
    isBound: false,
  };
}

function ask(rev: string, messages: Message[], parent: string | null = null): TurnRequest {
  return {
    tenant: TENANT,
    wire: "chat-completions",
    rewrite: FREE,
    cacheLifetime: null,
    rev,
    now: 1_700_000_000_000,
    model: "gpt-5.4",
    hasTools: false,
    headHash: head,
    headTokensEstimate: 10,
    parent: parent === null ? null : { by: "rev", rev: parent },
    prior: null,
    messages: messages.map(({ json, ...facts }) => ({ ...facts, chars: json.length })),
    isRetry: false,
    plain: false,
    query: null,
    keepsTools: false,
    keepsContent: true,
  };
}

/** Opens and closes one turn. */
async function play(rpc: SessionRpc, rev: string, history: Message[], answer: Message): Promise<void> {
  const request = ask(rev, history);
  const opened = await rpc.open(request);
  if (opened.kind !== "opened") throw new Error(opened.kind);
  const record: TurnRecord = {
    tenant: TENANT,
    session: "st_object",
    memory: null,
    wire: "chat-completions",
    rewrite: FREE,
    cacheLifetime: null,
    rev,
    at: request.now,
    ticket: opened.ticket,
    model: request.model,
    headHash: head,
    headTokensEstimate: 10,
    hasTools: false,
    isRetry: false,
    identity: "x-strata-session",
    keepsContent: true,
    prior: null,
    messages: history.slice(opened.ticket.knownCount),
    head: [],
    reply: [answer],
    shortened: { forms: [], results: [] },
    replyId: null,
    isHeld: false,
    stateRefused: false,
    status: "complete",
    httpStatus: 200,
    usage: null,
    further: [],
    toolTokens: 0,
    rewriteRefused: false,
    additionsRefused: false,
    plan: { mode: opened.ticket.mode, reason: opened.ticket.reason },
    bytes: { client: 1, forwarded: 1, reply: 1 },
    own: 1,
    fresh: 1,
    sentOnly: null,
    recording: null,
    timings: {},
  };
  expect(await rpc.close(record)).toMatchObject({ stored: true });
}

const order = (turn: number): string =>
  `Order ${turn}: ${turn * 3} crates of K-${turn} to dock ${turn % 9} by 2026-05-${10 + (turn % 18)}. ${"Mind the paint on the doors. ".repeat(15)}`;

const long = Array.from({ length: 60 }, (_, turn) => [
  message("user", order(turn)),
  message("assistant", `Noted order ${turn} for dock ${turn % 9}.`),
]).flat();

describe("the object", () => {
  it("counts tokens and writes a brief from its alarm, and opens with it after a night", async () => {
    const { stub, rpc } = objectOf("alarm");
    await play(rpc, "r1", [...long, message("user", "And now?")], message("assistant", "Now we wait."));
    const before = await rpc.inspect(TENANT, "session", { turns: 9 });
    expect(before?.["pending"]).toEqual({
      uncounted_messages: long.length + 2,
      turns: 1,
      digests: 0,
      messages_to_read_for_facts: 0,
    });
    while (await runDurableObjectAlarm(stub));
    const after = await rpc.inspect(TENANT, "session", { turns: 9 });
    expect(after?.["pending"]).toEqual({ uncounted_messages: 0, turns: 0, digests: 0, messages_to_read_for_facts: 0 });
    expect(after?.["briefs"]).toMatchObject([{ state: "committed", checks: { code: "passed" } }]);
    const history = [
      ...long,
      message("user", "And now?"),
      message("assistant", "Now we wait."),
      message("user", "Go on."),
    ];
    const opened = await rpc.open({ ...ask("r2", history), now: 1_700_000_000_000 + 86_400_000 });
    expect(opened).toMatchObject({ kind: "opened", ticket: { mode: "brief", reason: "cold_cache" } });
    if (opened.kind === "opened") expect(opened.brief).toContain("Order 3: 9 crates of K-3");
  });

  it("keeps everything when it is evicted", async () => {
    const { stub, rpc } = objectOf("evicted");
    await play(rpc, "r1", [message("user", "hello")], message("assistant", "hi"));
    await evictDurableObject(stub);
    const opened = await objectOf("evicted").rpc.open(ask("r2", [message("user", "more")], "r1"));
    expect(opened).toMatchObject({ kind: "opened", ticket: { verdict: "delta" } });
    if (opened.kind === "opened")
      expect(opened.stored).toEqual({
        head: [],
        first: '{"role":"user","content":"hello"}',
        rest: '{"role":"assistant","content":"hi"}',
        skip: 0,
      });
  });

  it("shows nothing and writes nothing where there is nothing", async () => {
    const { stub, rpc } = objectOf("nobody");
    expect(await rpc.inspect(TENANT, "session", { turns: 9 })).toBeNull();
    await rpc.open(ask("r1", [message("user", "hello")]));
    const tables = await runInDurableObject(stub, (_object, state) =>
      state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'").toArray(),
    );
    expect(tables).toEqual([]);
  });

  it("tells whoever waits as soon as a turn is stored, and lets go of everyone in time", async () => {
    const { stub, rpc } = objectOf("watched");
    expect(await rpc.watch(TENANT, null, 60_000)).toBeNull();
    await play(rpc, "r1", [message("user", "hello")], message("assistant", "hi"));
    while (await runDurableObjectAlarm(stub));
    const start = await rpc.watch(TENANT, null, 60_000);
    if (!start) throw new Error("no session");
    expect(start).toEqual({ place: { turn: 1, attempts: 0, brief: 0, epoch: 0 }, turns: [], briefs: [], epochs: [] });
    const waiting = [rpc.watch(TENANT, start.place, 20_000), rpc.watch(null, start.place, 20_000)];
    await play(rpc, "r2", [message("user", "more")], message("assistant", "yes"));
    for (const news of await Promise.all(waiting)) expect(news?.turns).toMatchObject([{ rev: "r2", number: 2 }]);
    expect(await rpc.watch("another", start.place, 60_000)).toBeNull();
    const place = { ...start.place, turn: 2 };
    expect(await rpc.watch(TENANT, place, 10)).toMatchObject({ place, turns: [] });
  });

  it("lets only so many wait, and answers the others at once", async () => {
    const { stub, rpc } = objectOf("crowded");
    await play(rpc, "r1", [message("user", "hello")], message("assistant", "hi"));
    while (await runDurableObjectAlarm(stub));
    const place = { turn: 1, attempts: 0, brief: 0, epoch: 0 };
    const waiting = Array.from({ length: WATCHERS_MAX }, () => rpc.watch(TENANT, place, 20_000));
    const late = await rpc.watch(TENANT, place, 20_000);
    expect(late?.turns).toEqual([]);
    await play(rpc, "r2", [message("user", "more")], message("assistant", "yes"));
    const told = await Promise.all(waiting);
    expect(told.filter((news) => news?.turns.length === 1)).toHaveLength(WATCHERS_MAX);
  });

  it("offers its calls over RPC and nothing else", async () => {
    const { stub } = objectOf("closed");
    const names = await runInDurableObject(stub, (object) => {
      const own = Object.getOwnPropertyNames(object);
      const inherited = Object.getOwnPropertyNames(Object.getPrototypeOf(Object.getPrototypeOf(object)));
      return [...own, ...inherited].toSorted();
    });
    const steps = [
      "abandon",
      "alarm",
      "close",
      "constructor",
      "ctx",
      "env",
      "inspect",
      "open",
      "receive",
      "release",
      "search",
      "watch",
    ];
    expect(names).toEqual(steps);
  });
});
