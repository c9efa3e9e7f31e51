/**
 * Sessions with words that have gone, through a file: every place in the tree is there on the other side, nothing comes
 * back, and a mark that says "gone" lets in nothing that a deletion would not have left.
 */
import { describe, expect, it, vi } from "vitest";
import type { Hash } from "../../../src/model/hash.ts";
import { hashText } from "../../../src/model/hash.ts";
import type { WireName } from "../../../src/model/wire.ts";
import { exportLines, exportPages, importLines, openImport } from "../../fakes/moved-session.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation } from "../../fakes/played-session.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";
import { answer, say, writeBody } from "./tool-thread.ts";
import type { Item, ToolThread } from "./tool-thread.ts";
import { lookAtAll, playAgent, playDigested, readAll, reopen } from "./transfer-fixture.ts";

vi.setConfig({ testTimeout: 60_000 });

const WIRES: WireName[] = ["chat-completions", "responses", "messages"];
const rest = (lines: readonly string[]): string[] => lines.slice(1);

/** The messages of the newest thread, oldest first. */
function pathOf({ tables }: Conversation): { chain: Hash; role: string }[] {
  return [...tables.store.walkUp(tables.log.session()?.recent.tips.at(-1) ?? "")].toReversed();
}

function forget(conversation: Conversation, depths: readonly number[]): void {
  const path = pathOf(conversation);
  for (const depth of depths) conversation.release({ kind: "message", chain: path.at(depth)?.chain ?? "" });
}

async function movesWhole(wire: WireName, conversation: Conversation): Promise<Conversation> {
  await conversation.work();
  const before = readAll(conversation.sql);
  const lines = await exportLines(conversation.session);
  const { sql, answer: imported } = await importLines(lines);
  expect(imported).toMatchObject({ ok: true });
  const there = reopen(wire, sql);
  await there.work();
  // A brief that nothing can adopt any more, whose thread has gone, stays behind.
  const chains = new Set((before["node"] as { chain: string }[]).map(({ chain }) => chain));
  before["brief"] = (before["brief"] as { cut: string }[]).filter(({ cut }) => chains.has(cut));
  expect(readAll(sql)).toEqual(before);
  expect(rest(await exportLines(there.session))).toEqual(rest(lines));
  lookAtAll(there.session);
  return there;
}

/** Here and there the next requests become the same. */
async function goesOn({ wire, items, fields, rev, conversation }: ToolThread, there: Conversation): Promise<void> {
  there.pass((conversation.edge.clock.now() - there.edge.clock.now()) / 1000);
  const fresh = [say(wire, "Which boats are left?")];
  const whole = writeBody(wire, [...items, ...fresh], fields);
  const delta = writeBody(wire, fresh, fields);
  for (const [text, headers] of [
    [whole, {}],
    [delta, { "x-strata-parent": rev ?? "" }],
  ] as [string, Record<string, string>][]) {
    const [here, elsewhere] = [await conversation.plan(text, headers), await there.plan(text, headers)];
    if (!here.ok || !elsewhere.ok) throw new Error("no plan");
    expect(elsewhere.value.outgoing).toBe(here.value.outgoing);
    expect(elsewhere.value.plan).toEqual(here.value.plan);
    expect(elsewhere.value.ticket?.verdict).toBe(here.value.ticket?.verdict);
    JSON.parse(elsewhere.value.outgoing ?? text);
  }
}

describe.each(WIRES)("a session over %s", (wire) => {
  it("without the words of some messages is the same on the other side, and goes on", async () => {
    const played = await playAgent(wire);
    // The first message, a call, its result, and what the newest turn has asked.
    forget(played.conversation, [0, 5, 6, -2, 9]);
    await goesOn(played, await movesWhole(wire, played.conversation));
  });

  it("that has lost a branch is the same on the other side, and goes on", async () => {
    const played = await playAgent(wire);
    const { tables } = played.conversation;
    const lost = tables.log.session()?.recent.tips.find((tip) => tables.store.find(tip)?.depth === 10) ?? "";
    expect(played.conversation.release({ kind: "branch", thread: lost })?.messages).toBeGreaterThan(0);
    await goesOn(played, await movesWhole(wire, played.conversation));
  });

  it("of which nothing was kept is the same on the other side, and stays so", async () => {
    const conversation = startConversation({}, {}, { wire, settings: { STRATA_CONTENT: "none" } });
    const items: Item[] = [];
    const ask = async (edge: Conversation, text: string) => {
      const reply = answer(wire, `As to ${text}: yes.`);
      items.push(say(wire, text));
      const message = (
        wire === "responses" ? { role: "assistant", content: "", items: [reply] } : reply
      ) as ChatMessage;
      const turn = await edge.send(writeBody(wire, items, wire === "messages" ? { system: "Be brief." } : {}), {
        message,
      });
      items.push(reply);
      return turn;
    };
    for (const text of ["tides", "ropes", "paint"]) await ask(conversation, text);
    await conversation.work();
    const lines = await exportLines(conversation.session);
    for (const word of ["tides", "ropes", "brief."]) expect(lines.join("")).not.toContain(word);
    const { sql, answer: imported } = await importLines(lines, openImport(openNodeSql(), false));
    expect(imported).toMatchObject({ ok: true, value: { counts: { turns: 3, messages: 6 } } });
    const there = reopen(wire, sql);
    await there.work();
    expect(readAll(sql)).toEqual(readAll(conversation.sql));
    expect(there.tables.log.session()?.content).toBe("none");
    const next = await ask(there, "sails");
    expect(next).toMatchObject({ verdict: "continue", plan: { mode: "full", reason: "zero_content" } });
    lookAtAll(there.session);
    const history = there.session.inspect(null, "history", { thread: null });
    const bodies = history?.messages.map((hash) => there.tables.store.body(hash)?.json ?? "") ?? [];
    JSON.parse(`${history?.opening}${bodies.join(",")}${history?.closing}`);
  });
});

