/**
 * One question to a session, within a time, and a second one where it needs to see every message.
 *
 * A session that does not answer in time, or fails, is no answer; what that means is the caller's business.
 */
import { PARENT_WAIT_MS_MAX, SESSION_OPEN_WAIT_MS_MAX } from "../model/limits.ts";
import type { OpenReply, SessionRpc, TurnRequest } from "../ports/session.ts";
import type { DecodedRequest, Wire } from "../wire/wire.ts";
import type { JournalEvent } from "../ports/journal.ts";
import { describeMessages } from "./describe-request.ts";
import type { Edge } from "./edge.ts";
import { nameTurn } from "./note-turn.ts";
import { nameOf } from "../model/name-of.ts";
import type { PlannedTurn } from "./plan-turn.ts";
import { readWholeHistory } from "./read-history.ts";
import type { History } from "./read-history.ts";

export interface OpenAnswer {
  reply: OpenReply;
  question: TurnRequest;
  history: History;
}

type NamedTurn = Pick<PlannedTurn, "question" | "route" | "rev" | "identity">;

interface Asked extends NamedTurn {
  wire: Wire;
  request: DecodedRequest;
  question: TurnRequest;
  history: History;
}

/** Asks the session, a second time with every message when it did not know the raw prior. Null: no answer in time. */
export async function askSession(edge: Edge, session: SessionRpc, asked: Asked): Promise<OpenAnswer | null> {
  const { wire, request, question, history } = asked;
  const unavailable = noSession(asked, "open");
  const ask = (turn: TurnRequest): Promise<OpenReply | null> =>
    withinTime(edge, session.open(turn), waitMs, unavailable);
  const waitMs = SESSION_OPEN_WAIT_MS_MAX + (question.parent === null ? 0 : PARENT_WAIT_MS_MAX);
  const reply = await ask(question);
  if (reply === null || reply.kind !== "unknown_prior") return reply && { reply, question, history };
  const whole = readWholeHistory(wire, request);
  if (whole === null) return null;
  const again: TurnRequest = { ...question, prior: null, messages: describeMessages(whole) };
  const second = await ask(again);
  return second && { reply: second, question: again, history: whole };
}

/** What is noted of a turn whose session does not answer. */
export function noSession(turn: NamedTurn, step: string): JournalEvent {
  return { event: "session_unavailable", ...nameTurn(turn, turn.identity.session), step };
}

/** @param unavailable what is noted where the work fails or does not end in time */
export async function withinTime<T>(
  edge: Edge,
  work: Promise<T>,
  waitMs: number,
  unavailable: JournalEvent,
): Promise<T | null> {
  let isOver = false;
  const giveUp = (error: string): null => {
    if (!isOver) edge.journal.write({ ...unavailable, error });
    isOver = true;
    return null;
  };
  const answered = work.then(
    (value) => {
      isOver = true;
      return value;
    },
    (error: unknown) => giveUp(nameOf(error)),
  );
  return Promise.race([answered, edge.clock.wait(waitMs).then(() => giveUp("timeout"))]);
}
