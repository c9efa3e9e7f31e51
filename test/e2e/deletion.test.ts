/**
 * Deletion over HTTP on a real workerd with its files on disk: after each of the four no byte of the words is left in any of
 * them, logs included, and what was not asked for goes on as if nothing had been.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { findTraces } from "../fakes/find-traces.ts";
import { startDistiller } from "../fakes/distiller/start-distiller.ts";
import type { FakeDistiller } from "../fakes/distiller/start-distiller.ts";
import { startEdge } from "../fakes/edge/start-edge.ts";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { startProvider } from "../fakes/provider/provider.ts";
import type { Provider } from "../fakes/provider/provider.ts";
import { plainReply, sendJson } from "../fakes/edge/raw-upstream.ts";
import type { RawUpstream } from "../fakes/edge/raw-upstream.ts";
import { exportSession, importSession } from "./moving-talk.ts";
import { LONG_VARS, LongTalk } from "./play.ts";
import type { Message } from "./play.ts";
import { chat, chatRequest, header, inspect, KEY, MODEL, sendRaw, startUpstream, whenIdle } from "./start.ts";

/** The first four are said in one message alone, the others in the question about it as well. */
const WORDS = ["marmaladeoctopus", "kryptonbadger", "zephyrinus", "73918264", "quillfeather", "jürgenßon"];
const SECRET =
  "Always call me Zephyrinus. My name is Quillfeather. The passphrase of Jürgenßon is marmaladeoctopus kryptonbadger: 73918264.";
const QUESTION = "What is the passphrase of Jürgenßon, and who is Quillfeather?";
const ADMIN = "admin-0001";

let provider: Provider;
let slow: RawUpstream;
let distiller: FakeDistiller;
let folder: string;
let edge: RunningEdge;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "strata-deletion-"));
  provider = await startProvider({ reply: () => ({ content: `I see. ${"The tide is high. ".repeat(20)}` }) });
  slow = await startUpstream();
  distiller = await startDistiller();
  edge = await startEdge({
    upstreamUrl: provider.url,
    persistTo: folder,
    vars: {
      ...LONG_VARS,
      STRATA_ADMIN_TOKEN: ADMIN,
      UPSTREAMS: JSON.stringify({ slow: slow.url }),
      STRATA_MEMORY: "on",
      STRATA_PRICES: '{"tiny":{"input":0.01,"output":0.04}}',
      DISTILLER: "openai",
      DISTILLER_URL: distiller.url,
      DISTILLER_KEY: "sk-distiller-0001",
      DISTILLER_MODEL: "tiny",
    },
    onLog: () => undefined,
  });
});

afterAll(async () => {
  await edge.close();
  await provider.close();
  await distiller.close();
  await rm(folder, { recursive: true, force: true });
});

/** A long conversation with the secret near its beginning, and a question that brings it back. */
async function play(session: string): Promise<LongTalk> {
  const talk = new LongTalk(edge, session);
  const say = async (content: string): Promise<void> => {
    talk.messages.push({ role: "user", content });
    await talk.take(await talk.send({ model: MODEL, messages: talk.messages, user: `user-of-${session}` }));
  };
  await say("Good morning.");
  await say(SECRET);
  await talk.playUntilNight(14);
  await say(QUESTION);
  return talk;
}

