/**
 * Everything that is not a turn goes through as if nothing stood in between: any path, method, body, header and status.
 *
 * The upstream here has no opinion, so each case compares what left one side with what arrived at the other: bodies byte
 * for byte, headers by name and value. Only hop-by-hop headers, the length, the accepted encodings, the host and our own
 * headers may differ.
 */
import { randomBytes } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import type { Exchange, RawUpstream } from "../fakes/edge/raw-upstream.ts";
import { chat, header, KEY, sendRaw, startWithRawUpstream } from "./start.ts";
import type { RawReply, RawRequest } from "./start.ts";

interface Canned {
  status?: number;
  statusText?: string;
  /** Name and value, in the order in which they are sent. */
  headers?: [string, string][];
  body?: Buffer | string;
}

let edge: RunningEdge;
let upstream: RawUpstream;
let canned: Canned = {};

beforeAll(async () => {
  ({ edge, upstream } = await startWithRawUpstream({}, ({ response }) => {
    const { status = 200, statusText, headers = [], body } = canned;
    response.sendDate = false;
    if (statusText === undefined) response.writeHead(status, headers.flat());
    else response.writeHead(status, statusText, headers.flat());
    response.end(body);
  }));
});

beforeEach(() => {
  canned = {};
});

const MAY_DIFFER = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "proxy-connection",
  "proxy-authorization",
  "content-length",
  "accept-encoding",
  "host",
  // The runtime's own mark on every request that a Worker makes.
  "cf-worker",
]);

/** `name: value` lines, sorted, of the headers that must cross unchanged. */
function lasting(headers: [string, string][]): string[] {
  return headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !MAY_DIFFER.has(name) && !name.startsWith("x-strata-"))
    .map(([name, value]) => `${name}: ${value}`)
    .toSorted();
}

async function relay(request: RawRequest): Promise<{ reply: RawReply; seen: Exchange }> {
  const before = upstream.exchanges.length;
  const reply = await sendRaw(edge, request);
  expect(upstream.exchanges).toHaveLength(before + 1);
  return { reply, seen: upstream.exchanges.at(-1) as Exchange };
}

describe("a request that is no turn", () => {
  it.each([
    ["GET", "/v1/models"],
    ["GET", "/v1/models?limit=5&after=a%2Fb&empty=&q=%20+&q=2"],
    ["GET", "/"],
    ["GET", "/v1//double//slash/"],
    ["GET", "/v1/files/file%2D1/content?x=%27%22~!$()*;:@"],
    ["DELETE", "/v1/files/file-1"],
    ["PUT", "/v1/anything"],
    ["PATCH", "/v1/anything"],
    ["OPTIONS", "/v1/chat/completions"],
    ["GET", "/v1/chat/completions?limit=2"],
    ["GET", "/v1/chat/completions/chatcmpl-1/messages"],
    ["POST", "/v1/chat/completions/chatcmpl-1"],
    ["POST", "/v1/embeddings"],
    ["POST", "/v1/responses/compact"],
    ["GET", "/v1/responses/resp_1?starting_after=3"],
    ["POST", "/v1/messages/count_tokens?beta=true"],
    ["POST", "/v1/messages/batches"],
    ["POST", "/v1/files"],
    ["DELETE", "/v2/threads/1"],
  ])("%s %s goes up as it is", async (method, path) => {
    const body = method === "POST" || method === "PUT" || method === "PATCH" ? randomBytes(3000) : "";
    canned = { body: randomBytes(2000), headers: [["content-type", "application/octet-stream"]] };
    const { reply, seen } = await relay({ method, path, ...(body === "" ? {} : { body }) });
    expect(seen.method).toBe(method);
    expect(seen.path).toBe(path);
    expect(seen.body.equals(Buffer.from(body))).toBe(true);
    expect(reply.status).toBe(200);
    expect(reply.body.equals(canned.body as Buffer)).toBe(true);
    expect(header(reply, "x-strata-plan")).toBe("pass");
    expect(header(reply, "x-strata-reason")).toBe("unknown_route");
  });

  it("brings its headers along, odd ones too, and leaves hop-by-hop and our own behind", async () => {
    const sent = {
      authorization: `Bearer ${KEY}`,
      "user-agent": "app/1.0 (x; y)",
      accept: "text/*;q=0.3, */*",
      "x-empty": "",
      "x-spaces": "a  b\tc",
      "x-quotes": `"a, b"; c='d'\\`,
      "x-long": "v".repeat(8000),
      "x-list": ["one", "two, three"],
      cookie: "a=b; c=d",
      "content-type": "multipart/form-data; boundary=----x",
      "content-encoding": "br",
      "openai-organization": "org-1",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };
    const hopByHop = { connection: "keep-alive, x-private", "x-private": "1", te: "trailers", "x-strata-session": "s" };
    const request = { method: "POST", path: "/v1/echo", headers: { ...sent, ...hopByHop }, body: randomBytes(100) };
    const { seen } = await relay(request);
    const expected = Object.entries(sent).flatMap(([name, value]) =>
      [value].flat().map((line): [string, string] => [name, line]),
    );
    expect(lasting(seen.headers)).toEqual(lasting(expected));
    expect(header(seen, "te")).toBeNull();
    expect(header(seen, "accept-encoding")).toBe("identity");
    expect(header(seen, "host")).toBe(new URL(upstream.url).host);
  });

  it("brings the bytes of a header along that is no ASCII", async () => {
    const { seen } = await relay({ path: "/v1/models", headers: { "x-latin": "caf\u00e9" } });
    expect(header(seen, "x-latin")).toBe("caf\u00e9");
  });

  it("carries a large binary body both ways", async () => {
    const body = randomBytes(5_000_000);
    canned = { body: randomBytes(5_000_000) };
    const { reply, seen } = await relay({ method: "POST", path: "/v1/files", body });
    expect(seen.body.equals(body)).toBe(true);
    expect(reply.body.equals(canned.body as Buffer)).toBe(true);
  });
});

