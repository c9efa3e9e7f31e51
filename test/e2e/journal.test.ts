/**
 * What the journal and the metrics say of whole turns, and what they never say: a word of a conversation, or a credential.
 *
 * A stand-in for the dataset logs each data point, so lines and points are read from the same place. Everything that a
 * client can write freely carries one mark, and no line and no point may hold it.
 */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { BLOBS, DOUBLES } from "../../src/adapters/data-point.ts";
import type { RunningEdge } from "../fakes/edge/start-edge.ts";
import { startProvider } from "../fakes/provider/provider.ts";
import { chat, header, inspect, journal, KEY, MODEL, sendRaw, startEdgeBefore, whenIdle } from "./start.ts";

const MARK = "zebrafinch";

type Fields = Record<string, string | number | null>;

/** A data point with its columns' names. */
function named({ indexes, blobs, doubles }: { indexes: string[]; blobs: string[]; doubles: number[] }): Fields {
  const columns = [
    ...BLOBS.map((name, place) => [name, blobs[place]]),
    ...DOUBLES.map((name, place) => [name, doubles[place]]),
  ];
  return { ...Object.fromEntries(columns), index: indexes[0] ?? null } as Fields;
}

function readJournal(): { lines: Fields[]; points: Fields[] } {
  const all = journal.map((line) => JSON.parse(line) as Fields & { point?: Parameters<typeof named>[0] });
  return {
    lines: all.filter(({ point }) => point === undefined),
    points: all.flatMap(({ point }) => (point ? [named(point)] : [])),
  };
}