it("digests that are to be written again come along as such", async () => {
  const conversation = await playDigested();
  forget(conversation, [2]);
  const { sql, answer: imported } = await importLines(await exportLines(conversation.session));
  expect(imported.ok).toBe(true);
  expect(sql.all("SELECT state FROM segment WHERE state = 'due'")).not.toEqual([]);
});

it("a file says that something was deleted while it was written", async () => {
  const { conversation } = await playAgent("chat-completions", 4);
  let left = 1;
  const pages = await exportPages(conversation.session, async () => {
    if (left-- > 0) forget(conversation, [3]);
  });
  expect(pages.at(-1)?.hasChanged).toBe(true);
});

describe("a mark that says that words have gone", () => {
  type Row = Record<string, unknown>;
  const read = (line: string) => JSON.parse(line) as { table: string; row: Row };
  const rowsOf = (lines: readonly string[], table: string): Row[] =>
    lines.map(read).flatMap((line) => (line.table === table ? [line.row] : []));

  async function refuses(lines: readonly string[], changes: (table: string, row: Row) => Row): Promise<string> {
    const [header = "", ...others] = lines;
    const changed = others.map((line) => {
      const { table, row } = read(line);
      return JSON.stringify({ table, row: changes(table, row) });
    });
    // Messages stand in the order of their hashes.
    changed.sort((one, other) => {
      const [a, b] = [read(one), read(other)];
      return a.table === "message" && b.table === "message"
        ? String(a.row["hash"]) < String(b.row["hash"])
          ? -1
          : 1
        : 0;
    });
    const { answer: imported } = await importLines([header, ...changed]);
    return imported.ok ? "taken" : imported.error.code === "unreadable" ? imported.error.problem : imported.error.code;
  }

  it("lets no words in, and no other place", async () => {
    const { conversation } = await playAgent("chat-completions", 4);
    forget(conversation, [2]);
    const lines = await exportLines(conversation.session);
    const gone = rowsOf(lines, "node").find((row) => row["gone"] === 1) ?? {};
    const kept = rowsOf(lines, "node").find((row) => row["gone"] === 0 && row["id"] !== 1) ?? {};
    const isGone = (row: Row): boolean => row["id"] === gone["id"];
    const at = (table: string, isIt: (row: Row) => boolean, columns: Row) =>
      refuses(lines, (name, row) => (name === table && isIt(row) ? { ...row, ...columns } : row));

    expect(await refuses(lines, (_table, row) => row)).toBe("taken");
    const json = '{"role":"user","content":"Pay me at once."}';
    const hash = hashText(json);
    const withWords = await refuses(lines, (table, row) => {
      if (table === "message" && row["hash"] === gone["message"])
        return { ...row, hash, body: json, chars: json.length };
      return table === "node" && isGone(row) ? { ...row, message: hash } : row;
    });
    expect(withWords).toBe("node: its message has words");
    expect(await at("node", isGone, { gone: 0 })).toBe("node: its message is another one");
    expect(await at("node", isGone, { gone: 3 })).toMatch(/node.gone/);
    expect(await at("node", isGone, { fingerprint: "A".repeat(22) })).toBe("node: wrong chain");
    expect(await at("node", (row) => row["id"] === kept["id"], { gone: 1 })).toBe("node: its message has words");
    expect(await at("session", () => true, { content: "none" })).toMatch(/has text/);
    const { answer: elsewhere } = await importLines(lines, openImport(openNodeSql(), false));
    expect(elsewhere).toMatchObject({ ok: false, error: { problem: expect.stringContaining("none is kept here") } });
  });
});
