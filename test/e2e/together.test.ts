/**
 * Everything at once, over HTTP with the official SDKs: facts about the user, recalled blocks, the recall tool, large tool
 * results in short form, a model that condenses, compactions.
 *
 * Each feature has its own tests; here none may get into another's way. The strict provider refuses what is out of order, its
 * cache shows whether the prompt only grew, and its bill is what the ledger must say.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPriceBook } from "../../src/adapters/price-table.ts";
import { startDistiller } from "../fakes/distiller/start-distiller.ts";
import type { FakeDistiller } from "../fakes/distiller/start-distiller.ts";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { costOf, hasTool, lastTextOf } from "../fakes/provider/provider.ts";
import type { Provider, RecordedRequest, RequestBody, ScriptedReply } from "../fakes/provider/provider.ts";
import { KEY, startEdgeBefore, startWithProvider, whenIdle } from "./start.ts";
import { chatTalker, LOOK_UP, messagesTalker, responsesTalker } from "./talkers.ts";
import type { Heard, Talker } from "./talkers.ts";

const TOOL = "strata_recall";
const FACTS_LABEL = "[Known about this user";
const BLOCK_LABEL = "[From earlier in this conversation";
const COMPACTS = new Set(["cold_cache", "cheaper_now", "rent_paid", "window_full"]);
const NIGHT_MS = 9 * 3600 * 1000;
/** The provider caches in steps so small that a lost token shows. */
const GRANULE = 16;
const MODELS = { "chat-completions": "gpt-5.4", responses: "gpt-4.1", messages: "claude-sonnet-5" };
const POLICY = { guardTokens: 300, guardItems: 1, briefTokens: 300, minimumShrinkTokens: 400, recallTokens: 200 };

let provider: Provider;
let edge: RunningEdge;
let distiller: FakeDistiller;
let nowMs = Date.parse("2026-11-02T08:00:00Z");

beforeAll(async () => {
  const cache = { minimumTokens: GRANULE, granuleTokens: GRANULE };
  const reply = (request: RequestBody, { api }: { api: Talker["api"] }): ScriptedReply =>
    answer(request, lastTextOf(api, request));
  const messages = { minimumCacheTokens: GRANULE };
  ({ provider } = await startWithProvider({}, { now: () => nowMs, reply, cache, messages }));
  distiller = await startDistiller();
  edge = await startEdgeBefore(provider.url, {
    STRATA_MEMORY: "on",
    STRATA_POLICY: JSON.stringify(POLICY),
    STRATA_TEST_CLOCK: "1",
    STRATA_PRICES: '{"tiny":{"input":0.01,"output":0.04}}',
    DISTILLER: "openai",
    DISTILLER_URL: distiller.url,
    DISTILLER_KEY: "sk-distiller-0001",
    DISTILLER_MODEL: "tiny",
    DISTILLER_WAIT_SECONDS: "1",
  });
});

afterAll(() => distiller.close());

/** Does what the user asks for: searches, looks up, or says how much it has heard. */
function answer(request: RequestBody, text: string): ScriptedReply {
  const search = { name: TOOL, arguments: JSON.stringify({ query: "Where is the old rope?" }) };
  const look = { name: LOOK_UP, arguments: '{"pier":3}' };
  const wanted = [...(text.startsWith("SEARCH") ? [search] : []), ...(/^\S*LOOK/.test(text) ? [look] : [])];
  const toolCalls = wanted.filter(({ name }) => hasTool(request, name));
  return {
    content: `Heard ${text.length}. ${"The tide is high. ".repeat(8)}`,
    ...(toolCalls.length > 0 && { toolCalls }),
  };
}

/** About 60,000 characters. */
function list(nth: number): string {
  const boats = Array.from({ length: 500 }, (_, index) => ({
    boat_name: `Boat ${nth}-${index}`,
    length_in_metres: 5 + (index % 9),
    pier: `P${index % 31}`,
    price_per_day: 40 + index,
    is_available: index % 3 > 0,
  }));
  return JSON.stringify(boats);
}

function report(turn: number): string {
  const line = (crane: number): string =>
    `Crane ${turn}${crane} lifted ${turn * 13 + crane * 7} containers for Ms Özdemir on ${turn + 1} March 2026. `;
  const fact = turn === 1 ? "they put the old rope behind the stove again. " : "";
  return `${line(1)}${line(2)}${fact}${line(3)}${"The wind was fair and the tide was low. ".repeat(6)}`;
}

/** One client with one conversation, and what the provider has got of it. */
class Play {
  readonly talk: Talker;
  readonly session: string;
  readonly stream: boolean;
  readonly isDelta: boolean;
  readonly heard: Heard[] = [];
  /** For each turn its requests. */
  readonly sent: RecordedRequest[][] = [];

  constructor(talker: (url: string) => Talker, session: string, stream: boolean, isDelta: boolean) {
    this.talk = talker(edge.url);
    this.session = session;
    this.stream = stream;
    this.isDelta = isDelta;
  }

  /** One question, with as many rounds of the client's tool as the model wants. */
  async say(text: string): Promise<Heard> {
    let heard = await this.#turn(() => this.talk.say(text, this.#asking()));
    while (heard.calls.length > 0) {
      const results = heard.calls.map(({ id }) => ({ id, text: list(this.heard.length) }));
      heard = await this.#turn(() => this.talk.answer(results, this.#asking()));
    }
    return heard;
  }

