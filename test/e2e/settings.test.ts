/**
 * Settings as an operator meets them: switched off, misconfigured, several upstreams, health.
 *
 * Each edge here is the same bundle with other variables. A wrong setting is named and its value is not, because it may
 * be a secret.
 */
import { describe, expect, it } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { plainReply, sendJson } from "../fakes/edge/raw-upstream.ts";
import type { Exchange } from "../fakes/edge/raw-upstream.ts";
import {
  chat,
  chatRequest,
  header,
  inspect,
  KEY,
  MODEL,
  sendRaw,
  startEdgeBefore,
  startUpstream,
  startWithRawUpstream,
} from "./start.ts";

const QUESTION = { model: MODEL, messages: [{ role: "user", content: "Hi" }] };
const answer = (exchange: Exchange): void => sendJson(exchange, plainReply("Hello"));

async function health(edge: RunningEdge): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${edge.url}/_strata/health`);
  return { status: response.status, body: await response.json() };
}

describe("switched off", () => {
  it("by STRATA_MODE: everything passes through, our headers still stay behind, nothing is stored", async () => {
    const { edge, upstream } = await startWithRawUpstream({ STRATA_MODE: "off" }, answer);
    const body = JSON.stringify(QUESTION);
    const reply = await chat(edge, body, { "x-strata-session": "off" });
    expect(reply.status).toBe(200);
    expect(header(reply, "x-strata-plan")).toBe("pass");
    expect(header(reply, "x-strata-reason")).toBe("mode_off");
    expect(header(reply, "x-strata-rev")).toBeNull();
    const seen = upstream.exchanges.at(-1) as Exchange;
    expect(seen.body.toString()).toBe(body);
    expect(seen.headers.filter(([name]) => name.toLowerCase().startsWith("x-strata"))).toEqual([]);
    // A delta alone would mean something else: the client is told to send everything.
    const delta = await chat(edge, body, { "x-strata-session": "off", "x-strata-parent": "abc" });
    expect(delta.status).toBe(412);
    expect(upstream.exchanges).toHaveLength(1);
    await expect(inspect(edge, "off")).rejects.toThrow("404");
  });

  it("by the request: this one passes through, the next one does not", async () => {
    const { edge } = await startWithRawUpstream({}, answer);
    const headers = { "x-strata-session": "once" };
    const off = await chat(edge, QUESTION, { ...headers, "x-strata-mode": "off" });
    expect([header(off, "x-strata-plan"), header(off, "x-strata-reason")]).toEqual(["pass", "mode_off"]);
    await expect(inspect(edge, "once")).rejects.toThrow("404");
    const on = await chat(edge, QUESTION, headers);
    expect(header(on, "x-strata-verdict")).toBe("new");
    expect((await inspect(edge, "once")).counts.turns).toBe(1);
  });
});

describe("misconfigured", () => {
  it("says every problem at once, by name and never by value, to every request", async () => {
    const edge = await startEdgeBefore("ftp://secret-host", {
      UPSTREAMS: '{"Bad Name":"http://secret-a","ok":"http://secret-b:1","nourl":7}',
      STRATA_MODE: "secret-mode",
      STRATA_POLICY: '{"alpha":"secret-alpha"',
      STRATA_PRICES: '{"m":{"input":"secret-price"}}',
    });
    const { status, body } = await health(edge);
    expect(status).toBe(500);
    expect(body).toMatchObject({ status: "misconfigured" });
    const { problems } = body as { problems: string[] };
    const named = [
      "UPSTREAM_OPENAI_URL",
      "UPSTREAM_ANTHROPIC_URL",
      "UPSTREAMS: 'Bad Name'",
      "UPSTREAMS: 'nourl'",
      "STRATA_MODE",
      "STRATA_POLICY",
      "STRATA_PRICES: 'm'",
    ];
    expect(problems).toHaveLength(named.length);
    for (const name of named) expect(problems.filter((problem) => problem.startsWith(name))).toHaveLength(1);
    const turn = await chat(edge, QUESTION);
    const other = await sendRaw(edge, { path: "/v1/models" });
    const look = await sendRaw(edge, { path: "/_strata/sessions/x" });
    for (const reply of [turn, other, look]) {
      expect(reply.status).toBe(500);
      const { error } = JSON.parse(reply.body.toString()) as { error: { code: string; message: string } };
      expect(error.code).toBe("bad_settings");
      for (const problem of problems) expect(error.message).toContain(problem);
      expect(reply.body.toString()).not.toContain("secret");
    }
    expect(JSON.stringify(body)).not.toContain("secret");
    expect(header(turn, "x-should-retry")).toBe("false");
  });
});

describe("several upstreams", () => {
  it("each has its own path, and the same conversation at two of them is two sessions", async () => {
    const local = await startUpstream(answer);
    const based = await startUpstream(answer);
    const upstreams = { local: local.url, based: `${based.url}/gateway/openai/v1/` };
    const { edge, upstream } = await startWithRawUpstream({ UPSTREAMS: JSON.stringify(upstreams) }, answer);
    const send = (path: string) => sendRaw(edge, { ...chatRequest(QUESTION, { "x-strata-session": "same" }), path });
    const replies = [
      await send("/v1/chat/completions"),
      await send("/local/v1/chat/completions"),
      await send("/based/v1/chat/completions?api-version=1"),
    ];
    expect(upstream.exchanges.map(({ path }) => path)).toEqual(["/v1/chat/completions"]);
    expect(local.exchanges.map(({ path }) => path)).toEqual(["/v1/chat/completions"]);
    expect(based.exchanges.map(({ path }) => path)).toEqual(["/gateway/openai/v1/chat/completions?api-version=1"]);
    const sessions = replies.map((reply) => header(reply, "x-strata-session"));
    expect(new Set(sessions).size).toBe(3);
    for (const reply of replies) expect(header(reply, "x-strata-verdict")).toBe("new");

    await sendRaw(edge, { path: "/local/v1/models?x=1" });
    expect(local.exchanges.at(-1)?.path).toBe("/v1/models?x=1");
    await sendRaw(edge, { path: "/unknown/v1/models" });
    expect(upstream.exchanges.at(-1)?.path).toBe("/unknown/v1/models");

    const byQuery = `${edge.url}/_strata/sessions/same?upstream=local`;
    const found = await fetch(byQuery, { headers: { authorization: `Bearer ${KEY}` } });
    expect(((await found.json()) as { id: string }).id).toBe(sessions[1]);
  });
});

describe("our own routes", () => {
  it("health says whether names are keyed, and nothing under /_strata reaches the upstream", async () => {
    const { edge, upstream } = await startWithRawUpstream({}, answer);
    expect(await health(edge)).toEqual({ status: 200, body: { status: "ok", names_keyed: false } });
    const keyed = await startEdgeBefore(upstream.url, { STRATA_SECRET: "s" });
    expect(await health(keyed)).toEqual({ status: 200, body: { status: "ok", names_keyed: true } });
    for (const path of ["/_strata/nothing", "/_strata/sessions", "/_strata/ledger"]) {
      const reply = await sendRaw(edge, { path });
      expect(reply.status, path).toBe(404);
      expect(JSON.parse(reply.body.toString())).toMatchObject({ error: { code: "not_found" } });
    }
    for (const path of ["/_strata", "/_strata/"]) {
      const page = await fetch(edge.url + path);
      expect([page.status, new URL(page.url).pathname], path).toEqual([200, "/_strata/ui/sign-in"]);
    }
    expect((await sendRaw(edge, { method: "POST", path: "/_strata/health", body: "{}" })).status).toBe(404);
    expect(upstream.exchanges).toEqual([]);
  });

  it("a session's name depends on the secret", async () => {
    const { edge, upstream } = await startWithRawUpstream({ STRATA_SECRET: "one" }, answer);
    const other = await startEdgeBefore(upstream.url, { STRATA_SECRET: "two" });
    const name = async (at: RunningEdge) =>
      header(await chat(at, QUESTION, { "x-strata-session": "s" }), "x-strata-session");
    expect(await name(edge)).not.toBe(await name(other));
  });
});