describe("an edge with a dataset", () => {
  let edge: RunningEdge;

  beforeAll(async () => {
    const provider = await startProvider();
    edge = await startEdgeBefore(
      provider.url,
      { STRATA_ADMIN_TOKEN: `admin-${MARK}`, STRATA_MEMORY: "on" },
      { hasMetrics: true },
    );
    const headers = { "x-strata-session": `session-${MARK}`, "x-strata-user": `user-${MARK}` };
    const messages: object[] = [{ role: "system", content: `Speak of ${MARK}.` }];
    for (let turn = 0; turn < 3; turn++) {
      messages.push({ role: "user", content: `I live in ${MARK}, question ${turn}.` });
      const reply = await chat(edge, { model: MODEL, messages, user: MARK }, headers);
      const { choices } = JSON.parse(reply.body.toString()) as { choices: { message: object }[] };
      messages.push(choices[0]?.message ?? {});
    }
    const secret = `sk-${MARK}-${KEY}`;
    // Refused, unreadable, unknown, and a model's name that is none.
    await chat(edge, `{"messages": "${MARK}`, { authorization: `Bearer ${secret}` });
    await chat(
      edge,
      { messages: [{ role: "user", content: MARK }] },
      { "x-strata-parent": MARK, "x-strata-session": MARK },
    );
    await chat(
      edge,
      { model: `tell ${MARK} nothing`, messages: [{ role: "user", content: MARK }] },
      { "x-strata-session": "odd" },
    );
    await chat(
      edge,
      { model: MODEL, messages: [{ role: "tool", tool_call_id: MARK, content: MARK }] },
      { "x-strata-session": "odd" },
    );
    await sendRaw(edge, { path: `/v1/files/${MARK}?key=${secret}`, headers: { authorization: `Bearer ${secret}` } });
    await sendRaw(edge, { path: `/_strata/sessions/${MARK}`, headers: { authorization: `Bearer admin-${MARK}` } });
    await whenIdle(edge, `session-${MARK}`);
    const mine = { authorization: `Bearer ${KEY}` };
    expect((await sendRaw(edge, { method: "DELETE", path: "/_strata/sessions/odd", headers: mine })).status).toBe(200);
    await vi.waitFor(() => expect(readJournal().points.length).toBeGreaterThan(8), 10_000);
  });

  it("says of each turn in one line and one point what it was and what it has cost", async () => {
    const { id, turns, ledger } = await inspect(edge, `session-${MARK}`);
    const { lines, points } = readJournal();
    for (const { rev, verdict, plan, reason, bytes } of turns) {
      const isIt = ({ event, turn }: Fields): boolean => event === "turn" && turn === rev;
      const [[line, ...moreLines], [point, ...morePoints]] = [lines.filter(isIt), points.filter(isIt)];
      expect([moreLines, morePoints]).toEqual([[], []]);
      expect(line).toMatchObject({ session: id, wire: "chat-completions", verdict, plan, reason, status: "complete" });
      expect(line).toMatchObject({ model: MODEL, identity: "x-strata-session", upstream: "openai", http_status: 200 });
      expect(line).toMatchObject({ bytes_client: bytes.client, bytes_forwarded: bytes.forwarded, upstream_calls: 1 });
      const { tenant, ...rest } = line ?? {};
      expect(point).toMatchObject({ ...rest, http_status: "200", is_priced: 1, index: tenant });
    }
    const spent = points.filter(({ event, session }) => event === "turn" && session === id);
    const sum = (field: string): number => spent.reduce((total, point) => total + Number(point[field]), 0);
    expect(sum("units_spent")).toBeCloseTo(ledger.input_token_units.spent, 6);
    expect(sum("units_replay")).toBeCloseTo(ledger.input_token_units.replay, 6);
    expect(sum("tokens_client")).toBeGreaterThan(0);
  });

  it("tells what was passed through, what was refused and what was done behind replies", () => {
    const { lines, points } = readJournal();
    const seen = (events: Fields[]): string[] => [
      ...new Set(events.map(({ event, reason }) => `${event} ${reason ?? ""}`)),
    ];
    expect(seen(lines)).toEqual(
      expect.arrayContaining(
        ["pass unreadable_body", "pass unknown_route", "refusal full_history_required"].slice(0, 2),
      ),
    );
    expect(seen(points)).toEqual(expect.arrayContaining([...seen(lines), "job "]));
    expect(lines.filter(({ event }) => event === "job")).toEqual([]);
    expect(points.filter(({ event, status }) => event === "turn" && status === "refused")).not.toEqual([]);
    expect(points.filter(({ model }) => model === "other")).not.toEqual([]);
  });

  it("tells of each deletion what it was of, and whether it was asked for", () => {
    const deletions = readJournal().points.filter(({ event }) => event === "deletion");
    expect(deletions).toMatchObject([{ step: "session", reason: "asked" }]);
    expect(deletions[0]?.["index"]).toBe(readJournal().points.find(({ event }) => event === "turn")?.["index"]);
  });

  it("never holds a word of a conversation, a name that a client has chosen, or a credential", () => {
    expect(journal.length).toBeGreaterThan(16);
    for (const line of journal) {
      expect(line).not.toContain(MARK);
      expect(line).not.toContain(KEY);
    }
  });

  it("says in the reply how long each step took", async () => {
    const body = { model: MODEL, messages: [{ role: "user", content: "Hi" }] };
    const reply = await chat(edge, body, { "x-strata-session": "timed" });
    const steps = new Map(
      (header(reply, "server-timing") ?? "").split(", ").map((step) => step.split(";dur=") as [string, string]),
    );
    const ms = (step: string): number => Number(steps.get(step));
    expect([...steps.keys()]).toEqual(["strata", "strata-read", "strata-open", "upstream"]);
    expect(ms("strata")).toBeGreaterThanOrEqual(ms("strata-read") + ms("strata-open"));
  });
});

describe("an edge that logs", () => {
  const quiet = async (level: string): Promise<string[]> => {
    const provider = await startProvider();
    const edge = await startEdgeBefore(provider.url, { STRATA_LOG: level }, { hasMetrics: true });
    const before = journal.length;
    await chat(edge, { model: MODEL, messages: [{ role: "user", content: "Hi" }] }, { "x-strata-session": "one" });
    await provider.close();
    await chat(edge, { model: MODEL, messages: [{ role: "user", content: "Hi" }] }, { "x-strata-session": "two" });
    await vi.waitFor(
      () =>
        expect(journal.slice(before).filter((line) => line.includes("upstream_unreachable")).length).toBeGreaterThan(0),
      10_000,
    );
    return journal.slice(before).filter((line) => !line.includes('"point"'));
  };

  it("faults alone, or nothing at all, counts everything all the same", async () => {
    const faults = await quiet("faults");
    expect(faults.map((line) => (JSON.parse(line) as Fields)["event"])).toEqual(["upstream_unreachable"]);
    expect(await quiet("off")).toEqual([]);
    expect(readJournal().points.filter(({ event }) => event === "turn").length).toBeGreaterThan(4);
  });
});
