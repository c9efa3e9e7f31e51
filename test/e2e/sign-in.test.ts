/**
 * Signing in over HTTP: what the cookie opens and what it does not, what another site can do with it, and the headers
 * that every page goes out with.
 *
 * The browser's part of it stands in `pages.test.ts`.
 */
import { beforeAll, describe, expect, it } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { chat, header, inspect, journal, KEY, MODEL, openRaw, sendRaw, startWithProvider, whenIdle } from "./start.ts";
import type { RawReply } from "./start.ts";

const OTHER = "sk-other-0002";
const ADMIN = "admin-token-0003";
const UI = "/_strata/ui";

let edge: RunningEdge;
let session: string;

beforeAll(async () => {
  ({ edge } = await startWithProvider({ STRATA_SECRET: "a secret", STRATA_ADMIN_TOKEN: ADMIN, STRATA_MEMORY: "on" }));
  await chat(edge, { model: MODEL, messages: [{ role: "user", content: "Hello" }] }, { "x-strata-session": "one" });
  session = (await whenIdle(edge, "one")).id;
});

function get(path: string, headers: Record<string, string> = {}): Promise<RawReply> {
  return sendRaw(edge, { path, headers });
}

function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<RawReply> {
  const type = { "content-type": "application/x-www-form-urlencoded" };
  return sendRaw(edge, {
    method: "POST",
    path,
    headers: { ...type, origin: edge.url, ...headers },
    body: new URLSearchParams(form).toString(),
  });
}

async function signIn(key: string, form: Record<string, string> = {}): Promise<string> {
  const reply = await post(`${UI}/sign-in`, { key, header: "authorization", ...form });
  expect(reply.status).toBe(303);
  return header(reply, "set-cookie")?.split(";")[0] ?? "";
}

describe("the cookie", () => {
  it("opens what its key opens, pages and JSON alike, and nothing of another tenant", async () => {
    const mine = { cookie: await signIn(KEY) };
    const others = { cookie: await signIn(OTHER) };
    const list = JSON.parse((await get("/_strata/sessions", mine)).body.toString()) as { sessions: { id: string }[] };
    expect(list.sessions.map(({ id }) => id)).toEqual([session]);
    expect((await get(`/_strata/sessions/${session}`, mine)).status).toBe(200);
    expect((await get(`/_strata/sessions/one`, mine)).status).toBe(200);
    expect((await get(`${UI}/sessions`, mine)).body.toString()).toContain(session);
    expect((await get(`${UI}/sessions`, others)).body.toString()).not.toContain(session);
    expect((await get(`/_strata/sessions/${session}`, others)).status).toBe(404);
  });

  it("of the operator opens every session", async () => {
    const operator = { cookie: await signIn(ADMIN) };
    const { tenant } = await inspect(edge, "one");
    expect((await get(`/_strata/sessions/${session}`, operator)).status).toBe(200);
    expect((await get(`${UI}/sessions?tenant=${tenant.key}`, operator)).body.toString()).toContain(session);
    const opened = await get(`${UI}/open?session=one&tenant=${tenant.key}`, operator);
    expect([opened.status, header(opened, "location")]).toEqual([303, `${UI}/sessions/${session}`]);
  });

  it("counts for nothing beside a credential", async () => {
    const cookie = await signIn(KEY);
    expect((await get(`/_strata/sessions/${session}`, { cookie, authorization: `Bearer ${OTHER}` })).status).toBe(404);
    expect((await get(`/_strata/sessions/${session}`, { cookie, "x-api-key": OTHER })).status).toBe(404);
  });

  it("is taken by no turn: those need the credential itself", async () => {
    const cookie = await signIn(KEY);
    await chat(
      edge,
      { model: MODEL, messages: [{ role: "user", content: "Hi" }] },
      { cookie, authorization: "", "x-strata-session": "two" },
    );
    expect((await get("/_strata/sessions/two", { authorization: `Bearer ${KEY}` })).status).toBe(404);
  });

  it("changes nothing at the will of another site", async () => {
    const cookie = await signIn(KEY);
    const forget = (headers: Record<string, string>): Promise<RawReply> =>
      sendRaw(edge, { method: "DELETE", path: "/_strata/users/ann/facts", headers: { cookie, ...headers } });
    for (const foreign of [
      {},
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site", origin: edge.url },
      { "sec-fetch-site": "same-site" },
    ]) {
      const { status, body } = await forget(foreign);
      expect([status, body.toString()]).toEqual([403, expect.stringContaining("foreign_origin")]);
    }
    expect((await forget({ origin: edge.url })).status).not.toBe(403);
    expect((await forget({ "sec-fetch-site": "same-origin" })).status).not.toBe(403);
    expect((await forget({ cookie: "", authorization: `Bearer ${KEY}` })).status).not.toBe(403);
    for (const path of ["sign-in", "sign-out", "theme"])
      expect((await post(`${UI}/${path}`, { key: KEY }, { cookie, origin: "https://evil.example" })).status).toBe(403);
  });
});

