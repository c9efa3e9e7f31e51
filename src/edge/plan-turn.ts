/**
 * The steps before the first byte goes upstream: decode, identify, ask the session, encode.
 *
 * Whatever is in doubt ends in `pass` (the client's bytes go up untouched) or, for a delta, which would mean something
 * else without its history, in an error that tells the client to send it. At most one call to the session, two when a
 * long history was not recognised by its raw bytes, and beside it one to the user's memory where that is on. No
 * tokenizer, no distiller, no write.
 */
import type { PlanMode, PlanReason } from "../model/plan.ts";
import { pushesBlock } from "../model/recall-call.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { MemoryNote } from "../ports/prompt-blocks.ts";
import type { Checkpoint } from "../ports/recording.ts";
import type { SessionRpc, StoredHistory, Ticket, TurnRequest } from "../ports/session.ts";
import type { RecalledFacts } from "../ports/user-memory.ts";
import { findSlice, isRecord, parseSlice, readMembers } from "../wire/read-members.ts";
import type { DecodedRequest, Wire } from "../wire/wire.ts";
import { chooseRecall, NO_RECALL, withdrawTool, withTool } from "./choose-recall.ts";
import type { RecallChoice } from "./choose-recall.ts";
import { isOwnConversation } from "./conversations.ts";
import { asksToKeep, describeRequest } from "./describe-request.ts";
import type { Edge, Route } from "./edge.ts";
import { encodeTurn, NO_BLOCKS, placeBlocks, UNCHANGED } from "./encode-turn.ts";
import type { Opened } from "./encode-turn.ts";
import { findByReply, findSession, isUnknown } from "./find-session.ts";
import type { Found, NoPlan } from "./find-session.ts";
import type { Identity, Namer } from "./identify-session.ts";
import { identifyUser } from "./identify-user.ts";
import { askSession } from "./open-session.ts";
import { admitsFacts, askUserMemory } from "./recall-user-facts.ts";
import { readHistory, readWholeHistory } from "./read-history.ts";
import type { History } from "./read-history.ts";
import { readQuery } from "./read-query.ts";
import type { StepTimes } from "./step-times.ts";
import { shortenResults, WHOLE_RESULTS } from "./shorten-results.ts";
import type { ShortResults } from "./shorten-results.ts";

/** A turn that Strata takes part in, ready to be sent. */
export interface PlannedTurn {
  wire: Wire;
  route: Route;
  namer: Namer;
  found: Found;
  identity: Identity;
  rev: string;
  now: number;
  request: DecodedRequest;
  question: TurnRequest;
  history: History;
  /** Null while the session has no name. */
  session: SessionRpc | null;
  ticket: Ticket | null;
  /** What a delta client did not send. */
  stored: StoredHistory | null;
  plan: { mode: PlanMode; reason: PlanReason };
  /** Tool results in short form. */
  short: ShortResults;
  /** How many messages go up so, those that the session supplies included. */
  shortCount: number;
  /** Of the thread's messages, how many the brief stands for. */
  cut: number;
  recall: RecallChoice;
  /** The body to send, or null for the client's own bytes. */
  outgoing: string | null;
  /** Whether `outgoing` leaves out what the upstream is thought to hold. */
  isHeldDelta: boolean;
  /** Of the newest messages only so many go up, because the upstream holds the others; null: it holds none. */
  sentOnly: number | null;
  /** Whose turn it is, where that user is remembered. */
  memory: MemoryNote | null;
  /** What the session has of earlier bodies. */
  recorded: Checkpoint[];
}

export interface Incoming {
  route: Route;
  wire: Wire;
  headers: Headers;
  text: string | null;
  namer: Namer;
  now: number;
  times: StepTimes;
}

export async function planTurn(edge: Edge, incoming: Incoming): Promise<Result<PlannedTurn, NoPlan>> {
  const { route, wire, headers, namer, now } = incoming;
  const request = incoming.text === null ? null : wire.decode(incoming.text);
  // Without its history a delta would mean something else, however the body is to be answered.
  const leansOnUs = headers.has("x-strata-parent") || namesOurState(incoming, request);
  if (request?.isBackground)
    return fail(
      leansOnUs ? { kind: "error", error: { code: "unreadable_delta" } } : { kind: "pass", reason: "background" },
    );
  const isDelta = headers.has("x-strata-parent") || (request?.held ?? null) !== null;
  const history = request && (isDelta ? readWholeHistory(wire, request) : readHistory(wire, request));
  if (!request || !history) return fail(unreadable(leansOnUs));
  const located = await findSession(edge, route, headers, wire, request, namer);
  if (!located.ok) return located;

  const rev = edge.entropy.token(12);
  const found = located.value;
  const keepsContent = asksToKeep(headers, edge.config);
  const recall = keepsContent ? chooseRecall(headers, edge.config.recall, { wire, route, found, request }) : NO_RECALL;
  const { identity } = found;
  const turn = { wire, route, namer, found, identity, rev, now, request, history, recall, cut: 0 };
  const user = keepsContent ? identifyUser(edge.config, headers, request, namer) : null;
  const recalls = pushesBlock(recall.mode);
  const asked = recalls || user !== null ? readQuery(wire, history) : null;
  const described = describeRequest(turn, headers, recalls ? asked : null, { ...edge.config, keepsContent });
  const question = withTool(described, turn, recall);
  const unopened = {
    ...turn,
    question,
    session: null,
    ticket: null,
    stored: null,
    short: WHOLE_RESULTS,
    shortCount: 0,
    isHeldDelta: false,
    sentOnly: null,
    recorded: [],
    memory: user === null ? null : { name: user, facts: [], tokens: 0 },
  };
  const facts = askUserMemory(edge, user, turn, asked);
  incoming.times.end("identify");
  if (found.identity.session === null) return ok(encodeUnnamed(unopened, await facts));
  // Where a brief has no place, a delta still has a meaning without one.
  for (const plain of question.parent === null ? [false] : [false, true]) {
    const opened = await openAndEncode(edge, { ...unopened, question: { ...question, plain } }, facts, incoming.times);
    if (!opened.ok) return opened;
    if (opened.value !== null) return ok(opened.value);
  }
  await edge.sessions.find(found.identity.session).abandon(rev);
  return fail(unreadable(question.parent !== null));
}

