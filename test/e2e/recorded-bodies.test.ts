/**
 * What the inspection shows of a turn is what the provider received: the same bytes, by their SHA-256, on every API and
 * for every kind of prompt; and every piece of it is named with its reason.
 */
import { createHash } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BodyView, DiffView, TurnView } from "../../src/ports/turn-view.ts";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { hasTool, lastTextOf } from "../fakes/provider/provider.ts";
import type { Provider, RequestBody, ScriptedReply } from "../fakes/provider/provider.ts";
import { chat, header, KEY, MODEL, startWithProvider, whenIdle } from "./start.ts";
import { chatTalker, LOOK_UP, messagesTalker, responsesTalker } from "./talkers.ts";
import type { Asking, Heard, Talker } from "./talkers.ts";

const POLICY = { guardTokens: 200, guardItems: 1, briefTokens: 120, minimumShrinkTokens: 300, recallTokens: 300 };
const VARS = {
  STRATA_POLICY: JSON.stringify(POLICY),
  STRATA_TEST_CLOCK: "1",
  STRATA_WHOLE_RESULT_CHARS: "900",
};
const TURNS = 14;
const TOOL = "strata_recall";
const TALKERS = [chatTalker, responsesTalker, messagesTalker] as const;
const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");

let edge: RunningEdge;
let provider: Provider;
let nowMs = Date.parse("2026-11-02T08:00:00Z");
let refuses: (request: RequestBody) => boolean = () => false;

beforeAll(async () => {
  const reply = (request: RequestBody, { api }: { api: Talker["api"] }): ScriptedReply => {
    if (refuses(request)) return { status: 400, error: { message: "I do not like this body." } };
    if (lastTextOf(api, request).startsWith("SEARCH") && hasTool(request, TOOL))
      return { toolCalls: [{ name: TOOL, arguments: '{"query":"Where is the lamp?"}' }] };
    if (lastTextOf(api, request).startsWith("LOOK") && hasTool(request, LOOK_UP))
      return { toolCalls: [{ name: LOOK_UP, arguments: '{"pier":3}' }] };
    return { content: `Noted, ${lastTextOf(api, request).length} characters.` };
  };
  ({ edge, provider } = await startWithProvider(VARS, {
    now: () => nowMs,
    reply,
    messages: { minimumCacheTokens: 0 },
  }));
});

beforeEach(() => {
  refuses = () => false;
});

function say(turn: number): string {
  const report = (crane: number): string =>
    `Crane ${turn}${crane} lifted ${turn * 13 + crane * 7} containers for Ms Özdemir on ${turn + 1} March 2026 ⚓. `;
  return `${report(1)}${report(2)}${report(3)}The lamp of pier ${turn} stands in shed ${turn * 3}. ${report(4)}${report(5)}`;
}

function askingOf(session: string, headers: Record<string, string> = {}): Asking {
  nowMs += 30_000;
  const clock = { "x-strata-test-clock-ms": String(nowMs) };
  return { stream: false, hasTool: true, headers: { "x-strata-session": session, ...clock, ...headers } };
}

async function look<T>(path: string, key = KEY): Promise<T> {
  const response = await fetch(`${edge.url}/_strata/sessions/${path}`, { headers: { authorization: `Bearer ${key}` } });
  expect(response.status, path).toBe(200);
  return (await response.json()) as T;
}

/** The bytes of a body, as its route gives them. */
async function readBytes(path: string): Promise<Buffer> {
  const response = await fetch(`${edge.url}/_strata/sessions/${path}`, { headers: { authorization: `Bearer ${KEY}` } });
  expect(response.status, path).toBe(200);
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(response.headers.get("repr-digest")).toBe(`sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`);
  expect(response.headers.get("content-security-policy")).toContain("sandbox");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  return bytes;
}

/** Everything that the API shows of the newest turn, against what the provider has received since `from`. */
async function judgeTurn(heard: Pick<Heard, "headers">, from: number): Promise<TurnView> {
  const [session, rev] = [heard.headers.get("x-strata-session") ?? "", heard.headers.get("x-strata-rev") ?? ""];
  const view = await look<TurnView>(`${session}/turns/${rev}`);
  if ("missing" in view.bodies) throw new Error(view.bodies.missing);
  const { client, refused, forwarded } = view.bodies;
  const received = provider.requests.slice(from);
  const shown = [...(refused ? [refused] : []), ...forwarded];
  const facts = (body: BodyView): unknown[] => [body.sha256, body.bytes, body.http_status];
  expect(shown.map(facts)).toEqual(received.map(({ body, status }) => [sha256(body), body.byteLength, status]));
  const place = `${session}/turns/${rev}/bodies`;
  if (refused) expect(await readBytes(`${place}/refused`)).toEqual(received[0]?.body);
  for (const [call, body] of received.slice(refused ? 1 : 0).entries())
    expect(await readBytes(`${place}/forwarded/${call}`)).toEqual(body.body);
  const clientBytes = await readBytes(`${place}/client`);
  expect([client.sha256, client.bytes]).toEqual([sha256(clientBytes), clientBytes.byteLength]);
  await judgeDiff(`${session}/turns/${rev}/diff`, clientBytes.toString(), view);
  return view;
}

