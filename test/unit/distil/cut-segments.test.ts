/**
 * Where a thread is cut into segments: the same places whatever comes later, whole tool exchanges, sizes within bounds.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutSegments, rollUpEnds } from "../../../src/distil/digests/cut-segments.ts";
import type { ThreadMessage } from "../../../src/distil/digests/cut-segments.ts";

const MINUTE_MS = 60_000;
const says = (role: ThreadMessage["role"], tokens: number, at = 0, openCalls = 0): ThreadMessage => ({
  role,
  tokens,
  openCalls,
  at,
});
const exchange = (tokens: number, at = 0): ThreadMessage[] => [
  says("user", tokens / 2, at),
  says("assistant", tokens / 2, at),
];

const anyMessage = fc.record({
  role: fc.constantFrom<ThreadMessage["role"]>("user", "assistant", "tool"),
  tokens: fc.integer({ min: 1, max: 4000 }),
  openCalls: fc.constantFrom(0, 0, 0, 1, 2),
  at: fc.constant(0),
});

describe("segments", () => {
  it("end with an exchange once they are large enough", () => {
    const segments = cutSegments(Array.from({ length: 9 }, () => exchange(1000)).flat());
    expect(segments.map(({ length }) => length)).toEqual([12]);
  });

  it("end at a pause, unless they are hardly worth a call", () => {
    const later = 31 * MINUTE_MS;
    expect(cutSegments([...exchange(1600), ...exchange(100, later)])).toHaveLength(1);
    expect(cutSegments([...exchange(1600), ...exchange(100, 29 * MINUTE_MS)])).toHaveLength(0);
    expect(cutSegments([...exchange(1400), ...exchange(100, later)])).toHaveLength(0);
  });

  it("end within a long task, but never between a call and its result", () => {
    const step = [says("assistant", 500, 0, 1), says("tool", 1500)];
    const task = [says("user", 100), ...Array.from({ length: 9 }, () => step).flat()];
    const segments = cutSegments(task);
    expect(segments.length).toBeGreaterThan(1);
    for (const segment of segments) expect(segment.at(-1)?.role).toBe("tool");
  });

  it("are the same whatever comes later, leave nothing out, and end where no call is open", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 60 }), fc.array(anyMessage, { maxLength: 20 }), (early, late) => {
        const before = cutSegments(early);
        const after = cutSegments([...early, ...late]);
        expect(after.slice(0, before.length)).toEqual(before);
        const cut = after.flat();
        expect(cut).toEqual([...early, ...late].slice(0, cut.length));
        for (const segment of after) expect(segment.at(-1)?.openCalls).toBe(0);
      }),
    );
  });

  it("are rolled up by eight, once four newer ones stand behind them", () => {
    expect([0, 11, 12, 19, 20, 28].map((count) => rollUpEnds(count))).toEqual([[], [], [8], [8], [8, 16], [8, 16, 24]]);
  });
});
