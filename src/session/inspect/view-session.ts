/**
 * What an inspection shows: the session as JSON, in the words of the documentation.
 *
 * Shapes only; it reads rows that are handed to it and decides nothing. Keys are snake_case like the APIs around it.
 * Costs are in units of one uncached input token, and in USD only where the model's price is known.
 */
import type {
  BriefView,
  DistillerView,
  EpochView,
  LedgerView,
  SegmentView,
  SessionView,
} from "../../ports/inspection.ts";
import type { BriefRow, EpochRow } from "../briefs/brief-store.ts";
import type { DistillerBill } from "../digests/distiller-bill.ts";
import type { SessionLedger } from "../session-ledger.ts";
import type { SegmentRow } from "../digests/segment-store.ts";
import type { SessionTables } from "../tables.ts";
import type { SessionRow, TurnRow } from "../turn-log.ts";
import { viewTurn } from "./view-turn.ts";

export function viewSession(
  session: SessionRow,
  turns: TurnRow[],
  { briefs, segments }: Pick<SessionTables, "briefs" | "segments">,
): SessionView {
  return {
    created_at: new Date(session.createdAt).toISOString(),
    updated_at: new Date(session.updatedAt).toISOString(),
    counts: { turns: session.turns, messages: session.messages, threads: session.recent.tips.length },
    ledger: viewLedger(session.ledger),
    tenant: viewTenant(session),
    turns: turns.map(viewTurn),
    epochs: briefs.epochs().map(viewEpoch),
    briefs: briefs.all().map(viewBrief),
    segments: segments.all().map(viewSegment),
    pending: {
      uncounted_messages: session.pending.uncounted.length,
      turns: session.pending.turns.length,
      digests: session.pending.digests?.length ?? 0,
      messages_to_read_for_facts: session.pending.facts?.waiting.length ?? 0,
    },
  };
}

export function viewLedger(ledger: SessionLedger): LedgerView {
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
    distiller: ledger.distiller ? viewDistiller(ledger.distiller) : null,
  };
}

/** Part of what was spent above; USD are null where no call's model has a known price. */
function viewDistiller({ calls, promptTokens, outputTokens, spent, usd, pricedCalls }: DistillerBill): DistillerView {
  return {
    calls,
    tokens: { prompt: promptTokens, output: outputTokens },
    input_token_units: spent,
    usd: pricedCalls === 0 ? null : usd,
    priced_calls: pricedCalls,
  };
}

/** What the session knew of its tenant when it last told it of itself; the tenant's guard rests on that. */
function viewTenant({ tenant, report }: SessionRow): SessionView["tenant"] {
  const { seq, sent, others } = report;
  return {
    key: tenant,
    is_told: seq === sent,
    others: others && { usd: others.usd, unpriced_input_token_units: others.unpriced },
  };
}

export function viewEpoch(epoch: EpochRow): EpochView {
  return {
    id: epoch.id,
    previous: epoch.previous,
    brief: epoch.brief,
    opened_by: epoch.openedBy,
    reason: epoch.reason,
    opened_at: new Date(epoch.openedAt).toISOString(),
  };
}

export function viewBrief(brief: BriefRow): BriefView {
  return {
    id: brief.id,
    state: brief.state,
    method: brief.method,
    covers_messages: brief.depth,
    covers_tokens: brief.pathTokens,
    tokens: brief.tokens,
    text: brief.text,
    pieces: brief.pieces.map((piece) => ({ ...piece })),
    written: brief.written.map((line) => ({ ...line })),
    checks: brief.checks,
    created_at: new Date(brief.createdAt).toISOString(),
  };
}

function viewSegment(segment: SegmentRow): SegmentView {
  return {
    id: segment.id,
    level: segment.level,
    previous: segment.previous,
    messages: { after: segment.fromDepth, to: segment.toDepth },
    tokens: segment.tokens,
    state: segment.state,
    attempts: segment.attempts,
    method: segment.method,
    digest: segment.digest,
    checks: segment.checks,
    cost: segment.cost && viewDistiller(segment.cost),
  };
}