async function remove(path: string, key = KEY): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${edge.url}/_strata${path}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${key}` },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function look(path: string, key = KEY): Promise<Record<string, never> & { [field: string]: unknown }> {
  const response = await fetch(`${edge.url}/_strata${path}`, { headers: { authorization: `Bearer ${key}` } });
  return (await response.json()) as Record<string, never>;
}

/** The chains of the messages that hold these words, in the order of the conversation. */
async function chainsOf(session: string, words: string): Promise<string[]> {
  const { messages } = (await look(`/sessions/${session}/messages?limit=200`)) as unknown as {
    messages: { chain: string; parts: { text: string }[] }[];
  };
  return messages.filter(({ parts }) => parts.some(({ text }) => text.includes(words))).map(({ chain }) => chain);
}

const factsOf = (session: string) => look(`/users/user-of-${session}/facts`);

describe("a message", () => {
  it("goes from every file, and its conversation goes on", async () => {
    const talk = await play("message");
    const before = await whenIdle(edge, "message");
    expect(before.epochs).not.toEqual([]);
    expect(JSON.stringify(before).toLowerCase()).toContain("kryptonbadger");
    expect(JSON.stringify(await factsOf("message"))).toContain("Quillfeather");
    expect(findTraces(folder, WORDS)).not.toEqual([]);

    for (const words of ["Zephyrinus", "What is the passphrase"])
      for (const chain of await chainsOf("message", words)) {
        const { status, body } = await remove(`/sessions/message/messages/${chain}`);
        expect([status, body["messages"]]).toEqual([200, 1]);
      }
    await whenIdle(edge, "message");
    expect(findTraces(folder, WORDS)).toEqual([]);
    expect(JSON.stringify(await factsOf("message"))).not.toContain("Quillfeather");

    await talk.take(await talk.ask());
    const delta = await talk.send(
      { model: MODEL, messages: [{ role: "user", content: "And now?" }] },
      { "x-strata-parent": talk.rev },
    );
    expect([delta.status, header(delta, "x-strata-verdict")]).toEqual([200, "delta"]);
    await whenIdle(edge, "message");
    expect(findTraces(folder, WORDS)).toEqual([]);
    expect((await remove("/sessions/message")).status).toBe(200);
  });
});

describe("a session", () => {
  it("goes from every file with what was known from it; its name begins anew", async () => {
    const other = new LongTalk(edge, "other");
    await other.take(await other.ask());
    const talk = await play("whole");
    expect((await remove("/sessions/whole", "sk-somebody-else")).status).toBe(404);
    expect((await remove("/sessions/none")).status).toBe(404);
    const { status, body } = await remove("/sessions/whole");
    expect(status).toBe(200);
    expect(body).toMatchObject({ turns: talk.messages.filter(({ role }) => role === "assistant").length });
    expect(findTraces(folder, WORDS)).toEqual([]);
    expect((await remove("/sessions/whole")).status).toBe(404);
    const { sessions } = (await look("/sessions")) as unknown as { sessions: { id: string }[] };
    expect(sessions.map(({ id }) => id)).toEqual([(await inspect(edge, "other")).id]);

    const gone = { "x-strata-session": "whole", "x-strata-parent": talk.rev };
    const delta = await chat(edge, { model: MODEL, messages: [{ role: "user", content: "And?" }] }, gone);
    expect(delta.status).toBe(412);
    const anew = new LongTalk(edge, "whole");
    await anew.take(await anew.ask());
    expect((await inspect(edge, "whole")).counts.turns).toBe(1);
    await other.take(await other.ask());
    expect((await inspect(edge, "other")).counts.turns).toBe(2);
  });

  it("a turn under way when it goes is not stored, and its client goes on", async () => {
    const headers = { "x-strata-session": "under-way" };
    const messages: Message[] = [];
    const ask = (content: string) => {
      messages.push({ role: "user", content });
      const request = chatRequest({ model: MODEL, messages }, headers);
      return sendRaw(edge, { ...request, path: `/slow${request.path}` });
    };
    for (const content of ["Good morning.", SECRET]) {
      const asked = ask(content);
      sendJson(await slow.next(), plainReply("Noted."));
      await asked;
      messages.push({ role: "assistant", content: "Noted." });
    }
    const asked = ask("And then?");
    const held = await slow.next();
    expect((await remove("/sessions/under-way?upstream=slow")).status).toBe(200);
    sendJson(held, plainReply("Too late."));
    expect((await asked).status).toBe(200);
    await expect(inspect(edge, "under-way?upstream=slow")).rejects.toThrow("404");
    expect(findTraces(folder, WORDS)).toEqual([]);
  });
});

describe("a tenant", () => {
  it("goes session by session; what begins meanwhile stays", async () => {
    const key = "sk-test-leaving";
    const talk = async (session: string): Promise<void> => {
      const body = { model: MODEL, user: "leaver", messages: [{ role: "user", content: SECRET }] };
      const headers = { authorization: `Bearer ${key}`, "x-strata-session": session };
      expect((await chat(edge, body, headers)).status).toBe(200);
      await vi.waitFor(async () => expect((await inspect(edge, session, key)).tenant.is_told).toBe(true), 10_000);
    };
    for (let nth = 0; nth < 20; nth++) await talk(`leaving-${nth}`);
    expect(findTraces(folder, WORDS)).not.toEqual([]);
    expect((await remove("/tenant", ADMIN)).status).toBe(404);
    const asked = await remove("/tenant", key);
    expect([asked.status, asked.body["state"]]).toEqual([202, "running"]);
    const done = await vi.waitFor(async () => {
      const view = await look("/tenant/deletion", key);
      expect(view["state"]).toBe("done");
      return view;
    }, 10_000);
    expect(done).toMatchObject({ sessions_left: 0, deleted: { sessions: 20, messages: 40 } });
    expect(findTraces(folder, WORDS)).toEqual([]);
    expect(await look("/sessions", key)).toMatchObject({ sessions: [] });
    expect(await look("/ledger", key)).toMatchObject({ sessions: 0, ledger: { calls: 0 } });
    await talk("arrives-later");
    expect(await look("/ledger", key)).toMatchObject({ sessions: 1, ledger: { calls: 1 } });
  });

  it("leaves what is imported afterwards, and takes that too when it is asked again", async () => {
    const key = "sk-test-returning";
    const session = "returning";
    const body = { model: MODEL, messages: [{ role: "user", content: SECRET }] };
    const headers = { authorization: `Bearer ${key}`, "x-strata-session": session };
    expect((await chat(edge, body, headers)).status).toBe(200);
    const { text } = await exportSession(edge, session, key);
    const isListed = async (): Promise<void> =>
      vi.waitFor(async () => {
        expect((await inspect(edge, session, key)).tenant.is_told).toBe(true);
        expect(await look("/sessions", key)).toMatchObject({ sessions: [{ turns: 1 }] });
        expect(await look("/ledger", key)).toMatchObject({ sessions: 1 });
      });
    const isImported = async (): Promise<void> => {
      expect((await importSession(edge, text, { key, query: `?session=${session}` })).status).toBe(201);
      await isListed();
    };
    const isGone = async (): Promise<void> => {
      expect((await remove("/tenant", key)).status).toBe(202);
      await vi.waitFor(
        async () => expect(await look("/tenant/deletion", key)).toMatchObject({ state: "done" }),
        10_000,
      );
      await expect(inspect(edge, session, key)).rejects.toThrow("404");
    };
    await isListed();
    expect((await remove(`/sessions/${session}`, key)).status).toBe(200);
    await isImported();
    await isGone();
    await isImported();
    expect(await look("/tenant/deletion", key)).toMatchObject({ state: "done", deleted: { sessions: 1 } });
    await isGone();
  });
});
