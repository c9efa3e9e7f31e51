/**
 * What Strata does not act on goes through untouched, both ways: bytes, status, headers.
 *
 * The upstream records what arrives and answers by hand, so that every byte can be compared. Only hop-by-hop headers,
 * host, content-length, accept-encoding and our own may differ.
 */
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { plainReply } from "../fakes/edge/raw-upstream.ts";
import { chat, header, sendRaw, startEdgeBefore, startUpstream, startWithRawUpstream } from "./start.ts";

const { edge, upstream } = await startWithRawUpstream({}, ({ path, method, response }) => {
  if (path === "/v1/nothing") return void response.writeHead(204, { "x-a": "1" }).end();
  if (path === "/v1/moved") return void response.writeHead(307, { location: "https://example.com/elsewhere" }).end();
  if (path === "/v1/busy")
    return void response
      .writeHead(429, { "retry-after-ms": "1500", "content-type": "application/json" })
      .end('{"error":{}}');
  const headers = {
    "content-type": "application/octet-stream",
    "set-cookie": ["a=1", "b=2; Path=/"],
    "x-strata-rev": "fake",
    "x-request-id": "r-1",
  };
  response.writeHead(200, headers).end(method === "HEAD" ? undefined : BINARY);
});
const BINARY = randomBytes(300_000);
const last = () => upstream.exchanges.at(-1);

/** Headers as name to value, without those that may differ; `cf-worker` is the runtime's own mark. */
function comparable(pairs: [string, string][]): [string, string][] {
  const own =
    /^(?:host|connection|content-length|accept-encoding|transfer-encoding|date|keep-alive|cf-worker|x-strata-.*|server-timing)$/;
  return pairs
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .filter(([name]) => !own.test(name));
}

