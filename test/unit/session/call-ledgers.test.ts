/**
 * The money that a call is weighed against: calls with a price in USD, turned into the call's own unit, calls without one
 * among themselves.
 */
import { describe, expect, it } from "vitest";
import { ledgersFor } from "../../../src/session/call-ledgers.ts";
import type { DistillerBill } from "../../../src/session/digests/distiller-bill.ts";
import { addBill, addDistillation, EMPTY_SESSION_LEDGER } from "../../../src/session/session-ledger.ts";
import type { CallBill, SessionLedger } from "../../../src/session/session-ledger.ts";
import { newSessionRow, withLedger } from "../../../src/session/turn-log.ts";
import type { SessionRow } from "../../../src/session/turn-log.ts";

/** USD of a million input tokens, per token. */
const DEAR = 10 / 1e6;
const CHEAP = 0.1 / 1e6;

function bill(spent: number, replay: number, usdPerUnit: number | null): CallBill {
  const tokens = { promptTokens: 1, cachedTokens: 0, outputTokens: 0, replayTokens: 1, replayCachedTokens: 0 };
  const further = { calls: 0, promptTokens: 0, cachedTokens: 0 };
  return { ...tokens, further, spent, replay, uncachedReplay: replay, source: "billed", usdPerUnit };
}

function sessionOf(...bills: CallBill[]): SessionRow {
  const bytes = { client: 1, forwarded: 1 };
  const ledger = bills.reduce<SessionLedger>((sum, one) => addBill(sum, one, bytes, false), EMPTY_SESSION_LEDGER);
  return { ...newSessionRow("tenant", 0), ledger };
}

function withOthers(session: SessionRow, usd: number, unpriced: number): SessionRow {
  const others = { usd: { spent: usd, replay: 2 * usd }, unpriced: { spent: unpriced, replay: 2 * unpriced } };
  return { ...session, report: { ...session.report, others } };
}

describe("ledgersFor", () => {
  it("is empty before the first turn, and knows no tenant before the first report", () => {
    for (const price of [DEAR, null])
      expect(ledgersFor(null, price)).toEqual({ session: { spent: 0, replay: 0 }, tenant: null });
    expect(ledgersFor(sessionOf(bill(100, 110, DEAR)), DEAR).tenant).toBeNull();
  });

  it("has the units of a session that keeps to one model", () => {
    const { session } = ledgersFor(sessionOf(bill(100, 110, DEAR), bill(50, 60, DEAR)), DEAR);
    expect(session.spent).toBeCloseTo(150, 9);
    expect(session.replay).toBeCloseTo(170, 9);
  });

  it("turns what was spent on another model into units of this one", () => {
    const row = sessionOf(bill(1_000_000, 2_000_000, CHEAP), bill(100, 100, DEAR));
    // A million cheap tokens is ten thousand dear ones.
    expect(ledgersFor(row, DEAR).session.spent).toBeCloseTo(10_100, 6);
    expect(ledgersFor(row, DEAR).session.replay).toBeCloseTo(20_100, 6);
    expect(ledgersFor(row, CHEAP).session.spent).toBeCloseTo(1_010_000, 6);
  });

  it("turns the tenant's other sessions into units of this one's model", () => {
    const row = withOthers(sessionOf(bill(100, 100, DEAR)), 3, 5_000);
    const { tenant } = ledgersFor(row, DEAR);
    expect(tenant?.spent).toBeCloseTo(300_000, 6);
    expect(tenant?.replay).toBeCloseTo(600_000, 6);
  });

  it("weighs calls without a price against each other alone", () => {
    const row = withOthers(sessionOf(bill(1_000, 2_000, DEAR), bill(70, 80, null), bill(7, 8, 0)), 3, 5_000);
    for (const price of [null, 0])
      expect(ledgersFor(row, price)).toEqual({
        session: { spent: 77, replay: 88 },
        tenant: { spent: 5_000, replay: 10_000 },
      });
    expect(ledgersFor(row, DEAR).session.spent).toBeCloseTo(1_000, 9);
  });

  it("counts what a model that condenses has cost with the model that it serves, whether its own price is known or not", () => {
    const row = sessionOf(bill(1_000, 2_000, DEAR), bill(70, 80, null));
    const writing: DistillerBill = { calls: 1, promptTokens: 9, outputTokens: 1, spent: 100, usd: 0, pricedCalls: 0 };
    const served = (price: number | null): SessionRow => withLedger(row, addDistillation(row.ledger, writing, price));
    expect(ledgersFor(served(DEAR), DEAR).session.spent).toBeCloseTo(1_100, 9);
    expect(ledgersFor(served(DEAR), null).session.spent).toBe(70);
    expect(ledgersFor(served(null), null).session).toEqual({ spent: 170, replay: 80 });
    expect(ledgersFor(served(null), DEAR).session.spent).toBeCloseTo(1_000, 9);
    expect(served(null).report.seq).toBe(row.report.seq + 1);
  });
});
