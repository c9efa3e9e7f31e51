/**
 * How a request relates to what the session knows, seen from outside: retries, regenerations, edits, parallel requests.
 *
 * The upstream answers when the test says so, so every interleaving is arranged by hand and none by time.
 */
import OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { plainReply, sendJson } from "../fakes/edge/raw-upstream.ts";
import type { Exchange, RawUpstream } from "../fakes/edge/raw-upstream.ts";
import { chat, chatRequest, header, inspect, KEY, MODEL, openRaw, startWithRawUpstream } from "./start.ts";
import type { RawReply } from "./start.ts";

let edge: RunningEdge;
let upstream: RawUpstream;

beforeAll(async () => {
  ({ edge, upstream } = await startWithRawUpstream());
});

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });
const body = (...messages: object[]) => ({ model: MODEL, messages });

function messagesOf({ body }: Exchange): unknown {
  return (JSON.parse(body.toString()) as { messages: unknown }).messages;
}

/** One turn, answered at once. */
async function turn(session: string, sent: object, reply: string, headers: Record<string, string> = {}) {
  const asking = chat(edge, sent, { "x-strata-session": session, ...headers });
  const exchange = await upstream.next();
  sendJson(exchange, plainReply(reply));
  const answer = await asking;
  expect(answer.status).toBe(200);
  return { verdict: header(answer, "x-strata-verdict"), rev: revOf(answer), exchange };
}

function revOf(reply: RawReply): string {
  return header(reply, "x-strata-rev") ?? "";
}

async function outline(session: string) {
  const { turns, counts } = await inspect(edge, session);
  return { counts, turns: turns.map(({ verdict, status, attempts }) => `${verdict} ${status} ${attempts}`) };
}

describe("the same request again", () => {
  it("as the SDK's retry is stored once, and both revs continue it", async () => {
    const first = await turn("retry", body(user("Hi")), "Hello");
    const second = await turn("retry", body(user("Hi")), "Hello", { "x-stainless-retry-count": "1" });
    expect([first.verdict, second.verdict]).toEqual(["new", "retry"]);
    expect(second.rev).not.toBe(first.rev);
    expect(await outline("retry")).toEqual({
      counts: { turns: 1, messages: 2, threads: 1 },
      turns: ["retry complete 2"],
    });
    for (const [index, { rev }] of [first, second].entries()) {
      const next = await turn("retry", body(user(`And ${index}?`)), "Yes", { "x-strata-parent": rev });
      expect(messagesOf(next.exchange)).toEqual([user("Hi"), assistant("Hello"), user(`And ${index}?`)]);
    }
  });

  it("after an error of the upstream, by the SDK itself", async () => {
    const client = new OpenAI({
      baseURL: `${edge.url}/v1`,
      apiKey: KEY,
      maxRetries: 1,
      defaultHeaders: { "x-strata-session": "sdk retry" },
    });
    const asking = client.chat.completions.create({ model: MODEL, messages: [{ role: "user", content: "Hi" }] });
    const failing = await upstream.next();
    failing.response.writeHead(500, { "retry-after-ms": "1" });
    failing.response.end();
    const repeated = await upstream.next();
    expect(header(repeated, "x-stainless-retry-count")).toBe("1");
    sendJson(repeated, plainReply("Hello"));
    expect((await asking).choices[0]?.message.content).toBe("Hello");
    const { counts, turns } = await outline("sdk retry");
    expect(counts).toMatchObject({ messages: 2, threads: 1 });
    expect(turns.map((turn) => turn.split(" ")[1])).toEqual(["refused", "complete"]);
  });

  it("by a user who wants another answer is a turn of its own; both answers can be continued", async () => {
    const first = await turn("again", body(user("Hi")), "Hello");
    const second = await turn("again", body(user("Hi")), "Good day");
    expect(second.verdict).toBe("regenerate");
    expect((await outline("again")).counts).toEqual({ turns: 2, messages: 3, threads: 2 });
    const onFirst = await turn("again", body(user("Hi")), "Hello", { "x-stainless-retry-count": "1" });
    expect(onFirst.verdict).toBe("retry");
    for (const { rev, said } of [
      { rev: first.rev, said: "Hello" },
      { rev: second.rev, said: "Good day" },
    ]) {
      const next = await turn("again", body(user("So?")), "Yes", { "x-strata-parent": rev });
      expect(messagesOf(next.exchange)).toEqual([user("Hi"), assistant(said), user("So?")]);
    }
  });
});

