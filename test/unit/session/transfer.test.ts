/**
 * A session that goes through a file is the same session: every row, the work behind its replies, and what the next
 * request becomes.
 */
import { describe, expect, it, vi } from "vitest";
import type { WireName } from "../../../src/model/wire.ts";
import { Session } from "../../../src/session/session.ts";
import { startConversation } from "../../fakes/played-session.ts";
import { exportLines, exportPages, importLines, linesOf, openImport } from "../../fakes/moved-session.ts";
import { say, writeBody } from "./tool-thread.ts";
import type { Item } from "./tool-thread.ts";
import { playAgent, playDigested, readAll, reopen } from "./transfer-fixture.ts";

// Each plays a long conversation.
vi.setConfig({ testTimeout: 60_000 });

const WIRES: WireName[] = ["chat-completions", "responses", "messages"];

const withoutHeader = (lines: readonly string[]): string[] => lines.slice(1);

describe.each(WIRES)("a session over %s", (wire) => {
  it("has every row on the other side, and exports the same file again", async () => {
    const { conversation } = await playAgent(wire);
    const before = readAll(conversation.sql);
    for (const table of ["form", "epoch", "attempt", "recording", "body_prefix", "body_piece"])
      expect(before[table]?.length, table).toBeGreaterThan(0);
    const lines = await exportLines(conversation.session);
    const { sql, answer: imported } = await importLines(lines);
    expect(imported).toMatchObject({ ok: true, value: { counts: { turns: before["turn"]?.length } } });
    const there = reopen(wire, sql);
    await there.work();
    expect(readAll(sql)).toEqual(before);
    expect(withoutHeader(await exportLines(there.session))).toEqual(withoutHeader(lines));
  });

  it("plans every next request as it would have here", async () => {
    const { conversation, items, fields, rev } = await playAgent(wire);
    const { sql } = await importLines(await exportLines(conversation.session));
    const there = reopen(wire, sql);
    await there.work();
    there.pass((conversation.edge.clock.now() - there.edge.clock.now()) / 1000);
    const fresh = [say(wire, "Which boats are left?")];
    const whole = writeBody(wire, [...items, ...fresh], fields);
    const early = writeBody(wire, [...items.slice(0, 6), ...fresh], fields);
    const delta = writeBody(wire, fresh, fields);
    for (const [text, headers] of [
      [whole, {}],
      [early, {}],
      [delta, { "x-strata-parent": rev ?? "" }],
    ] as [string, Record<string, string>][]) {
      const [here, elsewhere] = [await conversation.plan(text, headers), await there.plan(text, headers)];
      if (!here.ok || !elsewhere.ok) throw new Error("no plan");
      expect(elsewhere.value.outgoing).toBe(here.value.outgoing);
      expect(elsewhere.value.plan).toEqual(here.value.plan);
      expect(elsewhere.value.ticket?.verdict).toBe(here.value.ticket?.verdict);
    }
  });
});

describe("what a model has written", () => {
  it("comes along, and is found by its notes", async () => {
    const conversation = await playDigested();
    const before = readAll(conversation.sql);
    expect(before["segment"]?.length).toBeGreaterThan(1);
    expect(before["recall_note"]?.length).toBeGreaterThan(0);
    const { sql, answer: imported } = await importLines(await exportLines(conversation.session));
    expect(imported.ok).toBe(true);
    await reopen("chat-completions", sql).work();
    expect(readAll(sql)).toEqual(before);
  });
});

describe("a message larger than a row", () => {
  it("goes in pieces, and is refused without one of them", async () => {
    const conversation = startConversation();
    const text = `${'a"\\ü€😀'.repeat(90_000)}end`;
    const messages = [{ role: "user", content: text }];
    await conversation.send(JSON.stringify({ model: "m", messages }), { message: { role: "assistant", content: "c" } });
    await conversation.work();
    const lines = await exportLines(conversation.session);
    const pieces = lines.filter((line) => line.startsWith('{"table":"message_chunk"'));
    expect(pieces.length).toBeGreaterThan(1);
    const { sql, answer: imported } = await importLines(lines);
    expect(imported.ok).toBe(true);
    expect(readAll(sql)["message_chunk"]).toEqual(readAll(conversation.sql)["message_chunk"]);
    const torn = await importLines(lines.filter((line) => line !== pieces[0]));
    expect(torn.answer).toMatchObject({
      ok: false,
      error: { code: "unreadable", problem: expect.stringContaining("not whole") },
    });
  });
});

