/**
 * From a position in the tree to the policy's decision about the call at hand.
 *
 * Gathers what the rule needs (sizes of the path, the thread's state, the model's prices) and names the brief that
 * the decision puts in force. Constant work whatever the length of the history; it must not write, count or distil.
 */
import type { Hash } from "../model/hash.ts";
import type { KeepReason, PlanMode, PlanReason } from "../model/plan.ts";
import type { CacheLifetime } from "../model/usage.ts";
import type { ModelPrice, PriceBook } from "../ports/price-book.ts";
import type { RecallNote } from "../ports/prompt-blocks.ts";
import type { HeadHash, RewriteRule } from "../ports/session.ts";
import { briefBudget } from "../plan/brief-budget.ts";
import { explainKeep, forbidsRewrite } from "../plan/may-rewrite.ts";
import { isWarm, withMissRate } from "../policy/cache-model.ts";
import type { CachePrices } from "../policy/cache-model.ts";
import { decideCompaction } from "../policy/ski-rental.ts";
import type { CallFacts, CutOffer, Decision, PolicyOptions, PolicyState } from "../policy/ski-rental.ts";
import type { BriefRow } from "./briefs/brief-store.ts";
import { ledgersFor } from "./call-ledgers.ts";
import type { FormRef } from "./forms/form-store.ts";
import type { TreeNode } from "./message-store.ts";
import type { SessionTables } from "./tables.ts";
import type { SessionRow, TurnRow } from "./turn-log.ts";
import { readThreadForms } from "./forms/thread-forms.ts";
import { toCachePrices, toPolicyState, usdPerUnitOf, withLifetime } from "./thread-state.ts";
import type { ThreadState } from "./thread-state.ts";

/** Settings of the rule, for requests with tools and without. */
export interface SessionPolicy {
  agent: PolicyOptions;
  chat: PolicyOptions;
}

/** Seconds before the cache's documented end at which it is taken to be gone: the request still has to get there. */
const TTL_MARGIN_SECONDS = 5;

export interface Call {
  now: number;
  model: string | null;
  headHash: HeadHash;
  headTokensEstimate: number;
  hasTools: boolean;
  /** Tokens of the messages that are not stored yet. */
  freshTokens: number;
  isUserTurn: boolean;
  /** Whether the first message that is not stored yet is a reply. */
  isAnswered: boolean;
  rewrite: RewriteRule;
  cacheLifetime: CacheLifetime | null;
  /** Depth of the deepest message with bound reasoning that the request holds; 0 when there is none. */
  boundDepth: number;
  /** Whether the request answers tool calls. */
  isToolExchange: boolean;
  /** No brief, whatever the money says. */
  plain: boolean;
  /** The client wants tool results whole. */
  keepsTools: boolean;
}

/** Plain data, because it travels to the edge and back in the turn's ticket. */
export interface Forecast {
  /** Rev of the turn that the thread's state comes from, or null at its start. */
  base: string | null;
  mode: PlanMode;
  reason: PlanReason;
  /** Id of the brief that this call puts in force; null when it keeps what is. */
  adopts: number | null;
  /** Whether tool results may go up in short form. */
  mayShorten: boolean;
  /** The short forms that hold from this call on; they go up in it where they may. */
  forms: FormRef[];
  /** Characters of those that go up. */
  formChars: number;
  policyState: PolicyState;
  callFacts: CallFacts;
  decision: Decision;
  prices: CachePrices;
  /** What the prices were made from: a bill has its own size, and with it perhaps another tier. */
  price: ModelPrice | null;
  cacheLifetime: CacheLifetime | null;
  usdPerUnit: number | null;
  /** The session's money before the call, in units, and by what share it may exceed its replay. */
  guard: { spent: number; replay: number; slack: number };
  /** Whether a full replay would have found the cache: the clock alone, without the margin that a decision allows itself. */
  isReplayWarm: boolean;
}

export interface ThreadBase {
  rev: string | null;
  state: ThreadState | null;
  turn: TurnRow | null;
  /** The message of the path up to which the state holds: the turn's reply, or else its question. */
  end: TreeNode | null;
}

export interface Foreseen {
  forecast: Forecast;
  /** What stands for the beginning of the thread on this call. */
  brief: BriefRow | null;
  base: ThreadBase;
  hasTools: boolean;
  /** Blocks of earlier questions in this call's prompt, oldest first. */
  lasting: RecallNote[];
}

