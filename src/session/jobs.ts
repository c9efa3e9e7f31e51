/**
 * What a session does after its replies: count tokens, find the next cut, write the brief for it.
 *
 * Runs from the alarm, never before a first byte. Each run does a bounded part and says whether more is left, so
 * that requests are served in between. A distillation that fails, or does not pass its checks, changes nothing but
 * the record of it.
 */
import { checkBrief } from "../distil/check-brief.ts";
import type { Hash } from "../model/hash.ts";
import {
  DISTILLED_CHARS_MAX,
  MEDIA_TOKENS_ASSUMED,
  MESSAGES_COUNTED_PER_RUN_MAX,
  TOKENS_COUNTED_PER_RUN_MAX,
  MESSAGE_OVERHEAD_TOKENS,
} from "../model/limits.ts";
import { KEEP_MEDIA } from "../model/message.ts";
import { briefBudget } from "../plan/brief-budget.ts";
import { chooseCut } from "../plan/choose-cut.ts";
import type { Cut } from "../plan/choose-cut.ts";
import { fail } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { CacheLifetime } from "../model/usage.ts";
import type { Brief, DistilError, DistilInput, Distiller, SpanMessage } from "../ports/distiller.ts";
import type { MessageReader } from "../ports/message-reader.ts";
import type { PriceBook } from "../ports/price-book.ts";
import type { RewriteRule } from "../ports/session.ts";
import type { WireName } from "../model/wire.ts";
import type { TokenCounter } from "../ports/token-counter.ts";
import type { BriefRow } from "./brief-store.ts";
import { forecastCall } from "./forecast.ts";
import type { SessionPolicy } from "./forecast.ts";
import type { SessionTables } from "./tables.ts";
import type { ThreadState } from "./thread-state.ts";
import type { SessionRow, TurnRow } from "./turn-log.ts";

export interface JobPorts {
  prices: PriceBook;
  policy: SessionPolicy;
  counter: TokenCounter;
  reader: MessageReader;
  distiller: Distiller;
}

/** A prepared brief is written anew once this much more could leave: so a whole epoch costs a few distillations, not one a turn. */
const REFRESH_GROWTH = 1.25;
/** … and at least this many tokens more, because the first of an epoch would otherwise follow each other closely. */
const REFRESH_TOKENS_MIN = 500;
/** A cut is searched anew when the thread has grown by this share of what stays verbatim anyway. */
const SEARCH_SHARE = 1 / 16;
/** The rule of a turn that was stored before rules were kept. */
const FREE: RewriteRule = { leaveAlone: null, binding: null, bindsReply: false };
/** Shortest prompt that most providers cache; the guards are above it unless the operator has chosen otherwise. */
const USUAL_MINIMUM_TOKENS = 1024;
/** Tokens of the next call, assumed when asking whether it would compact. */
const NEXT_CALL_TOKENS = 100;

/** What a run leaves to the next one: messages to count, which may take long, or turns to look at, or nothing. */
export type WorkLeft = "counting" | "turns" | null;

/** One run. */
export async function runJobs(tables: SessionTables, ports: JobPorts, now: number): Promise<WorkLeft> {
  const session = tables.log.session();
  if (!session) return null;
  const { uncounted, turns } = session.pending;
  const batch = takeBatch(tables, uncounted);
  const tokens = new Map(batch.map((chain) => [chain, countNode(tables, ports, chain)]));
  tables.sql.transaction(() => {
    for (const [chain, count] of tokens) applyCount(tables, chain, count);
  });
  // A turn waits until its messages are counted: a brief is sized by them.
  const rev = batch.length === uncounted.length ? turns[0] : undefined;
  const turn = rev === undefined ? null : tables.log.find(rev);
  // Only the newest turn of a thread can need a brief: what an older one would prepare, the newer prepares better.
  if (turn?.state && isNewest(session, turn)) await prepareNext(tables, ports, session, turn, now);
  return clearPending(tables, new Set(batch), rev);
}

/** The next messages to count: as many as a request may have to wait for, and at least one. */
function takeBatch({ store }: SessionTables, uncounted: readonly Hash[]): Hash[] {
  let tokens = 0;
  const batch = uncounted.slice(0, MESSAGES_COUNTED_PER_RUN_MAX);
  const end = batch.findIndex((chain) => (tokens += store.find(chain)?.tokens ?? 0) > TOKENS_COUNTED_PER_RUN_MAX);
  return end < 0 ? batch : batch.slice(0, Math.max(1, end));
}

