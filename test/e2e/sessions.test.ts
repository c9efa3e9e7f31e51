/**
 * Whose session it is, what its owner sees, and what an upstream's refusal of a rewritten body leads to.
 */
import { describe, expect, it } from "vitest";
import { plainReply } from "../fakes/edge/raw-upstream.ts";
import { chat, header, inspect, KEY, sendRaw, startWithProvider, startWithRawUpstream, whenIdle } from "./start.ts";

const EAGER = {
  STRATA_POLICY: '{"guardTokens":100,"guardItems":1,"minimumShrinkTokens":0,"sessionSlack":1}',
  STRATA_TEST_CLOCK: "1",
};
const { edge, provider } = await startWithProvider({ ...EAGER, STRATA_ADMIN_TOKEN: "operator", STRATA_SECRET: "key" });

const as = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
const look = (path: string, headers: Record<string, string> = as(KEY)) =>
  sendRaw(edge, { path: `/_strata/${path}`, headers });

describe("a session", () => {
  it("is shown to its owner by either of its names, and to the operator by its public one", async () => {
    const reply = await chat(
      edge,
      { model: "m", messages: [{ role: "user", content: "hi" }] },
      { "x-strata-session": "mine" },
    );
    const id = header(reply, "x-strata-session") ?? "";
    expect(id).toMatch(/^st_[\w-]{43}$/);
    expect((await inspect(edge, "mine")).id).toBe(id);
    expect((await inspect(edge, id)).id).toBe(id);
    expect((await look(`sessions/${id}`, as("operator"))).status).toBe(200);
  });

  it("does not exist for anyone else", async () => {
    const reply = await chat(
      edge,
      { model: "m", messages: [{ role: "user", content: "hi" }] },
      { "x-strata-session": "private" },
    );
    const id = header(reply, "x-strata-session") ?? "";
    const missing = await look(`sessions/${id.replace(/.$/, "_")}`);
    for (const headers of [as("sk-other"), {}]) {
      const other = await look(`sessions/${id}`, headers);
      expect([other.status, other.body.toString()]).toEqual([404, missing.body.toString()]);
    }
    expect((await look("sessions/private", as("sk-other"))).status).toBe(404);
    expect((await look("sessions")).status).toBe(404);
  });

  it("of the same name is another one for another credential", async () => {
    const messages = [{ role: "user", content: "the same words" }];
    for (const header of ["x-strata-session", "x-session-id", "session_id"]) {
      const mine = await chat(edge, { model: "m", messages }, { [header]: "shared" });
      const theirs = await chat(edge, { model: "m", messages }, { [header]: "shared", ...as("sk-other") });
      const names = [mine, theirs].map((reply) => reply.headers.find(([name]) => name === "x-strata-session")?.[1]);
      expect(names[0]).not.toBe(names[1]);
    }
  });

  it("of another tenant cannot be entered by its public name", async () => {
    const first = await chat(
      edge,
      { model: "m", messages: [{ role: "user", content: "secret" }] },
      { "x-strata-session": "entered" },
    );
    const intruder = { "x-strata-session": header(first, "x-strata-session") ?? "", ...as("sk-other") };
    const full = await chat(edge, { model: "m", messages: [{ role: "user", content: "x" }] }, intruder);
    expect([full.status, header(full, "x-strata-reason")]).toEqual([200, "session_unavailable"]);
    const parent = { "x-strata-parent": header(first, "x-strata-rev") ?? "" };
    const delta = await chat(
      edge,
      { model: "m", messages: [{ role: "user", content: "x" }] },
      { ...intruder, ...parent },
    );
    expect(delta.status).toBe(412);
  });

  it("without any id is named by its first exchange", async () => {
    const first = await chat(edge, { model: "m", messages: [{ role: "user", content: "unique words" }] });
    expect(header(first, "x-strata-session")).toBeNull();
    const { choices } = JSON.parse(first.body.toString()) as { choices: { message: object }[] };
    const messages = [
      { role: "user", content: "unique words" },
      choices[0]?.message,
      { role: "user", content: "more" },
    ];
    const second = await chat(edge, { model: "m", messages });
    expect(header(second, "x-strata-verdict")).toBe("continue");
    const view = await inspect(edge, header(second, "x-strata-session") ?? "");
    expect(view.turns.map((turn) => turn.identity)).toEqual(["first_exchange", "first_exchange"]);
  });
});

