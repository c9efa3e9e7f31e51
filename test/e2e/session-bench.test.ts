/**
 * `bench:session` on a small case, so that it cannot rot: every turn is played and stored, and the figures are there.
 * No timing is judged here; that is the bench's own business, on a quiet machine.
 */
import { describe, expect, it } from "vitest";
import { median, runSessionBench } from "../../bench/session/run-session-bench.ts";

describe("the session bench", () => {
  it("plays 30 turns and accounts for them", async () => {
    const result = await runSessionBench({ turns: 30, onDisk: true });
    expect(result.windows.map(({ fromTurn }) => fromTurn)).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27]);
    for (const window of [...result.windows, result.early, result.late, result.young]) {
      expect(window.bareMs).toBeGreaterThan(0);
      expect(window.strataMs).toBeGreaterThan(0);
      expect(window.planMs).toBeGreaterThanOrEqual(0);
    }
    expect(Number.isFinite(result.ratio) && Number.isFinite(result.ratioSideBySide)).toBe(true);
    // The client sends as little in the last turn as in an early one; what goes up is the conversation.
    expect(result.late.bytesSent).toBeLessThan(1.1 * result.early.bytesSent);
    expect(result.late.bytesForwarded).toBeGreaterThan(5 * result.late.bytesSent);
    expect(result.rowsPerTurn).toMatchObject({ turn: 1, node: 2 });
  });

  it("takes the middle of its measurements", () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});
