/**
 * Stores a finished turn: its messages, its place in the tree, its bill, the thread's new state.
 *
 * Runs inside one transaction, so a turn is there whole or not at all. A record that comes twice changes
 * nothing; messages are found again by their chains, and a request that was already answered is
 * one more attempt of that turn. It must not count tokens or distil; what is left to do goes into `pending`.
 */
import { ROOT_CHAIN } from "../model/hash.ts";
import type { Hash } from "../model/hash.ts";
import { ESTIMATED_CHARS_PER_TOKEN, MODEL_NAME_CHARS_MAX } from "../model/limits.ts";
import type { CloseReply, Ticket, TurnRecord } from "../ports/session.ts";
import { cachedTokens } from "../policy/cache-model.ts";
import { appendAll, appendReply, textsOf } from "./append-messages.ts";
import type { Forecast } from "./forecast.ts";
import type { TreeNode } from "./message-store.ts";
import { countShort, lessShortened, nextForms } from "./forms/record-forms.ts";
import { keptBlocks } from "./release/kept-blocks.ts";
import { addBill, billCall, billFurther, learnMiss, passingTokens } from "./session-ledger.ts";
import type { CallBill } from "./session-ledger.ts";
import { notePrompt } from "./recorder/prompt-note.ts";
import type { PromptNote } from "./recorder/prompt-note.ts";
import type { SessionTables } from "./tables.ts";
import { summariseBill } from "./turn-bill.ts";
import type { ThreadState } from "./thread-state.ts";
import { newSessionRow } from "./turn-log.ts";
import type { SessionRow, TurnRow } from "./turn-log.ts";

export interface Recorded {
  reply: CloseReply;
  /** What the thread has grown by, when every message of the turn was new; the texts as they are stored. */
  grown: { end: Hash; texts: string[] } | null;
}

export function recordTurn(tables: SessionTables, record: TurnRecord, planned: Ticket): Recorded {
  const { store, log } = tables;
  const session = log.session() ?? newSessionRow(record.tenant, record.at, record.keepsContent);
  if (session.tenant !== record.tenant) return { reply: { stored: false, bill: null }, grown: null };

  // A record that came twice, because the first answer to it was lost, is stored and billed already.
  if (log.turnOf(record.rev)) return { reply: { stored: true, bill: null }, grown: null };
  const messagesBefore = session.messages;
  const known = planned.known === null ? null : store.find(planned.known);
  // What the turn goes on from was deleted while it was under way: the rest alone would be another conversation.
  if (planned.known !== null && known === null) return { reply: { stored: false, bill: null }, grown: null };
  const asked = appendAll(tables, session, known, record);
  const reply = appendReply(tables, session, asked, record);
  const forecast = lessShortened(planned.forecast as Forecast, record);
  const ticket = { ...planned, recalled: keptBlocks(store, known, planned.recalled), forecast };
  const bill = record.status === "refused" ? null : billTurn(record, ticket);
  const expectedCached = record.rewriteRefused ? 0 : expectCached(forecast);
  if (bill) settleSession(session, record, ticket, bill, expectedCached);

  const base = ticket.base === null ? null : log.find(ticket.base);
  const head =
    record.head?.map(({ hash }) => hash) ?? ticket.head ?? (base?.record["head"] as Hash[] | undefined) ?? [];
  const turn = findSameTurn(tables, record, asked, reply, head) ?? newTurn(session, record);
  const isAnswered = record.status === "complete" && bill !== null;
  const state = isAnswered ? nextState(tables, base?.state ?? null, record, ticket, forecast, bill, asked) : null;
  if (turn.attempts > 0) {
    const { rev, replyId } = record;
    log.addAttempt(turn.rev, turn);
    log.addAttempt(turn.rev, { rev, reply: reply?.chain ?? null, replyId: reply ? replyId : null, state });
  }
  turn.attempts++;
  // A whole answer is never replaced by half a one.
  if (record.status === "complete" || turn.status !== "complete")
    fillTurn(turn, record, ticket, forecast, {
      bill,
      asked,
      reply,
      state,
      head,
      prompt: notePrompt(tables, record, ticket, { known, asked, before: base?.state ?? null }),
    });
  log.save(turn);
  // A client's body still holds what was deleted of its thread.
  const isWhole = record.keepsContent && (asked?.pathGone ?? 0) === 0;
  if (record.recording !== null) tables.recordings.keep(record.rev, record.recording, isWhole ? textsOf(record) : null);
  if (record.status !== "refused" && asked && asked.askedBy !== record.rev) store.markAsked(asked.chain, record.rev);
  if (reply && reply.replyOf !== record.rev && (reply.replyOf === null || state !== null))
    store.markReply(reply.chain, record.rev);

  rememberEnds(tables, session, record, { known, asked, reply });
  if (state && record.keepsContent) session.pending.turns.push(record.rev);
  session.updatedAt = record.at;
  const model = record.model?.slice(0, MODEL_NAME_CHARS_MAX) ?? null;
  session.report = { ...session.report, id: record.session, seq: session.report.seq + 1, model };
  log.saveSession(session);
  const texts = textsOf(record);
  const isAllNew = reply !== null && session.messages - messagesBefore === texts.length;
  const summary = bill && summariseBill(bill, record, expectedCached);
  return { reply: { stored: true, bill: summary }, grown: isAllNew ? { end: reply.chain, texts } : null };
}

