/**
 * A session moves from one deployment to another: another secret, another key, the same conversation.
 *
 * Played with a compaction on the first edge; on the second one the client goes on as if nothing had happened, and what
 * is not exactly the file that was written is refused and leaves nothing.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { WireName } from "../../src/model/wire.ts";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import type { Provider } from "../fakes/provider/provider.ts";
import { exportSession, importSession, linesOf, MovingTalk, seal } from "./moving-talk.ts";
import { LONG_VARS } from "./play.ts";
import { inspect, KEY, startEdgeBefore, startWithProvider, whenIdle } from "./start.ts";

const OTHER_KEY = "sk-moved-0001";
const VARS = { ...LONG_VARS, UPSTREAM_STATE: '{"openai":"none","anthropic":"none"}' };
const WIRES: WireName[] = ["chat-completions", "responses", "messages"];

let first: RunningEdge;
let second: RunningEdge;
let provider: Provider;

beforeAll(async () => {
  const options = { responses: { holdsState: false }, messages: { minimumCacheTokens: 16 } };
  ({ edge: first, provider } = await startWithProvider({ ...VARS, STRATA_SECRET: "first" }, options));
  second = await startEdgeBefore(provider.url, { ...VARS, STRATA_SECRET: "second" });
});

const report = (turn: number): string =>
  `Always round down.\n${`Crane ${turn} lifted ${turn * 13} containers on March ${turn}, as agreed with Ms Özdemir. `.repeat(5)}⚓ "${turn}"`;

/** Twelve turns and a night: by the thirteenth a brief is in force. */
async function playOn(
  edge: RunningEdge,
  wire: WireName,
  session: string | null,
  startMs?: number,
): Promise<MovingTalk> {
  const talk = new MovingTalk(edge, wire, session, startMs);
  for (let turn = 0; turn < 12; turn++) {
    const { status } = await talk.ask(report(turn));
    if (status !== 200) throw new Error(`turn ${turn}: ${status}`);
    if (talk.id !== "") await whenIdle(edge, talk.id);
  }
  talk.sleep();
  const { plan, reason } = await talk.ask(report(12));
  if (plan !== "brief") throw new Error(`not compacted: ${plan} ${reason}`);
  await whenIdle(edge, talk.id);
  return talk;
}

function move(talk: MovingTalk): void {
  talk.edge = second;
  talk.key = OTHER_KEY;
}

describe.each(WIRES)("a conversation over %s", (wire) => {
  it("goes on behind its import: with its history, with what is new, with its brief in force", async () => {
    const talk = await playOn(first, wire, `moved-${wire}`);
    const before = await inspect(first, talk.id);
    const file = await exportSession(first, talk.id);
    expect(file.status).toBe(200);
    expect(file.text).not.toContain(KEY);
    expect(file.text).not.toContain(before.tenant.key);
    const upstream = wire === "messages" ? "&upstream=anthropic" : "";
    const moved = await importSession(second, file.text, {
      key: OTHER_KEY,
      query: `?session=moved-${wire}${upstream}`,
    });
    expect(moved).toMatchObject({ status: 201, body: { counts: { turns: 13, messages: 26 } } });
    expect(moved.body.id).not.toBe(talk.id);
    move(talk);
    const imported = await inspect(second, moved.body.id ?? "", OTHER_KEY);
    expect(imported.ledger).toEqual(before.ledger);
    expect(imported.turns).toEqual(before.turns);
    expect(imported.epochs).toEqual(before.epochs);

    const whole = await talk.ask(report(13));
    expect(whole).toMatchObject({ status: 200, verdict: "continue", plan: "brief", reason: "epoch" });
    expect(talk.id).toBe(moved.body.id);
    expect(provider.requests.at(-1)?.body.length).toBeLessThan(whole.sent.length);
    const delta = await talk.ask(report(14), "rev");
    expect(delta).toMatchObject({ status: 200, verdict: "delta", plan: "brief", reason: "epoch" });
    const again = await talk.ask(report(15));
    expect(again).toMatchObject({ status: 200, verdict: "continue", plan: "brief" });
    await expect(inspect(second, talk.id)).rejects.toThrow("404");
  });

  it("comes back out of the second deployment as it came in", async () => {
    const talk = await playOn(first, wire, `there-and-back-${wire}`);
    const { text } = await exportSession(first, talk.id);
    const moved = await importSession(second, text, { key: OTHER_KEY, query: `?session=back-${wire}` });
    const id = moved.body.id ?? "";
    await expect.poll(async () => (await inspect(second, id, OTHER_KEY)).pending.uncounted_messages).toBe(0);
    await expect.poll(async () => (await inspect(second, id, OTHER_KEY)).tenant.is_told).toBe(true);
    const back = await exportSession(second, id, OTHER_KEY);
    expect(linesOf(back.text).slice(1)).toEqual(linesOf(text).slice(1));
  });

  it("can be written out as the body of a request", async () => {
    const talk = await playOn(first, wire, `out-${wire}`);
    const { text } = await exportSession(first, talk.id, KEY, "?format=messages");
    const body = JSON.parse(text) as Record<string, unknown[]>;
    const messages = body["messages"] ?? body["input"] ?? [];
    const head = wire === "chat-completions" ? 1 : 0;
    expect(messages.slice(head)).toEqual(talk.items);
    for (const item of talk.items.filter(({ role }) => role === "user")) expect(text).toContain(JSON.stringify(item));
    const asked = new MovingTalk(first, wire, `again-${wire}`);
    asked.items = talk.items;
    expect((await asked.ask("And now?")).status).toBe(200);
  });
});

