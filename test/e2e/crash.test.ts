/**
 * The edge is killed again and again (SIGKILL, the whole process group), and no turn is lost that a client has seen whole.
 *
 * One client sends its full history, one only what is new. The kill follows the very chunk that completes a reply, or
 * falls into the middle of one. After each restart on the same folder the conversations go on as if nothing had been.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EdgeOptions, RunningEdge } from "../fakes/edge/start-edge.ts";
import { plainReply, sendJson } from "../fakes/edge/raw-upstream.ts";
import type { Exchange, RawUpstream } from "../fakes/edge/raw-upstream.ts";
import { LONG_VARS } from "./play.ts";
import { chat, chatRequest, header, inspect, KEY, MODEL, openRaw, startUpstream, whenIdle } from "./start.ts";

const SCRIPT = fileURLToPath(new URL("../fakes/edge/serve-edge.ts", import.meta.url));

let upstream: RawUpstream;
let folder: string;
let child: ChildProcess | null = null;
let edge: RunningEdge;
let kills = 0;

beforeAll(async () => {
  upstream = await startUpstream(answer);
  folder = await mkdtemp(join(tmpdir(), "strata-crash-"));
  await restart();
});

afterAll(async () => {
  await kill();
  await rm(folder, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  const options: EdgeOptions = {
    upstreamUrl: upstream.url,
    persistTo: folder,
    vars: { ...LONG_VARS, STRATA_RECALL: "off" },
  };
  // Detached: a process group of its own, so that workerd dies in the same instant.
  child = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [url] = (await once(lines, "line")) as [string];
  edge = { url, close: kill };
}

/** Sends the signal before it returns; the promise is for the end of the process. */
async function kill(): Promise<void> {
  if (!child?.pid) return;
  const gone = once(child, "exit");
  process.kill(-child.pid, "SIGKILL");
  child = null;
  kills++;
  await gone;
}

interface Message {
  role: string;
  content: string;
}

const said = (question: string): string =>
  `Answer to ${question}: ${"as agreed with Ms Özdemir on March 3. ".repeat(8)}`;