describe("any other route", () => {
  it.each([
    ["GET", "/v1/models?limit=20&a=%20b&a=c", undefined],
    ["DELETE", "/v1/files/file-1", undefined],
    ["POST", "/v1/embeddings", '{"input" :  "x"}'],
    ["PUT", "/some/where%2Felse", randomBytes(70_000)],
    ["GET", "/v1/chat/completions", undefined],
    ["POST", "/v1/chat/completions/abc", "{}"],
    ["OPTIONS", "/v1/chat/completions", undefined],
  ])("%s %s arrives as it was sent and comes back as it was answered", async (method, path, body) => {
    const headers = {
      authorization: "Bearer k",
      "x-odd": 'a, b;c="d"',
      "user-agent": "test/1",
      accept: "*/*",
      "x-strata-mode": "on",
    };
    const reply = await sendRaw(edge, { method, path, headers, ...(body === undefined ? {} : { body }) });
    expect(last()).toMatchObject({ method, path });
    expect(last()?.body.equals(Buffer.from(body ?? ""))).toBe(true);
    const { "x-strata-mode": _ours, ...sent } = headers;
    expect(comparable(last()?.headers ?? []).toSorted()).toEqual(comparable(Object.entries(sent)).toSorted());
    expect(reply.status).toBe(200);
    expect(reply.body.equals(BINARY)).toBe(true);
    expect(comparable(reply.headers).toSorted()).toEqual([
      ["content-type", "application/octet-stream"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2; Path=/"],
      ["x-request-id", "r-1"],
    ]);
    expect(header(reply, "x-strata-reason")).toBe("unknown_route");
    expect(header(reply, "x-strata-rev")).toBeNull();
  });

  it("keeps statuses without a body, redirects and errors", async () => {
    expect(await sendRaw(edge, { path: "/v1/nothing" })).toMatchObject({ status: 204 });
    const moved = await sendRaw(edge, { path: "/v1/moved" });
    expect([moved.status, header(moved, "location")]).toEqual([307, "https://example.com/elsewhere"]);
    const busy = await sendRaw(edge, { path: "/v1/busy" });
    expect([busy.status, header(busy, "retry-after-ms"), busy.body.toString()]).toEqual([429, "1500", '{"error":{}}']);
  });
});

describe("a body that is no chat request", () => {
  it.each([
    ["invalid JSON", '{"model":"m","messages":[{"role":"user","content":"x"}'],
    [
      "invalid UTF-8",
      Buffer.concat([
        Buffer.from('{"messages":[{"role":"user","content":"'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('"}]}'),
      ]),
    ],
    [
      "a byte order mark",
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{"messages":[{"role":"user","content":"x"}]}')]),
    ],
    ["two messages fields", '{"messages":[],"messages":[{"role":"user","content":"x"}]}'],
    ["an unknown role", '{"messages":[{"role":"function","name":"f","content":"x"}]}'],
    ["NaN", '{"messages":[{"role":"user","content":NaN}]}'],
    ["nothing", ""],
    ["an array", "[1,2]"],
    ["compressed", gzipSync('{"messages":[{"role":"user","content":"x"}]}')],
    ["15 MB", `{"messages":[{"role":"user","content":"${"x".repeat(15 * 1024 * 1024)}"}]}`],
  ])("%s goes up unchanged", async (name, body) => {
    const encoding: Record<string, string> = name === "compressed" ? { "content-encoding": "gzip" } : {};
    const reply = await chat(edge, body, { "x-strata-session": "odd", ...encoding });
    expect(last()?.body.equals(Buffer.from(body))).toBe(true);
    expect(reply.body.equals(BINARY)).toBe(true);
    expect(header(reply, "x-strata-plan")).toBe("pass");
    expect(header(reply, "x-strata-reason")).toBe(name === "15 MB" ? "body_too_large" : "unreadable_body");
  });
});

describe("a chat request", () => {
  it("in full is the client's own bytes up, and the upstream's own down", async () => {
    const answer = `${plainReply("ok").replace(",", " ,\n")}\n`;
    const chatUpstream = await startUpstream(({ response }) => {
      response
        .writeHead(200, {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(answer),
          "x-request-id": "r-2",
          "server-timing": "up;dur=1",
        })
        .end(answer);
    });
    const chatEdge = await startEdgeBefore(chatUpstream.url);
    const body =
      '{ "messages" : [ {"content":"caf\\u00e9 \u{1f600}", "role":"user"} ] ,"model":"m", "temperature":1.0 , "x":1e400}';
    const reply = await chat(chatEdge, body, { "x-strata-session": "exact", "x-stainless-lang": "js" });
    const arrived = chatUpstream.exchanges[0];
    expect(arrived?.body.toString()).toBe(body);
    expect(arrived?.headers.some(([name]) => name.toLowerCase().startsWith("x-strata"))).toBe(false);
    expect(arrived?.headers).toContainEqual(["x-stainless-lang", "js"]);
    expect(reply.body.toString()).toBe(answer);
    expect(header(reply, "content-length")).toBe(String(Buffer.byteLength(answer)));
    expect(header(reply, "server-timing")).toMatch(/^up;dur=1, strata;dur=/);
    expect(header(reply, "x-strata-plan")).toBe("full");
  });

  it("nested without end goes up as it is, and harms nobody", async () => {
    const body = `{"messages":[{"role":"user","content":${"[".repeat(100_000)}${"]".repeat(100_000)}}]}`;
    const reply = await chat(edge, body, { "x-strata-session": "deep" });
    expect(last()?.body.toString()).toBe(body);
    expect([reply.status, header(reply, "x-strata-plan")]).toEqual([200, "full"]);
  });

  it("with Strata switched off, for it or for all, is left alone", async () => {
    const body = '{"messages":[{"role":"user","content":"x"}]}';
    const off = await chat(edge, body, { "x-strata-mode": "off", "x-strata-session": "s" });
    expect([header(off, "x-strata-reason"), header(off, "x-strata-session")]).toEqual(["mode_off", null]);
    const offEdge = await startEdgeBefore(upstream.url, { STRATA_MODE: "off" });
    expect(header(await chat(offEdge, body), "x-strata-reason")).toBe("mode_off");
    expect(last()?.body.toString()).toBe(body);
  });
});

describe("upstreams by name", () => {
  it("are reached under their name, which they do not see", async () => {
    const local = await startUpstream(({ response }) => void response.end(plainReply("local")));
    const named = await startEdgeBefore(upstream.url, {
      UPSTREAMS: JSON.stringify({ local: `${local.url}/base/v1/` }),
    });
    const messages = [{ role: "user", content: "x" }];
    const { port, hostname } = new URL(named.url);
    expect(port && hostname).toBeTruthy();
    const reply = await sendRaw(named, {
      method: "POST",
      path: "/local/v1/chat/completions?a=1",
      headers: { "x-strata-session": "n" },
      body: JSON.stringify({ messages }),
    });
    expect(local.exchanges[0]?.path).toBe("/base/v1/chat/completions?a=1");
    expect(header(reply, "x-strata-verdict")).toBe("new");
    await sendRaw(named, { path: "/local/v1/models" });
    expect(local.exchanges[1]?.path).toBe("/base/v1/models");
  });

  it("that are set wrongly are named in the answer, without their value", async () => {
    const wrong = await startEdgeBefore(upstream.url, { UPSTREAMS: '{"a":"secret-nonsense"}', STRATA_POLICY: "[]" });
    const reply = await chat(wrong, "{}");
    expect(reply.status).toBe(500);
    expect(reply.body.toString()).toMatch(/UPSTREAMS.*STRATA_POLICY/);
    expect(reply.body.toString()).not.toContain("secret-nonsense");
    expect((await sendRaw(wrong, { path: "/_strata/health" })).status).toBe(500);
  });
});
