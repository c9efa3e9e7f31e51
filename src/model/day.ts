/**
 * Days, in UTC and without leap seconds: how long one is, and which one a time belongs to.
 *
 * Arithmetic only; what day it is now is for a clock to say.
 */
export const DAY_MS = 86_400_000;

/** Before and behind every day that a ledger has. */
export const FIRST_DAY = "0000-01-01";
export const LAST_DAY = "9999-12-31";

/** `2026-11-23`, the day in UTC of a time in milliseconds since the epoch. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