const event = (content: string, finish: string | null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;

/** Depends on the last message alone; a question that says so is answered only in part. */
function answer(exchange: Exchange): void {
  const { messages, stream } = JSON.parse(exchange.body.toString()) as { messages: Message[]; stream?: boolean };
  const question = messages.at(-1)?.content ?? "";
  if (!stream) return sendJson(exchange, plainReply(said(question)));
  const { response } = exchange;
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(event(said(question).slice(0, 50), null));
  if (question.includes("half")) return;
  response.end(`${event(said(question).slice(50), "stop")}data: [DONE]\n\n`);
}

class Talk {
  readonly session: string;
  readonly isDelta: boolean;
  messages: Message[] = [{ role: "system", content: "You keep the harbour's books." }];
  revs: string[] = [];

  constructor(session: string, isDelta: boolean) {
    this.session = session;
    this.isDelta = isDelta;
  }

  /** One turn, its reply received whole. `atEnd` runs the moment that the last byte of it is there. */
  async play(stream: boolean, atEnd: () => void = () => undefined): Promise<void> {
    const question = { role: "user", content: `question ${this.messages.length} of ${this.session}` };
    const response = await openRaw(edge, this.#request(question, stream));
    expect(response.statusCode).toBe(200);
    const whole = stream ? /data: \[DONE\]\n\n$/ : /\}\}$/;
    let text = "";
    let isWhole = false;
    await new Promise<void>((resolve) => {
      response.on("data", (piece: Buffer) => {
        text += piece.toString("latin1");
        if (isWhole || !whole.test(text)) return;
        isWhole = true;
        atEnd();
        resolve();
      });
      response.once("end", resolve);
      response.once("error", () => resolve());
    });
    expect(isWhole).toBe(true);
    this.messages.push(question, { role: "assistant", content: said(question.content) });
    this.revs.push(String(response.headers["x-strata-rev"]));
  }

  /** A reply of which only the beginning comes before the kill. Answers the rev that it would have had. */
  async break(): Promise<string> {
    const question = { role: "user", content: `half of question ${this.messages.length}` };
    const response = await openRaw(edge, this.#request(question, true));
    response.on("error", () => undefined);
    await once(response, "data");
    await kill();
    return String(response.headers["x-strata-rev"]);
  }

  #request(question: Message, stream: boolean) {
    const parent = this.isDelta ? this.revs.at(-1) : undefined;
    const messages = parent === undefined ? [...this.messages, question] : [question];
    const headers = {
      "x-strata-session": this.session,
      ...(parent === undefined ? {} : { "x-strata-parent": parent }),
    };
    return chatRequest({ model: MODEL, stream, messages }, headers);
  }

  /** Every turn that was received whole is there exactly once, and nothing else. */
  async expectWhole(): Promise<void> {
    const view = await inspect(edge, this.session);
    expect(view.turns.map(({ rev, status, attempts }) => [rev, status, attempts])).toEqual(
      this.revs.map((rev) => [rev, "complete", 1]),
    );
    expect(view.counts).toEqual({ turns: this.revs.length, messages: 2 * this.revs.length, threads: 1 });
    await this.#expectRecorded();
  }

  /** A turn that is there has its bodies: what the session shows of the newest is what an upstream received. */
  async #expectRecorded(): Promise<void> {
    const rev = this.revs.at(-1) ?? "";
    const place = `${edge.url}/_strata/sessions/${this.session}/turns/${rev}/bodies/forwarded`;
    const response = await fetch(place, { headers: { authorization: `Bearer ${KEY}` } });
    const body = Buffer.from(await response.arrayBuffer());
    expect(upstream.exchanges.some((exchange) => exchange.body.equals(body))).toBe(true);
  }

  /** What went up last is the conversation so far; with a brief, its end. */
  expectForwarded(): void {
    const { messages } = JSON.parse(upstream.exchanges.at(-1)?.body.toString() ?? "") as { messages: Message[] };
    const sent = this.messages.slice(0, -1);
    const [head, first, ...tail] = messages;
    expect(head).toEqual(sent[0]);
    expect(first?.content.endsWith(sent.at(-1 - tail.length)?.content ?? "?")).toBe(true);
    if (tail.length > 0) expect(tail).toEqual(sent.slice(-tail.length));
    if (first?.content === sent[1]?.content) expect(messages).toEqual(sent);
  }
}

const full = new Talk("full", false);
const delta = new Talk("delta", true);

it("killed the moment a reply is complete, eight times over: no turn is lost, none is doubled, deltas go on", async () => {
  for (let round = 0; round < 8; round++) {
    const [first, last] = round % 2 === 0 ? [full, delta] : [delta, full];
    await first.play(round % 3 === 0);
    first.expectForwarded();
    await last.play(round % 3 === 1);
    let gone: Promise<void> = Promise.resolve();
    await last.play(round % 4 < 2, () => {
      gone = kill();
    });
    last.expectForwarded();
    await gone;
    await expect(fetch(`${edge.url}/_strata/health`)).rejects.toThrow();
    await restart();
    await full.expectWhole();
    await delta.expectWhole();
  }
  expect(kills).toBe(8);
});

it("killed in the middle of a reply, four times over: the half turn is not there, and the conversation goes on", async () => {
  for (const talk of [delta, full, delta, full]) {
    const rev = await talk.break();
    await restart();
    await full.expectWhole();
    await delta.expectWhole();
    const headers = { "x-strata-session": talk.session, "x-strata-parent": rev };
    const refused = await chat(edge, { model: MODEL, messages: [{ role: "user", content: "And?" }] }, headers);
    expect([refused.status, header(refused, "x-should-retry")]).toEqual([412, "false"]);
    await talk.play(true);
    talk.expectForwarded();
  }
  expect(kills).toBe(12);
});

it("what was to be done behind the replies is done after the last restart", async () => {
  for (const talk of [full, delta]) {
    const view = await whenIdle(edge, talk.session);
    expect(view.briefs.some(({ state }) => state === "committed")).toBe(true);
    await talk.expectWhole();
    await talk.play(false);
    talk.expectForwarded();
  }
});
