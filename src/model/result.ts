/**
 * Success or failure as a value.
 *
 * Expected failures (bad input, an upstream that dies, an unknown parent) travel as data through the
 * request's path; exceptions are left to bugs. This file must not grow combinators: an `if` reads better.
 */
export type Result<T, E> = { ok: true; value: T } | { ok: false; error: E };

export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

export function fail<E>(error: E): { ok: false; error: E } {
  return { ok: false, error };
}
