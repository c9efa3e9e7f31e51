/**
 * A model that condenses, over HTTP, beside an edge that has none: only good answers change what is forwarded.
 *
 * The same conversation is played for every manner of answering. Its forwarded bodies are compared byte for byte with
 * those of the edge without a model.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { DISTILLER_USAGE, startDistiller } from "../fakes/distiller/start-distiller.ts";
import type { FakeDistiller, ServerManner } from "../fakes/distiller/start-distiller.ts";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { LONG_VARS, LongTalk } from "./play.ts";
import { inspect, KEY as OWNER, MODEL, sendRaw, startEdgeBefore, startWithProvider, whenIdle } from "./start.ts";
import type { Provider } from "../fakes/provider/provider.ts";

const KEY = "sk-distiller-0001";
/** What earlier runs have saved for their tenant must make no difference to later ones. */
const POLICY = { ...(JSON.parse(LONG_VARS.STRATA_POLICY) as object), tenantSlack: 10 };
const VARS = {
  ...LONG_VARS,
  STRATA_POLICY: JSON.stringify(POLICY),
  STRATA_PRICES: '{"tiny":{"input":0.01,"output":0.04}}',
};

let provider: Provider;
let distiller: FakeDistiller;
let plain: RunningEdge;
let writing: RunningEdge;

beforeAll(async () => {
  ({ edge: plain, provider } = await startWithProvider(VARS));
  distiller = await startDistiller();
  writing = await startEdgeBefore(provider.url, {
    ...VARS,
    DISTILLER: "openai",
    DISTILLER_URL: distiller.url,
    DISTILLER_KEY: KEY,
    DISTILLER_MODEL: "tiny",
    DISTILLER_TIMEOUT_SECONDS: "2",
  });
});

afterAll(() => distiller.close());

/** Long enough for two segments and for compactions, the last of them after a night. Answers what was forwarded. */
async function play(edge: RunningEdge, session: string): Promise<string[]> {
  const talk = new LongTalk(edge, session);
  // Every run says the same, and none may be billed less because another has said it before.
  provider.forgetCache();
  const before = provider.requests.length;
  for (let turn = 1; turn <= 16; turn++) {
    const report = `Crane ${turn} lifted ${turn * 13} containers from the barge Alma-${turn} and set them down behind shed ${turn + 40}. `;
    talk.messages.push({ role: "user", content: `${report.repeat(36)}What is due for crane ${turn}?` });
    if (turn === 16) talk.nowMs += 9 * 3_600_000;
    await talk.take(await talk.send({ model: MODEL, messages: talk.messages }));
  }
  return provider.requests.slice(before).map(({ body }) => body.toString());
}

async function ask(
  manner: ServerManner,
  session: string,
): Promise<{ bodies: string[]; calls: FakeDistiller["calls"] }> {
  distiller.manner = manner;
  distiller.calls.length = 0;
  const bodies = await play(writing, session);
  return { bodies, calls: [...distiller.calls] };
}

/** The first call that sends less than half of what the one before it sent. */
function findCompaction(bodies: readonly string[]): number {
  return bodies.findIndex((body, index) => body.length < (bodies[index - 1]?.length ?? 0) / 2);
}

