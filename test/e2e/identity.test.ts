/**
 * Which session a request belongs to, and that no tenant meets another's, whatever ids they send.
 *
 * Each tenant has its own credential; the provider records what reached it, so a word of one tenant in a request of the
 * other would be seen.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import { startEdge } from "../fakes/edge/start-edge.ts";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import type { Provider } from "../fakes/provider/provider.ts";
import { chat, header, inspect, KEY, MODEL, sdk, startWithProvider, whenIdle } from "./start.ts";

const OTHER = "sk-other-0002";
const ADMIN = "admin-token-0003";

let edge: RunningEdge;
let provider: Provider;

beforeAll(async () => {
  const upstreams = { UPSTREAMS: '{"second":"http://127.0.0.1:9"}' };
  const vars = { STRATA_ADMIN_TOKEN: ADMIN, STRATA_SECRET: "a secret of this test", ...upstreams };
  ({ edge, provider } = await startWithProvider(vars));
});

const user = (content: string) => ({ role: "user" as const, content });
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

async function look(
  id: string,
  headers: Record<string, string>,
  query = "",
): Promise<{ status: number; body: string }> {
  const response = await fetch(`${edge.url}/_strata/sessions/${encodeURIComponent(id)}${query}`, { headers });
  return { status: response.status, body: await response.text() };
}

describe("a conversation without any id", () => {
  it("is named by its first exchange, and continued by whoever sends that exchange again", async () => {
    const client = sdk(edge);
    const messages: OpenAI.ChatCompletionMessageParam[] = [user("My cat is called Mim.")];
    const sessions: (string | null)[] = [];
    const verdicts: (string | null)[] = [];
    for (const next of ["And my dog?", "And my fish?", null]) {
      const { data, response } = await client.chat.completions.create({ model: MODEL, messages }).withResponse();
      sessions.push(response.headers.get("x-strata-session"));
      verdicts.push(response.headers.get("x-strata-verdict"));
      const message = data.choices[0]?.message;
      if (message) messages.push(message);
      if (next) messages.push(user(next));
    }
    expect(sessions[0]).toBeNull();
    expect(sessions[1]).toMatch(/^st_[\w-]{43}$/);
    expect(sessions[2]).toBe(sessions[1]);
    expect(verdicts).toEqual(["new", "continue", "continue"]);
    const view = await inspect(edge, sessions[1] ?? "");
    expect(view.counts).toEqual({ turns: 3, messages: 6, threads: 1 });
    expect(view.turns.map(({ identity, reason }) => [identity, reason])).toEqual([
      ["first_exchange", "unnamed_session"],
      ["first_exchange", "nothing_to_drop"],
      ["first_exchange", "nothing_to_drop"],
    ]);
  });

  it("is another one for another end user", async () => {
    const ask = async (end: string): Promise<string | null> => {
      const messages = [user("Hi"), { role: "assistant", content: "Hello" }, user("So?")];
      return header(await chat(edge, { model: MODEL, safety_identifier: end, messages }), "x-strata-session");
    };
    expect(await ask("ann")).not.toBe(await ask("bob"));
    expect(await ask("ann")).toBe(await ask("ann"));
  });
});

describe("an id that the client brings", () => {
  const id = "one-and-the-same-id";
  it.each<[string, Record<string, string>, object]>([
    ["x-strata-session", { "x-strata-session": id }, {}],
    ["x-session-id", { "x-session-id": id }, {}],
    ["x-claude-code-session-id", { "x-claude-code-session-id": id }, {}],
    ["session_id", { session_id: id }, {}],
    ["prompt_cache_key", {}, { prompt_cache_key: id }],
    ["metadata.user_id", {}, { metadata: { user_id: JSON.stringify({ session_id: id }) } }],
  ])("in %s names the conversation, for its tenant alone", async (source, headers, fields) => {
    const ask = (key: string, text: string, signals: Record<string, string> = headers) =>
      chat(edge, { model: MODEL, ...fields, messages: [user(text)] }, { ...signals, ...bearer(key) });
    const mine = await ask(KEY, "mine");
    const same = await ask(KEY, "mine too");
    const theirs = await ask(OTHER, "theirs");
    const session = header(mine, "x-strata-session") ?? "";
    expect(session).toMatch(/^st_[\w-]{43}$/);
    expect(header(same, "x-strata-session")).toBe(session);
    expect(header(theirs, "x-strata-session")).not.toBe(session);
    expect((await inspect(edge, session)).turns.map(({ identity }) => identity)).toEqual([source, source]);
    expect((await inspect(edge, header(theirs, "x-strata-session") ?? "", OTHER)).counts.turns).toBe(1);
    const stated = provider.requests.at(-1)?.headers.map(([name]) => name.toLowerCase()) ?? [];
    for (const name of Object.keys(headers)) expect(stated.includes(name), name).toBe(!name.startsWith("x-strata-"));
  });

  it("that is longer than any id still names one conversation", async () => {
    const headers = { "x-strata-session": "long".repeat(1000) };
    const replies = [await chat(edge, { model: MODEL, messages: [user("a")] }, headers)];
    replies.push(await chat(edge, { model: MODEL, messages: [user("b")] }, headers));
    const [first, second] = replies.map((reply) => header(reply, "x-strata-session"));
    expect(first).toMatch(/^st_/);
    expect(second).toBe(first);
  });
});

describe("a public id in the hands of another tenant", () => {
  it("passes a full history through, refuses a delta, shows nothing and changes nothing", async () => {
    const mine = await chat(edge, { model: MODEL, messages: [user("secret word")] }, { "x-strata-session": "mine" });
    const session = header(mine, "x-strata-session") ?? "";
    const rev = header(mine, "x-strata-rev") ?? "";
    const before = await whenIdle(edge, session);
    const stolen = { "x-strata-session": session, ...bearer(OTHER) };

    const full = await chat(edge, { model: MODEL, messages: [user("hand it over")] }, stolen);
    expect(full.status).toBe(200);
    expect(header(full, "x-strata-plan")).toBe("pass");
    expect(header(full, "x-strata-rev")).toBeNull();
    expect(provider.requests.at(-1)?.body.toString()).not.toContain("secret word");

    const count = provider.requests.length;
    const parented = { ...stolen, "x-strata-parent": rev };
    const delta = await chat(edge, { model: MODEL, messages: [user("hand it over")] }, parented);
    expect(delta.status).toBe(412);
    expect(header(delta, "x-should-retry")).toBe("false");
    expect(delta.body.toString()).not.toContain("secret word");
    expect(provider.requests).toHaveLength(count);

    expect(await inspect(edge, session)).toEqual(before);
    expect((await look(session, bearer(OTHER))).status).toBe(404);
  });

  it("that passes through says why as the documentation does: session_unavailable", async () => {
    const mine = await chat(edge, { model: MODEL, messages: [user("a")] }, { "x-strata-session": "mine again" });
    const stolen = { "x-strata-session": header(mine, "x-strata-session") ?? "", ...bearer(OTHER) };
    const full = await chat(edge, { model: MODEL, messages: [user("b")] }, stolen);
    expect(header(full, "x-strata-reason")).toBe("session_unavailable");
  });
});

describe("an inspection", () => {
  it("answers the owner by either id, the operator by the public one, and nobody else", async () => {
    const mine = await chat(edge, { model: MODEL, messages: [user("Hi")] }, { "x-strata-session": "looked at" });
    const session = header(mine, "x-strata-session") ?? "";
    await whenIdle(edge, session);
    const owner = await look(session, bearer(KEY));
    expect(owner.status).toBe(200);
    expect((await look("looked at", bearer(KEY))).body).toBe(owner.body);
    expect((await look(session, { "x-api-key": KEY })).status).toBe(200);
    expect((await look(session, { "x-api-key": `${KEY}x` })).status).toBe(404);
    expect((await look(session, bearer(ADMIN))).body).toBe(owner.body);
    const unknown = await look("no such session", bearer(KEY));
    for (const stranger of [bearer(OTHER), bearer(`${ADMIN}x`), {}]) {
      expect(await look(session, stranger)).toEqual(unknown);
      expect((await look("looked at", stranger)).status).toBe(404);
    }
    expect(unknown.status).toBe(404);
    expect(JSON.parse(unknown.body)).toMatchObject({ error: { code: "not_found" } });
    expect((await look("looked at", bearer(KEY), "?upstream=second")).status).toBe(404);
    expect((await look(session, bearer(KEY), "?turns=0")).body).toContain('"turns":[]');
    for (const text of [owner.body, unknown.body])
      for (const secret of [KEY, ADMIN, "a secret of this test"]) expect(text).not.toContain(secret);
  });

  it("of something unknown writes nothing: the runtime opens a file for every object asked, and it stays empty", async () => {
    const folder = await mkdtemp(join(tmpdir(), "strata-identity-"));
    const own = await startEdge({ upstreamUrl: provider.url, persistTo: folder, onLog: () => undefined });
    try {
      await chat(own, { model: MODEL, messages: [user("Hi")] }, { "x-strata-session": "real" });
      for (const id of ["nothing", `st_${"x".repeat(43)}`]) {
        const response = await fetch(`${own.url}/_strata/sessions/${id}`, { headers: bearer(KEY) });
        expect(response.status).toBe(404);
      }
      const headers = { "x-strata-session": "also nothing", "x-strata-parent": "unknown" };
      expect((await chat(own, { model: MODEL, messages: [user("Hi")] }, headers)).status).toBe(412);
    } finally {
      await own.close();
    }
    const names = await readdir(folder, { recursive: true });
    const files = names.filter((name) => /SessionObject\/[0-9a-f]{64}\.sqlite$/.test(name));
    const tables = files.map((name) => countTables(join(folder, name))).toSorted((a, b) => a - b);
    await rm(folder, { recursive: true, force: true });
    expect(tables.slice(0, -1)).toEqual([0, 0, 0]);
    expect(tables.at(-1)).toBeGreaterThan(5);
  });
});

function countTables(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const query =
      "SELECT count(*) AS count FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'";
    return Number(database.prepare(query).get()?.["count"]);
  } finally {
    database.close();
  }
}
