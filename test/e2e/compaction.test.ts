/**
 * Long conversations over the real SDK that outlive the provider's cache, so that they compact: one client sends its full
 * history each time, one only what is new, one plays tools.
 *
 * Every forwarded body is compared byte for byte with [head][brief + first retained user][tail][new], built from the
 * client's own messages and the brief that the session names. Between two compactions a body only ever grows.
 */
import type OpenAI from "openai";
import { RECALLED_END, RECALLED_LABEL } from "../../src/plan/frame-recalled.ts";
import { beforeAll, describe, expect, it } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import type { ChatRequest, Provider, ScriptedReply } from "../fakes/provider/provider.ts";
import { inspect, journal, MODEL, sdk, startWithProvider, whenIdle } from "./start.ts";
import type { SessionView } from "./start.ts";

type Message = OpenAI.ChatCompletionMessageParam;

const SECOND_MS = 1000;
const NIGHT_MS = 9 * 3600 * SECOND_MS;
const PAUSE_MS = 30 * SECOND_MS;
/** So little stays verbatim that a conversation of a test's length has something to drop. */
const POLICY = { guardTokens: 200, guardItems: 1, briefTokens: 300, minimumShrinkTokens: 400 };
const VARS = { STRATA_POLICY: JSON.stringify(POLICY), STRATA_TEST_CLOCK: "1" };
const SYSTEM: Message = { role: "system", content: "You keep the harbour's books." };

let edge: RunningEdge;
let provider: Provider;
let nowMs = Date.parse("2026-11-02T08:00:00Z");

beforeAll(async () => {
  const reply = (request: ChatRequest): ScriptedReply => answer(request);
  ({ edge, provider } = await startWithProvider(VARS, { now: () => nowMs, alternation: true, reply }));
});

/** Grows by a little in every turn, holds characters that JSON escapes, and says things worth keeping. */
function say(turn: number): Message {
  const rule = turn % 9 === 0 ? `From now on, always round pier ${turn} down to "full tonnes".\n` : "";
  const report = `The crane on pier ${turn} lifted ${turn * 13} containers on March ${1 + (turn % 28)}, as agreed with Ms Özdemir. `;
  return { role: "user", content: `${rule}${report.repeat(3)}What is due for pier ${turn}? ⚓` };
}

/** A round of tools for whoever brings some, else words. */
function answer({ messages, tools }: ChatRequest): ScriptedReply {
  const last = messages.at(-1);
  const turn = messages.length;
  if (tools && last?.role === "user")
    return {
      toolCalls: [
        { name: "look_up", arguments: `{"pier": ${turn}}` },
        { name: "look_up", arguments: `{"pier": ${turn + 1}}` },
      ],
    };
  return { content: `Noted after ${JSON.stringify(last?.content).length} characters: the fee is ${turn * 100} euros.` };
}

interface Played {
  plan: string | null;
  reason: string | null;
  verdict: string | null;
  body: string;
  promptTokens: number;
  cachedTokens: number;
}

/** One call. Checks what went up against the messages that the client has so far, and adds the reply to them. */
async function call(
  session: string,
  conversation: Message[],
  send: (client: OpenAI, headers: Record<string, string>) => Promise<{ message: Message; response: Response }>,
  fields: object,
): Promise<Played & { rev: string }> {
  const client = sdk(edge, { headers: { "x-strata-session": session } });
  const { message, response } = await send(client, { "x-strata-test-clock-ms": String(nowMs) });
  const seen = provider.requests.at(-1);
  const read = (name: string): string | null => response.headers.get(`x-strata-${name}`);
  const rev = read("rev") ?? "";
  const view = await whenIdle(edge, session);
  expect(read("session")).toBe(view.id);
  const [tokensClient = 0, tokensForwarded = 0] = (read("tokens") ?? "").split("->").map(Number);
  expect(tokensForwarded > 0 && tokensForwarded <= tokensClient).toBe(true);

  const body = withoutRecalled(seen?.body.toString() ?? "", read("recalled"));
  expect(body).toBe(JSON.stringify({ ...fields, messages: forwardedOf(view, rev, conversation) }));
  conversation.push(message);
  const { promptTokens = 0, cachedTokens = 0 } = seen ?? {};
  return {
    rev,
    body,
    promptTokens,
    cachedTokens,
    plan: read("plan"),
    reason: read("reason"),
    verdict: read("verdict"),
  };
}

