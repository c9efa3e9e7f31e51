/**
 * Bodies that are strange, broken or huge, sent to the one route that Strata acts on.
 *
 * Whatever a body is, the upstream gets its very bytes and the client the upstream's; that holds in the middle of a
 * session too, and a session is none the worse for it. Replies are compared with what left the upstream, in every plan.
 */
import { randomBytes } from "node:crypto";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import type { RawUpstream } from "../fakes/edge/raw-upstream.ts";
import { LONG_VARS, LongTalk } from "./play.ts";
import { chat, header, inspect, journal, startWithProvider, startWithRawUpstream } from "./start.ts";

const USER = '{"role":"user","content":"Hi"}';

const BODIES: [string, string | Buffer][] = [
  ["nothing", ""],
  ["white space", " \r\n\t"],
  ["half a JSON object", '{"model":"m","messages":[{"role":"user","content":"H'],
  ["text behind the object", `{"model":"m","messages":[${USER}]} {}`],
  ["a trailing comma", `{"model":"m","messages":[${USER},]}`],
  ["single quotes", "{'model':'m','messages':[]}"],
  ["NaN", `{"model":"m","temperature":NaN,"messages":[${USER}]}`],
  ["NaN inside a message", '{"model":"m","messages":[{"role":"user","content":NaN}]}'],
  ["comments", `{"model":"m",/* c */"messages":[${USER}]}`],
  ["an array", `[${USER}]`],
  ["a string", '"messages"'],
  ["null", "null"],
  ["messages that are no array", '{"model":"m","messages":{"0":{}}}'],
  ["no messages", '{"model":"m","messages":[]}'],
  ["null for a message", `{"model":"m","messages":[null,${USER}]}`],
  ["a message without a role", '{"model":"m","messages":[{"content":"Hi"}]}'],
  ["an unknown role", '{"model":"m","messages":[{"role":"narrator","content":"Hi"}]}'],
  ["content of a strange type", '{"model":"m","messages":[{"role":"user","content":7}]}'],
  ["messages twice", `{"model":"m","messages":[${USER}],"messages":[]}`],
  ["messages twice, once escaped", `{"model":"m","messages":[${USER}],"mess\\u0061ges":[]}`],
  ["one field twice in a message", '{"model":"m","messages":[{"role":"user","content":"a","content":"b"}]}'],
  ["__proto__", `{"model":"m","__proto__":{"x":1},"messages":[{"role":"user","content":"Hi","__proto__":null}]}`],
  ["deep nesting", `{"model":"m","messages":[${USER}],"x":${"[".repeat(50_000)}${"]".repeat(50_000)}}`],
  [
    "deep nesting in a message",
    `{"model":"m","messages":[{"role":"user","content":${"[".repeat(50_000)}${"]".repeat(50_000)}}]}`,
  ],
  ["numbers that lose digits", `{"model":"m","seed":12345678901234567890,"x":1e999,"y":0.10,"messages":[${USER}]}`],
  ["odd spacing", ` {\n"messages" :\t[ ${USER} ]\r\n, "model":"m" } \n`],
  ["lone surrogates", '{"model":"m","messages":[{"role":"user","content":"\\ud800 \\udc00"}]}'],
  ["a raw NUL", '{"model":"m","messages":[{"role":"user","content":"a\u0000b"}]}'],
  ["line separators", '{"model":"m","messages":[{"role":"user","content":"a\u2028b\u2029\ufeff"}]}'],
  ["a byte order mark", `\ufeff{"model":"m","messages":[${USER}]}`],
  [
    "no UTF-8",
    Buffer.concat([
      Buffer.from('{"model":"m","messages":[{"role":"user","content":"'),
      Buffer.from([0xff, 0xc3, 0x28]),
      Buffer.from('"}]}'),
    ]),
  ],
  ["UTF-16", Buffer.from(`{"model":"m","messages":[${USER}]}`, "utf16le")],
  ["noise", randomBytes(10_000)],
  ["30 MB in one message", `{"model":"m","messages":[{"role":"user","content":"${"x".repeat(30_000_000)}"}]}`],
  ["30 MB of noise", randomBytes(30_000_000)],
];

