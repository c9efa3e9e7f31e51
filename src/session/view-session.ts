/**
 * What an inspection shows: the session as JSON, in the words of the documentation.
 *
 * Shapes only; it reads rows that are handed to it and decides nothing. Keys are snake_case like the APIs around it.
 * Costs are in units of one uncached input token, and in USD only where the model's price is known.
 */
import type { SessionView } from "../ports/session.ts";
import type { BriefRow, BriefStore, EpochRow } from "./brief-store.ts";
import type { SessionLedger } from "./session-ledger.ts";
import type { SessionRow, TurnRow } from "./turn-log.ts";

export function viewSession(session: SessionRow, turns: TurnRow[], briefs: BriefStore): SessionView {
  return {
    created_at: new Date(session.createdAt).toISOString(),
    updated_at: new Date(session.updatedAt).toISOString(),
    counts: { turns: session.turns, messages: session.messages, threads: session.recent.tips.length },
    ledger: viewLedger(session.ledger),
    turns: turns.map(viewTurn),
    epochs: briefs.epochs().map(viewEpoch),
    briefs: briefs.all().map(viewBrief),
    pending: { uncounted_messages: session.pending.uncounted.length, turns: session.pending.turns.length },
  };
}

function viewLedger(ledger: SessionLedger): SessionView {
  const { usd, tokens } = ledger;
  return {
    calls: ledger.calls,
    compactions: ledger.compactions,
    input_token_units: { spent: ledger.spent, replay: ledger.replay, uncached_replay: ledger.uncachedReplay },
    usd:
      usd.turns === 0
        ? null
        : { spent: usd.spent, replay: usd.replay, uncached_replay: usd.uncachedReplay, priced_calls: usd.turns },
    tokens: { client: tokens.client, forwarded: tokens.forwarded, cached: tokens.cached, output: tokens.output },
    bytes: ledger.bytes,
    cache_miss_rate: ledger.missRate,
  };
}

function viewTurn(turn: TurnRow): SessionView {
  const { record } = turn;
  return {
    rev: turn.rev,
    number: turn.seq,
    at: new Date(turn.at).toISOString(),
    status: turn.status,
    attempts: turn.attempts,
    verdict: turn.verdict,
    plan: turn.mode,
    reason: turn.reason,
    model: record["model"],
    identity: record["identity"],
    http_status: record["httpStatus"],
    rewrite_refused: record["rewriteRefused"],
    epoch: record["epoch"],
    bytes: record["bytes"],
    usage: record["usage"],
    bill: record["bill"],
    decision: record["decision"],
    recalled: record["recalled"] ?? null,
    timings_ms: record["timings"],
  };
}

function viewEpoch(epoch: EpochRow): SessionView {
  return {
    id: epoch.id,
    previous: epoch.previous,
    brief: epoch.brief,
    opened_by: epoch.openedBy,
    reason: epoch.reason,
    opened_at: new Date(epoch.openedAt).toISOString(),
  };
}

function viewBrief(brief: BriefRow): SessionView {
  return {
    id: brief.id,
    state: brief.state,
    method: brief.method,
    covers_messages: brief.depth,
    covers_tokens: brief.pathTokens,
    tokens: brief.tokens,
    text: brief.text,
    pieces: brief.pieces,
    checks: brief.checks,
    created_at: new Date(brief.createdAt).toISOString(),
  };
}
