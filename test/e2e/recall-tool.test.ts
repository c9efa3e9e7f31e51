/**
 * The recall tool over HTTP, with the official SDKs on one side and the strict provider on the other.
 *
 * A conversation is long enough to have lost its beginning; then the model searches for it. The client must get one
 * reply as if there had been no search: no name of ours anywhere in its bytes, its own calls with it, a history that the
 * next turn continues, and a prompt cache that still hits. The provider refuses whatever is out of order.
 */
import { beforeAll, describe, expect, it } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { hasTool, lastTextOf } from "../fakes/provider/provider.ts";
import type { Provider, RequestBody, ScriptedReply } from "../fakes/provider/provider.ts";
import { startWithProvider, whenIdle } from "./start.ts";
import { chatTalker, LOOK_UP, messagesTalker, responsesTalker } from "./talkers.ts";
import type { Asking, Talker } from "./talkers.ts";

const TOOL = "strata_recall";
const NIGHT_MS = 9 * 3600 * 1000;
const POLICY = { guardTokens: 200, guardItems: 1, briefTokens: 60, minimumShrinkTokens: 400, recallTokens: 400 };
const VARS = { STRATA_POLICY: JSON.stringify(POLICY), STRATA_TEST_CLOCK: "1" };
const TURNS = 14;
/** The provider caches in steps so small that a lost token shows. */
const GRANULE = 16;

let edge: RunningEdge;
let provider: Provider;
/** What the newest question was about. */
let wanted = "";
let nowMs = Date.parse("2026-11-02T08:00:00Z");

beforeAll(async () => {
  const reply = (request: RequestBody, { api }: { api: Talker["api"] }): ScriptedReply =>
    answer(request, lastTextOf(api, request));
  const cache = { minimumTokens: GRANULE, granuleTokens: GRANULE };
  const messages = { minimumCacheTokens: GRANULE };
  const options = { now: () => nowMs, reply, packetBytes: 7, cache, messages };
  ({ edge, provider } = await startWithProvider(VARS, options));
});

/** Searches when it is asked to and can, calls the client's tool likewise, and says what a tool has given it. */
function answer(request: RequestBody, text: string): ScriptedReply {
  const search = { name: TOOL, arguments: JSON.stringify({ query: `Where is the old ${wanted}?` }) };
  const look = { name: LOOK_UP, arguments: '{"pier":3}' };
  if (text.startsWith("SEARCH") && hasTool(request, TOOL))
    return {
      content: "Let me see 🔎.",
      toolCalls: text.startsWith("SEARCH AND LOOK") ? [search, look] : [search],
    };
  if (text.startsWith("Record of"))
    return { content: `It says: ${new RegExp(`the old ${wanted} (.*?) again`).exec(text)?.[1] ?? "nothing"}.` };
  return { content: `Noted, ${text.length} characters. ${"The tide is high. ".repeat(8)}` };
}

const THINGS = ["lamp", "rope", "anchor", "ladder", "barrel"];
const PLACES = ["under the stairs", "behind the stove", "beside the well", "over the gate", "inside the shed"];

/** Figures that a brief will rather quote than the few plain words among them. */
function say(turn: number): string {
  const report = (crane: number): string =>
    `Crane ${turn}${crane} lifted ${turn * 13 + crane * 7} containers for Ms Özdemir on ${turn + 1} March 2026, invoice INV-${turn}${crane}77. `;
  const fact = turn < THINGS.length ? `they put the old ${THINGS[turn]} ${PLACES[turn]} again. ` : "";
  return `${report(1)}${report(2)}${fact}${report(3)}${report(4)}`;
}

const TALKERS = [chatTalker, responsesTalker, messagesTalker] as const;

const CASES = TALKERS.flatMap((talker) =>
  [true, false].map((stream) => ({ talker, stream, name: `${talker("").api}, ${stream ? "streamed" : "plain"}` })),
);

/** A conversation that has lost its beginning. */
async function begin(talk: Talker, asking: Asking, session: string): Promise<{ thing: string; place: string }> {
  let id = "";
  for (let turn = 0; turn < TURNS; turn++) {
    const { headers } = await talk.say(say(turn), { ...asking, headers: headersOf(session) });
    id = headers.get("x-strata-session") ?? "";
    nowMs += 30_000;
  }
  const brief = (await whenIdle(edge, id)).briefs.at(-1)?.text ?? "";
  nowMs += NIGHT_MS;
  // There is always one that the brief does not hold.
  const lost = THINGS.findIndex((thing) => !brief.includes(thing));
  return { thing: THINGS[lost] ?? "", place: PLACES[lost] ?? "" };
}

function headersOf(session: string): Record<string, string> {
  return { "x-strata-session": session, "x-strata-recall": "tool", "x-strata-test-clock-ms": String(nowMs) };
}