describe("signing in", () => {
  it("goes on to where the reader wanted to go, and never off this deployment", async () => {
    const next = async (next: string): Promise<string | null> =>
      header(await post(`${UI}/sign-in`, { key: KEY, header: "authorization", next }), "location");
    expect(await next(`${UI}/sessions?q=a%20b`)).toBe(`${UI}/sessions?q=a%20b`);
    for (const odd of [
      "",
      "https://evil.example/_strata/ui",
      "//evil.example/_strata/ui",
      "/\\evil.example",
      "/v1/models",
      `${UI}/../../v1`,
      `${UI}.evil`,
      "javascript:alert(1)",
      `${UI}/sign-out`,
      `${UI}/sign-in`,
    ])
      expect(await next(odd), odd).toBe(UI);
  });

  it("asks whoever is not known, and leaves the JSON API as it is", async () => {
    const page = await get(`${UI}/sessions/${session}?a=1`);
    expect([page.status, header(page, "location")]).toEqual([
      303,
      `${UI}/sign-in?next=${encodeURIComponent(`${UI}/sessions/${session}?a=1`)}`,
    ]);
    for (const cookie of ["strata=", "strata=v1.operator.9999999999.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]) {
      expect((await get(UI, { cookie })).status).toBe(303);
      expect((await get("/_strata/sessions", { cookie })).status).toBe(404);
      expect((await get(`/_strata/sessions/${session}`, { cookie })).status).toBe(404);
    }
  });

  it("takes no key that no app could send", async () => {
    for (const key of ["", "  ", "Bearer ", "a\nb", "schlüssel", "a".repeat(20_000)])
      expect((await post(`${UI}/sign-in`, { key, header: "authorization" })).status).toBe(400);
    expect((await post(`${UI}/sign-in`, { key: KEY, header: "cookie" })).status).toBe(400);
    expect(await signIn(`Bearer ${KEY}`)).toMatch(/^strata=v1\.[\w-]{22}\./);
  });

  it("is off where a cookie could be forged", async () => {
    const { edge: unkeyed } = await startWithProvider();
    const at = async (host: string): Promise<string> => {
      const reply = await openRaw(unkeyed, { path: `${UI}/sign-in`, headers: { host } });
      return Buffer.concat(await reply.toArray()).toString();
    };
    expect(await at("strata.example")).toContain("Nobody can sign in here");
    expect(await at(new URL(unkeyed.url).host)).toContain('name="key"');
  });

  it("leaves the key nowhere", async () => {
    const reply = await post(`${UI}/sign-in`, { key: KEY, header: "authorization", next: `${UI}/sessions` });
    const cookie = header(reply, "set-cookie")?.split(";")[0] ?? "";
    const page = await get(`${UI}/sessions`, { cookie });
    expect(JSON.stringify([reply.headers, page.headers]) + page.body.toString() + journal.join("")).not.toContain(KEY);
  });
});

describe("every answer", () => {
  it("goes out with a policy that allows nothing from elsewhere, and is kept by nobody", async () => {
    const cookie = await signIn(KEY);
    const pages: [path: string, status: number, headers: Record<string, string>][] = [
      [UI, 200, { cookie }],
      [UI, 303, {}],
      [`${UI}/sessions`, 200, { cookie }],
      [`${UI}/nowhere`, 404, { cookie }],
      [`${UI}/sign-in`, 200, {}],
      ["/_strata/health", 200, {}],
      [`/_strata/sessions/${session}`, 200, { cookie }],
      [`/_strata/sessions/${session}/turns/1/bodies/client`, 200, { cookie }],
      [`/_strata/sessions/${session}`, 404, {}],
    ];
    for (const [path, status, headers] of pages) {
      const reply = await get(path, headers);
      expect([path, reply.status]).toEqual([path, status]);
      expect(header(reply, "content-security-policy")).toContain("default-src 'none'");
      expect(header(reply, "content-security-policy")).not.toMatch(/unsafe|\*|http/);
      expect(header(reply, "cache-control")).toMatch(/no-store$/);
      expect(header(reply, "x-content-type-options")).toBe("nosniff");
      expect(header(reply, "referrer-policy")).toBe("no-referrer");
      expect(reply.body.toString()).not.toMatch(
        / style=| on[a-z]+=|<style|<script(?! type="module" src="\/_strata\/ui\/live\.js)/,
      );
    }
  });

  it("shares a sheet and a script that may be kept, under names that change with them", async () => {
    const html = (await get(UI, { cookie: await signIn(KEY) })).body.toString();
    const addresses = [...html.matchAll(/(?:href|src)="(\/_strata\/ui\/[a-z]+\.(?:css|js)\?v=[\w-]{22})"/g)].map(
      ([, url]) => url ?? "",
    );
    expect(addresses).toHaveLength(2);
    for (const path of addresses) {
      const reply = await get(path);
      expect([reply.status, header(reply, "cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
      expect(header(reply, "content-type")).toMatch(/^text\/(?:css|javascript); charset=utf-8$/);
    }
  });

  it("is found from the root of the inside", async () => {
    for (const path of ["/_strata", "/_strata/"]) {
      let reply = await get(path);
      for (let step = 0; step < 3 && reply.status < 400 && header(reply, "location"); step++)
        reply = await get(new URL(header(reply, "location") ?? "", edge.url).pathname);
      expect([reply.status, reply.body.toString()]).toEqual([200, expect.stringContaining("Sign in")]);
    }
  });
});