/** The body without the blocks behind the user's words, which are there when the reply says so. */
function withoutRecalled(body: string, tokens: string | null): string {
  const [first = "", ...others] = body.split(`\\n\\n${RECALLED_LABEL}`);
  expect(others.length > 0).toBe(Number(tokens ?? 0) > 0);
  return first + others.map((text) => text.slice(text.indexOf(RECALLED_END) + RECALLED_END.length)).join("");
}

/** What must go up for a turn: everything, or the brief of its epoch before the first message behind the cut. */
function forwardedOf({ turns, epochs, briefs }: SessionView, rev: string, conversation: Message[]): Message[] {
  const turn = turns.find((turn) => turn.rev === rev);
  expect(turn).toMatchObject({ status: "complete", attempts: 1 });
  const epoch = epochs.find(({ id }) => id === turn?.epoch);
  expect(turn?.plan).toBe(epoch ? "brief" : "full");
  if (!epoch) return conversation;
  const brief = briefs.find(({ id }) => id === epoch.brief);
  const cut = 1 + (brief?.covers_messages ?? 0);
  const first = conversation[cut];
  expect(brief?.state).toBe("committed");
  expect(first?.role).toBe("user");
  const content = (brief?.text ?? "") + (first?.content as string);
  return [SYSTEM, { role: "user", content }, ...conversation.slice(cut + 1)];
}

/** Between compactions each body begins with all of the one before but its closing brackets. */
function expectOnlyGrowth(calls: Played[]): void {
  for (const [index, { body, plan, reason }] of calls.entries()) {
    const before = calls[index - 1];
    if (!before || (plan === "brief" && reason !== "epoch")) continue;
    expect(body.startsWith(`${before.body.slice(0, -2)},`), `call ${index}`).toBe(true);
  }
}

function expectCompactions(view: SessionView, calls: Played[], nights: number[]): void {
  const compacted = calls.flatMap(({ plan, reason }, index) => (plan === "brief" && reason !== "epoch" ? [index] : []));
  const cold = compacted.filter((index) => calls[index]?.reason === "cold_cache");
  expect(cold.length).toBeGreaterThan(0);
  for (const index of cold) expect(nights).toContain(index);
  for (const index of compacted)
    expect(calls[index]?.promptTokens, `call ${index}`).toBeLessThan(calls[index - 1]?.promptTokens ?? 0);
  expect(view.epochs).toHaveLength(compacted.length);
  expect(view.ledger.compactions).toBe(compacted.length);
  expect(view.ledger.calls).toBe(calls.length);
  expect(journal.filter((line) => !/"event":"(?:turn|pass)"/.test(line))).toEqual([]);
}

const text = (reply: { choices: { message: OpenAI.ChatCompletionMessage }[] }): Message => {
  const message = reply.choices[0]?.message;
  return { role: "assistant", content: message?.content ?? null };
};