describe("an export while the session goes on", () => {
  const wire = "chat-completions";
  const long = (n: number): Item => say(wire, `${n} ${"The tide is high, and the boats are in. ".repeat(6_000)}`);

  async function playLong() {
    const conversation = startConversation();
    const items: Item[] = [];
    const ask = async (headers: Record<string, string> = {}) => {
      const message = { role: "assistant", content: `Heard ${items.length}.` };
      await conversation.send(writeBody(wire, items), { message }, headers);
      await conversation.work();
      return message;
    };
    for (let turn = 0; turn < 8; turn++) {
      items.push(long(turn));
      items.push(await ask());
    }
    return { conversation, items, ask };
  }

  it("is the session as it stood when it began", async () => {
    const { conversation, items, ask } = await playLong();
    const still = await exportLines(conversation.session);
    const pages = await exportPages(conversation.session, async () => {
      items.push(long(items.length));
      items.push(await ask());
    });
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.at(-1)?.hasChanged).toBe(false);
    const rows = (lines: readonly string[], table: string) =>
      lines.filter((line) => line.startsWith(`{"table":"${table}"`)).map((line) => line.replace(/"tokens":\d+/, ""));
    for (const table of ["session", "node", "turn"]) expect(rows(linesOf(pages), table)).toEqual(rows(still, table));
    expect((await importLines(linesOf(pages))).answer.ok).toBe(true);
  });

  it("says so where an exported turn was tried again", async () => {
    const { conversation, items, ask } = await playLong();
    items.pop();
    const pages = await exportPages(conversation.session, () => ask({ "x-stainless-retry-count": "1" }));
    expect(pages.at(-1)?.hasChanged).toBe(true);
    expect(pages.slice(0, -1).some(({ hasChanged }) => hasChanged)).toBe(false);
  });
});

describe("an import", () => {
  it("is nothing to anybody before it is committed, and gives way to the next one", async () => {
    const { conversation } = await playAgent("chat-completions", 2);
    const [, ...rows] = await exportLines(conversation.session);
    const { sql, desk } = openImport();
    const start = { token: "one", tenant: "tenant", session: "st_there", exchange: null };
    expect(await desk.take({ step: "begin", start }, 0)).toEqual({ ok: true, value: null });
    expect(await desk.take({ step: "rows", token: "one", line: 2, lines: rows }, 0)).toEqual({ ok: true, value: null });
    expect(desk.isUnderWay).toBe(true);
    const session = new Session(sql, conversation.ports);
    expect(session.inspect(null, "session", { turns: 1 })).toBeNull();
    expect((await desk.take({ step: "begin", start: { ...start, token: "two" } }, 0)).ok).toBe(true);
    expect(await desk.take({ step: "commit", token: "one", sha256: "" }, 0)).toEqual({
      ok: false,
      error: { code: "lost" },
    });
    expect(await desk.take({ step: "abandon", token: "two" }, 0)).toMatchObject({ ok: false });
    expect(desk.isUnderWay).toBe(false);
    expect(sql.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")).toEqual([]);
  });

  it("that nobody goes on with is swept out, also behind a restart", async () => {
    const { conversation } = await playAgent("chat-completions", 2);
    const [, ...rows] = await exportLines(conversation.session);
    const { sql, desk } = openImport();
    const start = { token: "one", tenant: "tenant", session: "st_there", exchange: null };
    await desk.take({ step: "begin", start }, 1_000);
    await desk.take({ step: "rows", token: "one", line: 2, lines: rows.slice(0, 5) }, 2_000);
    const again = openImport(sql).desk;
    expect(again.isUnderWay).toBe(true);
    expect(await again.take({ step: "rows", token: "one", line: 7, lines: rows.slice(5) }, 3_000)).toMatchObject({
      error: { code: "lost" },
    });
    const due = (await again.sweep(3_000)) ?? 0;
    expect(due).toBeGreaterThan(3_000);
    expect(await again.sweep(due)).toBeNull();
    expect(again.isUnderWay).toBe(false);
    expect(sql.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")).toEqual([]);
  });
});
