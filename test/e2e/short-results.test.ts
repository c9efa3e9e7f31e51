/**
 * Large tool results over HTTP: an agent's loop with the official SDK against the strict simulator.
 *
 * A large result goes up short the first time and is never seen whole; the turns after it find the cache; the session's
 * ledger says what the provider billed and what a replay would have cost; whoever wants results whole gets them so.
 */
import type OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import { createPriceBook } from "../../src/adapters/price-table.ts";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { costOf, startProvider } from "../fakes/provider/provider.ts";
import type { ChatRequest, Provider, ScriptedReply } from "../fakes/provider/provider.ts";
import { KEY, MODEL, sdk, startWithProvider, whenIdle } from "./start.ts";

type Message = OpenAI.ChatCompletionMessageParam;

const TOOL: OpenAI.ChatCompletionTool = {
  type: "function",
  function: { name: "list_boats", parameters: { type: "object", properties: { town: { type: "string" } } } },
};
const KEPT: OpenAI.ChatCompletionTool = { ...TOOL, function: { ...TOOL.function, name: "read_file" } };
const PAUSE_MS = 20_000;

/** About 47,000 characters. */
function list(town: string): string {
  return JSON.stringify(
    Array.from({ length: 400 }, (_, index) => ({
      boat_name: `${town} ${index}`,
      length_in_metres: 5 + (index % 9),
      pier: `P${index % 31}`,
      price_per_day: 40 + index,
      is_available: index % 3 > 0,
    })),
  );
}

let edge: RunningEdge;
let provider: Provider;
let nowMs = Date.parse("2026-11-02T08:00:00Z");
let refuses = (_request: ChatRequest): boolean => false;

/** Calls the tool for each town that the user names, and says what it has seen. */
function answer(request: ChatRequest): ScriptedReply {
  if (refuses(request)) return { status: 400, error: { message: "I do not like this body." } };
  const last = request.messages.at(-1);
  const said = typeof last?.content === "string" ? last.content : "";
  const town = /boats in (\w+)/.exec(said)?.[1];
  const name = said.includes("file") ? "read_file" : "list_boats";
  if (last?.role === "user" && town) return { toolCalls: [{ name, arguments: JSON.stringify({ town }) }] };
  return { content: `I have seen ${said.length} characters.` };
}

beforeAll(async () => {
  const vars = { STRATA_TEST_CLOCK: "1", STRATA_KEEP_TOOLS: "read_file" };
  ({ edge, provider } = await startWithProvider(vars, { now: () => nowMs, reply: answer }));
});

class Agent {
  readonly session: string;
  readonly messages: Message[] = [{ role: "system", content: "You rent boats." }];
  readonly headers: Record<string, string>;
  /** The replies' own headers. */
  readonly replies: Headers[] = [];

  constructor(session: string, headers: Record<string, string> = {}) {
    this.session = session;
    this.headers = { "x-strata-session": session, ...headers };
  }

  /** One question, with as many rounds of tools as it takes. Answers what the provider got. */
  async ask(content: string): Promise<Provider["requests"]> {
    const before = provider.requests.length;
    this.messages.push({ role: "user", content });
    for (;;) {
      const headers = { "x-strata-test-clock-ms": String(nowMs) };
      const { data, response } = await sdk(edge, { headers: this.headers })
        .chat.completions.create({ model: MODEL, tools: [TOOL, KEPT], messages: this.messages }, { headers })
        .withResponse();
      this.replies.push(response.headers);
      nowMs += PAUSE_MS;
      await whenIdle(edge, this.session);
      const message = data.choices[0]?.message;
      if (!message) throw new Error("no message");
      this.messages.push(message);
      if (!message.tool_calls) return provider.requests.slice(before);
      for (const call of message.tool_calls) {
        const town = call.type === "function" ? (JSON.parse(call.function.arguments) as { town: string }).town : "";
        this.messages.push({ role: "tool", tool_call_id: call.id, content: list(town) });
      }
    }
  }

  /** The body as it would be without the edge. */
  body(): string {
    return JSON.stringify({ model: MODEL, tools: [TOOL, KEPT], messages: this.messages.slice(0, -1) });
  }
}

