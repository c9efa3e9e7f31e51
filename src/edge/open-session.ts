/**
 * One question to a session, within a time, and a second one where it needs to see every message.
 *
 * A session that does not answer in time, or fails, is no answer; what that means is the caller's business.
 */
import { PARENT_WAIT_MS_MAX, SESSION_OPEN_WAIT_MS_MAX } from "../model/limits.ts";
import type { OpenReply, SessionRpc, TurnRequest } from "../ports/session.ts";
import type { DecodedRequest, Wire } from "../wire/wire.ts";
import { describeMessages } from "./describe-request.ts";
import type { Edge } from "./edge.ts";
import { nameOf } from "./pass-through.ts";
import { readWholeHistory } from "./read-history.ts";
import type { History } from "./read-history.ts";

export interface OpenAnswer {
  reply: OpenReply;
  question: TurnRequest;
  history: History;
}

interface Asked {
  wire: Wire;
  request: DecodedRequest;
  question: TurnRequest;
  history: History;
}

/** Asks the session, a second time with every message when it did not know the raw prior. Null: no answer in time. */
export async function askSession(
  edge: Edge,
  session: SessionRpc,
  { wire, request, question, history }: Asked,
): Promise<OpenAnswer | null> {
  const waitMs = SESSION_OPEN_WAIT_MS_MAX + (question.parent === null ? 0 : PARENT_WAIT_MS_MAX);
  const reply = await withinTime(edge, session.open(question), waitMs);
  if (reply === null || reply.kind !== "unknown_prior") return reply && { reply, question, history };
  const whole = readWholeHistory(wire, request);
  if (whole === null) return null;
  const again: TurnRequest = { ...question, prior: null, messages: describeMessages(whole) };
  const second = await withinTime(edge, session.open(again), waitMs);
  return second && { reply: second, question: again, history: whole };
}

/** @param step what is noted where the work fails */
export async function withinTime<T>(edge: Edge, work: Promise<T>, waitMs: number, step = "open"): Promise<T | null> {
  const answered = work.catch((error: unknown) => {
    edge.journal.write({ event: "session_unavailable", step, error: nameOf(error) });
    return null;
  });
  return Promise.race([answered, edge.clock.wait(waitMs).then(() => null)]);
}
