/**
 * Live events over HTTP: what a reader hears while others talk, where it comes in again, and who hears nothing.
 */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { createParser } from "eventsource-parser";
import type { EventSourceMessage } from "eventsource-parser";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { LONG_VARS, LongTalk } from "./play.ts";
import { chat, inspect, KEY, MODEL, startWithProvider, whenIdle } from "./start.ts";

const OTHER = "sk-other-0002";
const ADMIN = "admin-token-0004";

let edge: RunningEdge;
const listeners: Listener[] = [];

/** Reads one stream of events. */
class Listener {
  readonly status: number;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #heard: EventSourceMessage[] = [];
  /** Place of the last event that was heard. */
  lastId = "";

  constructor(response: Response) {
    this.status = response.status;
    if (!response.body) throw new Error("no body");
    this.#reader = response.body.getReader();
    listeners.push(this);
  }

  static async open(path: string, headers: Record<string, string> = {}, key: string | null = KEY): Promise<Listener> {
    const credential: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
    return new Listener(await fetch(`${edge.url}/_strata/${path}`, { headers: { ...credential, ...headers } }));
  }

  readonly #parser = createParser({ onEvent: (event) => void this.#heard.push(event) });

  /** The next event of that kind; others before it are passed over. */
  async next<Data>(kind: string): Promise<Data> {
    const decoder = new TextDecoder();
    for (;;) {
      for (let event = this.#heard.shift(); event !== undefined; event = this.#heard.shift()) {
        this.lastId = event.id ?? this.lastId;
        if (event.event === kind) return JSON.parse(event.data) as Data;
      }
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`the stream ended before a ${kind}`);
      this.#parser.feed(decoder.decode(value, { stream: true }));
    }
  }

  leave(): Promise<void> {
    return this.#reader.cancel();
  }
}

async function say(session: string, content: string, key = KEY, headers: Record<string, string> = {}): Promise<void> {
  const body = { model: MODEL, messages: [{ role: "user", content }] };
  const reply = await chat(edge, body, { "x-strata-session": session, authorization: `Bearer ${key}`, ...headers });
  expect(reply.status).toBe(200);
}

beforeAll(async () => {
  ({ edge } = await startWithProvider({ ...LONG_VARS, STRATA_ADMIN_TOKEN: ADMIN }));
});

afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.leave();
});

describe("a session's events", () => {
  it("are its turns while they happen, without what was said", async () => {
    await say("live", "Hello harbour");
    const listener = await Listener.open("sessions/live/events");
    await say("live", "Second harbour question");
    const turn = await listener.next<{ number: number; status: string; bill: object }>("turn");
    expect(turn).toMatchObject({ number: 2, status: "complete", model: MODEL });
    expect(JSON.stringify(turn)).not.toContain("harbour");
  });

  it("go on where a reader left", async () => {
    await say("resumed", "one");
    const listener = await Listener.open("sessions/resumed/events");
    await say("resumed", "two");
    expect(await listener.next("turn")).toMatchObject({ number: 2 });
    await listener.leave();
    await say("resumed", "three");
    await say("resumed", "four");
    const back = await Listener.open("sessions/resumed/events", { "last-event-id": listener.lastId });
    expect(await back.next("turn")).toMatchObject({ number: 3 });
    expect(await back.next("turn")).toMatchObject({ number: 4 });
  });

  it("tell of a turn that is tried again, of briefs and of their adoption", async () => {
    const talk = new LongTalk(edge, "long");
    await talk.take(await talk.ask());
    const listener = await Listener.open("sessions/long/events");
    await talk.playUntilNight();
    await talk.take(await talk.ask());
    const brief = await listener.next<{ id: number }>("brief");
    expect(brief).not.toHaveProperty("text");
    expect(brief).not.toHaveProperty("pieces");
    const { epochs, turns } = await inspect(edge, "long");
    expect(await listener.next("epoch")).toMatchObject({ id: 1, brief: epochs[0]?.brief });
    await talk.send({ model: MODEL, messages: talk.messages.slice(0, -1) }, { "x-stainless-retry-count": "1" });
    let turn = { number: 0, attempts: 0 };
    while (turn.attempts < 2) turn = await listener.next("turn");
    expect(turn.number).toBe(turns.length);
  });

  it("are heard by the owner and the operator alone", async () => {
    await say("mine", "secret");
    const { id } = await inspect(edge, "mine");
    const nothing = await fetch(`${edge.url}/_strata/sessions/st_${"x".repeat(43)}/events`);
    for (const key of [OTHER, "wrong-admin", null]) {
      const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
      const response = await fetch(`${edge.url}/_strata/sessions/${id}/events`, { headers });
      expect(response.status).toBe(404);
      expect(await response.text()).toBe(await nothing.clone().text());
    }
    const operator = await Listener.open(`sessions/${id}/events`, {}, ADMIN);
    await say("mine", "another");
    expect(await operator.next("turn")).toMatchObject({ number: 2 });
  });

  it("begin at no place that they have not named", async () => {
    await say("placed", "one");
    for (const odd of ["", "x", "1", "1.2.3", "1.2.3.4.5", "-1.0.0.0", "1.0.0.0; DROP"]) {
      const headers = { authorization: `Bearer ${KEY}`, "last-event-id": odd };
      const response = await fetch(`${edge.url}/_strata/sessions/placed/events`, { headers });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: "unreadable_parameter" } });
    }
  });
});

describe("a tenant's events", () => {
  it("are its own sessions, once they have reported, and nobody else's", async () => {
    const key = "sk-follower-0005";
    const own = await Listener.open("events", {}, key);
    await say("theirs", "Hello", OTHER);
    await say("own", "Hello harbour", key);
    const session = await own.next<{ id: string; turns: number }>("session");
    expect(session).toMatchObject({ id: (await inspect(edge, "own", key)).id, turns: 1 });
    expect(JSON.stringify(session)).not.toContain("harbour");
    await own.leave();
    await say("own too", "Hello", key);
    const { id } = await inspect(edge, "own too", key);
    const back = await Listener.open("events", { "last-event-id": own.lastId }, key);
    expect(await back.next("session")).toMatchObject({ id });
  });

  it("are shown to the operator by the tenant's name, and to nobody who sends no credential", async () => {
    await say("told", "Hello");
    const { tenant } = await whenIdle(edge, "told");
    const operator = await Listener.open(`events?tenant=${tenant.key}`, {}, ADMIN);
    await say("told", "Again");
    expect(await operator.next("session")).toMatchObject({ turns: 2 });
    for (const [query, key] of [
      ["", ADMIN],
      [`?tenant=${"x".repeat(22)}`, ADMIN],
      ["", null],
    ] as const)
      expect((await Listener.open(`events${query}`, {}, key)).status).toBe(404);
    expect((await Listener.open("events", { "last-event-id": "1.2.3.4" })).status).toBe(400);
  });
});
