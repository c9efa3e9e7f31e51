/**
 * Times and days in a query: "2026-11-23", or a time with its zone, "2026-11-23T18:05:00Z".
 *
 * Without a zone a time would mean another one on every machine, so there is none. It reads; what a wrong value means
 * is the route's business.
 */
import { DAY_MS } from "../model/day.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** A span of days or times; what is left out is null. */
export interface Span<T> {
  first: T | null;
  last: T | null;
}

/** In milliseconds since the epoch; a day as the last time is that day to its end. Fails with the parameter that cannot be read. */
export function readTimes(
  since: string | undefined,
  until: string | undefined,
): Result<Span<number>, "since" | "until"> {
  const first = since === undefined ? null : readTime(since);
  const last = until === undefined ? null : readTime(until);
  if (Number.isNaN(first)) return fail("since");
  if (Number.isNaN(last)) return fail("until");
  return ok({ first, last: last !== null && DAY.test(until ?? "") ? last + DAY_MS - 1 : last });
}

export function readDays(from: string | undefined, to: string | undefined): Result<Span<string>, "from" | "to"> {
  if (from !== undefined && !isDay(from)) return fail("from");
  if (to !== undefined && !isDay(to)) return fail("to");
  return ok({ first: from ?? null, last: to ?? null });
}

function isDay(text: string): boolean {
  return DAY.test(text) && !Number.isNaN(Date.parse(text));
}

/** NaN: not a time. */
function readTime(text: string): number {
  return DAY.test(text) || TIME.test(text) ? Date.parse(text) : NaN;
}
