/**
 * After the reply: read it, name the session if it has no name yet, hand the turn to it for storing.
 *
 * Runs alongside the relay and settles before the end of the reply is handed on. Whatever fails here is
 * noted and costs the record of this turn; it must never change or fail the reply.
 */
import { hashText } from "../model/hash.ts";
import { FINGERPRINT_UPFRONT_CHARS_MAX, FINGERPRINT_UPFRONT_MESSAGES_MAX } from "../model/limits.ts";
import type { Message } from "../model/message.ts";
import type { TurnBill, TurnRecord, TurnStatus } from "../ports/session.ts";
import type { DecodedRequest, ReadReply } from "../wire/wire.ts";
import type { Searched } from "./recall-calls.ts";
import { toolTokens } from "./choose-recall.ts";
import type { Edge } from "./edge.ts";
import { nameByExchange, nameReply } from "./identify-session.ts";
import { nameTurn, noteTurn } from "./note-turn.ts";
import { noSession } from "./open-session.ts";
import { nameOf } from "../model/name-of.ts";
import type { PlannedTurn } from "./plan-turn.ts";
import { hashSettled } from "./read-history.ts";
import type { TurnBodies } from "./record-bodies.ts";
import type { StepTimes } from "./step-times.ts";
import type { RecordedReply } from "./stream-back.ts";
import type { TurnRecorder } from "./turn-recorder.ts";

export interface Sent {
  httpStatus: number;
  isEventStream: boolean;
  rewriteRefused: boolean;
  additionsRefused: boolean;
  stateRefused: boolean;
  bytes: { client: number; forwarded: number };
  times: StepTimes;
  searched: Searched;
  bodies: Omit<TurnBodies, "client">;
  recorder: TurnRecorder;
}

export async function finishTurn(edge: Edge, turn: PlannedTurn, sent: Sent, recorded: RecordedReply): Promise<void> {
  sent.times.end("reply");
  try {
    await storeTurn(edge, turn, sent, recorded);
  } catch (error) {
    const about = nameTurn(turn, turn.identity.session);
    edge.journal.write({ event: "fault", ...about, step: "finish", error: nameOf(error) });
  }
}

async function storeTurn(edge: Edge, turn: PlannedTurn, sent: Sent, recorded: RecordedReply): Promise<void> {
  const isAnswer = sent.httpStatus >= 200 && sent.httpStatus < 300;
  const reply = turn.wire.readReply(recorded.isWhole ? recorded.chunks : [], sent.isEventStream);
  const messages = turn.request.manyChoices ? [] : readMessages(turn, reply);
  const status = isAnswer ? judgeEnd(recorded, reply.complete) : "refused";
  const name = turn.identity.session ?? nameLate(turn, messages[0]?.fingerprint ?? null);
  if (name === null) {
    noteTurn(edge, turn, sent, { session: null, status, bytesReply: recorded.bytes, bill: null });
    return;
  }
  const { question, request, ticket, identity } = turn;
  const { searched } = sent;
  const { refused, forwarded } = sent.bodies;
  const isWhole = status === "complete";
  const replyId = isWhole && request.repliesById && messages.length > 0 ? reply.id : null;
  const own = {
    messages: isAnswer ? turn.history.messages.slice(ticket?.knownCount ?? 0) : [],
    head: readHead(turn),
    reply: isWhole ? messages : [],
  };
  const record: TurnRecord = {
    tenant: question.tenant,
    session: name,
    wire: turn.wire.name,
    rev: turn.rev,
    at: turn.now,
    ticket,
    model: question.model,
    headHash: question.headHash,
    headTokensEstimate: question.headTokensEstimate,
    hasTools: question.hasTools,
    isRetry: question.isRetry,
    rewrite: question.rewrite,
    cacheLifetime: question.cacheLifetime,
    identity: identity.source,
    keepsContent: question.keepsContent,
    prior: question.parent === null && willBeLong(request) ? hashSettled(request, turn.history.hashing) : null,
    ...own,
    shortened: { forms: turn.short.forms, results: turn.short.results },
    replyId,
    isHeld: replyId !== null && turn.route.state !== "none",
    stateRefused: sent.stateRefused,
    status,
    httpStatus: sent.httpStatus,
    usage: searched.further.length > 0 ? searched.firstUsage : reply.usage,
    further: searched.further,
    toolTokens: turn.recall.offersTool ? toolTokens(turn.wire) : 0,
    rewriteRefused: sent.rewriteRefused,
    additionsRefused: sent.additionsRefused,
    plan: turn.plan,
    memory: turn.memory,
    bytes: { client: sent.bytes.client, forwarded: sent.bytes.forwarded + searched.bytes, reply: recorded.bytes },
    own: request.history.length,
    fresh: turn.history.messages.length - (ticket?.knownCount ?? 0),
    sentOnly: sent.stateRefused ? null : turn.sentOnly,
    recording: sent.recorder.finish({ refused, forwarded: [...forwarded, ...searched.bodies] }, own),
    timings: { ...sent.times.ms },
  };
  let bill: TurnBill | null = null;
  try {
    const indexed = replyId === null ? null : indexReply(edge, turn, replyId, name);
    // Whoever is named by a signal of its own rarely needs the index: nobody waits for it then.
    const isAwaited = indexed !== null && NAMED_WITHOUT_REPLY.has(identity.source);
    if (indexed !== null && !isAwaited) edge.waitUntil(indexed);
    const [closed] = await Promise.all([edge.sessions.find(name).close(record), isAwaited ? indexed : null]);
    bill = closed.bill;
  } catch (error) {
    edge.journal.write({ event: "turn_not_stored", ...nameTurn(turn, name), error: nameOf(error) });
  }
  sent.times.end("store");
  noteTurn(edge, turn, sent, { session: name, status, bytesReply: recorded.bytes, bill });
}

