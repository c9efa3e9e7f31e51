/**
 * The edge is killed (SIGKILL, the whole process group) in the middle of a deletion: afterwards what was to go is there or
 * is gone, and once a deletion has answered no file holds a word of it.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EdgeOptions, RunningEdge } from "../fakes/edge/start-edge.ts";
import { plainReply, sendJson } from "../fakes/edge/raw-upstream.ts";
import { findTraces } from "../fakes/find-traces.ts";
import { chat, KEY, MODEL, sendRaw, startUpstream, whenIdle } from "./start.ts";

const SCRIPT = fileURLToPath(new URL("../fakes/edge/serve-edge.ts", import.meta.url));
const WORD = "quokkamarble";

let options: EdgeOptions;
let folder: string;
let child: ChildProcess;
let edge: RunningEdge;

beforeAll(async () => {
  const upstream = await startUpstream((exchange) => sendJson(exchange, plainReply("Noted.")));
  folder = await mkdtemp(join(tmpdir(), "strata-broken-deletion-"));
  options = { upstreamUrl: upstream.url, persistTo: folder, vars: { STRATA_MEMORY: "on" } };
  await start();
});

afterAll(async () => {
  await kill();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  child = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [url] = (await once(lines, "line")) as [string];
  edge = { url, close: kill };
}

async function kill(): Promise<void> {
  const gone = once(child, "exit");
  process.kill(-(child.pid ?? Number.NaN), "SIGKILL");
  await gone;
}

async function look(path: string, method = "GET") {
  const reply = await sendRaw(edge, { method, path: `/_strata${path}`, headers: { authorization: `Bearer ${KEY}` } });
  return { status: reply.status, body: JSON.parse(reply.body.toString()) as Record<string, unknown[]> };
}

async function say(session: string, content: string): Promise<void> {
  const body = { model: MODEL, user: session, messages: [{ role: "user", content }] };
  expect((await chat(edge, body, { "x-strata-session": session })).status).toBe(200);
  await whenIdle(edge, session);
  await expect.poll(async () => (await look(`/users/${session}/facts`)).body["facts"]).toHaveLength(1);
}

/** Mostly the facts have gone by then, and logs are being written over. Wherever it is, the same must hold. */
async function breakOff(path: string): Promise<void> {
  const asked = look(path, "DELETE").catch(() => null);
  await setTimeout(8);
  await kill();
  await asked;
  await start();
}

it("a session's: whoever asks again finds what is left, and then no file holds a word", async () => {
  await say("ann", `My name is ${WORD}..`);
  await breakOff("/sessions/ann");
  expect([200, 404]).toContain((await look("/sessions/ann", "DELETE")).status);
  expect((await look("/sessions/ann")).status).toBe(404);
  expect(findTraces(folder, [WORD])).toEqual([]);
});

it("a tenant's: it comes to its end", async () => {
  await say("bob", `My name is ${WORD}..`);
  await breakOff("/tenant");
  await look("/tenant", "DELETE");
  const isDone = async () => (await look("/tenant/deletion")).body["state"];
  await expect.poll(isDone, { timeout: 15_000 }).toBe("done");
  expect((await look("/sessions/bob")).status).toBe(404);
  expect(findTraces(folder, [WORD])).toEqual([]);
});