describe("a reply", () => {
  const TURN = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }] });
  const routes: [string, (session: string) => Promise<{ reply: RawReply }>][] = [
    ["another route", () => relay({ method: "POST", path: "/v1/echo", body: TURN })],
    ["a turn", async (session) => ({ reply: await chat(edge, TURN, { "x-strata-session": session }) })],
  ];

  describe.each(routes)("to %s", (route, send) => {
    it.each<[string, Canned]>([
      ["200 with odd headers", odd()],
      ["200 without a body", { status: 200 }],
      ["201", { status: 201, headers: [["location", "/v1/files/1"]], body: "{}" }],
      ["204", { status: 204, headers: [["x-empty", "1"]] }],
      ["304", { status: 304, headers: [["etag", '"abc"']] }],
      ["301, not followed", { status: 301, headers: [["location", "https://example.com/x"]], body: "moved" }],
      ["307, not followed", { status: 307, headers: [["location", "/v1/elsewhere"]] }],
      ["401", { status: 401, headers: [["www-authenticate", 'Bearer realm="x"']], body: '{"error":{}}' }],
      ["404", { status: 404, body: "not here" }],
      ["413", { status: 413, body: "too much" }],
      ["429", { status: 429, headers: limited(), body: '{"error":{"code":"rate_limit_exceeded"}}\n' }],
      ["500", { status: 500, headers: [["x-should-retry", "false"]], body: "<html>Oh no</html>" }],
      ["503", { status: 503, headers: [["retry-after", "Wed, 21 Oct 2026 07:28:00 GMT"]], body: "" }],
      ["529 with words of its own", { status: 529, statusText: "Overloaded", body: "later" }],
    ])("%s", async (name, given) => {
      canned = given;
      const { reply } = await send(`${route}: ${name}`);
      expect(reply.status).toBe(given.status ?? 200);
      expect(reply.body.toString()).toBe((given.body ?? "").toString());
      const timing = lasting(reply.headers).filter((line) => !line.startsWith("server-timing"));
      expect(timing).toEqual(lasting(given.headers ?? []));
    });

    it("gzip that nobody asked for still reads the same", async () => {
      const body = gzipSync("compressed");
      canned = { headers: [["content-encoding", "gzip"]], body };
      const { reply } = await send(`${route}: gzip`);
      const isPacked = header(reply, "content-encoding") === "gzip";
      expect((isPacked ? gunzipSync(reply.body) : reply.body).toString()).toBe("compressed");
    });
  });

  it("to HEAD keeps its headers and has no body", async () => {
    canned = {
      headers: [
        ["content-type", "application/json"],
        ["content-length", "1234"],
        ["x-a", "b"],
      ],
    };
    const { reply, seen } = await relay({ method: "HEAD", path: "/v1/models" });
    expect(seen.method).toBe("HEAD");
    expect(reply.status).toBe(200);
    expect(reply.body).toHaveLength(0);
    expect(lasting(reply.headers)).toEqual(["content-type: application/json", "x-a: b"]);
  });

  function odd(): Canned {
    return {
      headers: [
        ["content-type", "Text/PLAIN; charset=ISO-8859-1"],
        ["set-cookie", "a=1; Path=/; HttpOnly"],
        ["set-cookie", "b=2, with comma; Expires=Wed, 21 Oct 2026 07:28:00 GMT"],
        ["x-latin", "caf\u00e9"],
        ["x-empty", ""],
        ["cache-control", "no-store"],
        ["vary", "Origin"],
        ["openai-processing-ms", "12"],
        ["access-control-expose-headers", "X-Request-ID"],
      ],
      body: Buffer.from([0, 1, 2, 13, 10, 65, 66]),
    };
  }

  function limited(): [string, string][] {
    return [
      ["retry-after", "7"],
      ["retry-after-ms", "6543"],
      ["x-ratelimit-remaining-requests", "0"],
      ["x-should-retry", "true"],
    ];
  }
});
