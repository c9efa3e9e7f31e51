/**
 * Waiting for something to happen: it ends when that happens, when the time is over, or at once where many wait.
 */
import { expect, it, vi } from "vitest";
import { createTimedBell } from "../../../src/adapters/timed-bell.ts";

it("wakes everyone who waits, once", async () => {
  const bell = createTimedBell(8);
  const waiting = [bell.wait(60_000), bell.wait(60_000)];
  bell.ring();
  expect(await Promise.all(waiting)).toEqual([true, true]);
  bell.ring();
});

it("lets go when the time is over, and makes room", async () => {
  vi.useFakeTimers();
  try {
    const bell = createTimedBell(1);
    const first = bell.wait(50);
    expect(await bell.wait(50)).toBe(false);
    await vi.advanceTimersByTimeAsync(50);
    expect(await first).toBe(false);
    const second = bell.wait(50);
    bell.ring();
    expect(await second).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
