/**
 * Finds where a thread could be cut next, and writes the brief for it when one is likely to be wanted.
 *
 * Part of the alarm's work. A distillation that fails, or does not pass its checks, changes nothing but the record
 * of it. It must not decide when to compact: that is the policy's, on the next call.
 */
import { checkBrief } from "../distil/check-brief.ts";
import { DISTILLED_CHARS_MAX } from "../model/limits.ts";
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
import { extendRanges } from "./node-ranges.ts";
import type { SessionTables } from "./tables.ts";
import type { ThreadState } from "./thread-state.ts";
import { endOf } from "./turn-log.ts";
import type { SessionRow, TurnRow } from "./turn-log.ts";

interface BriefPorts {
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

/** Finds where the thread could be cut after this turn, and writes the brief for it when one is likely to be wanted. */
export async function prepareBrief(
  tables: SessionTables,
  ports: BriefPorts,
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
  ports: BriefPorts,
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
  { counter, reader, distiller }: BriefPorts,
  cut: Cut,
  inForce: BriefRow | null,
  now: number,
): Promise<number | null> {
  const bodies = store.bodiesBelow(cut.chain, inForce?.depth ?? 0);
  const span = readSpan(bodies, reader);
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
    nodes: extendRanges(
      inForce?.nodes ?? [],
      bodies.map(({ node }) => node.id),
    ),
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
