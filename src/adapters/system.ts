/**
 * The machine's clock and randomness. The only place that reads either.
 */
import type { Clock } from "../ports/clock.ts";
import type { Entropy } from "../ports/entropy.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  wait: (ms) => scheduler.wait(ms),
};

export const systemEntropy: Entropy = {
  token: (bytes) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("base64url"),
};
