/**
 * What Strata does when the upstream does not like a body with a brief, and what it refuses itself.
 *
 * A refused rewrite must cost the client nothing: the original goes up once, and from then on always. A delta that
 * cannot be served is answered so that an SDK does not try it again.
 */
import OpenAI, { APIError } from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import type { ChatRequest, Provider, ScriptedReply } from "../fakes/provider/provider.ts";
import { LONG_VARS, LongTalk } from "./play.ts";
import { chat, header, inspect, KEY, MODEL, startWithProvider } from "./start.ts";

let edge: RunningEdge;
let provider: Provider;
let refuse: (request: ChatRequest) => ScriptedReply | null = () => null;

beforeAll(async () => {
  const reply = (request: ChatRequest): ScriptedReply =>
    refuse(request) ?? { content: `Fee ${request.messages.length} is due.` };
  ({ edge, provider } = await startWithProvider(LONG_VARS, { reply }));
});

/** A history that was cut is shorter than what the client has. */
const refuseCut =
  (whole: number, status: number) =>
  ({ messages }: ChatRequest): ScriptedReply | null =>
    messages.length < whole ? { status, error: { message: "I do not like this body." } } : null;

describe("a body with a brief that the upstream refuses", () => {
  it.each([400, 413, 422])("with %i: the original goes up once, and rewriting is off from then on", async (status) => {
    const session = `refused ${status}`;
    const talk = new LongTalk(edge, session);
    refuse = () => null;
    await talk.playUntilNight();
    const { ledger, epochs } = await inspect(edge, session);
    refuse = refuseCut(talk.messages.length + 1, status);
    provider.clear();
    const reply = await talk.ask();
    expect(reply.status).toBe(200);
    expect(reply.body.equals(provider.requests.at(-1)?.rawReply ?? Buffer.alloc(0))).toBe(true);
    expect([header(reply, "x-strata-plan"), header(reply, "x-strata-reason")]).toEqual(["full", "rewrite_refused"]);
    expect(provider.requests.map((request) => request.status)).toEqual([status, 200]);
    const original = JSON.stringify({ model: MODEL, messages: talk.messages });
    expect(provider.requests[0]?.body.length).toBeLessThan(original.length);
    expect(provider.requests[1]?.body.toString()).toBe(original);
    await talk.take(reply);

    for (let turn = 0; turn < 3; turn++) {
      provider.clear();
      refuse = refuseCut(talk.messages.length + 1, status);
      talk.nowMs += 9 * 3_600_000;
      const next = await talk.ask();
      expect(next.status).toBe(200);
      expect([header(next, "x-strata-plan"), header(next, "x-strata-reason")]).toEqual(["full", "rewrite_refused"]);
      expect(provider.requests).toHaveLength(1);
      expect(provider.requests[0]?.body.toString()).toBe(JSON.stringify({ model: MODEL, messages: talk.messages }));
      await talk.take(next);
    }
    const view = await inspect(edge, session);
    expect(view.turns.map((turn) => turn.rewrite_refused).filter(Boolean)).toHaveLength(1);
    expect(view.ledger.compactions).toBe(ledger.compactions);
    expect(view.epochs).toEqual(epochs);
    expect(view.counts).toEqual({ turns: 16, messages: 32, threads: 1 });
  });

  it("for a delta: the whole history goes up from the archive", async () => {
    const talk = new LongTalk(edge, "refused delta");
    refuse = () => null;
    await talk.playUntilNight();
    refuse = refuseCut(talk.messages.length + 1, 400);
    provider.clear();
    const question = { role: "user" as const, content: "And now?" };
    const reply = await talk.send({ model: MODEL, messages: [question] }, { "x-strata-parent": talk.rev });
    expect(reply.status).toBe(200);
    expect(header(reply, "x-strata-reason")).toBe("rewrite_refused");
    expect(provider.requests.map((request) => request.status)).toEqual([400, 200]);
    expect(JSON.parse(provider.requests[1]?.body.toString() ?? "")).toEqual({
      model: MODEL,
      messages: [...talk.messages, question],
    });
  });

  it("when the original is refused as well: the client gets that refusal, and rewriting stays on", async () => {
    const talk = new LongTalk(edge, "refused twice");
    refuse = () => null;
    await talk.playUntilNight();
    refuse = () => ({ status: 400, error: { message: "Bad temper.", code: "bad" } });
    provider.clear();
    const reply = await talk.ask();
    expect(reply.status).toBe(400);
    expect(reply.body.equals(provider.requests.at(-1)?.rawReply ?? Buffer.alloc(0))).toBe(true);
    expect(provider.requests).toHaveLength(2);
    talk.messages.pop();
    refuse = () => null;
    expect(header(await talk.ask(), "x-strata-plan")).toBe("brief");
  });

  it.each([401, 403, 404, 429, 500, 529])("an error %i is none of the body: nothing is sent twice", async (status) => {
    const talk = new LongTalk(edge, `error ${status}`);
    refuse = () => null;
    await talk.playUntilNight();
    refuse = () => ({ status, extraHeaders: { "retry-after": "3" } });
    provider.clear();
    const reply = await talk.ask();
    expect(reply.status).toBe(status);
    expect(header(reply, "retry-after")).toBe("3");
    expect(reply.body.equals(provider.requests.at(-1)?.rawReply ?? Buffer.alloc(0))).toBe(true);
    expect(provider.requests).toHaveLength(1);
    refuse = () => null;
    talk.messages.pop();
    expect(header(await talk.ask(), "x-strata-plan")).toBe("brief");
  });
});

describe("a delta that cannot be served", () => {
  it("makes the SDK send exactly one request, and its error says what to do", async () => {
    let sent = 0;
    const client = new OpenAI({
      baseURL: `${edge.url}/v1`,
      apiKey: KEY,
      maxRetries: 3,
      fetch: (url, init) => {
        sent++;
        return fetch(url, init);
      },
    });
    const before = provider.requests.length;
    const messages = [{ role: "user" as const, content: "And?" }];
    const headers = { "x-strata-session": "unknown", "x-strata-parent": "no-such-rev" };
    const error = await client.chat.completions.create({ model: MODEL, messages }, { headers }).catch((error) => error);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status: 412, code: "full_history_required", type: "invalid_request_error" });
    expect(error.message).toContain("Send the full message history without x-strata-parent");
    expect(error.headers.get("x-should-retry")).toBe("false");
    expect(sent).toBe(1);
    expect(provider.requests).toHaveLength(before);
  });

  it("for want of a session says so", async () => {
    const body = { model: MODEL, messages: [{ role: "user", content: "And?" }] };
    for (const extra of [{}, { "x-session-id": "not this one" }] as Record<string, string>[]) {
      const reply = await chat(edge, body, { "x-strata-parent": "abc", ...extra });
      expect(reply.status).toBe(412);
      expect(header(reply, "x-should-retry")).toBe("false");
      expect(reply.body.toString()).toContain("x-strata-parent needs x-strata-session");
    }
  });
});
