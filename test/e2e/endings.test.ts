/**
 * Replies that do not end well: the upstream dies or refuses, the client leaves, nobody is there.
 *
 * The client sees what it would have seen without Strata, the upstream is let go of, and the session knows the turn for
 * what it was: an incomplete reply is never history, and nothing that was asked is lost.
 */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { IncomingMessage } from "node:http";
import OpenAI, { APIUserAbortError, InternalServerError } from "openai";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { plainReply, sendJson } from "../fakes/edge/raw-upstream.ts";
import type { Exchange, RawUpstream } from "../fakes/edge/raw-upstream.ts";
import { chat, chatRequest, header, inspect, KEY, MODEL, openRaw, startWithRawUpstream, whenTurn } from "./start.ts";

let edge: RunningEdge;
let upstream: RawUpstream;

beforeAll(async () => {
  const vars = { UPSTREAMS: JSON.stringify({ dead: `http://127.0.0.1:${await freePort()}` }) };
  ({ edge, upstream } = await startWithRawUpstream(vars));
});

const QUESTION = { model: MODEL, stream: true, messages: [{ role: "user", content: "Hi" }] };
const DELTA = { model: MODEL, messages: [{ role: "user", content: "And?" }] };
const PIECE = 'data: {"choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}\n\n';
const END = 'data: {"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A streamed turn of which the client has seen the first piece. */
async function begin(session: string) {
  const opening = openRaw(edge, chatRequest(QUESTION, { "x-strata-session": session }));
  const exchange = await upstream.next();
  exchange.response.writeHead(200, { "content-type": "text/event-stream" });
  exchange.response.write(PIECE);
  const client = await opening;
  await new Promise((resolve) => client.once("readable", resolve));
  return { exchange, client, rev: String(client.headers["x-strata-rev"]) };
}

async function drain(client: IncomingMessage): Promise<{ text: string; broken: boolean }> {
  let text = "";
  try {
    for await (const piece of client) text += String(piece);
  } catch {
    return { text, broken: true };
  }
  return { text, broken: !client.complete };
}

async function expectFullHistoryAsked(session: string, rev: string): Promise<void> {
  const before = upstream.exchanges.length;
  const reply = await chat(edge, DELTA, { "x-strata-session": session, "x-strata-parent": rev });
  expect(reply.status).toBe(412);
  expect(header(reply, "x-should-retry")).toBe("false");
  const { error } = JSON.parse(reply.body.toString()) as { error: Record<string, unknown> };
  expect(error).toMatchObject({ code: "full_history_required", type: "invalid_request_error", param: null });
  expect(error["message"]).toContain(rev);
  expect(upstream.exchanges).toHaveLength(before);
}

/** The question once more with its whole history: it is the same turn, and it can be continued then. */
async function expectRecovery(session: string): Promise<void> {
  const asking = openRaw(edge, chatRequest(QUESTION, { "x-strata-session": session }));
  const { response } = await upstream.next();
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end(PIECE + END);
  const client = await asking;
  expect(client.headers["x-strata-verdict"]).toBe("retry");
  expect(await drain(client)).toEqual({ text: PIECE + END, broken: false });
  const headers = { "x-strata-session": session, "x-strata-parent": String(client.headers["x-strata-rev"]) };
  const continuing = chat(edge, DELTA, headers);
  const next = await upstream.next();
  sendJson(next, plainReply("Yes."));
  expect((await continuing).status).toBe(200);
  const { messages } = JSON.parse(next.body.toString()) as { messages: unknown };
  expect(messages).toEqual([...QUESTION.messages, { role: "assistant", content: "Hello" }, ...DELTA.messages]);
  const view = await inspect(edge, session);
  expect(view.counts).toEqual({ turns: 2, messages: 4, threads: 1 });
  expect(view.turns.map(({ status, attempts }) => [status, attempts])).toEqual([
    ["complete", 2],
    ["complete", 1],
  ]);
}