describe("a client without a name for its conversation", () => {
  it("finds the session by its first exchange", async () => {
    const talk = await playOn(first, "chat-completions", null);
    const { text } = await exportSession(first, talk.id);
    const moved = await importSession(second, text, { key: OTHER_KEY });
    expect(moved.status).toBe(201);
    move(talk);
    expect(await talk.ask(report(13))).toMatchObject({ verdict: "continue", plan: "brief", reason: "epoch" });
    expect(talk.id).toBe(moved.body.id);
  });

  it("goes on from a reply by its id", async () => {
    const talk = await playOn(first, "responses", null);
    const { text } = await exportSession(first, talk.id);
    const moved = await importSession(second, text, { key: OTHER_KEY });
    move(talk);
    expect(await talk.ask(report(13), "reply")).toMatchObject({ status: 200, verdict: "delta", plan: "brief" });
    expect(talk.id).toBe(moved.body.id);
  });
});

interface ReplayReport {
  turns: { is_same_body: boolean | null }[];
  totals: {
    compactions: { recorded: number; replayed: number };
    spent: { recorded: number; replayed: number };
  };
}

describe("a replay of an exported session", () => {
  const run = promisify(execFile);
  const script = fileURLToPath(new URL("../../bench/replay.ts", import.meta.url));
  const replay = async (file: string, ...flags: string[]) => {
    const folder = await mkdtemp(join(tmpdir(), "strata-replay-"));
    try {
      await writeFile(join(folder, "export.jsonl"), file);
      const env = { ...process.env, INIT_CWD: folder, STRATA_POLICY: LONG_VARS.STRATA_POLICY };
      const { stdout } = await run(process.execPath, [script, "--session", "export.jsonl", ...flags], { env });
      return stdout;
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  it("decides as the Worker did, and otherwise under another policy", async () => {
    // Ahead of the machine's clock, which background work goes by: behind it every cache would look expired there.
    const talk = await playOn(first, "chat-completions", "replayed", Date.now() + 2 * 24 * 3_600_000);
    const { text } = await exportSession(first, talk.id);
    const same = JSON.parse(await replay(text, "--json")) as ReplayReport;
    expect(same.totals).toMatchObject({ turns: 13, not_played: 0, other_plans: 0 });
    expect(same.totals.compactions.recorded).toBeGreaterThan(0);
    expect(same.turns.every(({ is_same_body: isSame }) => isSame)).toBe(true);
    expect(same.totals.spent.replayed).toBeCloseTo(same.totals.spent.recorded, 6);
    const never = JSON.parse(await replay(text, "--json", "--policy", '{"minimumShrinkTokens":1e9}')) as ReplayReport;
    expect(never.totals.compactions.replayed).toBe(0);
    expect(await replay(text, "--model", "gpt-5.4-mini", "--budget", "0")).toContain("13 turns");
    for (const [file, flags, problem] of [
      [text.slice(0, -9), [], "cut"],
      ["{}\n", [], "not the beginning of an export"],
      [text, ["--policy", "[]"], "STRATA_POLICY"],
      [text, ["--model", "nobody"], "no price"],
      [text, ["--thread", "nowhere"], "no turn"],
    ] as const)
      await expect(replay(file, ...flags)).rejects.toThrow(problem);
    await expect(replay(text, "--session", "none.jsonl")).rejects.toThrow("there is no file");
  });
});

describe("a file", () => {
  let file: string;
  let id: string;
  beforeAll(async () => {
    const talk = await playOn(first, "chat-completions", "file");
    id = talk.id;
    file = (await exportSession(first, id)).text;
  });

  it("is for its owner alone", async () => {
    expect((await exportSession(first, id, "sk-stranger")).status).toBe(404);
    expect((await exportSession(first, id, "sk-stranger", "?format=messages")).status).toBe(404);
    expect((await exportSession(first, id, KEY, "?format=pdf")).status).toBe(400);
    expect((await exportSession(first, id, KEY, "?format=messages&thread=nowhere")).status).toBe(400);
    const nowhere = `?format=messages&thread=${"A".repeat(22)}`;
    expect((await exportSession(first, id, KEY, nowhere)).status).toBe(404);
  });

  it("is taken packed, and a second time without effect, and under a name that is taken not at all", async () => {
    const query = "?session=packed";
    const gzip = { query, headers: { "content-encoding": "gzip" } };
    const packed = new Uint8Array(gzipSync(file));
    const once = await importSession(second, packed, gzip);
    expect(once.status).toBe(201);
    expect(await importSession(second, file, { query })).toEqual(once);
    const other = seal(
      linesOf(file).map((line, index) =>
        index === 0 ? line.replace(/"exported_at":"[^"]*"/, '"exported_at":""') : line,
      ),
    );
    const refused = await importSession(second, other, { query });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: "session_exists" } } });
    expect((await inspect(second, once.body.id ?? "")).counts.turns).toBe(13);
    const stranger = await importSession(second, file, { key: OTHER_KEY, query: `?session=${once.body.id}` });
    expect(stranger.status).toBe(409);
  });

  it("is refused where it is cut, wherever that is, and leaves nothing", async () => {
    const lines = file.split("\n");
    const cuts = [1, 2, 5, lines.length >> 1, lines.length - 2].map((count) => `${lines.slice(0, count).join("\n")}\n`);
    const texts = [...cuts, file.slice(0, -1), file.slice(0, file.length >> 1), "", `${file}{}\n`];
    for (const text of texts) {
      const refused = await importSession(second, text, { query: "?session=cut" });
      expect(refused.status, String(text.length)).toBe(422);
      expect(refused.body.error?.message).toMatch(/^Line \d+ of the file cannot be imported: /);
    }
    await expect(inspect(second, "cut")).rejects.toThrow("404");
    expect((await importSession(second, file, { query: "?session=cut" })).status).toBe(201);
  });

  it("is refused with one byte changed, and by a version that does not know it", async () => {
    const bytes = Buffer.from(file);
    for (let place = 0; place < 40; place++) {
      const changed = Buffer.from(bytes);
      const at = Math.floor((place / 40) * bytes.length);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const refused = await importSession(second, new Uint8Array(changed), { query: "?session=flipped" });
      expect(refused.status, `byte ${at}`).toBe(422);
    }
    const newer = seal(linesOf(file).map((line) => line.replace('"version":1', '"version":2')));
    const refused = await importSession(second, newer, { query: "?session=flipped" });
    expect(refused).toMatchObject({ status: 422, body: { error: { code: "unreadable_export" } } });
    await expect(inspect(second, "flipped")).rejects.toThrow("404");
  });

  it("does not stand in the way of turns while it is read", async () => {
    const talk = new MovingTalk(second, "chat-completions", "meanwhile");
    const [head = "", ...rows] = linesOf(file);
    let send: (chunk: string) => void = () => undefined;
    let end: () => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        send = (chunk) => controller.enqueue(new TextEncoder().encode(chunk));
        end = () => controller.close();
      },
    });
    const answered = fetch(`${second.url}/_strata/import?session=meanwhile`, {
      method: "POST",
      headers: { authorization: `Bearer ${KEY}` },
      body,
      duplex: "half",
    } as RequestInit);
    send(`${head}\n`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await talk.ask("Is anybody there?")).toMatchObject({ status: 200, plan: "pass" });
    send(rows.map((row) => `${row}\n`).join(""));
    send(seal(linesOf(file)).split("\n").at(-2) ?? "");
    send("\n");
    end();
    expect((await answered).status).toBe(201);
  });
});
