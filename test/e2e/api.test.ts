/**
 * Every operation that the API describes, called over HTTP on a session with everything in it: the answers are as
 * described for whoever may see them, and the same as for a session that does not exist for everybody else.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createParser } from "eventsource-parser";
import { startDistiller } from "../fakes/distiller/start-distiller.ts";
import type { FakeDistiller } from "../fakes/distiller/start-distiller.ts";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { NOT_YET } from "./not-yet.ts";
import { OPERATIONS, problemsOf, problemsOfAnswer } from "./operations.ts";
import type { Operation } from "./operations.ts";
import { LONG_VARS } from "./play.ts";
import { playEverything, playRefused, reply } from "./rich-session.ts";
import { KEY, startWithProvider } from "./start.ts";

const OTHER = "sk-other-0002";
const ADMIN = "admin-token-0004";
const WRONG_ADMIN = "admin-token-0005";

/** Paths are filled in from these, by the names of their parameters. */
type Values = Record<string, string>;

interface Extra {
  values?: Values;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
}

const EVERYTHING = { "last-event-id": "0.0.0.0" };
const statement = (text: string): string => JSON.stringify({ statement: text });

/** What an operation needs beyond its path. */
const extras: Record<string, Extra> = {
  searchSession: { query: { q: "crane due" } },
  listTurns: { query: { limit: "3" } },
  listMessages: { query: { limit: "3" } },
  followSession: { headers: EVERYTHING },
  followTenant: { headers: { "last-event-id": "0.0.0" } },
  addUserFact: { body: statement("I live in Bodø.") },
  amendUserFact: { body: statement("I live in Tromsø.") },
  // Named by its place: filled in when it is known.
  deleteMessage: {},
};

const open = OPERATIONS.filter(({ id }) => !NOT_YET.includes(id));
const reading = open.filter(({ method }) => method === "GET");
/** Additions first, and of the deletions those of a part. */
const ORDER = ["POST", "PATCH", "DELETE"];
const changing = open
  .filter(({ method }) => method !== "GET")
  .toSorted((a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method) || b.path.length - a.path.length);
const ofSession = open.filter(({ path }) => path.includes("{id}"));
/** Whoever adds under a name of their own choice adds to a memory of their own. */
const ofUser = open.filter(({ path, method }) => path.includes("{user}") && method !== "POST");

const NOBODY: Values = { id: `st_${"x".repeat(43)}`, user: `us_${"x".repeat(43)}` };

let edge: RunningEdge;
let distiller: FakeDistiller;
let mine: Values;
let tenant: string;
/** Name of a memory by which the operator finds it. */
let publicUser: string;

interface Answer {
  status: number;
  type: string;
  text: string;
}