/** How a session is named that its client cannot name again but by a reply. */
const NAMED_WITHOUT_REPLY = new Set(["first_exchange", "reply"]);

/** An index that cannot be written costs a replay by the client, not the turn. */
async function indexReply(edge: Edge, turn: PlannedTurn, replyId: string, session: string): Promise<void> {
  try {
    await edge.replies.remember(nameReply(replyId, turn.namer), session, edge.clock.now());
  } catch (error) {
    edge.journal.write({ ...noSession(turn, "index_reply"), session, error: nameOf(error) });
  }
}

/** All messages of the reply, or none: half a reply would be another one. */
function readMessages({ wire }: PlannedTurn, reply: ReadReply): Message[] {
  const messages = reply.messages.map((json) => wire.readMessage(json));
  return messages.every((message) => message !== null) ? messages : [];
}

function judgeEnd(recorded: RecordedReply, isComplete: boolean): TurnStatus {
  if (recorded.end !== "complete") return recorded.end;
  // A reply too large to record, or one that ends without saying why, is not known to be whole.
  return isComplete ? "complete" : "broken";
}

/** A first turn is named by its own exchange, once the reply is there. */
function nameLate(turn: PlannedTurn, reply: string | null): string | null {
  const user = turn.history.messages.find((message) => message.role === "user")?.fingerprint;
  if (!user || !reply) return null;
  return nameByExchange(user, reply, turn.request.endUser, turn.namer);
}

/** What stands before the history, for those who will leave it out; a delta's own replaces the stored one kind by kind. */
function readHead({ request, stored }: PlannedTurn): { hash: string; json: string }[] | null {
  const own = request.headTexts;
  if (stored !== null && own.length === 0) return null;
  const kinds = new Set(own.map(kindOf));
  const kept = stored?.head.filter((text) => !kinds.has(kindOf(text))) ?? [];
  return [...own, ...kept].map((json) => ({ hash: hashText(json), json }));
}

/** A head is messages, which one replaces all, or members of a body, each with its key first. */
function kindOf(text: string): string {
  return /^\{"(?:system|tools)":/.exec(text)?.[0] ?? "message";
}

/** A history this long will be looked up by its raw bytes next time. */
function willBeLong({ history, array }: DecodedRequest): boolean {
  const chars = array.end - array.start;
  return history.length > FINGERPRINT_UPFRONT_MESSAGES_MAX / 2 || chars > FINGERPRINT_UPFRONT_CHARS_MAX / 2;
}
