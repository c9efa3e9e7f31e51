/**
 * Recall over HTTP: a fact that has left the prompt is there when it is asked for, and gone from the next request.
 *
 * The real SDK, streaming, before the strict simulator, for a client that sends everything and one that sends deltas.
 * Where the fact stands, and what the provider's cache makes of it, is read from what the provider received.
 */
import type OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import { RECALLED_END, RECALLED_LABEL } from "../../src/plan/frame-recalled.ts";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import type { Provider } from "../fakes/provider/provider.ts";
import { inspect, MODEL, sdk, startWithProvider, whenIdle } from "./start.ts";

type Message = OpenAI.Chat.ChatCompletionMessageParam;

const FACT = "By the way, the spare key for the boat house hangs behind the blue barometer.";
const QUESTION = "Where does the spare key for the boat house hang?";
const VARS = {
  STRATA_POLICY: JSON.stringify({ guardTokens: 300, guardItems: 1, briefTokens: 200, recallTokens: 200 }),
  STRATA_TEST_CLOCK: "1",
};
const NIGHT_MS = 9 * 3_600_000;
const report = (day: number): string =>
  `Report ${day}: crane ${day} lifted ${day * 13} containers and rested at noon. ${"The wind was fair and the tide was low. ".repeat(20)}`;

let edge: RunningEdge;
let provider: Provider;
let nowMs = Date.parse("2026-11-02T08:00:00Z");

beforeAll(async () => {
  const options = { now: () => nowMs, alternation: true, reply: () => ({ content: "Noted." }) };
  ({ edge, provider } = await startWithProvider(VARS, options));
});

class Talk {
  readonly session: string;
  readonly isDelta: boolean;
  readonly messages: Message[] = [{ role: "system", content: "You keep the harbour's books." }];
  rev: string | null = null;

  constructor(session: string, isDelta: boolean) {
    this.session = session;
    this.isDelta = isDelta;
  }

  /** One streamed turn. Answers what the provider received, and the reply's header. */
  async say(content: string, headers: Record<string, string> = {}) {
    nowMs += 20_000;
    this.messages.push({ role: "user", content });
    const parent = this.isDelta && this.rev !== null ? { "x-strata-parent": this.rev } : {};
    const client = sdk(edge, { headers: { "x-strata-session": this.session, ...parent, ...headers } });
    const messages = "x-strata-parent" in parent ? this.messages.slice(-1) : this.messages;
    const clock = { headers: { "x-strata-test-clock-ms": String(nowMs) } };
    const body = { model: MODEL, messages, stream: true as const, stream_options: { include_usage: true } };
    const { data, response } = await client.chat.completions.create(body, clock).withResponse();
    let text = "";
    for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? "";
    this.messages.push({ role: "assistant", content: text });
    this.rev = response.headers.get("x-strata-rev");
    await whenIdle(edge, this.session);
    const seen = provider.requests.at(-1);
    if (!seen) throw new Error("nothing arrived");
    const { messages: received } = JSON.parse(seen.body.toString()) as { messages: { content: string }[] };
    return { seen, text, newest: received.at(-1)?.content ?? "", recalled: response.headers.get("x-strata-recalled") };
  }

  async forget(): Promise<void> {
    await this.say(FACT);
    for (let day = 0; day < 12; day++) await this.say(report(day));
    nowMs += NIGHT_MS;
    await this.say(report(12));
  }
}

describe.each([
  ["the whole history", false],
  ["only what is new", true],
])("a client that sends %s", (name, isDelta) => {
  it("gets a fact back with its question, once, at no cost to the prefix", async () => {
    const talk = new Talk(`recall ${name}`, isDelta);
    await talk.forget();

    const asked = await talk.say(QUESTION);
    expect(asked.text).toBe("Noted.");
    const [own, block = ""] = asked.newest.split(`\n\n${RECALLED_LABEL}`);
    expect(own).toBe(QUESTION);
    expect(block).toContain(FACT);
    expect(block.endsWith(RECALLED_END)).toBe(true);
    expect(Number(asked.recalled)).toBeGreaterThan(20);

    const next = await talk.say("Please describe photosynthesis briefly.");
    expect(next.seen.body.includes(RECALLED_LABEL)).toBe(false);
    expect(next.recalled).toBeNull();
    const prefix = next.seen.body.toString().indexOf(QUESTION) / next.seen.body.length;
    expect(next.seen.cachedTokens / next.seen.promptTokens).toBeGreaterThan(prefix * 0.8);

    const view = await inspect(edge, talk.session);
    expect(JSON.stringify(view.briefs)).not.toContain(RECALLED_LABEL);
  });

  it("gets nothing when it says so", async () => {
    const talk = new Talk(`no recall ${name}`, isDelta);
    await talk.forget();
    const asked = await talk.say(QUESTION, { "x-strata-recall": "off" });
    expect([asked.newest, asked.recalled]).toEqual([QUESTION, null]);
  });
});