  /** The session's public id. */
  get id(): string {
    return this.heard.at(-1)?.headers.get("x-strata-session") ?? "";
  }

  #asking() {
    const rev = this.heard.at(-1)?.headers.get("x-strata-rev");
    const headers = {
      "x-strata-session": this.session,
      "x-strata-recall": "both",
      "x-strata-user": this.session,
      "x-strata-test-clock-ms": String(nowMs),
      ...(this.isDelta && rev ? { "x-strata-parent": rev } : {}),
    };
    return { stream: this.stream, hasTool: true, headers };
  }

  async #turn(ask: () => Promise<Heard>): Promise<Heard> {
    const from = provider.requests.length;
    const heard = await ask();
    this.heard.push(heard);
    this.sent.push(provider.requests.slice(from));
    await whenIdle(edge, this.id);
    nowMs += 30_000;
    return heard;
  }
}

const CASES = [chatTalker, responsesTalker, messagesTalker].flatMap((talker) =>
  [true, false].map((stream) => ({
    talker,
    stream,
    isDelta: !stream,
    name: `${talker("").api}, ${stream ? "streamed, whole histories" : "plain, deltas"}`,
  })),
);

describe.each(CASES)("on $name", ({ talker, stream, isDelta, name }) => {
  it("everything holds together", async () => {
    const play = new Play(talker, name, stream, isDelta);
    for (const statement of ["Always answer in French.", "I live in Trondheim."]) {
      const url = `${edge.url}/_strata/users/${encodeURIComponent(name)}/facts`;
      const headers = { authorization: `Bearer ${KEY}` };
      await fetch(url, { method: "POST", headers, body: JSON.stringify({ statement }) });
    }
    for (let turn = 0; turn < 8; turn++) await play.say(report(turn));
    await play.say("LOOK at the boats.");
    for (let turn = 8; turn < 14; turn++) await play.say(report(turn));
    nowMs += NIGHT_MS;
    await play.say("Good morning.");
    await play.say("SEARCH for the rope.");
    await play.say("LOOK again: where did they put the old rope?");
    await play.say("SEARCH,LOOK both ways, for the rope.");
    await play.say("Where did they put the old rope? Where do I live?");
    await play.say("Thank you.");

    const all = play.sent.flat();
    expect(all.filter(({ status }) => status !== 200)).toEqual([]);
    const verdicts = new Set(play.heard.slice(1).map(({ headers }) => headers.get("x-strata-verdict")));
    expect([...verdicts]).toEqual([isDelta ? "delta" : "continue"]);
    for (const { raw } of play.heard)
      for (const ours of [TOOL, FACTS_LABEL, BLOCK_LABEL]) expect(raw).not.toContain(ours);

    // Each feature had its turn, some in one and the same call.
    const sent = play.sent.map(([first]) => first?.body.toString() ?? "");
    const carry = (label: string): number => sent.filter((body) => body.includes(label)).length;
    for (const label of [FACTS_LABEL, BLOCK_LABEL, "[JSON, shortened: "])
      expect(carry(label), label).toBeGreaterThan(0);
    expect(sent.some((body) => body.includes(FACTS_LABEL) && body.includes(BLOCK_LABEL))).toBe(true);
    expect(play.sent.filter((requests) => requests.length === 2)).toHaveLength(1);
    expect(distiller.calls.length).toBeGreaterThan(0);

    const view = await whenIdle(edge, play.id);
    const turns = view.turns as unknown as Recorded[];
    expectToGrow(play, turns);
    const price = createPriceBook({}).lookUp(MODELS[play.talk.api]);
    if (!price) throw new Error("no price");
    const spent = all.reduce((sum, request) => sum + costOf(request, price), 0);
    const { usd } = view.ledger as unknown as { usd: { spent: number; replay: number } };
    expect(usd.spent).toBeCloseTo(spent + (view.ledger.distiller?.usd ?? 0), 9);
    expect(usd.spent).toBeLessThan(usd.replay);
    expect(JSON.stringify(view.briefs)).not.toContain(FACTS_LABEL);
    expect(JSON.stringify(view.briefs)).not.toContain(BLOCK_LABEL);
    // The definition alone: what was searched is in no history.
    for (const body of sent) expect(body.split(TOOL)).toHaveLength(2);
  });
});

interface Recorded {
  reason: string;
  memory: { tokens: number } | null;
  recalled: { tokens: number } | null;
}

/** Between compactions the provider has cached every prompt up to what stood behind the newest words for that call alone. */
function expectToGrow({ sent }: Play, turns: readonly Recorded[]): void {
  for (const [index, [next]] of sent.entries()) {
    const [before, turn] = [sent[index - 1]?.[0], turns[index - 1]];
    if (!before || !turn || !next || COMPACTS.has(turns[index]?.reason ?? "")) continue;
    const passing = (turn.memory?.tokens ?? 0) + (turn.recalled?.tokens ?? 0);
    const kept = before.promptTokens - passing - 2 * GRANULE;
    expect(next.cachedTokens, `call ${index}`).toBeGreaterThanOrEqual(kept);
  }
}