describe("a strange body", () => {
  let edge: RunningEdge;
  let upstream: RawUpstream;
  const answered = randomBytes(500);

  beforeAll(async () => {
    ({ edge, upstream } = await startWithRawUpstream({}, ({ response }) => response.end(answered)));
  });

  describe.each([["without a session", {}] as const, ["in a session", { "x-strata-session": "odd" }] as const])(
    "%s",
    (_, headers) => {
      it.each(BODIES)("%s", async (name, body) => {
        const reply = await chat(edge, body, headers);
        const seen = upstream.exchanges.at(-1);
        upstream.exchanges.length = 0;
        expect(reply.status).toBe(200);
        expect(reply.body.equals(answered)).toBe(true);
        expect(seen?.body.equals(Buffer.from(body as string))).toBe(true);
        expect(header(reply, "x-strata-plan")).toMatch(/^(?:pass|full)$/);
        expect(header(reply, "x-strata-reason"), name).toMatch(
          /^(?:unreadable_body|body_too_large|unnamed_session|new_thread|nothing_to_drop)$/,
        );
      });
    },
  );

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["zstd", zstdCompressSync],
  ])("in %s is read and goes up unpacked", async (encoding, compress) => {
    const plain = `{"model":"m","messages":[${USER}]}`;
    const reply = await chat(edge, compress(plain), { "content-encoding": encoding, "x-strata-session": encoding });
    const seen = upstream.exchanges.at(-1);
    expect(seen?.body.toString()).toBe(plain);
    expect(header({ headers: seen?.headers ?? [] }, "content-encoding")).toBeNull();
    expect(header(reply, "x-strata-reason")).toBe("new_thread");
  });

  it.each([
    ["an encoding that nobody knows", "snappy", Buffer.from("{}")],
    ["bytes that are not in the encoding", "gzip", Buffer.from('{"model":"m"}')],
    ["more than the limit once unpacked", "zstd", zstdCompressSync(Buffer.alloc(40 * 1024 * 1024, " "))],
  ])("with %s goes up as it came", async (_name, encoding, body) => {
    const reply = await chat(edge, body, { "content-encoding": encoding, "x-strata-session": "odd-encoding" });
    const seen = upstream.exchanges.at(-1);
    expect(seen?.body.equals(body)).toBe(true);
    expect(header({ headers: seen?.headers ?? [] }, "content-encoding")).toBe(encoding);
    expect(header(reply, "x-strata-reason")).toBe("unreadable_body");
  });

  it("as a delta is an error that says so, and nothing goes up", async () => {
    upstream.exchanges.length = 0;
    const headers = { "x-strata-session": "odd", "x-strata-parent": "abc" };
    const reply = await chat(edge, '{"messages":', headers);
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.body.toString())).toMatchObject({ error: { code: "unreadable_delta" } });
    const large = await chat(edge, `{"messages":[{"role":"user","content":"${"x".repeat(25_200_000)}"}]}`, headers);
    expect(large.status).toBe(413);
    expect(JSON.parse(large.body.toString())).toMatchObject({ error: { code: "body_too_large" } });
    expect(upstream.exchanges).toEqual([]);
  });

  it("is no fault of ours", () => {
    expect(journal.filter((line) => line.includes('"fault"') || line.includes("not_stored"))).toEqual([]);
  });
});

describe("a reply", () => {
  it("reaches the client byte for byte, streamed and not, with the whole history and with a brief", async () => {
    const { edge, provider } = await startWithProvider(LONG_VARS, { splitCharacters: true });
    const talk = new LongTalk(edge, "reply");
    const check = async (fields: object, headers: Record<string, string> = {}): Promise<string> => {
      const reply = await talk.ask(fields, headers);
      expect(reply.status).toBe(200);
      expect(reply.body.length).toBeGreaterThan(100);
      expect(reply.body.equals(provider.requests.at(-1)?.rawReply ?? Buffer.alloc(0))).toBe(true);
      talk.messages.pop();
      return `${header(reply, "x-strata-plan")}`;
    };
    const streamed = { stream: true, stream_options: { include_usage: true } };
    await talk.playUntilNight();
    expect(await check({}, { "x-strata-session": "fresh" })).toBe("full");
    expect(await check(streamed, { "x-strata-session": "fresh too" })).toBe("full");
    expect(await check({})).toBe("brief");
    expect(await check(streamed)).toBe("brief");
    const view = await inspect(edge, "reply");
    expect(view.turns.slice(-2).map(({ plan, status }) => [plan, status])).toEqual([
      ["brief", "complete"],
      ["brief", "complete"],
    ]);
  });
});