describe.each(CASES)("a search on $name", ({ talker, stream, name }) => {
  it("brings back what has left the prompt, unseen, and the conversation goes on", async () => {
    const talk = talker(edge.url);
    const session = `search ${name}`;
    const { thing, place } = await begin(talk, { stream, hasTool: true }, session);
    wanted = thing;
    const from = provider.requests.length;
    const heard = await talk.say("SEARCH for it.", {
      stream,
      hasTool: true,
      headers: headersOf(session),
    });
    expect(heard.headers.get("x-strata-plan")).toBe("brief");
    expect(heard.headers.get("x-strata-recall")).toBe("tool");
    expect(heard.text).toBe(`Let me see 🔎.\n\nIt says: ${place}.`);
    expect(heard.calls).toEqual([]);
    expect(heard.finish).toBe({ "chat-completions": "stop", responses: "completed", messages: "end_turn" }[talk.api]);
    expect(heard.raw).not.toContain(TOOL);
    const asked = provider.requests.slice(from);
    expect(asked).toHaveLength(2);
    expect(asked[0]?.body.toString()).not.toContain(place);
    expect(heard.usage).toEqual({
      prompt: (asked[0]?.promptTokens ?? 0) + (asked[1]?.promptTokens ?? 0),
      output: (asked[0]?.completionTokens ?? 0) + (asked[1]?.completionTokens ?? 0),
    });

    // The second call goes on from the first, and the next turn from the first, too.
    const kept = (asked[0]?.promptTokens ?? 0) - 2 * GRANULE;
    expect(asked[1]?.cachedTokens).toBeGreaterThan(kept);
    nowMs += 30_000;
    const next = await talk.say("Thank you.", { stream, hasTool: true, headers: headersOf(session) });
    expect(next.headers.get("x-strata-verdict")).toBe("continue");
    expect(next.headers.get("x-strata-reason")).toBe("epoch");
    const last = provider.requests.at(-1);
    expect(last?.cachedTokens).toBeGreaterThan(kept);
    expect(last?.body.toString()).toContain(TOOL);
    expect(last?.body.toString()).toContain(`It says: ${place}.`);
  });

  it("beside a call of the client's own leaves that to the client", async () => {
    const talk = talker(edge.url);
    const asking = { stream, hasTool: true, headers: headersOf(`both ${name}`) };
    const from = provider.requests.length;
    const heard = await talk.say("SEARCH AND LOOK.", asking);
    expect(heard.text).toBe("Let me see 🔎.");
    expect(heard.calls.map((call) => [call.name, call.input])).toEqual([[LOOK_UP, '{"pier":3}']]);
    expect(heard.raw).not.toContain(TOOL);
    expect(provider.requests.length - from).toBe(1);
    const next = await talk.answer([{ id: heard.calls[0]?.id ?? "", text: "Seven tonnes." }], asking);
    expect(next.text).toContain("Noted, 13 characters.");
    expect(next.headers.get("x-strata-verdict")).toBe("continue");
  });

  it("in the first turn of a conversation without a name is answered, too", async () => {
    const talk = talker(edge.url);
    const headers = { "x-strata-recall": "tool" };
    const heard = await talk.say(`SEARCH from ${name}.`, { stream, headers });
    expect(heard.headers.get("x-strata-reason")).toBe("unnamed_session");
    expect(heard.text).toMatch(/^Let me see 🔎\.\n\nNoted, \d+ characters\./);
    expect(heard.raw).not.toContain(TOOL);
    const next = await talk.say("Thank you.", { stream, headers });
    expect(next.headers.get("x-strata-verdict")).toBe("continue");
  });

  it("is left out, for a reason that the reply names, where its call could not be hidden", async () => {
    const model = { "chat-completions": "gpt-5.4", responses: "gpt-5.4", messages: "claude-sonnet-5-5" };
    const choice = { "chat-completions": "required", responses: "required", messages: { type: "any" } };
    const talk = talker(edge.url, model[talker("").api]);
    const fields = talk.api === "chat-completions" ? { n: 2 } : {};
    const plain = await talk.say("SEARCH.", { stream, headers: headersOf(`reason ${name}`), fields });
    const refusal = talk.api === "chat-completions" ? "not_joinable" : "bound_reasoning";
    expect(plain.headers.get("x-strata-recall")).toBe(`off; tool=${refusal}`);
    const forced = await talker(edge.url).say("SEARCH.", {
      stream,
      hasTool: true,
      headers: headersOf(`choice ${name}`),
      fields: { tool_choice: choice[talk.api] },
    });
    expect(forced.headers.get("x-strata-recall")).toBe("off; tool=tool_choice");
    expect(provider.requests.at(-1)?.body.toString()).not.toContain(TOOL);
  });
});