describe("a changed history", () => {
  it("is an edit where a user message differs, and the old branch lives on", async () => {
    await turn("edit", body(user("a")), "A");
    const long = await turn("edit", body(user("a"), assistant("A"), user("b")), "B");
    const edited = await turn("edit", body(user("a"), assistant("A"), user("c")), "C");
    expect([long.verdict, edited.verdict]).toEqual(["continue", "edit"]);
    const old = await turn("edit", body(user("a"), assistant("A"), user("b"), assistant("B"), user("d")), "D");
    expect(old.verdict).toBe("continue");
    expect((await outline("edit")).counts).toEqual({ turns: 4, messages: 8, threads: 2 });
    const delta = await turn("edit", body(user("e")), "E", { "x-strata-parent": edited.rev });
    expect(messagesOf(delta.exchange)).toEqual([user("a"), assistant("A"), user("c"), assistant("C"), user("e")]);
  });

  it("is the client's own compaction where it has replaced what stood before replies that are known", async () => {
    await turn("own", body(user("a")), "A");
    await turn("own", body(user("a"), assistant("A"), user("b")), "B");
    const compacted = await turn("own", body(user("Summary: a, A"), user("b"), assistant("B"), user("c")), "C");
    expect(compacted.verdict).toBe("client-compacted");
    expect(messagesOf(compacted.exchange)).toEqual([user("Summary: a, A"), user("b"), assistant("B"), user("c")]);
  });

  it("may change its system message: it is the same conversation", async () => {
    const system = (content: string) => ({ role: "system", content });
    await turn("system", body(system("Monday"), user("a")), "A");
    const next = await turn("system", body(system("Tuesday"), user("a"), assistant("A"), user("b")), "B");
    expect(next.verdict).toBe("continue");
    const delta = await turn("system", body(user("c")), "C", { "x-strata-parent": next.rev });
    expect((messagesOf(delta.exchange) as object[])[0]).toEqual(system("Tuesday"));
    const own = await turn("system", body(system("Friday"), user("d")), "D", { "x-strata-parent": delta.rev });
    const messages = messagesOf(own.exchange) as { role: string }[];
    expect(messages[0]).toEqual(system("Friday"));
    expect(messages.filter(({ role }) => role === "system")).toHaveLength(1);
    expect(messages).toHaveLength(8);
  });
});

describe("at the same time", () => {
  it("two requests of one session are two turns, whole, whichever ends first", async () => {
    await turn("pair", body(user("a")), "A");
    const asking = ["b", "c"].map((text) =>
      chat(edge, body(user("a"), assistant("A"), user(text)), { "x-strata-session": "pair" }),
    );
    const exchanges = [await upstream.next(), await upstream.next()];
    for (const exchange of exchanges.toReversed()) {
      const last = (messagesOf(exchange) as { content: string }[]).at(-1)?.content ?? "";
      sendJson(exchange, plainReply(last.toUpperCase()));
    }
    const replies = await Promise.all(asking);
    expect((await outline("pair")).counts).toEqual({ turns: 3, messages: 6, threads: 2 });
    for (const [index, text] of ["b", "c"].entries()) {
      const reply = replies[index];
      expect(reply?.status).toBe(200);
      const next = await turn("pair", body(user("d")), "D", { "x-strata-parent": reply ? revOf(reply) : "" });
      const said = [user("a"), assistant("A"), user(text), assistant(text.toUpperCase()), user("d")];
      expect(messagesOf(next.exchange)).toEqual(said);
    }
  });

  it("twenty deltas on one turn are twenty branches", async () => {
    const { rev } = await turn("twenty", body(user("a")), "A");
    const headers = { "x-strata-session": "twenty", "x-strata-parent": rev };
    const texts = Array.from({ length: 20 }, (_, index) => `b${index}`);
    const asking = texts.map((text) => chat(edge, body(user(text)), headers));
    const exchanges = await Promise.all(texts.map(() => upstream.next()));
    for (const exchange of exchanges) sendJson(exchange, plainReply("B"));
    const revs = (await Promise.all(asking)).map(revOf);
    expect(new Set(revs).size).toBe(20);
    expect((await outline("twenty")).counts).toEqual({ turns: 21, messages: 42, threads: 20 });
  });

  it("a delta whose parent is still being answered waits for it", async () => {
    const session = { "x-strata-session": "waits" };
    const opening = openRaw(edge, chatRequest({ ...body(user("a")), stream: true }, session));
    const parent = await upstream.next();
    parent.response.writeHead(200, { "content-type": "text/event-stream" });
    parent.response.write('data: {"choices":[{"index":0,"delta":{"content":"A"},"finish_reason":null}]}\n\n');
    const streaming = await opening;
    const rev = String(streaming.headers["x-strata-rev"]);
    const waiting = chat(edge, body(user("b")), { ...session, "x-strata-parent": rev });
    // The same object answers this, so the delta has been there before the parent ends.
    const elsewhere = await turn("waits", body(user("z")), "Z");
    expect(upstream.exchanges.at(-1)).toBe(elsewhere.exchange);
    parent.response.end('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
    streaming.resume();
    const next = await upstream.next();
    expect(messagesOf(next)).toEqual([user("a"), assistant("A"), user("b")]);
    sendJson(next, plainReply("B"));
    expect((await waiting).status).toBe(200);
  });

  it("a delta whose parent breaks off is told to send everything", async () => {
    const session = { "x-strata-session": "breaks" };
    const opening = openRaw(edge, chatRequest({ ...body(user("a")), stream: true }, session));
    const parent = await upstream.next();
    parent.response.writeHead(200, { "content-type": "text/event-stream" });
    parent.response.write(": thinking\n\n");
    const streaming = await opening;
    streaming.on("error", () => undefined).resume();
    const rev = String(streaming.headers["x-strata-rev"]);
    const waiting = chat(edge, body(user("b")), { ...session, "x-strata-parent": rev });
    parent.response.destroy();
    expect((await waiting).status).toBe(412);
  });
});