/** The session may have gone on while a distiller ran: its row is read again before what was done is taken off it. */
function clearPending({ sql, log }: SessionTables, counted: ReadonlySet<Hash>, rev: string | undefined): WorkLeft {
  return sql.transaction(() => {
    const row = log.session();
    if (!row) return null;
    row.pending.uncounted = row.pending.uncounted.filter((chain) => !counted.has(chain));
    row.pending.turns = row.pending.turns.filter((pendingRev) => pendingRev !== rev);
    log.saveSession(row);
    if (row.pending.uncounted.length > 0) return "counting";
    return row.pending.turns.length > 0 ? "turns" : null;
  });
}

/** Chain of the last message of the turn: its reply, or its question where the reply could not be read. */
function endOf(turn: TurnRow): Hash {
  return turn.reply ?? turn.asked ?? "";
}

function isNewest(session: SessionRow, turn: TurnRow): boolean {
  return session.recent.tips.includes(endOf(turn));
}

function countNode({ store }: SessionTables, { counter, reader }: JobPorts, chain: Hash): number {
  const node = store.find(chain);
  const body = node && store.body(node.message);
  if (!node || !body) return 0;
  const media = node.keep & KEEP_MEDIA ? MEDIA_TOKENS_ASSUMED : 0;
  const spoken = reader.readText(node.wire, body.json).map(({ text }) => text);
  return counter.countTokens(spoken.join("\n")) + MESSAGE_OVERHEAD_TOKENS + media;
}

function applyCount({ store }: SessionTables, chain: Hash, tokens: number): void {
  const node = store.find(chain);
  if (!node) return;
  const before = store.find(node.parent)?.pathTokens ?? 0;
  store.setTokens(chain, tokens, before + tokens);
}

/** Finds where the thread could be cut after this turn, and writes the brief for it when one is likely to be wanted. */
async function prepareNext(
  tables: SessionTables,
  ports: JobPorts,
  session: SessionRow,
  turn: TurnRow,
  now: number,
): Promise<void> {
  const { store, log, briefs } = tables;
  const state = turn.state;
  if (!state || state.rewriteOff) return;
  const inForce = briefs.find(state.brief);
  const hasTools = state.hasTools ?? turn.record["hasTools"] === true;
  const { guardTokens, guardItems } = hasTools ? ports.policy.agent : ports.policy.chat;
  // Below the provider's minimum nothing is cached at all: what stays must not fall under it.
  const minimum = (state.model === null ? null : ports.prices.lookUp(state.model))?.minimumTokens ?? 0;
  const floor = minimum > USUAL_MINIMUM_TOKENS ? minimum - state.headTokens : 0;
  const guard = { tokens: Math.max(guardTokens, floor), replies: guardItems };
  const pathTokens = store.find(endOf(turn))?.pathTokens ?? 0;
  if (!isGrown(pathTokens, state, inForce, guardTokens)) return;
  const candidate = chooseCut(store.walkUp(endOf(turn)), guard, inForce?.depth ?? 0);
  const next: ThreadState = { ...state, candidate, searchedAt: pathTokens };
  if (candidate && isDue(tables, ports, session, turn, next, candidate, now)) {
    const brief = await writeBrief(tables, ports, candidate, inForce, now);
    if (brief === null) next.rejectedDepth = candidate.depth;
    else next.prepared = brief;
  }
  // What happened to the thread while a distiller ran stands; only what was found here is added.
  const { prepared, rejectedDepth, searchedAt } = next;
  const latest = log.find(turn.rev)?.state ?? next;
  log.saveState(turn.rev, { ...latest, candidate, prepared, rejectedDepth, searchedAt });
}

/** Whether a search for a cut can find more than the last one did; it walks the tail, so not after every short turn. */
function isGrown(pathTokens: number, state: ThreadState, inForce: BriefRow | null, guardTokens: number): boolean {
  if (pathTokens - (inForce?.pathTokens ?? 0) <= guardTokens) return false;
  return pathTokens - state.searchedAt >= guardTokens * SEARCH_SHARE;
}