/**
 * The newest completed turn on the path that ends at `known`.
 *
 * A client that changes replies before it sends them back leaves the stored reply, but not the question, on its path:
 * the turn counts all the same, because whatever its state drops lies before the question.
 *
 * @param isAnswered whether the first message behind `known` is a reply
 */
export function findBase(tables: SessionTables, known: TreeNode | null, isAnswered: boolean): ThreadBase {
  if (known)
    for (const node of tables.store.walkUp(known)) {
      const asked = node.chain !== known.chain || isAnswered ? node.askedBy : null;
      const rev = node.replyOf ?? asked;
      const turn = rev === null ? null : tables.log.find(rev);
      if (turn?.state) return { rev: turn.rev, state: turn.state, end: node, turn };
    }
  return { rev: null, state: null, end: null, turn: null };
}

export function forecastCall(
  tables: SessionTables,
  priceBook: PriceBook,
  policy: SessionPolicy,
  session: SessionRow | null,
  known: TreeNode | null,
  call: Call,
  /** Another state than the stored one, to ask what would be if. */
  supposed?: ThreadState,
): Foreseen {
  const base = findBase(tables, known, call.isAnswered);
  const state = supposed ?? base.state;
  const rule = {
    ...call.rewrite,
    leaveAlone: call.rewrite.leaveAlone ?? leavesFormat(state, call),
    bindsReply: bindsReply(state, call),
  };
  const adopted = tables.briefs.find(state?.brief ?? null);
  const rewriteOff = call.plain || (state?.rewriteOff ?? false);
  const forbids = adopted ? forbidsRewrite(rule, call, adopted.depth, true) : rule.leaveAlone;
  // A brief that bound reasoning has come behind since is out of force for good, but a later cut may be free of it.
  const isOutrun = forbids === "bound_reasoning" && !rule.bindsReply;
  const keeps = rewriteOff ? "rewrite_refused" : isOutrun ? null : forbids;
  const inForce = keeps === null && !isOutrun ? adopted : null;
  const ready = keeps === null ? tables.briefs.find(state?.prepared ?? null) : null;
  const offered = ready?.depth ?? state?.candidate?.depth ?? null;
  const staysPut = keeps ?? forbidsRewrite(rule, call, offered ?? Infinity, false);
  const prepared = staysPut === null ? ready : null;
  const rawTokens = base.end?.pathTokens ?? 0;
  const sameCache = state !== null && sameHead(state.headHash, call.headHash) && state.model === call.model;
  const headTokens = sameCache ? state.headTokens : call.headTokensEstimate;
  const price = call.model === null ? null : priceBook.lookUp(call.model);
  const listPrices = withLifetime(toCachePrices(price, state?.lastPromptTokens ?? 0), call.cacheLifetime);
  const prices = withMissRate(listPrices, session?.ledger.missRate ?? 0);
  // Thinking that is bound to a short result would be refused behind the whole one: the client could not do without us.
  const mayShorten = keeps === null && call.rewrite.binding !== "refuses" && !call.keepsTools;
  const forms = readThreadForms(tables.forms, state, base.end?.depth ?? 0);
  const savedBehind = (depth: number, isCompaction: boolean): number =>
    mayShorten ? forms.sizeOf(forms.behind(depth, isCompaction)).savedTokens : 0;
  const savedTokens = savedBehind(inForce?.depth ?? 0, false);
  const lasting = inForce === null ? [] : lastBlocks(base, call);
  const policyState = toPolicyState(state, { rawTokens, brief: inForce, savedTokens, lasting }, headTokens);
  const callFacts: CallFacts = {
    nowSeconds: call.now / 1000,
    newTokens: (known?.pathTokens ?? 0) - rawTokens + call.freshTokens,
    isUserTurn: call.isUserTurn,
    expectedOutputTokens: 0,
    warm: sameCache && isWarm(call.now / 1000, policyState.lastAtSeconds, prices, TTL_MARGIN_SECONDS),
    windowTokens: price?.windowTokens ?? null,
  };
  const tools = hasTools(state, call);
  const usdPerUnit = usdPerUnitOf(price);
  const ledgers = ledgersFor(session, usdPerUnit);
  const options = tools ? policy.agent : policy.chat;
  const decision = decideCompaction(
    policyState,
    ledgers,
    staysPut === null ? offerCut(rawTokens, inForce, prepared, state, savedBehind) : null,
    callFacts,
    prices,
    options,
  );
  const brief = decision.compact ? prepared : inForce;
  const adopts = decision.compact && prepared ? prepared.id : null;
  // Where a compaction sends the results whole there is nothing left that a form would keep stable.
  const held = adopts !== null && !mayShorten ? [] : forms.behind(brief?.depth ?? 0, adopts !== null);
  const forecast: Forecast = {
    base: base.rev,
    mode: brief ? "brief" : "full",
    reason: keeps ?? explain(decision, brief, state, staysPut ?? explainKeep(known?.pathKeep ?? 0)),
    adopts,
    mayShorten,
    forms: held,
    formChars: mayShorten ? forms.sizeOf(held).chars : 0,
    policyState,
    callFacts,
    decision,
    prices: listPrices,
    price,
    cacheLifetime: call.cacheLifetime,
    usdPerUnit,
    guard: { ...ledgers.session, slack: options.sessionSlack },
    isReplayWarm: sameCache && isWarm(call.now / 1000, policyState.lastAtSeconds, listPrices),
  };
  return { forecast, brief, base, hasTools: tools, lasting: decision.compact ? [] : lasting };
}