describe("a model that condenses", () => {
  let quoted: string[];
  beforeAll(async () => {
    quoted = await play(plain, "quoted");
    expect(findCompaction(quoted)).toBeGreaterThan(0);
  });

  it("is asked once for each finished segment, and its sentences stand in the next brief", async () => {
    const { bodies, calls } = await ask("well", "well");
    const view = await inspect(writing, "well");
    const segments = view.segments.filter(({ state }) => state === "digested");
    expect(segments.length).toBeGreaterThan(1);
    expect(calls).toHaveLength(segments.length);
    for (const { headers, path, body } of calls) {
      expect(headers.authorization).toBe(`Bearer ${KEY}`);
      expect(path).toBe("/v1/chat/completions");
      expect(body["model"]).toBe("tiny");
    }
    // Until one of them compacts nothing differs; the compaction brings what was written, word for word.
    const compaction = Math.min(findCompaction(bodies), findCompaction(quoted));
    expect(compaction).toBeGreaterThan(0);
    expect(bodies.slice(0, compaction)).toEqual(quoted.slice(0, compaction));
    const first = segments[0]?.digest?.gists[0]?.text ?? "";
    expect(first).toContain("Crane 1 lifted 13 containers");
    expect(bodies.at(-1)).toContain(first);
    expect(quoted.at(-1)).not.toContain(first);
    const { distiller: spent, input_token_units: units } = view.ledger;
    expect(spent).toMatchObject({
      calls: calls.length,
      tokens: { prompt: calls.length * DISTILLER_USAGE.prompt_tokens },
      priced_calls: calls.length,
    });
    expect(spent?.usd).toBeCloseTo((calls.length * (5000 * 0.01 + 400 * 0.04)) / 1e6, 12);
    expect(units.spent).toBeLessThanOrEqual(1.1 * units.replay);
    await vi.waitFor(async () => {
      const answer = await fetch(`${writing.url}/_strata/ledger`, { headers: { authorization: `Bearer ${OWNER}` } });
      const { ledger } = (await answer.json()) as { ledger: { distiller: typeof spent } };
      expect(ledger.distiller?.calls).toBeGreaterThanOrEqual(calls.length);
      expect(ledger.distiller?.usd).toBeGreaterThanOrEqual(spent?.usd ?? Infinity);
    }, 10_000);
  });

  it("that knows no schema is asked in words", async () => {
    const { bodies, calls } = await ask("knows no schema", "no-schema");
    expect(calls.filter(({ body }) => body["response_format"])).toHaveLength(1);
    expect((await inspect(writing, "no-schema")).segments.every(({ state }) => state === "digested")).toBe(true);
    expect(bodies.at(-1)).toContain("Summary");
  });

  it.each<[ServerManner, string]>([
    ["fails", "refused"],
    ["stalls", "timed_out"],
    ["changes numbers", "unreliable"],
    ["drops numbers", "unreliable"],
    ["gives orders", "speaks_to_reader"],
    ["refuses", "error_text"],
    ["reports an error with 200", "unreadable"],
    ["sends no JSON", "unreadable"],
    ["talks", "no_digest"],
    ["says nothing", "no_digest"],
  ])("that %s changes nothing that is forwarded", async (manner, code) => {
    const session = manner.replaceAll(" ", "-");
    const { bodies, calls } = await ask(manner, session);
    expect(bodies).toEqual(quoted);
    const view = await inspect(writing, session);
    expect(view.segments.every(({ digest }) => digest === null)).toBe(true);
    expect(view.segments[0]).toMatchObject({ state: "failed", attempts: 2, checks: { code } });
    // Twice for each segment at most, however long the conversation goes on.
    expect(calls.length).toBeLessThanOrEqual(2 * view.segments.length);
  });

  it("keeps no client waiting", async () => {
    distiller.manner = "stalls";
    distiller.calls.length = 0;
    const talk = new LongTalk(writing, "waits");
    const say = async (turn: number) => {
      const content = `Gate ${turn} let ${turn * 7} lorries through before the bridge went up. `.repeat(60);
      talk.messages.push({ role: "user", content });
      return talk.send({ model: MODEL, messages: talk.messages });
    };
    let turn = 1;
    for (; distiller.calls.length === 0; turn++) {
      const reply = await say(turn);
      const { choices } = JSON.parse(reply.body.toString()) as { choices: { message: { content: string } }[] };
      talk.messages.push({ role: "assistant", content: choices[0]?.message.content ?? "" });
      // Nothing is left to do but what the model has been asked for.
      await vi.waitFor(async () => {
        const { pending } = await inspect(writing, "waits");
        const isIdle = pending.turns + pending.uncounted_messages + pending.digests === 0;
        if (!isIdle && distiller.calls.length === 0) throw new Error("still at work");
      }, 10_000);
      expect(turn).toBeLessThan(30);
    }
    expect((await say(turn)).status).toBe(200);
    const { pending, counts } = await inspect(writing, "waits");
    expect(counts.turns).toBe(turn);
    expect(pending.digests).toBe(1);
    await whenIdle(writing, "waits");
  });

  it("is told apart from the upstream: its key and the clients' never meet", async () => {
    distiller.manner = "well";
    await play(writing, "keys");
    for (const { headers } of distiller.calls) expect(JSON.stringify(headers)).not.toContain("sk-test");
    for (const { headers } of provider.requests) expect(JSON.stringify(headers)).not.toContain(KEY);
    const health = await sendRaw(writing, { path: "/_strata/health" });
    expect(health.body.toString()).not.toContain(KEY);
  });
});
