/**
 * An upstream that refuses what we add to a request, or what we leave out of it, or both at once.
 *
 * The client's own bytes go up once in the same request, the client sees no refusal, and what is switched off for the
 * thread is what was at fault: a refused tool must not cost a conversation its briefs, nor a refused brief its tool.
 */
import { beforeAll, describe, expect, it } from "vitest";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { hasTool } from "../fakes/provider/provider.ts";
import type { ChatRequest, Provider } from "../fakes/provider/provider.ts";
import { LONG_VARS, LongTalk } from "./play.ts";
import { header, inspect, KEY, MODEL, startWithProvider } from "./start.ts";
import type { RawReply } from "./start.ts";

const TOOL = "strata_recall";
const FACTS_LABEL = "[Known about this user";
const QUIET: Record<string, string> = { "x-strata-memory": "off" };
const ADA = { "x-strata-user": "ada" };
const NIGHT_MS = 9 * 3_600_000;

let edge: RunningEdge;
let provider: Provider;
let refuses: (request: ChatRequest) => boolean = () => false;

beforeAll(async () => {
  // The tool weighs heavily in so short a conversation: the guard would leave no room for a brief.
  const policy = { ...(JSON.parse(LONG_VARS.STRATA_POLICY) as object), sessionSlack: 1, tenantSlack: 1 };
  const vars = { ...LONG_VARS, STRATA_POLICY: JSON.stringify(policy), STRATA_RECALL: "both", STRATA_MEMORY: "on" };
  ({ edge, provider } = await startWithProvider(vars, {
    reply: (request: ChatRequest) =>
      refuses(request)
        ? { status: 400, error: { message: "I do not like this body." } }
        : { content: `Fee ${request.messages.length} is due.` },
  }));
  const headers = { authorization: `Bearer ${KEY}` };
  const body = JSON.stringify({ statement: "Always answer in French." });
  await fetch(`${edge.url}/_strata/users/ada/facts`, { method: "POST", headers, body });
});

/** One turn. Answers its plan, what its header says of recall, and the statuses of its requests. */
async function turn(talk: LongTalk, headers = QUIET): Promise<{ said: (string | null)[]; statuses: number[] }> {
  provider.clear();
  const reply: RawReply = await talk.ask({}, headers);
  const original = JSON.stringify({ model: MODEL, messages: talk.messages });
  const statuses = provider.requests.map(({ status }) => status);
  if (statuses.length === 2) expect(provider.requests[1]?.body.toString()).toBe(original);
  await talk.take(reply);
  return { said: [header(reply, "x-strata-plan"), header(reply, "x-strata-recall")], statuses };
}

const isCut = (talk: LongTalk, { messages }: ChatRequest): boolean => messages.length < talk.messages.length;

async function untilNight(session: string): Promise<LongTalk> {
  refuses = () => false;
  const talk = new LongTalk(edge, session);
  for (let count = 0; count < 12; count++) await turn(talk);
  talk.nowMs += NIGHT_MS;
  return talk;
}

describe("an upstream that refuses", () => {
  it("the tool: it gets the thread without, and the brief all the same", async () => {
    refuses = (request) => hasTool(request, TOOL);
    const talk = new LongTalk(edge, "tool");
    expect(await turn(talk)).toEqual({ said: ["full", "block; tool=refused"], statuses: [400, 200] });
    for (let count = 0; count < 11; count++)
      expect(await turn(talk)).toMatchObject({ said: [expect.any(String), "block; tool=refused"], statuses: [200] });
    talk.nowMs += NIGHT_MS;
    expect(await turn(talk)).toEqual({ said: ["brief", "block; tool=refused"], statuses: [200] });
  });

  it("the tool beside a brief: the brief is in force again on the next turn", async () => {
    const talk = await untilNight("beside");
    const { ledger, epochs } = await inspect(edge, "beside");
    refuses = (request) => isCut(talk, request) && hasTool(request, TOOL);
    expect(await turn(talk)).toEqual({ said: ["full", "block; tool=refused"], statuses: [400, 200] });
    const view = await inspect(edge, "beside");
    expect(view.turns.at(-1)).toMatchObject({ rewrite_refused: true, additions_refused: true });
    expect([view.ledger.compactions, view.epochs]).toEqual([ledger.compactions, epochs]);
    talk.nowMs += NIGHT_MS;
    for (let count = 0; count < 3; count++)
      expect(await turn(talk)).toEqual({ said: ["brief", "block; tool=refused"], statuses: [200] });
  });

  it("the brief: that is off, and the tool is there again", async () => {
    const talk = await untilNight("brief");
    refuses = (request) => isCut(talk, request);
    expect(await turn(talk)).toEqual({ said: ["full", "block; tool=refused"], statuses: [400, 200] });
    talk.nowMs += NIGHT_MS;
    expect(await turn(talk)).toEqual({ said: ["full", "block; tool=refused"], statuses: [400, 200] });
    talk.nowMs += NIGHT_MS;
    for (let count = 0; count < 3; count++)
      expect(await turn(talk)).toEqual({ said: ["full", "both"], statuses: [200] });
  });

  it("facts about the user: they stay away from the thread, once", async () => {
    const talk = new LongTalk(edge, "facts");
    refuses = ({ messages }) => JSON.stringify(messages).includes(FACTS_LABEL);
    expect((await turn(talk, ADA)).statuses).toEqual([400, 200]);
    for (let count = 0; count < 3; count++) expect((await turn(talk, ADA)).statuses).toEqual([200]);
  });
});
