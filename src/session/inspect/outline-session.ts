/**
 * A session in outline: its counters and ledger, and one small point for each turn, for charts and lists.
 *
 * A turn's record holds far more than a chart needs, so only single values of it are read. Briefs come without their
 * text. It only reads.
 */
import type { OutlineView, TurnPoint } from "../../ports/inspection.ts";
import type { Sql } from "../../ports/sql.ts";
import type { SessionRow } from "../turn-log.ts";
import type { SessionTables } from "../tables.ts";
import { viewEpoch, viewLedger } from "./view-session.ts";

interface PointRow {
  number: number;
  at: number;
  status: string;
  verdict: string;
  plan: string;
  reason: string;
  epoch: number | null;
  refused: number | null;
  model: string | null;
  client: number | null;
  forwarded: number | null;
  cached: number | null;
}

type BriefOutlineRow = Omit<OutlineView["briefs"][number], "created_at"> & { created_at: number };

export function outlineSession(session: SessionRow, { sql, briefs }: SessionTables, turns: number): OutlineView {
  const { pending } = session;
  return {
    created_at: new Date(session.createdAt).toISOString(),
    updated_at: new Date(session.updatedAt).toISOString(),
    counts: { turns: session.turns, messages: session.messages, threads: session.recent.tips.length },
    ledger: viewLedger(session.ledger),
    points: readPoints(sql, turns),
    epochs: briefs.epochs().map(viewEpoch),
    briefs: readBriefs(sql),
    is_at_work: pending.uncounted.length + pending.turns.length + (pending.digests?.length ?? 0) > 0,
  };
}

function readPoints(sql: Sql, turns: number): TurnPoint[] {
  const rows = sql.all<PointRow>(
    `SELECT seq AS number, at, status, verdict, mode AS plan, reason,
       record ->> '$.epoch' AS epoch, record ->> '$.rewriteRefused' AS refused, record ->> '$.model' AS model,
       record ->> '$.bill.replayTokens' AS client, record ->> '$.bill.promptTokens' AS forwarded,
       record ->> '$.bill.cachedTokens' AS cached
     FROM turn ORDER BY seq DESC LIMIT ?`,
    turns,
  );
  return rows.toReversed().map(({ refused, client, forwarded, cached, ...row }) => ({
    ...row,
    at: new Date(row.at).toISOString(),
    rewrite_refused: refused === 1,
    tokens: client === null || forwarded === null ? null : { client, forwarded, cached: cached ?? 0 },
  }));
}

function readBriefs(sql: Sql): OutlineView["briefs"] {
  const rows = sql.all<BriefOutlineRow>(
    `SELECT id, state, method, depth AS covers_messages, path_tokens AS covers_tokens, tokens, created_at
     FROM brief ORDER BY id`,
  );
  return rows.map((row) => ({ ...row, created_at: new Date(row.created_at).toISOString() }));
}
