/**
 * The step after the reply: read what came, store the turn.
 *
 * Runs when the upstream has said its last word and before the client is told so. It reads the recorded bytes, names
 * the session if it had no name, and closes the turn with one call. Nothing here can change or fail the reply.
 */
import { hashText } from "../model/hash.ts";
import { FINGERPRINT_UPFRONT_MESSAGES_MAX } from "../model/limits.ts";
import type { TurnRecord, TurnStatus } from "../ports/session.ts";
import { readMessage } from "../wire/chat-completions/decode.ts";
import { readReply } from "../wire/chat-completions/read-reply.ts";
import type { Edge } from "./edge.ts";
import { nameByExchange } from "./identify-session.ts";
import { nameOf } from "./pass-through.ts";
import type { PlannedTurn } from "./plan-turn.ts";
import { hashHistory } from "./read-history.ts";
import type { RecordedReply } from "./stream-back.ts";

export interface Sent {
  httpStatus: number;
  isEventStream: boolean;
  rewriteRefused: boolean;
  bytes: { client: number; forwarded: number };
  timings: Record<string, number>;
}

export async function finishTurn(edge: Edge, turn: PlannedTurn, sent: Sent, recorded: RecordedReply): Promise<void> {
  const isAnswer = sent.httpStatus >= 200 && sent.httpStatus < 300;
  const reply = readReply(recorded.isWhole ? recorded.chunks : [], sent.isEventStream);
  const message = reply.message === null || turn.request.manyChoices ? null : readMessage(reply.message);
  const status = isAnswer ? judgeEnd(recorded, reply.complete) : "refused";
  const session = turn.session ?? nameLate(edge, turn, message?.fingerprint ?? null);
  if (session === null) return;
  const { question, request, ticket, identity } = turn;
  const record: TurnRecord = {
    tenant: question.tenant,
    rev: turn.rev,
    at: turn.now,
    ticket,
    model: question.model,
    headHash: question.headHash,
    headTokensEstimate: question.headTokensEstimate,
    hasTools: question.hasTools,
    isRetry: question.isRetry,
    identity: identity.source,
    prior: question.parent === null && isLong(turn) ? hashHistory(request) : null,
    messages: isAnswer ? turn.history.messages.slice(ticket?.knownCount ?? 0) : [],
    head: question.headHash.system === null ? null : readHead(turn),
    reply: status === "complete" ? message : null,
    status,
    httpStatus: sent.httpStatus,
    usage: reply.usage,
    rewriteRefused: sent.rewriteRefused,
    plan: turn.plan,
    bytes: { ...sent.bytes, reply: recorded.bytes },
    timings: sent.timings,
  };
  try {
    await session.close(record);
    edge.journal.write({
      event: "turn",
      session: identity.session,
      rev: turn.rev,
      verdict: ticket?.verdict ?? "new",
      plan: turn.plan.mode,
      reason: turn.plan.reason,
      status,
      http_status: sent.httpStatus,
      bytes_client: sent.bytes.client,
      bytes_forwarded: sent.bytes.forwarded,
    });
  } catch (error) {
    edge.journal.write({ event: "turn_not_stored", rev: turn.rev, error: nameOf(error) });
  }
}

function judgeEnd(recorded: RecordedReply, isComplete: boolean): TurnStatus {
  if (recorded.end !== "complete") return recorded.end;
  // A reply too large to record, or one that ends without saying why, is not known to be whole.
  return isComplete ? "complete" : "broken";
}

/** A first turn is named by its own exchange, once the reply is there. */
function nameLate(edge: Edge, turn: PlannedTurn, reply: string | null) {
  const user = turn.history.messages.find((message) => message.role === "user")?.fingerprint;
  if (!user || !reply) return null;
  return edge.sessions.find(nameByExchange(user, reply, turn.request.endUser, turn.namer));
}

function readHead({ request }: PlannedTurn): { hash: string; json: string }[] {
  return request.messages.slice(0, request.headCount).map(({ start, end }) => {
    const json = request.text.slice(start, end);
    return { hash: hashText(json), json };
  });
}

/** A history this long will be looked up by its raw bytes next time. */
function isLong({ request }: PlannedTurn): boolean {
  return request.messages.length - request.headCount + 2 > FINGERPRINT_UPFRONT_MESSAGES_MAX / 2;
}
