/**
 * The demo's own time: a night passes in no time, and the same run always shows the same clock.
 *
 * It starts at 15:50 UTC of the day after tomorrow, so it is never behind the machine's clock, which the Worker's background work
 * goes by: behind it, every cache would look expired there. Nothing else of the demo reads a clock for its results.
 */
export interface VirtualClock {
  /** Milliseconds since 1970. */
  now(): number;
  advance(seconds: number): void;
  /** `day 1 15:53:07` */
  describe(): string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** The recorded conversation begins in the afternoon and goes on "around half past eight". */
const START_MS = (15 * 60 + 50) * MINUTE_MS;

export function startVirtualClock(realNow: number): VirtualClock {
  const midnight = (Math.floor(realNow / DAY_MS) + 2) * DAY_MS;
  let now = midnight + START_MS;
  return {
    now: () => now,
    advance: (seconds) => {
      now += Math.round(seconds * 1000);
    },
    describe: () => `day ${Math.floor((now - midnight) / DAY_MS) + 1} ${new Date(now).toISOString().slice(11, 19)}`,
  };
}