describe("the upstream", () => {
  it("dies in mid-stream: the stream breaks, the turn is broken, a delta on it is refused", async () => {
    const { exchange, client, rev } = await begin("dies");
    exchange.response.destroy();
    expect(await drain(client)).toEqual({ text: PIECE, broken: true });
    const turn = await whenTurn(edge, "dies", (turn) => turn.rev === rev);
    expect(turn).toMatchObject({ status: "broken", attempts: 1 });
    expect((await inspect(edge, "dies")).counts.messages).toBe(1);
    await expectFullHistoryAsked("dies", rev);
    await expectRecovery("dies");
  });

  it("ends a stream without a finish reason: what came is relayed, and is no complete reply", async () => {
    const { exchange, client, rev } = await begin("unfinished");
    exchange.response.end("data: [DONE]\n\n");
    expect(await drain(client)).toEqual({ text: `${PIECE}data: [DONE]\n\n`, broken: false });
    expect((await inspect(edge, "unfinished")).turns).toMatchObject([{ rev, status: "broken" }]);
    await expectFullHistoryAsked("unfinished", rev);
    await expectRecovery("unfinished");
  });

  it("reports an error in mid-stream: it is relayed, and the reply is not complete", async () => {
    const { exchange, client, rev } = await begin("error");
    const error = 'data: {"error":{"message":"Overloaded","code":529}}\n\n';
    exchange.response.end(error);
    expect(await drain(client)).toEqual({ text: PIECE + error, broken: false });
    await expectFullHistoryAsked("error", rev);
    await expectRecovery("error");
  });

  it("dies in the middle of a plain reply", async () => {
    const opening = openRaw(edge, chatRequest({ ...QUESTION, stream: false }, { "x-strata-session": "half" }));
    const { response } = await upstream.next();
    const body = plainReply("Hello");
    response.writeHead(200, { "content-type": "application/json", "content-length": String(body.length) });
    response.write(body.slice(0, 50), () => response.destroy());
    const client = await opening;
    expect((await drain(client)).broken).toBe(true);
    const rev = String(client.headers["x-strata-rev"]);
    expect((await whenTurn(edge, "half", (turn) => turn.rev === rev)).status).toBe("broken");
    await expectFullHistoryAsked("half", rev);
  });

  it("closes the connection without a word: 502 in OpenAI's shape", async () => {
    const asking = chat(edge, QUESTION, { "x-strata-session": "silent" });
    (await upstream.next()).response.destroy();
    expectUnreachable(await asking);
  });

  it("is not there: 502 in OpenAI's shape for a turn and for any other request", async () => {
    const dead = { ...edge, url: edge.url };
    for (const path of ["/dead/v1/chat/completions", "/dead/v1/models"]) {
      const request = { ...chatRequest(QUESTION, { "x-strata-session": "dead" }), path };
      const response = await openRaw(dead, request);
      const pieces: Buffer[] = [];
      for await (const piece of response) pieces.push(piece as Buffer);
      expect(response.headers["x-should-retry"]).toBe("true");
      expectUnreachable({ status: response.statusCode ?? 0, body: Buffer.concat(pieces) });
    }
    const client = new OpenAI({ baseURL: `${edge.url}/dead/v1`, apiKey: KEY, maxRetries: 0 });
    const error = await client.chat.completions.create({ model: MODEL, messages: [] }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({ status: 502, code: "upstream_unreachable", type: "server_error" });
  });
});

function expectUnreachable({ status, body }: { status: number; body: Buffer }): void {
  expect(status).toBe(502);
  const { error } = JSON.parse(body.toString()) as { error: unknown };
  expect(error).toMatchObject({ code: "upstream_unreachable", type: "server_error", param: null });
}

describe("the client", () => {
  it("leaves in mid-stream: the upstream is let go, the turn is aborted, nothing that was asked is lost", async () => {
    const { exchange, client, rev } = await begin("leaves");
    client.destroy();
    await sendUntilClosed(exchange);
    const turn = await whenTurn(edge, "leaves", (turn) => turn.rev === rev);
    expect(turn).toMatchObject({ status: "aborted", attempts: 1 });
    expect((await inspect(edge, "leaves")).counts).toEqual({ turns: 1, messages: 1, threads: 1 });
    await expectFullHistoryAsked("leaves", rev);
    await expectRecovery("leaves");
  });

  it("leaves in mid-stream: the upstream's very next event is enough to let it go, as with a bare Worker", async () => {
    const { exchange, client } = await begin("leaves at once");
    client.destroy();
    await new Promise((resolve) => client.once("close", resolve));
    exchange.response.write(PIECE);
    const patience = new Promise((resolve) => setTimeout(resolve, 2_000, "still open"));
    expect(await Promise.race([exchange.closed, patience])).toEqual({ whole: false });
  });

  it("leaves a stream that is no turn: the upstream is let go", async () => {
    const opening = openRaw(edge, { method: "POST", path: "/v1/responses", body: "{}" });
    const exchange = await upstream.next();
    exchange.response.write(PIECE);
    (await opening).destroy();
    await sendUntilClosed(exchange);
  });

  it("leaves before the first byte of the reply: asking again is one more attempt of the same turn", async () => {
    const abort = new AbortController();
    const sdk = new OpenAI({ baseURL: `${edge.url}/v1`, apiKey: KEY, maxRetries: 0 });
    const question = { model: MODEL, messages: [{ role: "user" as const, content: "Hi" }] };
    const headers = { "x-strata-session": "early" };
    const asking = sdk.chat.completions.create(question, { headers, signal: abort.signal }).catch((error) => error);
    const exchange = await upstream.next();
    abort.abort();
    expect(await asking).toBeInstanceOf(APIUserAbortError);
    sendJson(exchange, plainReply("Hello"));
    await whenTurn(edge, "early", () => true);
    const again = sdk.chat.completions.create(question, { headers });
    sendJson(await upstream.next(), plainReply("Hello"));
    expect((await again).choices[0]?.message.content).toBe("Hello");
    const { counts, turns } = await inspect(edge, "early");
    expect(counts).toEqual({ turns: 1, messages: 2, threads: 1 });
    expect(turns).toMatchObject([{ status: "complete", attempts: 2 }]);
  });
});

/** A runtime notices that a client has gone when it has something for it. */
async function sendUntilClosed({ response, closed }: Exchange): Promise<void> {
  let end: { whole: boolean } | null = null;
  void closed.then((how) => (end = how));
  await vi.waitFor(
    () => {
      if (end === null) response.write(PIECE);
      expect(end).toEqual({ whole: false });
    },
    { timeout: 10_000, interval: 10 },
  );
}