/** Both sides are covered in order, and what is called the same is the same. */
async function judgeDiff(path: string, client: string, { bodies }: TurnView): Promise<void> {
  const diff = await look<DiffView>(path);
  if ("missing" in bodies) return;
  expect([diff.client, diff.forwarded]).toEqual([bodies.client, bodies.forwarded[0]]);
  const forwarded = (await readBytes(path.replace(/diff$/, "bodies/forwarded"))).toString();
  const ends = { client: 0, forwarded: 0 };
  let [restored, kept] = ["", ""];
  for (const piece of diff.pieces) {
    for (const side of ["client", "forwarded"] as const) {
      const stretch = piece[side];
      if (stretch === null) continue;
      const text = side === "client" ? client : forwarded;
      // Nothing but glue is left out between two stretches.
      expect(text.slice(ends[side], stretch.start)).toMatch(/^[\s,[\]]*$/);
      ends[side] = stretch.end;
    }
    const [one, other] = [piece.client, piece.forwarded];
    if (one) kept += client.slice(one.start, one.end);
    if (one)
      restored +=
        piece.fate === "verbatim" && other ? forwarded.slice(other.start, other.end) : client.slice(one.start, one.end);
  }
  expect(restored).toBe(kept);
  expect([client.slice(ends.client), forwarded.slice(ends.forwarded)]).toEqual(["", ""]);
}

const kindsOf = ({ pieces }: TurnView): string[] => [...new Set(pieces.map(({ kind }) => kind))];
const reasonsOf = ({ pieces }: TurnView): Set<string> => new Set(pieces.map(({ reason }) => reason));

describe.each(TALKERS.map((talker) => ({ talker, api: talker("").api })))("on $api", ({ talker, api }) => {
  async function begin(session: string, headers: Record<string, string> = {}): Promise<Talker> {
    const talk = talker(edge.url);
    for (let turn = 0; turn < TURNS; turn++) {
      const from = provider.requests.length;
      const heard = await talk.say(say(turn), askingOf(session, headers));
      if (turn === 3) {
        const view = await judgeTurn(heard, from);
        expect(view.pieces.filter(({ kind }) => kind === "message")).toHaveLength(7);
        expect(reasonsOf(view)).toContain("nothing_left_out");
        expect(view.pieces.at(-1)).toMatchObject({ kind: "reply", reason: "whole_reply", depth: 8 });
        expect(view.before?.number).toBe(3);
      }
      await whenIdle(edge, heard.headers.get("x-strata-session") ?? "");
    }
    nowMs += 9 * 3_600_000;
    return talk;
  }

  it(`shows what went up on ${api}: whole, behind a brief, with a block and with a short result`, async () => {
    const session = `bodies ${api}`;
    const talk = await begin(session);
    const from = provider.requests.length;
    const heard = await talk.say("Where does the lamp of pier 2 stand?", askingOf(session));
    const view = await judgeTurn(heard, from);
    expect(view.plan).toBe("brief");
    expect(kindsOf(view)).toEqual(expect.arrayContaining(["head", "brief", "message", "recalled", "reply"]));
    expect(reasonsOf(view)).toContain("brief_adopted");
    const brief = view.pieces.find(({ kind }) => kind === "brief");
    const covered = view.pieces.filter(({ fate }) => fate === "in_brief");
    expect(covered.length).toBeGreaterThan(8);
    expect(Math.max(...(brief?.sources ?? []))).toBeLessThanOrEqual(covered.at(-1)?.depth ?? 0);
    expect(brief?.sources.length).toBeGreaterThan(0);
    const block = view.pieces.find(({ kind }) => kind === "recalled");
    expect(block).toMatchObject({ reason: "about_the_question", sources: expect.arrayContaining([5]), is_new: true });
    expect(view.decision?.guard?.session_replay).toBeGreaterThan(0);
    expect(view.decision?.rent_paid).toBeTypeOf("number");
    for (const step of ["read", "identify", "open", "encode", "upstream", "reply"])
      expect(view.timings_ms[step]).toBeGreaterThanOrEqual(0);

    const rows = Array.from({ length: 40 }, (_, at) => ({ boat_name: `B${at}`, pier_number: at, is_free: at % 2 > 0 }));
    const asked = await sendToolResult(talk, JSON.stringify(rows), session);
    expect(reasonsOf(asked)).toContain("shortened_now");
    expect(asked.pieces.find(({ fate }) => fate === "short_form")?.text).toContain("[JSON, shortened");
  });

  /** The provider calls the client's tool, and gets a long result. */
  async function sendToolResult(talk: Talker, text: string, session: string): Promise<TurnView> {
    const from = provider.requests.length;
    const heard = await talk.say("LOOK", askingOf(session));
    await judgeTurn(heard, from);
    const next = provider.requests.length;
    const answered = await talk.answer([{ id: heard.calls[0]?.id ?? "", text }], askingOf(session));
    return judgeTurn(answered, next);
  }

  it(`shows both bodies on ${api} where the upstream refuses the one with a brief`, async () => {
    const session = `refused ${api}`;
    const talk = await begin(session, { "x-strata-recall": "off" });
    const from = provider.requests.length;
    let isFirst = true;
    refuses = () => isFirst && !(isFirst = false);
    const heard = await talk.say("Go on.", askingOf(session, { "x-strata-recall": "off" }));
    const view = await judgeTurn(heard, from);
    expect([view.rewrite_refused, view.bodies]).toMatchObject([true, { refused: { http_status: 400 } }]);
    expect(reasonsOf(view)).toContain("upstream_refused");
    expect(kindsOf(view)).not.toContain("brief");
  });

  it(`shows every call on ${api} where the model searches`, async () => {
    const session = `searched ${api}`;
    const headers = { "x-strata-recall": "tool" };
    const talk = await begin(session, headers);
    const from = provider.requests.length;
    const heard = await talk.say("SEARCH for it.", askingOf(session, headers));
    const view = await judgeTurn(heard, from);
    expect("missing" in view.bodies ? 0 : view.bodies.forwarded.length).toBe(2);
    expect(view.pieces.find(({ kind }) => kind === "recall_tool")?.text).toContain(TOOL);
  });

  it(`shows on ${api} what a client sent that left its history out, and what went up for it`, async () => {
    const session = `delta ${api}`;
    const talk = await begin(session);
    const first = await talk.say("Go on.", askingOf(session));
    const from = provider.requests.length;
    const parent = { "x-strata-parent": first.headers.get("x-strata-rev") ?? "" };
    const heard = await talk.say("And now?", askingOf(session, parent));
    const view = await judgeTurn(heard, from);
    expect(view.bytes.client).toBeLessThan(view.bytes.forwarded);
    expect(reasonsOf(view)).toContain("supplied");
  });
});