async function call(operation: Operation, key: string | null, values: Values, extra: Extra = {}): Promise<Answer> {
  const { values: own = {}, query = {}, headers = {}, body } = { ...extras[operation.id], ...extra };
  const known = { ...values, ...own };
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(known[name] ?? "missing"));
  const credential: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(`${edge.url}/_strata${path}?${new URLSearchParams(query).toString()}`, {
    method: operation.method,
    headers: { ...credential, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const type = response.headers.get("content-type") ?? "";
  const text = type === "text/event-stream" ? await readEvents(response) : await response.text();
  return { status: response.status, type, text };
}

/** What a stream begins with: what has happened already. */
async function readEvents({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return new TextDecoder().decode(value);
}

async function read<View>(path: string): Promise<View> {
  const response = await fetch(`${edge.url}/_strata/${path}`, { headers: { authorization: `Bearer ${KEY}` } });
  return (await response.json()) as View;
}

beforeAll(async () => {
  distiller = await startDistiller();
  const vars = {
    ...LONG_VARS,
    STRATA_ADMIN_TOKEN: ADMIN,
    STRATA_SECRET: "a secret of this test",
    STRATA_MEMORY: "on",
    DISTILLER: "openai",
    DISTILLER_URL: distiller.url,
    DISTILLER_KEY: "sk-distiller-0001",
    DISTILLER_MODEL: "tiny",
    STRATA_PRICES: '{"tiny":{"input":0.01,"output":0.04}}',
  };
  ({ edge } = await startWithProvider(vars, { reply }));
  await playEverything(edge, "described");
  const refusedTurn = await playRefused(edge, "refused");
  await fetch(`${edge.url}/_strata/users/ann/facts`, {
    method: "POST",
    headers: { authorization: `Bearer ${KEY}` },
    body: statement("I live in Bergen."),
  });
  const session = await read<{ id: string; tenant: { key: string }; epochs: { brief: number }[] }>(
    "sessions/described",
  );
  const page = await read<{ thread: string; messages: { hash: string; chain: string }[] }>(
    "sessions/described/messages",
  );
  extras["deleteMessage"] = { values: { message: page.messages[0]?.chain ?? "" } };
  const memory = await read<{ id: string }>("users/ann/facts");
  tenant = session.tenant.key;
  publicUser = memory.id;
  const file = await fetch(`${edge.url}/_strata/sessions/${session.id}/export`, {
    headers: { authorization: `Bearer ${KEY}` },
  });
  extras["importSession"] = { query: { session: "imported" }, body: await file.text() };
  mine = {
    id: session.id,
    turn: "16",
    call: "0",
    message: page.messages[0]?.hash ?? "",
    thread: page.thread,
    brief: String(session.epochs[0]?.brief),
    user: "ann",
    fact: "1",
  };
  const refused = await read<{ id: string }>("sessions/refused");
  extras["readRefusedBody"] = { values: { id: refused.id, turn: String(refusedTurn) } };
});

afterAll(() => distiller.close());

describe("the owner", () => {
  it.each(reading.map((operation) => [operation.id, operation] as const))("reads: %s", async (_id, operation) => {
    const { status, type, text } = await call(operation, KEY, mine);
    expect([status, problemsOfAnswer(operation, status, type, text)]).toEqual([operation.status, []]);
  });

  it("has something of everything there", async () => {
    const session = await read<{ segments: { state: string }[]; turns: { recalled: object | null }[] }>(
      `sessions/${mine["id"]}`,
    );
    expect(session.segments.some(({ state }) => state === "digested")).toBe(true);
    expect(session.turns.some(({ recalled }) => recalled !== null)).toBe(true);
    const { branches } = await read<{ branches: object[] }>(`sessions/${mine["id"]}/tree`);
    expect(branches).toHaveLength(2);
    const { facts } = await read<{ facts: { sources: object[] }[] }>(`sessions/${mine["id"]}/facts`);
    expect(facts[0]?.sources.length).toBeGreaterThan(0);
    const { hits } = await read<{ hits: object[] }>(`sessions/${mine["id"]}/search?q=crane+due`);
    expect(hits.length).toBeGreaterThan(10);
  });

  it("hears events as they are described", async () => {
    const schemas: Record<string, string> = {
      turn: "TurnNote",
      brief: "BriefNote",
      epoch: "Epoch",
      session: "SessionEntry",
    };
    const heard = new Set<string>();
    const parser = createParser({
      onEvent: ({ event = "", data }) => {
        heard.add(event);
        expect(problemsOf(schemas[event] ?? "Error", JSON.parse(data))).toEqual([]);
      },
    });
    for (const operation of reading.filter(({ id }) => id.startsWith("follow")))
      parser.feed((await call(operation, KEY, mine)).text);
    expect([...heard].toSorted()).toEqual(Object.keys(schemas).toSorted());
  });

  it("is told what is wrong with a parameter", async () => {
    const id = mine["id"];
    for (const path of [
      ...["0", "201", "x", "", "1.5", "-1"].map((limit) => `sessions/${id}/turns?limit=${limit}`),
      ...["0", "501", "x", "", "1.5", "-1"].map((limit) => `sessions?limit=${limit}`),
      ...["20001", "x", "", "1.5", "-1"].map((turns) => `sessions/${id}?turns=${turns}`),
      `sessions/${id}/turns?before=x`,
      `sessions/${id}/messages?thread=x`,
      `sessions/${id}/messages?before=-1`,
      `sessions/${id}/search`,
      `sessions/${id}/search?q=%20`,
      `sessions/${id}/search?q=${"x".repeat(401)}`,
      "ledger/days?from=yesterday",
      "sessions?since=yesterday",
      "sessions?cursor=x",
    ]) {
      const response = await fetch(`${edge.url}/_strata/${path}`, { headers: { authorization: `Bearer ${KEY}` } });
      expect([path, response.status, problemsOf("Error", await response.json())]).toEqual([path, 400, []]);
    }
  });
});

describe("everybody else", () => {
  const strangers = [OTHER, null, WRONG_ADMIN];

  it.each(ofSession.map((operation) => [operation.id, operation] as const))(
    "finds no session of another's: %s",
    async (_id, operation) => {
      for (const key of strangers) {
        const answer = await call(operation, key, mine);
        expect(answer.status).toBe(404);
        const values = { ...extras[operation.id]?.values, ...NOBODY };
        expect(answer).toEqual(await call(operation, key, mine, { values }));
      }
    },
  );

  it.each(ofUser.map((operation) => [operation.id, operation] as const))(
    "finds nothing of another's users: %s",
    async (_id, operation) => {
      for (const key of strangers) {
        const answer = await call(operation, key, mine, { values: { user: publicUser } });
        expect(answer.status).toBe(404);
        expect(answer).toEqual(await call(operation, key, mine, { values: { user: NOBODY["user"] ?? "" } }));
      }
    },
  );

  it("adds nothing to what is known of another's users", async () => {
    const before = await read("users/ann/facts");
    for (const operation of open.filter(({ id }) => id === "addUserFact"))
      for (const user of ["ann", publicUser]) await call(operation, OTHER, mine, { values: { user } });
    expect(await read("users/ann/facts")).toEqual(before);
  });

  it("sees nothing of another's tenant, named or not", async () => {
    const ofTenant = reading.filter(({ path, isPublic }) => !path.includes("{") && !isPublic);
    expect(ofTenant.length).toBeGreaterThan(3);
    for (const operation of ofTenant)
      for (const query of [{}, { tenant }]) {
        expect((await call(operation, null, mine, { query, headers: {} })).status).toBe(404);
        for (const key of [OTHER, WRONG_ADMIN]) {
          const { status, text } = await call(operation, key, mine, { query });
          expect(status).toBe(200);
          expect(text).not.toContain(mine["id"]);
          expect(text).not.toContain(tenant);
        }
      }
  });

  it("but the operator, who sees all of it by its public names", async () => {
    for (const operation of reading) {
      const { query = {}, values } = extras[operation.id] ?? {};
      const named = { query: { ...query, tenant }, values: { ...values, user: publicUser } };
      const { status, type, text } = await call(operation, ADMIN, mine, named);
      expect([operation.id, status, problemsOfAnswer(operation, status, type, text)]).toEqual([
        operation.id,
        operation.status,
        [],
      ]);
    }
  });
});

describe("the owner at last", () => {
  it.each(changing.map((operation) => [operation.id, operation] as const))("changes: %s", async (_id, operation) => {
    const { status, type, text } = await call(operation, KEY, mine);
    expect([status, problemsOfAnswer(operation, status, type, text)]).toEqual([operation.status, []]);
  });
});