/** The turn that this record is one more attempt of: the same answer again, or an answer where there was none. */
function findSameTurn(
  { log }: SessionTables,
  record: TurnRecord,
  asked: TreeNode | null,
  reply: TreeNode | null,
  head: Hash[],
): TurnRow | null {
  if (record.status === "refused") return null;
  // One turn has one head: the same words behind another system prompt are another conversation.
  const hasHead = (turn: TurnRow): boolean => JSON.stringify(turn.record["head"] ?? []) === JSON.stringify(head);
  const answered = reply?.replyOf ? log.turnOf(reply.replyOf) : null;
  if (answered && answered.asked === asked?.chain && hasHead(answered)) return answered;
  const earlier = asked?.askedBy ? log.turnOf(asked.askedBy) : null;
  return earlier && (earlier.status !== "complete" || (record.isRetry && hasHead(earlier))) ? earlier : null;
}

function newTurn(session: SessionRow, record: TurnRecord): TurnRow {
  session.turns++;
  return {
    rev: record.rev,
    seq: session.turns,
    at: record.at,
    status: record.status,
    verdict: "new",
    mode: record.plan.mode,
    reason: record.plan.reason,
    asked: null,
    reply: null,
    replyId: null,
    attempts: 0,
    state: null,
    record: {},
  };
}

interface Outcome {
  bill: CallBill | null;
  asked: TreeNode | null;
  reply: TreeNode | null;
  state: ThreadState | null;
  head: unknown;
  prompt: PromptNote;
}

function fillTurn(
  turn: TurnRow,
  record: TurnRecord,
  ticket: Ticket,
  forecast: Forecast,
  { bill, asked, reply, state, head, prompt }: Outcome,
): void {
  turn.status = record.status;
  turn.verdict = ticket.verdict;
  turn.mode = record.plan.mode;
  turn.reason = record.plan.reason;
  turn.asked = record.status === "refused" ? null : (asked?.chain ?? null);
  turn.reply = reply?.chain ?? null;
  turn.replyId = reply ? record.replyId : null;
  turn.state = state;
  turn.record = {
    wire: record.wire,
    model: record.model,
    hasTools: record.hasTools,
    rewrite: record.rewrite,
    cacheLifetime: record.cacheLifetime,
    isHeld: record.isHeld,
    identity: record.identity,
    httpStatus: record.httpStatus,
    rewriteRefused: record.rewriteRefused,
    additionsRefused: record.additionsRefused,
    head,
    epoch: state?.epoch ?? null,
    bytes: record.bytes,
    usage: record.usage,
    further: record.further.map(({ usage }) => usage),
    bill,
    decision: forecast.decision,
    rentPaid: forecast.policyState.rent,
    guard: forecast.guard ?? null,
    prompt,
    short: record.rewriteRefused ? null : countShort(forecast, record),
    recalled: ticket.recalled.newest,
    memory: record.memory,
    timings: record.timings,
  };
}

function billTurn(record: TurnRecord, ticket: Ticket): CallBill {
  const chars = record.reply.reduce((sum, { json, chars: came }) => sum + (came ?? json.length), 0);
  const outputTokens = Math.ceil(chars / ESTIMATED_CHARS_PER_TOKEN);
  const forecast = ticket.forecast as Forecast;
  const first = billCall(record, forecast, outputTokens, passingTokens(record, ticket));
  return record.further.length === 0 ? first : billFurther(first, record.further, forecast);
}

function settleSession(
  session: SessionRow,
  record: TurnRecord,
  ticket: Ticket,
  bill: CallBill,
  expectedCached: number,
): void {
  session.ledger = addBill(session.ledger, bill, record.bytes, ticket.adopts !== null && !record.rewriteRefused);
  session.ledger.missRate = learnMiss(session.ledger.missRate, record.usage, expectedCached);
}

