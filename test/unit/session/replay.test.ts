/**
 * A recorded session played again offline: with nothing changed every decision is the recorded one and the same bytes go
 * up; under other settings the sums say what would have been.
 */
import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { playAgain } from "../../../bench/replay/play-again.ts";
import type { ReplaySettings } from "../../../bench/replay/play-again.ts";
import { readSession } from "../../../bench/replay/read-export.ts";
import { readTurns } from "../../../bench/replay/recorded-turn.ts";
import { makeReport, renderReport } from "../../../bench/replay/report.ts";
import { readConfig } from "../../../src/env.ts";
import type { WireName } from "../../../src/model/wire.ts";
import { exportLines } from "../../fakes/moved-session.ts";
import { COUNTER, startConversation } from "../../fakes/played-session.ts";
import type { Conversation } from "../../fakes/played-session.ts";
import { answer, say, writeBody } from "./tool-thread.ts";
import type { Item } from "./tool-thread.ts";
import { playAgent, SETTINGS } from "./transfer-fixture.ts";

// Each plays a long conversation.
vi.setConfig({ testTimeout: 60_000 });

const WIRES: WireName[] = ["chat-completions", "responses", "messages"];

function seal(lines: readonly string[]): string {
  const text = lines.map((line) => `${line}\n`).join("");
  const sha256 = createHash("sha256").update(text).digest("hex");
  return `${text}${JSON.stringify({ end: true, lines: lines.length, sha256 })}\n`;
}

function settingsOf({ ports }: Conversation): ReplaySettings {
  const config = readConfig(SETTINGS);
  if (!config.ok) throw new Error("settings");
  return { config: config.value, prices: ports.prices, policy: ports.policy, counter: COUNTER };
}

async function read(conversation: Conversation, change: (lines: string[]) => string[] = (lines) => lines) {
  const file = seal(change(await exportLines(conversation.session)));
  const tables = await readSession(new Blob([file]).stream());
  if (!tables.ok) throw new Error(tables.error);
  return tables.value;
}

describe.each(WIRES)("a session over %s, with nothing changed", (wire) => {
  it("is decided as it was, and sends the same bytes", async () => {
    const { conversation } = await playAgent(wire);
    const turns = readTurns(await read(conversation), null);
    const { totals, turns: lines } = makeReport(await playAgain(turns, settingsOf(conversation)));
    expect(lines.length).toBeGreaterThan(20);
    expect(totals).toMatchObject({ not_played: 0, other_plans: 0 });
    expect(totals.compactions.recorded).toBeGreaterThan(1);
    expect(totals.compactions.replayed).toBe(totals.compactions.recorded);
    expect(lines.filter(({ is_same_body: isSame }) => isSame !== true)).toEqual([]);
    // Of a turn that was asked twice only the answer that stayed is played.
    const repeated = new Set(turns.filter(({ row }) => row.attempts > 1).map(({ row }) => row.seq));
    expect(repeated.size).toBe(1);
    for (const { number, recorded, replayed } of lines.filter(({ number }) => !repeated.has(number)))
      expect(replayed?.spent, String(number)).toBeCloseTo(recorded.spent ?? 0, 6);
  });
});

/** A talk whose upstream bills what it gets; the client sends everything, or only what is new. */
async function talk(isDelta: boolean): Promise<Conversation> {
  const wire = "chat-completions";
  const conversation = startConversation({ recallTokens: 200 }, {}, { settings: SETTINGS });
  const items: Item[] = [];
  let rev: string | null = null;
  for (let turn = 0; turn < 24; turn++) {
    const fresh = say(
      wire,
      `In step ${turn} I want ${turn * 3} crates of type K-${turn}. ${"Take care of the paint. ".repeat(9)}`,
    );
    const text = writeBody(wire, isDelta && rev !== null ? [fresh] : [...items, fresh]);
    const message = answer(wire, `Done with ${turn}. ${"The tide is high. ".repeat(6)}`) as {
      role: string;
      content: string;
    };
    const planned = await conversation.plan(text, rev !== null && isDelta ? { "x-strata-parent": rev } : {});
    if (!planned.ok) throw new Error("no plan");
    const prompt = Math.ceil((planned.value.outgoing ?? text).length / 4) + 30;
    const usage = {
      prompt_tokens: prompt,
      completion_tokens: 40,
      prompt_tokens_details: { cached_tokens: prompt >> 1 },
    };
    ({ rev } = await conversation.finish(planned.value, text, { message, usage }));
    items.push(fresh, message);
    conversation.pass(turn % 9 === 8 ? 50_000 : 20);
    await conversation.work();
  }
  return conversation;
}