describe("health", () => {
  it("says that all is well, to anyone", async () => {
    const reply = await look("health", {});
    expect(JSON.parse(reply.body.toString())).toEqual({ status: "ok", names_keyed: true });
  });
});

/** A conversation whose old part is worth dropping after a night. */
function history(turns: number): { role: string; content: string }[] {
  return Array.from({ length: turns }, (_, turn) => [
    {
      role: "user",
      content: `Order ${turn}: ${turn * 3} crates to dock ${turn % 9}. ${"Mind the paint. ".repeat(20)}`,
    },
    { role: "assistant", content: `Noted order ${turn}.` },
  ]).flat();
}

describe("an upstream that refuses a rewritten body", () => {
  it("gets the original in the same request, and only originals from then on", async () => {
    const { edge: strict, upstream } = await startWithRawUpstream(EAGER, ({ body, response }) => {
      const isRewritten = body.toString().includes("[Record of");
      response.writeHead(isRewritten ? 400 : 200, { "content-type": "application/json" });
      response.end(isRewritten ? '{"error":{"message":"no"}}' : plainReply("fine", Math.ceil(body.length / 4)));
    });
    const send = (messages: object[], hours: number) =>
      chat(
        strict,
        { model: "gpt-5.4", messages },
        { "x-strata-session": "r", "x-strata-test-clock-ms": String(hours * 3_600_000) },
      );
    const messages = [...history(20), { role: "user", content: "And now?" }];
    await send(messages, 1);
    await whenIdle(strict, "r");
    messages.push({ role: "assistant", content: "fine" }, { role: "user", content: "Good morning." });
    const refused = await send(messages, 15);
    expect([refused.status, header(refused, "x-strata-reason")]).toEqual([200, "rewrite_refused"]);
    const bodies = upstream.exchanges.map(({ body }) => body.toString());
    expect(bodies).toHaveLength(3);
    expect(bodies[1]).toContain("[Record of");
    expect(bodies[2]).toBe(JSON.stringify({ model: "gpt-5.4", messages }));
    messages.push({ role: "assistant", content: "fine" }, { role: "user", content: "More." });
    const later = await send(messages, 30);
    expect(header(later, "x-strata-reason")).toBe("rewrite_refused");
    expect(upstream.exchanges).toHaveLength(4);
  });
});

describe("a provider that is strict", () => {
  it("accepts a compacted conversation, and reads its head and brief from the cache", async () => {
    const messages = [
      { role: "system", content: "You plan orders." },
      ...history(30),
      { role: "user", content: "And now?" },
    ];
    const send = (hours: number) =>
      chat(
        edge,
        { model: "gpt-5.4", messages },
        { "x-strata-session": "strict", "x-strata-test-clock-ms": String(hours * 3_600_000) },
      );
    for (const hours of [1, 20, 20.01]) {
      const reply = await send(hours);
      expect(reply.status).toBe(200);
      const { choices } = JSON.parse(reply.body.toString()) as {
        choices: { message: { role: string; content: string } }[];
      };
      messages.push(
        { role: "assistant", content: choices[0]?.message.content ?? "" },
        { role: "user", content: "Go on." },
      );
      await whenIdle(edge, "strict");
      if (hours > 1) expect(header(reply, "x-strata-plan")).toBe("brief");
    }
    const [before, after] = provider.requests.slice(-2).map(({ json }) => (json as { messages: object[] }).messages);
    expect(after?.slice(0, before?.length)).toEqual(before);
    expect(JSON.stringify(after?.[1])).toContain("[Record of the earlier part");
  });
});
