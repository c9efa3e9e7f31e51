/**
 * Finds where a thread could be cut next, and writes the brief for it when one is likely to be wanted.
 *
 * Part of the alarm's work. A distillation that fails, or does not pass its checks, changes nothing but the record
 * of it. It says which segments a model should condense, and never waits for one. It must not decide when to
 * compact: that is the policy's, on the next call.
 */
import type { Hash } from "../../model/hash.ts";
import type { CacheLifetime } from "../../model/usage.ts";
import { chooseCut } from "../../plan/choose-cut.ts";
import type { Cut } from "../../plan/choose-cut.ts";
import type { RewriteRule } from "../../ports/session.ts";
import type { BriefRow } from "./brief-store.ts";
import { expectDigestCost } from "../digests/distiller-bill.ts";
import { forecastCall } from "../forecast.ts";
import type { DigestPorts } from "../digests/digest-ports.ts";
import { prepareForms } from "../forms/prepare-forms.ts";
import type { SessionTables } from "../tables.ts";
import type { ThreadState } from "../thread-state.ts";
import { countDigests, dueSegments, extendSegments, findSegments } from "../digests/thread-segments.ts";
import { endOf } from "../turn-log.ts";
import type { SessionRow, TurnRow } from "../turn-log.ts";
import { pruneBriefs, writeBrief } from "./write-brief.ts";

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

/**
 * Finds where the thread could be cut after this turn, and writes the brief for it when one is likely to be wanted.
 * Answers the chain up to which a model should condense the thread, or null.
 */
export async function prepareBrief(
  tables: SessionTables,
  ports: DigestPorts,
  session: SessionRow,
  turn: TurnRow,
  now: number,
): Promise<Hash | null> {
  const { store, log, briefs } = tables;
  const state = turn.state;
  if (!state || state.rewriteOff) return null;
  const inForce = briefs.find(state.brief);
  const hasTools = state.hasTools ?? turn.record["hasTools"] === true;
  const { guardTokens, guardItems } = hasTools ? ports.policy.agent : ports.policy.chat;
  // Below the provider's minimum nothing is cached at all: what stays must not fall under it.
  const minimum = (state.model === null ? null : ports.prices.lookUp(state.model))?.minimumTokens ?? 0;
  const floor = minimum > USUAL_MINIMUM_TOKENS ? minimum - state.headTokens : 0;
  const guard = { tokens: Math.max(guardTokens, floor), replies: guardItems };
  const pathTokens = store.find(endOf(turn))?.pathTokens ?? 0;
  if (!isGrown(pathTokens, state, inForce, guardTokens)) return null;
  const candidate = chooseCut(store.walkUp(endOf(turn)), guard, inForce?.depth ?? 0);

  const next = {
    ...state,
    candidate,
    preparedForms: state.preparedForms ?? [],
    distillCost: 0,
    searchedAt: pathTokens,
  };
  let digests: Hash | null = null;
  if (candidate && isWanted(tables, ports, session, turn, next, now)) {
    // What was written before the model was switched off is told all the same.
    const thread = (ports.writer === null ? findSegments : extendSegments)(tables, candidate.chain);
    const due = ports.writer === null ? [] : dueSegments(thread);
    next.distillCost = expectDigestCost(ports, state.model, due);
    // The brief of quotes costs nothing and is written at once; the model must be worth its money as well.
    if (due.length > 0 && isWanted(tables, ports, session, turn, next, now)) digests = candidate.chain;
    if (isStale(briefs.find(state.prepared), inForce, next, candidate, countDigests(thread))) {
      const brief = await writeBrief(tables, ports, candidate, inForce, thread, now);
      if (brief === null) next.rejectedDepth = candidate.depth;
      else {
        next.prepared = brief;
        next.preparedForms = prepareForms(tables, ports, endOf(turn), candidate.depth);
      }
    }
  }
  // What happened to the thread while a distiller ran stands; only what was found here is added.
  const { prepared, preparedForms, distillCost, rejectedDepth, searchedAt } = next;
  const latest = log.find(turn.rev)?.state ?? next;
  log.saveState(turn.rev, { ...latest, candidate, prepared, preparedForms, distillCost, rejectedDepth, searchedAt });
  if (prepared !== state.prepared) pruneBriefs(tables, now);
  return digests;
}

/** Writes the prepared brief of a thread anew when a model has condensed more of it since. */
export async function renewBrief(tables: SessionTables, ports: DigestPorts, turn: TurnRow, now: number): Promise<void> {
  const { log, briefs } = tables;
  const state = turn.state;
  const before = briefs.find(state?.prepared ?? null);
  if (!state?.candidate || !before) return;
  const thread = findSegments(tables, state.candidate.chain);
  if (countDigests(thread) <= before.digests) return;
  const prepared = await writeBrief(tables, ports, state.candidate, briefs.find(state.brief), thread, now);
  const latest = log.find(turn.rev)?.state ?? state;
  if (prepared === null || latest.prepared !== before.id) return;
  log.saveState(turn.rev, { ...latest, prepared });
  pruneBriefs(tables, now);
}

/** Whether a search for a cut can find more than the last one did; it walks the tail, so not after every short turn. */
function isGrown(pathTokens: number, state: ThreadState, inForce: BriefRow | null, guardTokens: number): boolean {
  if (pathTokens - (inForce?.pathTokens ?? 0) <= guardTokens) return false;
  return pathTokens - state.searchedAt >= guardTokens * SEARCH_SHARE;
}

/** Whether the prepared brief, if there is one, stands for too little by now, or could be written from more. */
function isStale(
  prepared: BriefRow | null,
  inForce: BriefRow | null,
  state: ThreadState,
  candidate: Cut,
  digests: number,
): boolean {
  if (state.rejectedDepth > 0 && candidate.depth < REFRESH_GROWTH * state.rejectedDepth) return false;
  if (prepared && digests > prepared.digests) return true;
  const floor = inForce?.pathTokens ?? 0;
  const leaving = candidate.pathTokens - floor;
  const written = prepared ? prepared.pathTokens - floor : 0;
  return leaving >= Math.max(REFRESH_GROWTH * written, written + REFRESH_TOKENS_MIN);
}

/** Whether the next call, warm or cold, would want a brief for the candidate, had it none. */
function isWanted(
  tables: SessionTables,
  ports: DigestPorts,
  session: SessionRow,
  turn: TurnRow,
  state: ThreadState,
  now: number,
): boolean {
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
    keepsTools: false,
  };
  const unprepared = { ...state, prepared: null };
  const { decision } = forecastCall(tables, ports.prices, ports.policy, session, end, call, unprepared).forecast;
  return decision.compact || decision.shouldPrepare || decision.shouldPrepareAtExpiry;
}