describe.each([false, true])("a talk with bills (only what is new: %s)", (isDelta) => {
  it("costs the same again", async () => {
    const conversation = await talk(isDelta);
    const turns = readTurns(await read(conversation), null);
    const report = makeReport(await playAgain(turns, settingsOf(conversation)));
    expect(report.totals).toMatchObject({ not_played: 0, other_plans: 0 });
    expect(report.turns.every(({ is_same_body: isSame }) => isSame)).toBe(true);
    expect(report.totals.spent.replayed).toBeCloseTo(report.totals.spent.recorded, 6);
    expect(report.totals.compactions.recorded).toBeGreaterThan(0);
  });

  it("that never compacts costs what the cached replay costs", async () => {
    const conversation = await talk(isDelta);
    const turns = readTurns(await read(conversation), null);
    const settings = settingsOf(conversation);
    const never = { ...settings.policy.chat, minimumShrinkTokens: 1e9 };
    const report = makeReport(await playAgain(turns, { ...settings, policy: { agent: never, chat: never } }));
    expect(report.totals.compactions.replayed).toBe(0);
    expect(report.totals.other_plans).toBeGreaterThan(0);
    expect(report.totals.spent.replayed).toBeCloseTo(report.totals.spent.cached_replay, 6);
    expect(renderReport(report)).toContain("compactions: ");
  });
});

describe("a file without recorded bodies", () => {
  it("is played from its stored messages", async () => {
    const conversation = await talk(true);
    const tables = ["body_piece", "body_prefix", "recording"];
    const without = (lines: string[]): string[] =>
      lines.filter((line) => !tables.some((table) => line.startsWith(`{"table":"${table}"`)));
    const turns = readTurns(await read(conversation, without), null);
    expect(turns.every(({ isOwnBody, client }) => !isOwnBody && client !== null)).toBe(true);
    const { totals } = makeReport(await playAgain(turns, settingsOf(conversation)));
    expect(totals).toMatchObject({ not_played: 0, compactions: { replayed: totals.compactions.recorded } });
  });
});

describe("one thread", () => {
  it("is played alone", async () => {
    const { conversation } = await playAgent("chat-completions", 6);
    const tables = await read(conversation);
    const end = tables.log.newest(100).find(({ attempts }) => attempts > 1)?.asked ?? null;
    const turns = readTurns(tables, end);
    expect(turns.length).toBeLessThan(readTurns(tables, null).length);
    expect(turns.at(-1)?.row.attempts).toBeGreaterThan(1);
    const { totals } = makeReport(await playAgain(turns, settingsOf(conversation)));
    expect(totals.not_played).toBe(0);
  });
});

describe("what is no export", () => {
  it("is named", async () => {
    const { conversation } = await playAgent("chat-completions", 2);
    const file = seal(await exportLines(conversation.session));
    for (const [text, problem] of [
      ["", "not the beginning of an export"],
      ["{}\n", "not the beginning of an export"],
      [file.slice(0, file.length >> 1), "cut"],
      [file.replace("crates", "crabs"), "hash"],
    ] as const) {
      const read = await readSession(new Blob([text]).stream());
      expect(read).toMatchObject({ ok: false, error: expect.stringContaining(problem) });
    }
  });
});