describe("a conversation longer than the cache lives", () => {
  it("compacts for a client that sends its full history, 40 turns", async () => {
    const conversation: Message[] = [SYSTEM];
    const calls: Played[] = [];
    const nights = [20, 32];
    for (let turn = 0; turn < 40; turn++) {
      nowMs += nights.includes(turn) ? NIGHT_MS : PAUSE_MS;
      conversation.push(say(turn));
      const stream = turn % 2 === 1;
      const fields = { model: MODEL, ...(stream ? { stream, stream_options: { include_usage: true } } : {}) };
      const messages = [...conversation];
      const send = async (client: OpenAI, headers: Record<string, string>) => {
        if (!stream) {
          const { data, response } = await client.chat.completions
            .create({ model: MODEL, messages }, { headers })
            .withResponse();
          return { message: text(data), response };
        }
        const body = { model: MODEL, stream: true as const, stream_options: { include_usage: true }, messages };
        const { data, response } = await client.chat.completions.create(body, { headers }).withResponse();
        let content = "";
        for await (const chunk of data) content += chunk.choices[0]?.delta.content ?? "";
        return { message: { role: "assistant" as const, content }, response };
      };
      calls.push(await call("full-history", conversation, send, fields));
    }
    expect(calls.map(({ verdict }) => verdict)).toEqual(["new", ...Array<string>(39).fill("continue")]);
    expectOnlyGrowthOfKind(calls);
    const view = await inspect(edge, "full-history");
    expectCompactions(view, calls, nights);
    expect(view.counts).toEqual({ turns: 40, messages: 80, threads: 1 });
  });

  it("compacts for a client that sends only what is new, 60 turns", async () => {
    const conversation: Message[] = [SYSTEM];
    const calls: Played[] = [];
    const nights = [25, 45];
    let parent: string | null = null;
    for (let turn = 0; turn < 60; turn++) {
      nowMs += nights.includes(turn) ? NIGHT_MS : PAUSE_MS;
      conversation.push(say(turn));
      const messages = parent === null ? [...conversation] : conversation.slice(-1);
      const delta: Record<string, string> = parent === null ? {} : { "x-strata-parent": parent };
      const send = async (client: OpenAI, headers: Record<string, string>) => {
        const { data, response } = await client.chat.completions
          .create({ model: MODEL, messages }, { headers: { ...headers, ...delta } })
          .withResponse();
        return { message: text(data), response };
      };
      const played = await call("delta", conversation, send, { model: MODEL });
      calls.push(played);
      parent = played.rev;
    }
    expect(calls.map(({ verdict }) => verdict)).toEqual(["new", ...Array<string>(59).fill("delta")]);
    expectOnlyGrowth(calls);
    const view = await inspect(edge, "delta");
    expectCompactions(view, calls, nights);
    expect(view.counts).toEqual({ turns: 60, messages: 120, threads: 1 });
    const late = view.turns.slice(-10);
    for (const { bytes } of late) expect(bytes.client).toBeLessThan(bytes.forwarded / 2);
  });

  it("never cuts inside a tool exchange, for either client", async () => {
    const tools: OpenAI.ChatCompletionTool[] = [
      { type: "function", function: { name: "look_up", parameters: { type: "object" } } },
    ];
    const nights = [16, 24, 32];
    for (const isDelta of [false, true]) {
      const session = `tools-${isDelta}`;
      const conversation: Message[] = [SYSTEM];
      const calls: Played[] = [];
      let parent: string | null = null;
      let sent = 0;
      for (let turn = 0; turn < 36; turn++) {
        nowMs += nights.includes(turn) ? NIGHT_MS : PAUSE_MS;
        const last = conversation.at(-1);
        const open = last?.role === "assistant" ? (last.tool_calls ?? []) : [];
        for (const { id } of open) conversation.push({ role: "tool", tool_call_id: id, content: '{"tonnes":"12,5"}' });
        if (open.length === 0) conversation.push(say(turn));
        const messages = conversation.slice(isDelta ? sent : 0);
        const delta: Record<string, string> = isDelta && parent ? { "x-strata-parent": parent } : {};
        const send = async (client: OpenAI, headers: Record<string, string>) => {
          const { data, response } = await client.chat.completions
            .create({ model: MODEL, tools, messages }, { headers: { ...headers, ...delta } })
            .withResponse();
          const message = data.choices[0]?.message;
          const calls = message?.tool_calls ? { tool_calls: message.tool_calls } : {};
          return { message: { role: "assistant" as const, content: message?.content ?? null, ...calls }, response };
        };
        const played = await call(session, conversation, send, { model: MODEL, tools });
        calls.push(played);
        parent = played.rev;
        sent = conversation.length;
      }
      expectOnlyGrowth(calls);
      expectCompactions(await inspect(edge, session), calls, nights);
    }
  });
});

/** As `expectOnlyGrowth`, for calls of which every other one is streamed: the fields before the messages differ. */
function expectOnlyGrowthOfKind(calls: Played[]): void {
  const bare = calls.map((call) => ({ ...call, body: call.body.slice(call.body.indexOf('"messages":')) }));
  expectOnlyGrowth(bare);
}
