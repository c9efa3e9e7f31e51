/**
 * A bell whose waiting ends by a timer, which is taken back when it rings.
 */
import type { Bell } from "../ports/bell.ts";

/** @param waitingMax who comes when so many wait is not let in */
export function createTimedBell(waitingMax: number): Bell {
  const waiting = new Set<() => void>();
  return {
    ring() {
      for (const wake of waiting) wake();
    },
    wait(ms) {
      if (waiting.size >= waitingMax) return Promise.resolve(false);
      return new Promise((resolve) => {
        const end = (rang: boolean): void => {
          waiting.delete(wake);
          clearTimeout(timer);
          resolve(rang);
        };
        const wake = (): void => end(true);
        const timer = setTimeout(() => end(false), ms);
        waiting.add(wake);
      });
    },
  };
}
