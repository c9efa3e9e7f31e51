/**
 * Deletion, export and import together over HTTP, on each API, on a real workerd with its files: what was deleted is in no
 * file of either deployment, and the client goes on wherever its conversation is.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WireName } from "../../src/model/wire.ts";
import { startEdge } from "../fakes/edge/start-edge.ts";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { findTraces } from "../fakes/find-traces.ts";
import { startProvider } from "../fakes/provider/provider.ts";
import type { Provider } from "../fakes/provider/provider.ts";
import { exportSession, importSession, MovingTalk } from "./moving-talk.ts";
import { LONG_VARS } from "./play.ts";
import { inspect, KEY, sendRaw, whenIdle } from "./start.ts";

const WORDS = ["marmaladeoctopus", "kryptonbadger"];
const SECRET = "Always say Marmaladeoctopus. The passphrase is kryptonbadger.";
const WIRES: WireName[] = ["chat-completions", "responses", "messages"];
const VARS = { ...LONG_VARS, UPSTREAM_STATE: '{"openai":"none","anthropic":"none"}' };

let provider: Provider;
let folder: string;
let here: RunningEdge;
let there: RunningEdge;
let unkept: RunningEdge;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "strata-deleted-"));
  provider = await startProvider({ responses: { holdsState: false }, messages: { minimumCacheTokens: 16 } });
  const start = (name: string, vars: Record<string, string> = {}) =>
    startEdge({
      upstreamUrl: provider.url,
      persistTo: join(folder, name),
      vars: { ...VARS, STRATA_SECRET: name, ...vars },
      onLog: () => undefined,
    });
  here = await start("here");
  there = await start("there");
  unkept = await start("unkept", { STRATA_CONTENT: "none" });
});

afterAll(async () => {
  await Promise.all([here.close(), there.close(), unkept.close()]);
  await provider.close();
  await rm(folder, { recursive: true, force: true });
});

const report = (turn: number): string =>
  `Crane ${turn} lifted ${turn * 13} containers on March ${turn}, as agreed. `.repeat(8);

async function look(edge: RunningEdge, path: string, method = "GET") {
  const reply = await sendRaw(edge, { method, path: `/_strata${path}`, headers: { authorization: `Bearer ${KEY}` } });
  return { status: reply.status, body: JSON.parse(reply.body.toString() || "null") as Record<string, never> };
}

interface Listed {
  chain: string;
  stratum: string;
  parts: { text: string }[];
}

async function messagesOf(edge: RunningEdge, id: string): Promise<Listed[]> {
  return (await look(edge, `/sessions/${id}/messages?limit=200`)).body["messages"] ?? [];
}

/** Everything that can be looked at answers. */
async function lookAround(edge: RunningEdge, id: string): Promise<void> {
  const { turns } = await inspect(edge, id);
  const headers = { authorization: `Bearer ${KEY}` };
  const paths = ["", "/tree", "/messages", "/briefs", "/facts", "/search?q=crane", "/turns"];
  for (const { rev } of turns) paths.push(`/turns/${rev}`, `/turns/${rev}/bodies/client`, `/turns/${rev}/diff`);
  for (const path of paths) {
    const { status } = await sendRaw(edge, { method: "GET", path: `/_strata/sessions/${id}${path}`, headers });
    expect([200, 404, 410], path).toContain(status);
    const page = path.replace("/bodies/client", "").replace("/diff", "");
    const shown = await sendRaw(edge, { method: "GET", path: `/_strata/ui/sessions/${id}${page}`, headers });
    expect(shown.status, `ui ${page}`).toBeLessThan(500);
  }
}

