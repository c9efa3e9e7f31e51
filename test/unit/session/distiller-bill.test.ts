/**
 * What a session pays for a model that condenses: entered before each call, settled after it, within the session's slack.
 */
import { describe, expect, it } from "vitest";
import { billWriter } from "../../../src/session/digests/distiller-bill.ts";
import { addDistillation } from "../../../src/session/session-ledger.ts";
import { newSessionRow } from "../../../src/session/turn-log.ts";
import type { ChatMessage } from "../../fakes/played-session.ts";
import { scriptWriter } from "../../fakes/distiller/script-writer.ts";
import { CHEAP, DEAR, ledgerOf, play, segmentsOf, start } from "./condensed-talk.ts";

describe("what a model is paid", () => {
  it("is part of what the session has spent, in its own units and in USD", async () => {
    const writer = scriptWriter();
    const conversation = start(writer);
    const without = start(null);
    await play(conversation, 18);
    await play(without, 18);
    const calls = writer.prompts.length;
    expect(calls).toBe(1);
    const bill = ledgerOf(conversation).distiller;
    expect(bill).toMatchObject({ calls, promptTokens: 6000, outputTokens: 500, pricedCalls: 1 });
    expect(bill?.spent).toBeCloseTo(6000 * 0.01 + 500 * 0.04, 6);
    expect(bill?.usd).toBeCloseTo((6000 * 0.01 + 500 * 0.04) / 1e6, 12);
    expect(ledgerOf(conversation).spent - ledgerOf(without).spent).toBeCloseTo(bill?.spent ?? 0, 6);
    expect(ledgerOf(conversation).usd.spent - ledgerOf(without).usd.spent).toBeCloseTo(bill?.usd ?? 0, 12);
    expect(ledgerOf(conversation).replay).toBe(ledgerOf(without).replay);
  });

  it("shows tokens and no USD where the price is unknown, and counts as if it were the session's model", async () => {
    const conversation = start(null);
    await play(conversation, 1);
    const { log } = conversation.tables;
    const usage = { promptTokens: 6000, completionTokens: 500, cachedTokens: null, cacheWriteTokens: null };
    const prices = { lookUp: (model: string) => (model === "m" ? { ...DEAR, input: 2, output: 8 } : null) };
    const bill = billWriter({ prices, writer: scriptWriter() }, "m", usage);
    const session = newSessionRow("tenant", 0);
    log.saveSession({ ...session, ledger: addDistillation(session.ledger, bill, 2e-6) });
    const shown = {
      calls: 1,
      tokens: { prompt: 6000, output: 500 },
      input_token_units: 8000,
      usd: null,
      priced_calls: 0,
    };
    expect(conversation.session.inspect(null, "session", { turns: 0 })).toMatchObject({ ledger: { distiller: shown } });
  });

  it("must be worth it: a model as dear as the session's own is not called", async () => {
    const writer = scriptWriter();
    await play(start(writer, null), 40);
    expect(writer.prompts).toEqual([]);
  });

  it("is estimated where the provider sends no bill", async () => {
    const writer = scriptWriter();
    writer.usage = null;
    const conversation = start(writer);
    await play(conversation, 18);
    const bill = ledgerOf(conversation).distiller;
    const sent =
      Math.ceil((writer.prompts[0]?.task.length ?? 0) / 4) + Math.ceil((writer.prompts[0]?.material.length ?? 0) / 4);
    expect(bill?.promptTokens).toBe(sent);
    expect(bill?.outputTokens).toBeGreaterThan(50);
  });

  it("never takes the session over its slack: a dear model is not called", async () => {
    const writer = scriptWriter();
    const conversation = start(writer, DEAR, 0.1);
    await play(conversation, 40);
    expect(writer.prompts).toEqual([]);
    expect(conversation.tables.briefs.epochs().length).toBeGreaterThan(0);
    const { spent, replay } = ledgerOf(conversation);
    expect(spent).toBeLessThanOrEqual(1.1 * replay);
  });

  it.each([0.05, 0.2, 0.4])("never takes the session over its slack, at %d of its model's price", async (share) => {
    const writer = scriptWriter();
    const conversation = start(writer, { ...CHEAP, input: share, output: 4 * share }, 0.1);
    const history: ChatMessage[] = [];
    for (let turn = 0; turn < 50; turn++) {
      await play(conversation, 1, history);
      const { spent, replay } = ledgerOf(conversation);
      expect(spent).toBeLessThanOrEqual(1.1 * replay);
    }
    expect(writer.prompts.length).toBeLessThanOrEqual(segmentsOf(conversation).length);
  });

  it("is entered before the call: a crash makes none free", async () => {
    const writer = scriptWriter();
    const conversation = start(writer);
    writer.meanwhile = async () => {
      const { distiller, spent } = ledgerOf(conversation);
      expect(distiller?.calls).toBe(1);
      expect(distiller?.outputTokens).toBeGreaterThan(500);
      expect(spent).toBeGreaterThan(0);
      expect(segmentsOf(conversation)[0]).toMatchObject({ state: "due", attempts: 1 });
      throw new Error("killed");
    };
    await expect(play(conversation, 18)).rejects.toThrow("killed");
    expect(ledgerOf(conversation).distiller?.calls).toBe(1);
  });
});
