/**
 * kill -9 of the whole edge, workerd included, between two turns and in the middle of a reply.
 *
 * A turn is acknowledged when the client has read its reply to the end. The kill follows at once, without a pause for
 * anything to be written behind the client's back. Then the edge starts again on the same folder and the client goes on.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildWorker } from "../fakes/edge/start-edge.ts";
import { startProvider } from "../fakes/provider/provider.ts";
import type { Provider } from "../fakes/provider/provider.ts";

const SCRIPT = fileURLToPath(new URL("../fakes/edge/serve-edge.ts", import.meta.url));
const KILLS = 4;

let folder: string;
let provider: Provider;
/** Takes its time between chunks, so that there is a middle to be killed in. */
let slow: Provider;
let child: ChildProcess | null = null;

beforeAll(async () => {
  await buildWorker();
  folder = await mkdtemp(join(tmpdir(), "strata-crash-"));
  provider = await startProvider({ reply: (_request, { requestIndex }) => ({ content: `answer ${requestIndex}` }) });
  slow = await startProvider({
    chunkDelayMs: 30,
    reply: () => ({ content: "one two three four five six seven eight nine" }),
  });
});

afterAll(async () => {
  kill();
  await provider.close();
  await slow.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the edge as the leader of a process group, so that one signal reaches workerd as well. */
async function start(upstream = provider): Promise<string> {
  const started = spawn(process.execPath, [SCRIPT, upstream.url, folder], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = started;
  return new Promise((resolve, reject) => {
    started.stdout.once("data", (line: Buffer) => resolve(line.toString().trim()));
    started.once("exit", () => reject(new Error("the edge did not start")));
  });
}

function kill(): void {
  if (child?.pid) process.kill(-child.pid, "SIGKILL");
  child = null;
}

interface View {
  counts: { turns: number; messages: number };
  turns: { rev: string; status: string; attempts: number }[];
}

async function inspect(url: string, session: string): Promise<View> {
  const response = await fetch(`${url}/_strata/sessions/${session}`, { headers: { authorization: "Bearer k" } });
  expect(response.status).toBe(200);
  return (await response.json()) as View;
}

function connect(url: string): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: "k", maxRetries: 0 });
}

type Messages = OpenAI.ChatCompletionMessageParam[];

/** Plays one streamed turn to its end and answers with its text and rev. */
async function turn(url: string, messages: Messages, headers: Record<string, string>) {
  const { data, response } = await connect(url)
    .chat.completions.create({ model: "gpt-5.4", stream: true, messages }, { headers })
    .withResponse();
  let text = "";
  for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? "";
  return { text, rev: response.headers.get("x-strata-rev") ?? "", verdict: response.headers.get("x-strata-verdict") };
}

describe("a kill right after a reply was read to its end", () => {
  it("loses no turn of a delta client and stores none twice", async () => {
    const revs: string[] = [];
    for (let round = 0; round < KILLS; round++) {
      const url = await start();
      for (let step = 0; step < 3; step++) {
        const headers: Record<string, string> = { "x-strata-session": "delta" };
        const parent = revs.at(-1);
        if (parent) headers["x-strata-parent"] = parent;
        const { rev, verdict } = await turn(url, [{ role: "user", content: `round ${round} step ${step}` }], headers);
        if (parent) expect(verdict).toBe("delta");
        revs.push(rev);
      }
      kill();
    }
    const url = await start();
    const view = await inspect(url, "delta");
    kill();
    expect(view.turns.map(({ rev }) => rev)).toEqual(revs);
    expect(view.turns.every(({ status, attempts }) => status === "complete" && attempts === 1)).toBe(true);
    expect(view.counts).toMatchObject({ turns: revs.length, messages: revs.length * 2 });
    const last = provider.requests.at(-1)?.json as { messages: unknown[] };
    expect(last.messages).toHaveLength(revs.length * 2 - 1);
  });

  it("loses no turn of a client that sends its whole history", async () => {
    const history: Messages = [];
    for (let round = 0; round < KILLS; round++) {
      const url = await start();
      for (let step = 0; step < 2; step++) {
        history.push({ role: "user", content: `question ${round}.${step}` });
        const { text } = await turn(url, history, { "x-session-id": "full" });
        history.push({ role: "assistant", content: text });
      }
      kill();
    }
    const url = await start();
    history.push({ role: "user", content: "and last" });
    const { response } = await connect(url)
      .chat.completions.create({ model: "gpt-5.4", messages: history }, { headers: { "x-session-id": "full" } })
      .withResponse();
    expect(response.headers.get("x-strata-verdict")).toBe("continue");
    const view = await inspect(url, response.headers.get("x-strata-session") ?? "");
    kill();
    expect(view.counts).toMatchObject({ turns: KILLS * 2 + 1, messages: history.length + 1 });
  });
});

describe("a kill in the middle of a reply", () => {
  it("leaves the session as it was, and the same request again is stored once", async () => {
    let url = await start(slow);
    const session = { "x-strata-session": "middle" };
    const { rev } = await turn(url, [{ role: "user", content: "first" }], session);
    const delta = { ...session, "x-strata-parent": rev };
    const second: Messages = [{ role: "user", content: "second" }];
    const stream = await connect(url).chat.completions.create(
      { model: "gpt-5.4", stream: true, messages: second },
      { headers: delta },
    );
    await expect(
      (async () => {
        for await (const _chunk of stream) kill();
      })(),
    ).rejects.toThrow();
    url = await start(slow);
    const again = await turn(url, second, { ...delta, "x-stainless-retry-count": "1" });
    expect(again.text).toBe("one two three four five six seven eight nine");
    const view = await inspect(url, "middle");
    kill();
    expect(view.counts).toMatchObject({ turns: 2, messages: 4 });
  });
});
