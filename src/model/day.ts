/**
 * Days, in UTC and without leap seconds: how long one is, and which one a time belongs to.
 *
 * Arithmetic only; what day it is now is for a clock to say.
 */
export const DAY_MS = 86_400_000;

/** `2026-11-23`, the day in UTC of a time in milliseconds since the epoch. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
