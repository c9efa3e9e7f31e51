/**
 * Reads what a caller asks for in the query, and says what is wrong with it.
 *
 * A parameter that is not there has a default; one that cannot be meant is answered with 400 rather than read as something
 * else. It knows no session.
 */
import type { StrataError } from "../model/errors.ts";
import { isHash } from "../model/hash.ts";
import type { Hash } from "../model/hash.ts";
import { PAGE_ENTRIES_DEFAULT, PAGE_ENTRIES_MAX } from "../model/inspection-limits.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { TurnName } from "../ports/turn-view.ts";

/** The parameter's text; undefined: it is not there. */
export type Query = (name: string) => string | undefined;

export interface Page {
  before: number | null;
  limit: number;
}

const WHOLE = /^\d{1,15}$/;
const TURN_NUMBER = /^[1-9]\d{0,14}$/;
const REV = /^[\w-]{1,64}$/;

export function readPage(query: Query): Result<Page, StrataError> {
  const limit = readLimit(query);
  const before = query("before");
  if (!limit.ok) return limit;
  if (before === undefined) return ok({ before: null, limit: limit.value });
  if (!WHOLE.test(before)) return refuse("before", "the number that a page names as next_before");
  return ok({ before: Number(before), limit: limit.value });
}

export function readThreadPage(query: Query): Result<Page & { thread: Hash | null }, StrataError> {
  const thread = readThread(query);
  if (!thread.ok) return thread;
  const page = readPage(query);
  return page.ok ? ok({ ...page.value, thread: thread.value }) : page;
}

/** A thread is named by the chain of its last message. Null: the caller leaves the choice to the session. */
export function readThread(query: Query): Result<Hash | null, StrataError> {
  const thread = query("thread");
  if (thread === undefined) return ok(null);
  return isHash(thread) ? ok(thread) : refuse("thread", "the name of a thread, of 22 characters");
}

/** Null: no turn has such a name. A rev has 16 characters, more than any number of a turn. */
export function readTurnName(text: string): TurnName | null {
  if (TURN_NUMBER.test(text)) return { number: Number(text) };
  return REV.test(text) ? { rev: text } : null;
}

/** @param charsMax of the words */
export function readSearch(query: Query, charsMax: number): Result<{ query: string; limit: number }, StrataError> {
  const words = query("q") ?? "";
  const limit = readLimit(query);
  if (words.trim() === "") return refuse("q", "the words to look for");
  if (words.length > charsMax) return refuse("q", `at most ${charsMax} characters long`);
  return limit.ok ? ok({ query: words, limit: limit.value }) : limit;
}

function readLimit(query: Query): Result<number, StrataError> {
  return readCount(query, "limit", { min: 1, max: PAGE_ENTRIES_MAX, otherwise: PAGE_ENTRIES_DEFAULT });
}

/** @param otherwise what it is where the query does not say */
export function readCount(
  query: Query,
  name: string,
  { min, max, otherwise }: { min: number; max: number; otherwise: number },
): Result<number, StrataError> {
  const text = query(name) ?? String(otherwise);
  const count = WHOLE.test(text) ? Number(text) : -1;
  return count >= min && count <= max ? ok(count) : refuse(name, `a whole number from ${min} to ${max}`);
}

function refuse(name: string, expected: string): Result<never, StrataError> {
  return fail({ code: "unreadable_parameter", name, expected });
}