/** Whether the next call, warm or cold, would want a brief for a cut that none is written for. */
function isDue(
  tables: SessionTables,
  ports: JobPorts,
  session: SessionRow,
  turn: TurnRow,
  state: ThreadState,
  candidate: Cut,
  now: number,
): boolean {
  const floor = tables.briefs.find(state.brief)?.pathTokens ?? 0;
  const prepared = tables.briefs.find(state.prepared);
  const leaving = candidate.pathTokens - floor;
  const written = prepared ? prepared.pathTokens - floor : 0;
  if (leaving < Math.max(REFRESH_GROWTH * written, written + REFRESH_TOKENS_MIN)) return false;
  if (state.rejectedDepth > 0 && candidate.depth < REFRESH_GROWTH * state.rejectedDepth) return false;
  const end = tables.store.find(endOf(turn));
  const call = {
    now,
    model: state.model,
    headHash: state.headHash,
    headTokensEstimate: state.headTokens,
    hasTools: state.hasTools ?? turn.record["hasTools"] === true,
    rewrite: (turn.record["rewrite"] as RewriteRule | undefined) ?? FREE,
    cacheLifetime: (turn.record["cacheLifetime"] as CacheLifetime | null | undefined) ?? null,
    isToolExchange: false,
    boundDepth: end?.pathBound ?? 0,
    freshTokens: NEXT_CALL_TOKENS,
    isUserTurn: true,
    isAnswered: turn.reply === null,
    plain: false,
  };
  const unprepared = { ...state, prepared: null };
  const { decision } = forecastCall(tables, ports.prices, ports.policy, session, end, call, unprepared).forecast;
  return decision.compact || decision.shouldPrepare || decision.shouldPrepareAtExpiry;
}

/** Distils the span up to the cut. Answers the id of a committed brief, or null when it was refused. */
async function writeBrief(
  { store, briefs }: SessionTables,
  { counter, reader, distiller }: JobPorts,
  cut: Cut,
  inForce: BriefRow | null,
  now: number,
): Promise<number | null> {
  const span = readSpan(store.bodiesBelow(cut.chain, inForce?.depth ?? 0), reader);
  const kept = inForce?.pieces ?? [];
  const countTokens = (text: string): number => counter.countTokens(text);
  const leaving = cut.pathTokens - (inForce?.pathTokens ?? 0);
  const budgetTokens = briefBudget(leaving, inForce?.tokens ?? 0);
  const input = { kept, span, budgetTokens, countTokens };
  const written = await distil(distiller, input);
  const place = {
    cut: cut.chain,
    depth: cut.depth,
    pathTokens: cut.pathTokens,
    method: distiller.method,
    createdAt: now,
  };
  if (!written.ok) {
    briefs.add({ ...place, state: "rejected", tokens: 0, text: "", pieces: [], checks: written.error });
    return null;
  }
  const brief = written.value;
  const checked = checkBrief(brief, input);
  const { text, tokens, pieces } = brief;
  if (!checked.ok) {
    briefs.add({ ...place, state: "rejected", tokens, text, pieces, checks: checked.error });
    return null;
  }
  return briefs.add({ ...place, state: "committed", tokens, text, pieces, checks: { code: "passed" } });
}

/** A distiller is somebody else's code or model: whatever it throws is one more way of refusing. */
async function distil(distiller: Distiller, input: DistilInput): Promise<Result<Brief, DistilError>> {
  try {
    return await distiller.distil(input);
  } catch (error) {
    return fail({ code: "distiller_failed", detail: error instanceof Error ? error.name : "unknown" });
  }
}

/** The span as text; where it is larger than a distiller is ever given, all that the user said and the newest of the rest. */
function readSpan(
  bodies: { node: { id: number; wire: WireName; role: string }; json: string; firstAt: number }[],
  reader: MessageReader,
): SpanMessage[] {
  const span: SpanMessage[] = [];
  let chars = 0;
  for (const { node, json, firstAt } of bodies.toReversed()) {
    chars += json.length;
    if (chars > DISTILLED_CHARS_MAX && node.role !== "user") continue;
    for (const { role, speaker, text } of reader.readText(node.wire, json).toReversed())
      if (role === "user" || role === "assistant" || role === "tool")
        span.push({ node: node.id, role, speaker, text, at: firstAt });
  }
  return span.toReversed();
}
