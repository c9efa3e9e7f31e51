/**
 * Recorded sessions as the bench reads them: sizes and times only, never text.
 * A trace file is a JSON array of `{ ds, id, S, calls: [[gapSeconds | null, newTokens, outputTokens, isUserTurn]] }`,
 * where `S` is the stable head of the prompt in tokens and the first gap of a session is null.
 * Reading must not repair a file: what does not look like a trace is refused, with its place.
 */
import { readFileSync } from "node:fs";

export interface TraceCall {
  /** Start of the call, counted from the start of the session. */
  readonly atSeconds: number;
  readonly newTokens: number;
  readonly outputTokens: number;
  readonly isUserTurn: boolean;
}

export interface Trace {
  readonly dataset: string;
  readonly id: string;
  readonly headTokens: number;
  readonly calls: readonly TraceCall[];
}

export function readTraces(path: string): Trace[] {
  const sessions: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!Array.isArray(sessions)) throw new Error(`${path}: expected an array of sessions`);
  return sessions.map((session, index) => toTrace(session, `${path}: session ${index}`));
}

/** Checks one session of a trace file and adds up its gaps. */
export function toTrace(session: unknown, place: string): Trace {
  if (!isRecord(session)) throw new Error(`${place}: expected an object`);
  const { ds, id, S, calls } = session;
  if (typeof S !== "number" || !Array.isArray(calls)) throw new Error(`${place}: S or calls missing`);
  let atSeconds = 0;
  const traceCalls = calls.map((call: unknown, index): TraceCall => {
    if (!Array.isArray(call)) throw new Error(`${place}, call ${index}: expected [gap, new, output, isUser]`);
    const [gap, newTokens, outputTokens, isUserTurn] = call as unknown[];
    if (typeof newTokens !== "number" || typeof outputTokens !== "number") {
      throw new Error(`${place}, call ${index}: sizes must be numbers`);
    }
    atSeconds += typeof gap === "number" ? gap : 0;
    return { atSeconds, newTokens, outputTokens, isUserTurn: Boolean(isUserTurn) };
  });
  return { dataset: String(ds), id: String(id), headTokens: S, calls: traceCalls };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