/**
 * The blocks that the thread's prompt goes on with: once the model has used its tools behind one, the cache reaches past
 * it, and taking it out would cost all of that once more. So it stays until a compaction writes the prompt anew anyway.
 */
function lastBlocks({ state, turn, end }: ThreadBase, { isToolExchange }: Call): RecallNote[] {
  const kept = state?.lasting ?? [];
  const usesTools = isToolExchange || (end?.openCalls ?? 0) > 0;
  const own = (turn?.record["recalled"] as RecallNote | null | undefined) ?? null;
  return usesTools && own !== null ? [...kept, own] : kept;
}

export function sameHead(before: HeadHash, now: HeadHash): boolean {
  const isSame = (one: Hash | null, other: Hash | null): boolean => other === null || one === other;
  return isSame(before.tools, now.tools) && isSame(before.system, now.system) && sameFormat(before, now);
}

/** A state stored before formats were kept has none. */
function sameFormat(before: Partial<HeadHash>, now: HeadHash): boolean {
  return (before.format ?? null) === now.format;
}

/** A forced format that the conversation did not have so far: a call about it rather than a turn of it. */
function leavesFormat(state: ThreadState | null, call: Call): KeepReason | null {
  return state && call.headHash.format !== null && !sameFormat(state.headHash, call.headHash) ? "forced_format" : null;
}

/** Where nobody asked for reasoning, a model that has shown some will show more, and a new one is not known yet. */
function bindsReply(state: ThreadState | null, { rewrite, boundDepth, model }: Call): boolean {
  if (rewrite.bindsReply !== "unasked") return rewrite.bindsReply;
  return boundDepth > 0 || state === null || state.model !== model;
}

/** A delta that leaves its tools out has those of the turn before. */
function hasTools(state: ThreadState | null, call: Call): boolean {
  return call.headHash.tools === null ? (state?.hasTools ?? false) : call.hasTools;
}

/** The brief that is written, or else the place where one could be cut. */
function offerCut(
  rawTokens: number,
  inForce: BriefRow | null,
  prepared: BriefRow | null,
  state: ThreadState | null,
  savedBehind: (depth: number, isCompaction: boolean) => number,
): CutOffer | null {
  const floor = inForce?.depth ?? 0;
  if (prepared && prepared.depth > floor)
    return {
      tailTokens: rawTokens - prepared.pathTokens - savedBehind(prepared.depth, true),
      briefTokens: prepared.tokens,
      distillCost: 0,
      ready: true,
    };
  const candidate = state?.candidate;
  if (candidate && candidate.depth > floor)
    return {
      tailTokens: rawTokens - candidate.pathTokens - savedBehind(candidate.depth, false),
      briefTokens: briefBudget(candidate.pathTokens - (inForce?.pathTokens ?? 0), inForce?.tokens ?? 0),
      distillCost: state.distillCost ?? 0,
      ready: false,
    };
  return null;
}

/** @param keeps why the thread cannot be cut at all, or no further */
function explain(
  decision: Decision,
  brief: BriefRow | null,
  state: ThreadState | null,
  keeps: PlanReason | null,
): PlanReason {
  if (decision.compact) return decision.reason;
  if (brief) return "epoch";
  if (state === null) return "new_thread";
  return decision.reason === "nothing_to_drop" ? (keeps ?? decision.reason) : decision.reason;
}
