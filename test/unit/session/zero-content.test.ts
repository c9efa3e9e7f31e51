/**
 * Turns of which nothing is kept: no byte of what was said stands in the session's file, while lineage and ledger go on.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WireName } from "../../../src/model/wire.ts";
import { findTraces } from "../../fakes/find-traces.ts";
import { scriptWriter } from "../../fakes/distiller/script-writer.ts";
import { openNodeSql } from "../../fakes/sql/node-sql.ts";
import { startConversation } from "../../fakes/played-session.ts";
import type { ChatMessage, Conversation, SentTurn } from "../../fakes/played-session.ts";
import { answer, boats, calling, result, say, writeBody } from "./tool-thread.ts";
import type { Item } from "./tool-thread.ts";

const WIRES: WireName[] = ["chat-completions", "responses", "messages"];
const WORDS = ["kryptonbadger", "marmaladeoctopus", "wombatquartz", "paint on"];
const NONE = { "x-strata-content": "none" };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "zero-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function start(wire: WireName, content: "keep" | "none"): Conversation {
  const settings = { STRATA_CONTENT: content };
  const scene = { wire, settings, writer: scriptWriter(), sql: openNodeSql(join(folder, "session.db")) };
  const conversation = startConversation({ guardTokens: 500, recallTokens: 200 }, {}, scene);
  conversation.sql.run("PRAGMA synchronous = OFF");
  return conversation;
}

async function ask(
  conversation: Conversation,
  wire: WireName,
  items: Item[],
  [item, reply]: [Item, Item],
  headers: Record<string, string> = {},
): Promise<SentTurn> {
  items.push(item);
  const text = writeBody(wire, items, wire === "messages" ? { system: "Kryptonbadger rules." } : {});
  const turn = await conversation.send(text, { message: reply as ChatMessage }, headers);
  expect(turn.body).toBe(text);
  items.push(reply);
  conversation.pass(20);
  await conversation.work();
  return turn;
}

describe.each(WIRES)("with nothing kept, on %s", (wire) => {
  it("every turn goes up whole and no byte of it stays", async () => {
    const conversation = start(wire, "none");
    const items: Item[] = [];
    for (let turn = 0; turn < 20; turn++) {
      const text = `The Kryptonbadger ${turn} eats a marmaladeoctopus. ${"Mind the paint on the rail. ".repeat(60)}`;
      const sent = await ask(conversation, wire, items, [say(wire, text), answer(wire, `Wombatquartz, ${turn}.`)]);
      expect(sent.plan).toEqual({ mode: "full", reason: "zero_content" });
      expect(sent.verdict).toBe(turn === 0 ? "new" : "continue");
    }
    await ask(conversation, wire, items, [say(wire, "Look it up."), calling(wire, "look-1")]);
    await ask(conversation, wire, items, [result(wire, "look-1", boats(300)), answer(wire, "Wombatquartz.")]);
    expect(findTraces(folder, WORDS)).toEqual([]);
    const { log, store } = conversation.tables;
    const session = log.session();
    expect(session).toMatchObject({ content: "none", turns: 22, messages: 44 });
    expect(session?.ledger.spent).toBeGreaterThan(1000);
    const end = store.find(session?.recent.tips.at(-1) ?? "");
    expect(end?.depth).toBe(44);
    expect(end?.pathTokens).toBeGreaterThan(20 * 400);
    expect(conversation.sql.all("SELECT 1 FROM brief UNION ALL SELECT 1 FROM recall_piece")).toEqual([]);
    const recorded = conversation.tables.recordings.find(log.newest(1)[0]?.rev ?? "");
    expect(recorded?.bodies[0]).toMatchObject({ text: null, side: "client" });
  });
});

describe("where one request asks for it", () => {
  const wire = "chat-completions";
  const exchange = (words: string): [Item, Item] => [say(wire, words), answer(wire, "Yes.")];

  it("the session stays so from its first turn on", async () => {
    const conversation = start(wire, "keep");
    const items: Item[] = [];
    await ask(conversation, wire, items, exchange("Marmaladeoctopus?"), NONE);
    const next = await ask(conversation, wire, items, exchange("Kryptonbadger?"));
    expect(next.plan.reason).toBe("zero_content");
    expect(findTraces(folder, ["marmaladeoctopus", "kryptonbadger"])).toEqual([]);
  });

  it("a thread stays so from that turn on, and another branch does not", async () => {
    const conversation = start(wire, "keep");
    const items: Item[] = [];
    await ask(conversation, wire, items, exchange("What floats?"));
    const fork = [...items];
    await ask(conversation, wire, items, exchange("Marmaladeoctopus?"), NONE);
    expect((await ask(conversation, wire, items, exchange("Kryptonbadger?"))).plan.reason).toBe("zero_content");
    expect((await ask(conversation, wire, fork, exchange("Corkwood?"))).plan.reason).not.toBe("zero_content");
    expect(findTraces(folder, ["marmaladeoctopus", "kryptonbadger"])).toEqual([]);
    expect(findTraces(folder, ["corkwood"])).not.toEqual([]);
  });

  it("a delta is told to send everything", async () => {
    const conversation = start(wire, "keep");
    const items: Item[] = [];
    const kept = await ask(conversation, wire, items, exchange("What floats?"));
    const only = writeBody(wire, [say(wire, "And?")]);
    const refused = { ok: false, error: { kind: "error", error: { code: "unknown_parent", parent: kept.rev } } };
    expect(await conversation.plan(only, { ...NONE, "x-strata-parent": kept.rev })).toEqual(refused);
    const unkept = await ask(conversation, wire, items, exchange("Marmaladeoctopus?"), NONE);
    const again = await conversation.plan(only, { "x-strata-parent": unkept.rev });
    expect(again).toEqual({
      ...refused,
      error: { ...refused.error, error: { ...refused.error.error, parent: unkept.rev } },
    });
  });
});
