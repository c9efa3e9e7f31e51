/**
 * A turn's one line in the journal: what was decided, what it cost, where the time went.
 *
 * The numbers of the bill are the session's own, brought back by the call that stored the turn. A model's name is the
 * client's text, so it is only noted where it looks like one.
 */
import type { JournalEvent } from "../ports/journal.ts";
import type { TurnBill, TurnStatus } from "../ports/session.ts";
import type { Edge } from "./edge.ts";
import type { Sent } from "./finish-turn.ts";
import type { PlannedTurn } from "./plan-turn.ts";
import { PLANNING } from "./step-times.ts";

/** Names of models as providers and servers spell them: `gpt-5.4`, `@cf/meta/llama-4`, `org/model:tag`. */
const MODEL_NAME = /^[\w@][\w.:/@+-]{0,127}$/;

export interface Finished {
  /** Null: the session has no name, so nothing was stored. */
  session: string | null;
  status: TurnStatus;
  bytesReply: number;
  /** Null: not stored, or not billed. */
  bill: TurnBill | null;
}

export function noteTurn(edge: Edge, turn: PlannedTurn, sent: Sent, finished: Finished): void {
  const { status, session, bytesReply, bill } = finished;
  const { searched, times } = sent;
  edge.journal.write({
    event: "turn",
    ...nameTurn(turn, session),
    wire: turn.wire.name,
    verdict: turn.ticket?.verdict ?? "new",
    plan: turn.plan.mode,
    reason: turn.plan.reason,
    status,
    http_status: sent.httpStatus,
    model: nameModel(turn.question.model),
    identity: turn.identity.source,
    upstream_calls: 1 + searched.further.length,
    bytes_client: sent.bytes.client,
    bytes_forwarded: sent.bytes.forwarded + searched.bytes,
    bytes_reply: bytesReply,
    ...(bill && describeBill(bill)),
    ms_read: times.of("read"),
    ms_plan: times.of(...PLANNING),
    ms_open: times.of("open"),
    ms_upstream: times.of("upstream"),
    ms_store: times.of("store"),
  });
}

/** What every event about a turn says of it. */
export function nameTurn(
  { question, route, rev }: Pick<PlannedTurn, "question" | "route" | "rev">,
  session: string | null,
): Pick<JournalEvent, "tenant" | "session" | "turn" | "upstream"> {
  return { tenant: question.tenant, session, turn: rev, upstream: route.upstream };
}

function describeBill({ tokens, units, usd }: TurnBill): Partial<JournalEvent> {
  return {
    tokens_client: tokens.client,
    tokens_forwarded: tokens.forwarded,
    tokens_cached: tokens.cached,
    tokens_cache_expected: tokens.cacheExpected,
    tokens_output: tokens.output,
    units_spent: units.spent,
    units_replay: units.replay,
    usd_spent: usd?.spent ?? null,
    usd_replay: usd?.replay ?? null,
  };
}

function nameModel(model: string | null): string | null {
  return model === null || MODEL_NAME.test(model) ? model : "other";
}