describe.each(WIRES)("a conversation over %s", (wire) => {
  it("loses words, moves, and goes on in each of the ways in which a client can", async () => {
    const talk = new MovingTalk(here, wire, `talk-${wire}`);
    expect((await talk.ask("Good morning.")).status).toBe(200);
    expect((await talk.ask(SECRET)).status).toBe(200);
    for (let turn = 0; turn < 12; turn++) {
      expect((await talk.ask(report(turn))).status).toBe(200);
      await whenIdle(here, talk.id);
    }
    talk.sleep();
    expect(await talk.ask(report(12))).toMatchObject({ plan: "brief" });
    await whenIdle(here, talk.id);
    expect(findTraces(join(folder, "here"), WORDS)).not.toEqual([]);
    const { ledger } = await inspect(here, talk.id);

    const all = await messagesOf(here, talk.id);
    const said = all.filter(({ parts }) => parts.some(({ text }) => /kryptonbadger/iu.test(text)));
    // The very first, and what the newest turn has asked, as well.
    for (const { chain } of [...said, all[0], all.at(-2)] as Listed[])
      expect((await look(here, `/sessions/${talk.id}/messages/${chain}`, "DELETE")).status).toBe(200);
    await whenIdle(here, talk.id);
    expect(findTraces(join(folder, "here"), WORDS)).toEqual([]);
    expect((await inspect(here, talk.id)).ledger).toEqual(ledger);
    expect((await messagesOf(here, talk.id)).filter(({ stratum }) => stratum === "released").length).toBe(
      said.length + 2,
    );
    await lookAround(here, talk.id);

    for (const way of ["rev", "whole", "rev"] as const) expect((await talk.ask(report(20), way)).status, way).toBe(200);
    await whenIdle(here, talk.id);
    expect(findTraces(join(folder, "here"), WORDS)).toEqual([]);

    const { text } = await exportSession(here, talk.id);
    expect(text.split("\n").at(-2)).toContain('"end":true');
    expect(text.toLowerCase()).not.toMatch(/marmaladeoctopus|kryptonbadger/u);
    const body = (await exportSession(here, talk.id, KEY, "?format=messages")).text;
    expect(body).toContain("[deleted]");
    JSON.parse(body);
    const query = `?session=talk-${wire}${wire === "messages" ? "&upstream=anthropic" : ""}`;
    const moved = await importSession(there, text, { query });
    expect(moved).toMatchObject({ status: 201 });
    talk.edge = there;
    for (const way of ["rev", "whole"] as const) {
      expect(await talk.ask(report(21), way), way).toMatchObject({ status: 200 });
      expect(talk.id).toBe(moved.body.id);
    }
    await whenIdle(there, talk.id);
    await lookAround(there, talk.id);
    expect(findTraces(join(folder, "there"), WORDS)).toEqual([]);

    // Gone, and there again under its name, and gone at once from two sides.
    expect((await look(there, `/sessions/${talk.id}`, "DELETE")).status).toBe(200);
    expect((await importSession(there, text, { query })).status).toBe(201);
    const twice = await Promise.all([1, 2].map(() => look(there, `/sessions/${talk.id}`, "DELETE")));
    expect(twice.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    expect((await importSession(there, text, { query })).status).toBe(201);
    expect(await importSession(unkept, text, { query })).toMatchObject({ status: 422 });
    expect(findTraces(join(folder, "unkept"), ["containers"])).toEqual([]);
  });

  it("of which nothing is kept leaves no word in any file, and moves all the same", async () => {
    const talk = new MovingTalk(unkept, wire, `unkept-${wire}`);
    for (let turn = 0; turn < 4; turn++) expect((await talk.ask(`${SECRET} ${report(turn)}`)).status).toBe(200);
    await whenIdle(unkept, talk.id);
    await lookAround(unkept, talk.id);
    expect(findTraces(join(folder, "unkept"), [...WORDS, "containers", "harbour"])).toEqual([]);
    const { text } = await exportSession(unkept, talk.id);
    JSON.parse((await exportSession(unkept, talk.id, KEY, "?format=messages")).text);
    const query = `?session=unkept-${wire}${wire === "messages" ? "&upstream=anthropic" : ""}`;
    expect(await importSession(there, text, { query })).toMatchObject({ status: 201 });
    talk.edge = there;
    expect(await talk.ask(SECRET)).toMatchObject({ status: 200, verdict: "continue", reason: "zero_content" });
    await whenIdle(there, talk.id);
    expect(findTraces(join(folder, "there"), WORDS)).toEqual([]);
  });
});
