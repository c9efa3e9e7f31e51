/**
 * The owner's look at what is known of a user, over HTTP: list, add, correct, delete, and who may not.
 *
 * Every change is checked on the next request of that user, because that is where it has to take effect.
 */
import { describe, expect, it } from "vitest";
import { sendJson } from "../fakes/edge/raw-upstream.ts";
import { plainReply } from "../fakes/edge/raw-upstream.ts";
import { KEY, MODEL, chat, startWithRawUpstream } from "./start.ts";

const { edge, upstream } = await startWithRawUpstream(
  { STRATA_MEMORY: "on", STRATA_ADMIN_TOKEN: "operator" },
  (exchange) => sendJson(exchange, plainReply("Yes.")),
);

interface FactsReply {
  id: string | number;
  facts: { state: string; statement: string }[];
}

async function ask(path: string, init: RequestInit = {}, key = KEY) {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${edge.url}/_strata/users/${path}`, { ...init, headers });
  return { status: response.status, body: (await response.json()) as FactsReply };
}

const send = (method: string, body: object): RequestInit => ({ method, body: JSON.stringify(body) });

/** The user's words as they went up. */
async function say(content: string, user: string): Promise<string> {
  await chat(edge, { model: MODEL, user, messages: [{ role: "user", content }] });
  const body = JSON.parse(upstream.exchanges.at(-1)?.body.toString() ?? "") as { messages: { content: string }[] };
  return body.messages.at(-1)?.content ?? "";
}

describe("an owner", () => {
  it("looks, adds, corrects and deletes, and the next request knows it", async () => {
    const path = `${encodeURIComponent("team/ann@example.com")}/facts`;
    const user = "team/ann@example.com";
    const recalled = (): Promise<string> => say("Where do I live?", user);
    const added = await ask(path, send("POST", { statement: "I live in Trondheim." }));
    expect(added).toMatchObject({
      status: 201,
      body: { id: 1, statement: "I live in Trondheim.", source: { session: null } },
    });
    expect(await recalled()).toContain("Trondheim");
    const changed = await ask(`${path}/1`, send("PATCH", { statement: "I live in Tromsø." }));
    expect(changed).toMatchObject({ status: 200, body: { id: 2, state: "valid" } });
    expect(await recalled()).toContain("Tromsø");
    expect(await recalled()).not.toContain("Trondheim");
    expect(await ask(`${path}/2`, { method: "DELETE" })).toEqual({ status: 200, body: { deleted: 1 } });
    expect(await recalled()).toBe("Where do I live?");
    await ask(path, send("POST", { statement: "I live in Bodø." }));
    const ended = await ask(
      `${path}/3`,
      send("PATCH", { valid_until: new Date(Date.now() + 3_600_000).toISOString() }),
    );
    expect(ended).toMatchObject({ status: 200, body: { state: "valid" } });
    expect(await ask(path, { method: "DELETE" })).toEqual({ status: 200, body: { deleted: 2 } });
    expect(await recalled()).toBe("Where do I live?");
    expect((await ask(path)).body.facts).toEqual([]);
  });

  it("is the only one: another credential gets the same 404 as for a user who does not exist", async () => {
    await ask("only/facts", send("POST", { statement: "I live in Trondheim." }));
    const { id } = (await ask("only/facts")).body;
    const missing = await ask("nobody-at-all/facts");
    expect(missing.status).toBe(404);
    for (const name of ["only", id]) {
      const tries: [string, RequestInit][] = [
        [`${name}/facts`, {}],
        [`${name}/facts`, { method: "DELETE" }],
        [`${name}/facts/1`, { method: "DELETE" }],
        [`${name}/facts/1`, send("PATCH", { statement: "I live in Rome." })],
      ];
      for (const [path, init] of tries) expect(await ask(path, init, "sk-test-other")).toEqual(missing);
    }
    expect((await ask("only/facts")).body.facts).toMatchObject([{ state: "valid", statement: "I live in Trondheim." }]);
    // The operator knows memories by their public names only, and owns none.
    expect(await ask(`${id}/facts`, {}, "operator")).toMatchObject({ status: 200, body: { id } });
    expect(await ask("only/facts", {}, "operator")).toEqual(missing);
    expect(await ask(`${id}/facts`, send("POST", { statement: "I live in Rome." }), "operator")).toEqual(missing);
    expect(await ask(`${id}/facts/1`, { method: "DELETE" }, "operator")).toMatchObject({ status: 200 });
  });

  it.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["no statement", "{}"],
    ["an empty statement", '{"statement":" "}'],
    ["a statement that is no text", '{"statement":7}'],
    ["a statement that is too long", JSON.stringify({ statement: "x".repeat(400) })],
    ["a body that is too long", JSON.stringify({ statement: "x".repeat(9_000) })],
    ["a date that is none", '{"statement":"I live in Rome","valid_until":"soon"}'],
  ])("is told what is wrong with %s", async (_what, body) => {
    const { status, body: answer } = await ask("wrong/facts", { method: "POST", body });
    expect([status, answer]).toMatchObject([400, { error: { code: "unreadable_fact" } }]);
    for (const path of ["wrong/facts/0", "wrong/facts/x", "wrong/facts/1"])
      expect((await ask(path, { method: "DELETE" })).status).toBe(404);
  });
});