type Unopened = Omit<PlannedTurn, "plan" | "outgoing">;

/** Null: the session has a plan, but its body cannot be put together. */
async function openAndEncode(
  edge: Edge,
  turn: Unopened,
  asked: Promise<RecalledFacts | null>,
  times: StepTimes,
): Promise<Result<PlannedTurn | null, NoPlan>> {
  const opened = await openFound(edge, turn);
  times.end("open");
  if (!opened.ok) return opened;
  const { reply, ...place } = opened.value;
  const { ticket, stored } = reply;
  const plan = { mode: ticket.mode, reason: ticket.reason };
  const short = shortenResults({ ...turn, ...place }, reply, { ...edge.config, shorten: edge.shorten });
  const shortCount = reply.shortCount + short.forms.length;
  const { cut, recorded } = reply;
  const recall = ticket.takesAdditions ? turn.recall : withdrawTool(turn.recall);
  const opening = { ...turn, ...place, recall, ticket, stored, plan, cut, short, shortCount, recorded };
  const planned: PlannedTurn = { ...opening, outgoing: null };
  const known = await asked;
  const facts = known && admitsFacts(planned, known) ? known : null;
  const encoded = encodeTurn(planned, reply, facts);
  times.end("encode");
  if (encoded === null) return ok(null);
  const { hasFacts, ...sends } = encoded;
  return ok({ ...planned, ...sends, memory: noteFacts(turn.memory, hasFacts ? facts : null) });
}

/** A first turn that nothing names yet: it has no session to ask, but its user may be known. */
function encodeUnnamed(turn: Unopened, known: RecalledFacts | null): PlannedTurn {
  const { wire, request, found } = turn;
  const { offersTool: offersRecall } = turn.recall;
  const edit = { ...UNCHANGED, standsAlone: found.emulates, offersRecall };
  const facts = known && admitsFacts(turn, known) ? known : null;
  const recalled = facts && wire.encode(request, { ...edit, ...placeBlocks(NO_BLOCKS, facts, 0) });
  if (recalled !== null) {
    const memory = noteFacts(turn.memory, facts);
    return { ...turn, plan: { mode: "full", reason: "new_thread" }, outgoing: recalled, memory };
  }
  const outgoing = found.emulates || offersRecall ? wire.encode(request, edit) : null;
  return { ...turn, plan: { mode: "pass", reason: "unnamed_session" }, outgoing };
}

function noteFacts(memory: MemoryNote | null, recalled: RecalledFacts | null): MemoryNote | null {
  return memory && recalled ? { ...memory, facts: recalled.facts, tokens: recalled.tokens } : memory;
}

/** Whether the body names state that Strata answers for. Only one that was not understood is looked at again. */
function namesOurState({ route, text, namer }: Incoming, request: DecodedRequest | null): boolean {
  if (request !== null) {
    if (request.held?.kind === "conversation") return isOwnConversation(request.held.id, namer);
    return request.held?.kind === "reply" && route.state === "none";
  }
  const members = text === null ? null : readMembers(text);
  if (text === null || members === null) return false;
  const conversation = parseSlice(text, findSlice(members, "conversation"));
  const id = isRecord(conversation) ? conversation["id"] : conversation;
  if (typeof id === "string" && isOwnConversation(id, namer)) return true;
  const reply = parseSlice(text, findSlice(members, "previous_response_id"));
  return route.state === "none" && typeof reply === "string";
}

interface OpenTurn {
  session: SessionRpc;
  identity: Identity;
  reply: Opened;
  question: TurnRequest;
  history: History;
}

/** Opens the session that was found; a reply that it does not know may still be another session's. */
async function openFound(edge: Edge, turn: Unopened): Promise<Result<OpenTurn, NoPlan>> {
  const { found, question, namer } = turn;
  const { parent } = question;
  let { identity } = found;
  let session = edge.sessions.find(identity.session ?? "");
  let answer = await askSession(edge, session, turn);
  if (answer?.reply.kind === "unknown_parent" && parent?.by === "reply" && identity.source !== "reply") {
    const other = await findByReply(edge, parent.id, namer);
    if (other !== null && other !== identity.session) {
      identity = { session: other, source: "reply" };
      session = edge.sessions.find(other);
      answer = await askSession(edge, session, turn);
    }
  }
  if (answer?.reply.kind === "opened") return ok({ ...answer, reply: answer.reply, session, identity });
  if (answer !== null && parent?.by === "reply") return fail(isUnknown(parent.id, found));
  if (answer !== null && parent?.by === "rev")
    return fail({ kind: "error", error: { code: "unknown_parent", parent: parent.rev } });
  // A conversation of which nothing is kept has to be told by its client.
  const { held } = turn.request;
  if (answer?.reply.kind === "unknown_parent" && held?.kind === "conversation") return fail(isUnknown(held.id, found));
  return parent === null || found.isHeldUpstream
    ? fail({ kind: "pass", reason: "session_unavailable" })
    : fail({ kind: "error", error: { code: "session_unavailable" } });
}

function unreadable(isDelta: boolean): NoPlan {
  return isDelta ? { kind: "error", error: { code: "unreadable_delta" } } : { kind: "pass", reason: "unreadable_body" };
}