describe("an agent whose tool gives large results", () => {
  it("has them forwarded short, once and for all, and finds the cache afterwards", async () => {
    const agent = new Agent("large");
    await agent.ask("Good morning.");
    const [, answered] = await agent.ask("Which boats in Kiel?");
    expect(answered?.body.toString()).not.toContain('price_per_day\\":40,');
    expect(answered?.body.toString()).toContain("[JSON, shortened: ");
    expect(answered?.body.length).toBeLessThan(agent.body().length / 2);
    expect(agent.replies.at(-1)?.get("x-strata-short-results")).toBe("1");
    const [client = 0, forwarded = 0] = (agent.replies.at(-1)?.get("x-strata-tokens") ?? "").split("->").map(Number);
    expect(forwarded).toBeLessThan(client / 2);
    let before = answered;
    for (const question of ["And the cheapest?", "Which boats in Husum?", "Which boats in Kiel?", "Thank you."])
      for (const request of await agent.ask(question)) {
        expect(request.status).toBe(200);
        expect(request.body.toString().startsWith(before?.body.toString().slice(0, -2) ?? "?")).toBe(true);
        expect(request.cachedTokens).toBeGreaterThan((before?.promptTokens ?? 0) - 128);
        before = request;
      }
    expect(before?.body.toString()).toContain("[same result as the earlier call list_boats(");
    const whole = provider.requests.filter(({ body }) => body.toString().includes('is_available\\":false},'));
    expect(whole).toEqual([]);
  });

  it("can have the original back by the name in the short form", async () => {
    const agent = new Agent("original");
    const requests = await agent.ask("Which boats in Kiel?");
    const [, hash = ""] = /the original is kept as ([\w-]{22})\]/.exec(requests.at(-1)?.body.toString() ?? "") ?? [];
    const url = `${edge.url}/_strata/sessions/original/messages/${hash}`;
    const fetched = await fetch(url, { headers: { authorization: `Bearer ${KEY}` } });
    const { json } = (await fetched.json()) as { json: string };
    expect(JSON.parse(json)).toEqual(agent.messages.at(-2));
    const stranger = await fetch(url, { headers: { authorization: "Bearer sk-other" } });
    expect(stranger.status).toBe(404);
  });

  it("pays what the ledger says, and the ledger knows what a replay would have cost", async () => {
    const price = createPriceBook({}).lookUp(MODEL);
    if (!price) throw new Error("no price");
    const agent = new Agent("money");
    const started = provider.requests.length;
    const startedAt = nowMs;
    for (const question of ["Good morning.", "Which boats in Kiel?", "Which boats in Husum?", "The cheapest?", "Bye."])
      await agent.ask(question);
    const spent = provider.requests.slice(started).reduce((sum, request) => sum + costOf(request, price), 0);
    const view = await whenIdle(edge, "money");
    const { usd } = view.ledger as unknown as { usd: { spent: number; replay: number } };
    expect(usd.spent).toBeCloseTo(spent, 9);

    // The same requests without the edge.
    nowMs = startedAt;
    const direct = await startProvider({ now: () => nowMs, reply: answer });
    for (const [index, message] of agent.messages.entries()) {
      if (message.role !== "assistant") continue;
      const body = JSON.stringify({ model: MODEL, tools: [TOOL, KEPT], messages: agent.messages.slice(0, index) });
      const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
      await (await fetch(`${direct.url}/v1/chat/completions`, { method: "POST", headers, body })).text();
      nowMs += PAUSE_MS;
    }
    const played = direct.requests.reduce((sum, request) => sum + costOf(request, price), 0);
    await direct.close();
    expect(spent).toBeLessThan(0.6 * played);
    expect(Math.abs(usd.replay - played)).toBeLessThan(0.02 * played);
  });
});

describe("results that are wanted whole", () => {
  it("are byte for byte the client's when the request says so, and when the tool is to be kept", async () => {
    const asked = new Agent("asked", { "x-strata-tools": "keep" });
    const requests = await asked.ask("Which boats in Kiel?");
    expect(requests.at(-1)?.body.toString()).toBe(asked.body());
    const kept = new Agent("kept");
    const file = await kept.ask("What says the file on boats in Kiel?");
    expect(file.at(-1)?.body.toString()).toBe(kept.body());
    expect(kept.replies.at(-1)?.get("x-strata-short-results")).toBeNull();
  });

  it("go up once more in the same request, and from then on, when the upstream refuses the short form", async () => {
    refuses = ({ messages }) => messages.some(({ content }) => JSON.stringify(content).startsWith('"[JSON, shortened'));
    const agent = new Agent("refused");
    const requests = await agent.ask("Which boats in Kiel?");
    expect(requests.map(({ status }) => status)).toEqual([200, 400, 200]);
    expect(requests.at(-1)?.body.toString()).toBe(agent.body());
    expect(agent.replies.at(-1)?.get("x-strata-reason")).toBe("rewrite_refused");
    const next = await agent.ask("Which boats in Husum?");
    expect(next.map(({ status }) => status)).toEqual([200, 200]);
    expect(next.at(-1)?.body.toString()).toBe(agent.body());
    refuses = () => false;
  });
});