describe("a turn", () => {
  it("is nobody else's to look at, nor are its bodies", async () => {
    const reply = await chat(
      edge,
      { model: MODEL, messages: [{ role: "user", content: "Hi" }] },
      { "x-strata-session": "mine" },
    );
    const [session, rev] = [header(reply, "x-strata-session"), header(reply, "x-strata-rev")];
    for (const path of ["", "/diff", "/bodies/client", "/bodies/forwarded", "/bodies/forwarded/0", "/bodies/refused"]) {
      const url = `${edge.url}/_strata/sessions/${session}/turns/${rev}${path}`;
      const statuses = [];
      for (const key of ["sk-other-0002", KEY])
        statuses.push((await fetch(url, { headers: { authorization: `Bearer ${key}` } })).status);
      expect([path, ...statuses]).toEqual([path, 404, path.endsWith("refused") ? 404 : 200]);
    }
    for (const path of [
      "99",
      "no-such-rev",
      `${rev}/bodies/forwarded/7`,
      `${rev}/bodies/theirs`,
      `${rev}/bodies/client/0`,
    ])
      expect(
        (
          await fetch(`${edge.url}/_strata/sessions/${session}/turns/${path}`, {
            headers: { authorization: `Bearer ${KEY}` },
          })
        ).status,
      ).toBe(404);
  });

  it.each([
    ["hashes", 410],
    ["off", 404],
  ])("keeps no bytes with the recorder at %s", async (mode, status) => {
    const { edge: own, provider: upstream } = await startWithProvider({ STRATA_RECORDER: mode });
    const reply = await chat(
      own,
      { model: MODEL, messages: [{ role: "user", content: "Hi" }] },
      { "x-strata-session": "s" },
    );
    const session = header(reply, "x-strata-session") ?? "";
    const headers = { authorization: `Bearer ${KEY}` };
    const turn = `${own.url}/_strata/sessions/${session}/turns/1`;
    expect((await fetch(`${turn}/bodies/client`, { headers })).status).toBe(status);
    const { bodies } = (await (await fetch(turn, { headers })).json()) as TurnView;
    const sent = upstream.requests[0]?.body ?? "";
    if ("missing" in bodies) expect([mode, bodies.missing]).toEqual(["off", "recorder_off"]);
    else expect([mode, bodies.client.sha256, bodies.client.has_text]).toEqual(["hashes", sha256(sent), false]);
  });
});