/** What the provider's cache should hold of the prompt, if the thread was talked on in time. */
function expectCached({ decision, policyState, prices }: Forecast): number {
  return decision.compact ? 0 : cachedTokens(policyState.lastPromptTokens, decision.warm, prices);
}

/** The thread after this turn. A compaction opens an epoch here, once the call that paid for it has been answered. */
function nextState(
  tables: SessionTables,
  before: ThreadState | null,
  record: TurnRecord,
  ticket: Ticket,
  forecast: Forecast,
  bill: CallBill,
  asked: TreeNode | null,
): ThreadState {
  const { briefs } = tables;
  const { decision, policyState, callFacts } = forecast;
  const sentTokens = record.rewriteRefused ? decision.replayTokens : decision.promptTokens;
  const historyTokens = sentTokens - policyState.headTokens;
  // The newest block is not part of the next prompt, unless the model now uses its tools.
  const keptTokens = Math.max(0, bill.promptTokens - passingTokens(record, ticket));
  const state: ThreadState = {
    model: record.model,
    headHash: {
      ...record.headHash,
      tools: record.headHash.tools ?? before?.headHash.tools ?? null,
      system: record.headHash.system ?? before?.headHash.system ?? null,
    },
    hasTools: record.headHash.tools === null ? (before?.hasTools ?? false) : record.hasTools,
    headTokens: record.usage ? Math.max(0, keptTokens - historyTokens) : policyState.headTokens,
    rent: decision.compact ? 0 : policyState.rent + decision.rent,
    lastAt: callFacts.nowSeconds * 1000,
    lastPromptTokens: keptTokens,
    lastReplayTokens: bill.replayTokens,
    calls: policyState.calls + 1,
    userTurns: policyState.userTurns + (callFacts.isUserTurn ? 1 : 0),
    brief: before?.brief ?? null,
    epoch: before?.epoch ?? null,
    prepared: before?.prepared ?? null,
    ...nextForms(tables, before, record, forecast, asked),
    candidate: before?.candidate ?? null,
    distillCost: before?.distillCost ?? 0,
    searchedAt: before?.searchedAt ?? 0,
    rejectedDepth: before?.rejectedDepth ?? 0,
    lasting: ticket.recalled.lasting,
    stateRefusals: record.stateRefused ? (before?.stateRefusals ?? 0) + 1 : (before?.stateRefusals ?? 0),
    ...blameRefusal(before, record),
  };
  if (state.rewriteOff) return { ...state, brief: null, epoch: null, prepared: null, candidate: null, lasting: [] };
  // A brief that was let go of while the turn was under way cannot be in force; the next call goes up whole.
  const adopted = briefs.find(ticket.adopts);
  if (record.rewriteRefused || ticket.adopts === null || adopted?.state !== "committed") return state;
  const epoch = briefs.openEpoch({
    previous: state.epoch,
    brief: ticket.adopts,
    openedBy: record.rev,
    reason: ticket.reason,
    openedAt: record.at,
  });
  return { ...state, brief: ticket.adopts, epoch, prepared: null, candidate: null };
}

/**
 * What is switched off. Of a refused request with both the additions are blamed first: they are the lesser loss, and
 * where the rewriting is refused without them as well, it was that, and they are given back.
 */
function blameRefusal(
  before: ThreadState | null,
  { rewriteRefused, additionsRefused }: TurnRecord,
): Pick<ThreadState, "additionsOff" | "rewriteOff"> {
  return {
    additionsOff: additionsRefused || ((before?.additionsOff ?? false) && !rewriteRefused),
    rewriteOff: (before?.rewriteOff ?? false) || (rewriteRefused && !additionsRefused),
  };
}

function rememberEnds(
  { store }: SessionTables,
  session: SessionRow,
  record: TurnRecord,
  { known, asked, reply }: { known: TreeNode | null; asked: TreeNode | null; reply: TreeNode | null },
): void {
  if (record.status === "refused" || !asked) return;
  const end = (reply ?? asked).chain;
  const passed = new Set([end, known?.chain ?? ROOT_CHAIN, asked.chain]);
  session.recent.tips = [...session.recent.tips.filter((tip) => !passed.has(tip)), end];
  if (record.prior === null) return;
  const { hash, count } = record.prior;
  let settled: TreeNode | null = asked;
  while (settled !== null && settled.depth > count) settled = store.find(settled.parent);
  if (settled === null) return;
  session.recent.priors = [
    ...session.recent.priors.filter((prior) => prior.hash !== hash),
    { hash, count, chain: settled.chain },
  ];
}
