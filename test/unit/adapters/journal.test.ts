/**
 * The journal's two outlets: which events become lines at which level, and that data points keep to the platform's
 * limits and never fail whoever writes.
 */
import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { BLOBS, DOUBLES, toDataPoint } from "../../../src/adapters/data-point.ts";
import { createJournal } from "../../../src/adapters/journal.ts";
import type { JournalEvent } from "../../../src/ports/journal.ts";

const EVENTS = ["turn", "pass", "refusal", "deletion", "job", "job_failed", "fault", "turn_not_stored"];

afterEach(() => vi.restoreAllMocks());

describe("a line", () => {
  it.each([
    ["turns", EVENTS.filter((event) => event !== "job")],
    ["faults", ["job_failed", "fault", "turn_not_stored"]],
    ["off", []],
  ] as const)("at level %s is written of these events", (level, expected) => {
    const log = vi.spyOn(console, "log").mockReturnValue();
    const writeDataPoint = vi.fn<() => void>();
    const journal = createJournal(level, { writeDataPoint });
    for (const event of EVENTS) journal.write({ event });
    expect(log.mock.calls.map(([line]) => (JSON.parse(String(line)) as JournalEvent).event)).toEqual(expected);
    expect(writeDataPoint).toHaveBeenCalledTimes(EVENTS.length);
  });
});

describe("a data point", () => {
  it("has at most 20 text columns and 20 numbers, each once", () => {
    for (const columns of [BLOBS, DOUBLES]) {
      expect(columns.length).toBeLessThanOrEqual(20);
      expect(new Set<string>(columns).size).toBe(columns.length);
    }
  });

  it("stays within 96 bytes of index, 16 KB of text and finite numbers, whatever the event holds", () => {
    const anyEvent = fc.record({
      event: fc.string({ maxLength: 5000 }),
      tenant: fc.option(fc.string({ unit: "grapheme", maxLength: 400 })),
      session: fc.option(fc.string({ unit: "grapheme", maxLength: 5000 })),
      error: fc.string({ unit: "grapheme", maxLength: 5000 }),
      usd_spent: fc.option(fc.double()),
      tokens_client: fc.double(),
    });
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { indexes, blobs, doubles } = toDataPoint(event);
        expect(Buffer.byteLength(indexes[0])).toBeLessThanOrEqual(96);
        expect(blobs.reduce((sum, blob) => sum + Buffer.byteLength(blob), 0)).toBeLessThanOrEqual(16 * 1024);
        expect(doubles.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it("tells an unknown price from a call that cost nothing", () => {
    const place = DOUBLES.indexOf("is_priced");
    const priced = (usd: number | null): number | undefined =>
      toDataPoint({ event: "turn", usd_spent: usd }).doubles[place];
    expect([priced(0), priced(0.1), priced(null)]).toEqual([1, 1, 0]);
  });

  it("that cannot be written is not missed by whoever wrote it", () => {
    vi.spyOn(console, "log").mockReturnValue();
    const full = (): never => {
      throw new TypeError("too many data points");
    };
    expect(() => createJournal("turns", { writeDataPoint: full }).write({ event: "turn" })).not.toThrow();
  });

  it("is none where no dataset is bound", () => {
    const log = vi.spyOn(console, "log").mockReturnValue();
    createJournal("turns", null).write({ event: "turn", http_status: 200 });
    expect(log).toHaveBeenCalledExactlyOnceWith('{"event":"turn","http_status":200}');
  });
});
