/**
 * The object seen from its door: what can be called from outside, what may be written by whom, which tables there are.
 *
 * A caller here is anyone who holds a stub, so internals must be out of reach by name, and another tenant's call must
 * leave no trace. The work of the alarm and of eviction is tested beside this file.
 */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { hashText } from "../../src/model/hash.ts";
import type { Message } from "../../src/model/message.ts";
import type { SessionRpc, TurnRecord, TurnRequest } from "../../src/ports/session.ts";

const head = { tools: hashText(""), system: hashText(""), format: null };
const hello: Message = {
  json: '{"role":"user","content":"hello"}',
  role: "user",
  fingerprint: hashText("user hello"),
  opensCalls: 0,
  answersCalls: 0,
  keep: 0,
  carriesBrief: true,
  isBound: false,
};
const hi: Message = { ...hello, json: '{"role":"assistant","content":"hi"}', role: "assistant", carriesBrief: false };

function objectOf(name: string) {
  const stub = env.SESSION.get(env.SESSION.idFromName(name));
  const query = <Row>(sql: string): Promise<Row[]> =>
    runInDurableObject(stub, (_object, state) => state.storage.sql.exec(sql).toArray() as Row[]);
  const alarm = (): Promise<number | null> => runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
  return { stub, rpc: stub as unknown as SessionRpc, query, alarm };
}

const common = {
  tenant: "tenant",
  wire: "chat-completions",
  rewrite: { leaveAlone: null, binding: null, bindsReply: false },
  cacheLifetime: null,
  rev: "r1",
  model: "gpt-5.4",
  hasTools: false,
  headHash: head,
  headTokensEstimate: 10,
  isRetry: false,
  prior: null,
} as const;

function request(tenant: string, rev: string): TurnRequest {
  const { json, ...facts } = hello;
  const messages = [{ ...facts, chars: json.length }];
  return {
    ...common,
    tenant,
    rev,
    now: 1_700_000_000_000,
    parent: null,
    plain: false,
    keepsTools: false,
    keepsContent: true,
    query: null,
    messages,
  };
}

async function play(rpc: SessionRpc, tenant: string, rev: string): Promise<TurnRecord> {
  const opened = await rpc.open(request(tenant, rev));
  if (opened.kind !== "opened") throw new Error(opened.kind);
  const record: TurnRecord = {
    ...common,
    tenant,
    rev,
    at: 1_700_000_000_000,
    ticket: opened.ticket,
    identity: "x-strata-session",
    keepsContent: true,
    session: "st_door",
    memory: null,
    messages: [hello],
    head: [{ hash: hashText("system"), json: '{"role":"system","content":"system"}' }],
    reply: [hi],
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
    plan: { mode: "full", reason: "new_thread" },
    bytes: { client: 1, forwarded: 1, reply: 1 },
    own: 1,
    fresh: 1,
    sentOnly: null,
    recording: null,
    timings: {},
  };
  expect(await rpc.close(record)).toMatchObject({ stored: true });
  return record;
}

describe("the session object's door", () => {
  it("lets nobody wait for a turn that could not be stored", async () => {
    const { rpc } = objectOf("unstored");
    const record = await play(rpc, "tenant", "r1");
    expect((await rpc.open(request("tenant", "r2"))).kind).toBe("opened");
    const broken = { ...record, rev: "r2", messages: null as unknown as [] };
    await expect(
      (async () => {
        await rpc.close(broken);
      })(),
    ).rejects.toThrow();
    expect(await rpc.open({ ...request("tenant", "r3"), parent: { by: "rev", rev: "r2" } })).toEqual({
      kind: "unknown_parent",
    });
  });

  it("is closed to another tenant: nothing is opened, stored or shown", async () => {
    const { rpc, query } = objectOf("foreign");
    const record = await play(rpc, "tenant", "r1");
    const dump = () => query("SELECT * FROM turn");
    const before = await dump();
    expect(await rpc.open(request("other", "r2"))).toEqual({ kind: "foreign" });
    expect(await rpc.open({ ...request("other", "r2"), parent: { by: "rev", rev: "r1" } })).toEqual({
      kind: "foreign",
    });
    expect(await rpc.close({ ...record, tenant: "other", rev: "r2" })).toMatchObject({ stored: false });
    expect(await rpc.inspect("other", "session", { turns: 10 })).toBeNull();
    expect(await dump()).toEqual(before);
  });

  it("writes nothing and sets no alarm before a turn is closed", async () => {
    const { rpc, query, alarm } = objectOf("before");
    expect(await rpc.inspect("tenant", "session", { turns: 10 })).toBeNull();
    expect(await rpc.inspect(null, "session", { turns: 10 })).toBeNull();
    expect(await rpc.open({ ...request("tenant", "r1"), parent: { by: "rev", rev: "r0" } })).toEqual({
      kind: "unknown_parent",
    });
    await rpc.open(request("tenant", "r1"));
    await rpc.abandon("r1");
    expect(await alarm()).toBeNull();
    expect(await query("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'")).toEqual([]);
  });

  it("has the tables of docs/STORAGE.md once a turn is stored, and one row of each kind that the turn has", async () => {
    const { rpc, query } = objectOf("tables");
    await play(rpc, "tenant", "r1");
    const tables = await query<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name",
    );
    const counts: Record<string, number> = {};
    for (const { name } of tables)
      counts[name] = (await query<{ n: number }>(`SELECT count(*) AS n FROM ${name}`))[0]?.n ?? -1;
    expect(counts).toEqual({
      attempt: 0,
      body_piece: 0,
      body_prefix: 0,
      brief: 0,
      epoch: 0,
      form: 0,
      message: 3,
      message_chunk: 0,
      node: 2,
      recall_index: 0,
      recall_index_config: 1,
      recall_index_data: 2,
      recall_index_docsize: 0,
      recall_index_idx: 0,
      recall_note: 0,
      recall_piece: 0,
      recall_speaker: 0,
      recall_state: 0,
      recording: 0,
      schema_version: 9,
      segment: 0,
      session: 1,
      session_import: 0,
      turn: 1,
    });
  });

  it("stores the same close twice as one turn", async () => {
    const { rpc, query } = objectOf("twice");
    const record = await play(rpc, "tenant", "r1");
    await rpc.close(record);
    expect(await query("SELECT rev FROM turn")).toEqual([{ rev: "r1" }]);
    expect(await query("SELECT count(*) AS n FROM node")).toEqual([{ n: 2 }]);
  });
});
