/**
 * The steps before the first byte goes upstream: decode, identify, ask the session, encode.
 *
 * Whatever is in doubt ends in `pass` (the client's bytes go up untouched) or, for a delta, which would mean something
 * else without its history, in an error that tells the client to send it. At most one call to the session, two when a
 * long history was not recognised by its raw bytes. No tokenizer, no distiller, no write.
 */
import { hashText } from "../model/hash.ts";
import { SESSION_OPEN_WAIT_MS_MAX, PARENT_WAIT_MS_MAX } from "../model/limits.ts";
import type { StrataError } from "../model/errors.ts";
import type { PassReason, PlanMode, PlanReason } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { OpenReply, SessionRpc, Ticket, TurnRequest } from "../ports/session.ts";
import { decodeRequest } from "../wire/chat-completions/decode.ts";
import type { ChatRequest } from "../wire/chat-completions/decode.ts";
import { encodeBrief, encodeDelta } from "../wire/chat-completions/encode.ts";
import type { Edge } from "./edge.ts";
import { identifySession } from "./identify-session.ts";
import type { Identity, Namer } from "./identify-session.ts";
import { nameOf } from "./pass-through.ts";
import { readHistory, readWholeHistory } from "./read-history.ts";
import type { History } from "./read-history.ts";

/** A turn that Strata takes part in, ready to be sent. */
export interface PlannedTurn {
  namer: Namer;
  identity: Identity;
  rev: string;
  now: number;
  request: ChatRequest;
  question: TurnRequest;
  history: History;
  /** Null while the session has no name. */
  session: SessionRpc | null;
  ticket: Ticket | null;
  plan: { mode: PlanMode; reason: PlanReason };
  /** The body to send, or null for the client's own bytes. */
  outgoing: string | null;
}

export type NoPlan = { kind: "pass"; reason: PassReason } | { kind: "error"; error: StrataError };

export interface Incoming {
  headers: Headers;
  text: string | null;
  namer: Namer;
  now: number;
}

export async function planTurn(edge: Edge, incoming: Incoming): Promise<Result<PlannedTurn, NoPlan>> {
  const { headers, namer, now } = incoming;
  const parent = headers.get("x-strata-parent");
  const request = incoming.text === null ? null : decodeRequest(incoming.text);
  const history = request && (parent === null ? readHistory(request) : readWholeHistory(request));
  if (!request || !history)
    return parent === null
      ? fail({ kind: "pass", reason: "unreadable_body" })
      : fail({ kind: "error", error: { code: "unreadable_delta" } });
  const identity = identifySession(headers, request, namer);
  if (parent !== null && identity.source !== "x-strata-session")
    return fail({ kind: "error", error: { code: "parent_without_session" } });

  const rev = edge.entropy.token(12);
  const question = describeTurn(request, history, { ...incoming, rev, parent });
  const turn = { namer, identity, rev, now, request, question, history };
  if (identity.session === null)
    return ok({
      ...turn,
      session: null,
      ticket: null,
      plan: { mode: "pass", reason: "unnamed_session" },
      outgoing: null,
    });

  const session = edge.sessions.find(identity.session);
  const opened = await openSession(edge, session, request, question, history);
  if (opened === null)
    return parent === null
      ? fail({ kind: "pass", reason: "session_unavailable" })
      : fail({ kind: "error", error: { code: "session_unavailable" } });
  if (opened.reply.kind !== "opened")
    return parent === null
      ? fail({ kind: "pass", reason: "session_unavailable" })
      : fail({ kind: "error", error: { code: "unknown_parent", parent } });
  const { reply } = opened;
  const encoded = encodeTurn(request, reply);
  if (encoded === null) {
    await session.abandon(rev);
    return parent === null
      ? fail({ kind: "pass", reason: "unreadable_body" })
      : fail({ kind: "error", error: { code: "unreadable_delta" } });
  }
  const { ticket } = reply;
  return ok({
    ...turn,
    question: opened.question,
    history: opened.history,
    session,
    ticket,
    plan: { mode: ticket.mode, reason: ticket.reason },
    outgoing: encoded.body,
  });
}

/**
 * The body without a brief, for an upstream that refused the one with it. Null: there is none to be had, and what the
 * upstream answered stands.
 */
export async function encodePlain(edge: Edge, turn: PlannedTurn): Promise<string | null> {
  if (turn.question.parent === null) return turn.request.text;
  if (turn.session === null) return null;
  const plain = turn.session.open({ ...turn.question, plain: true });
  const reply = await withinTime(edge, plain, SESSION_OPEN_WAIT_MS_MAX);
  return reply?.kind === "opened" ? (encodeTurn(turn.request, reply)?.body ?? null) : null;
}

type Opened = Extract<OpenReply, { kind: "opened" }>;

function encodeTurn(request: ChatRequest, { cut, brief, stored }: Opened): { body: string | null } | null {
  if (stored) {
    const body = encodeDelta(request, stored, brief);
    return body === null ? null : { body };
  }
  if (brief === null) return { body: null };
  const body = encodeBrief(request, cut, brief);
  return body === null ? null : { body };
}

interface OpenAnswer {
  reply: OpenReply;
  question: TurnRequest;
  history: History;
}

/** Asks the session, a second time with every message when it did not know the raw prior. Null: no answer in time. */
async function openSession(
  edge: Edge,
  session: SessionRpc,
  request: ChatRequest,
  question: TurnRequest,
  history: History,
): Promise<OpenAnswer | null> {
  const waitMs = SESSION_OPEN_WAIT_MS_MAX + (question.parent === null ? 0 : PARENT_WAIT_MS_MAX);
  const reply = await withinTime(edge, session.open(question), waitMs);
  if (reply === null || reply.kind !== "unknown_prior") return reply && { reply, question, history };
  const whole = readWholeHistory(request);
  if (whole === null) return null;
  const again: TurnRequest = { ...question, prior: null, messages: describeMessages(whole) };
  const second = await withinTime(edge, session.open(again), waitMs);
  return second && { reply: second, question: again, history: whole };
}

async function withinTime<T>(edge: Edge, work: Promise<T>, waitMs: number): Promise<T | null> {
  const answered = work.catch((error: unknown) => {
    edge.journal.write({ event: "session_unavailable", step: "open", error: nameOf(error) });
    return null;
  });
  return Promise.race([answered, edge.clock.wait(waitMs).then(() => null)]);
}

function describeTurn(
  request: ChatRequest,
  history: History,
  { headers, namer, now, rev, parent }: Incoming & { rev: string; parent: string | null },
): TurnRequest {
  const head = request.messages.slice(0, request.headCount);
  const system = head.map(({ start, end }) => request.text.slice(start, end)).join("\n");
  return {
    tenant: namer.tenant,
    rev,
    now,
    model: request.model,
    hasTools: request.hasTools,
    headHash: {
      tools: hashText(request.tools),
      system: parent !== null && head.length === 0 ? null : hashText(system),
    },
    headTokensEstimate: request.headTokensEstimate,
    parent,
    prior: history.prior,
    messages: describeMessages(history),
    isRetry: Number(headers.get("x-stainless-retry-count") ?? 0) > 0,
    plain: false,
  };
}

function describeMessages(history: History): TurnRequest["messages"] {
  return history.messages.map(({ json, ...facts }) => ({ ...facts, chars: json.length }));
}
