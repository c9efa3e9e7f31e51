/**
 * What a session does after its replies: count tokens, index words, write the next brief.
 *
 * Runs from the alarm, never before a first byte. Each run does a bounded part and says whether more is left, so
 * that requests are served in between. Only the newest turn of a thread is looked at: what an older one would
 * prepare, the newer prepares better.
 */
import type { Hash } from "../model/hash.ts";
import type { Distiller } from "../ports/distiller.ts";
import type { MessageReader } from "../ports/message-reader.ts";
import type { PriceBook } from "../ports/price-book.ts";
import type { TokenCounter } from "../ports/token-counter.ts";
import { applyCounts, countMessages, takeBatch } from "./count-messages.ts";
import type { SessionPolicy } from "./forecast.ts";
import { indexMessages } from "./index-archive.ts";
import { prepareBrief } from "./prepare-brief.ts";
import type { SessionTables } from "./tables.ts";
import { endOf } from "./turn-log.ts";
import type { SessionRow, TurnRow } from "./turn-log.ts";

export interface JobPorts {
  prices: PriceBook;
  policy: SessionPolicy;
  counter: TokenCounter;
  reader: MessageReader;
  distiller: Distiller;
}

/** What a run leaves to the next one: messages to count, which may take long, or turns to look at, or nothing. */
export type WorkLeft = "counting" | "turns" | null;

/** One run. */
export async function runJobs(tables: SessionTables, ports: JobPorts, now: number): Promise<WorkLeft> {
  const session = tables.log.session();
  if (!session) return null;
  const { uncounted, turns } = session.pending;
  const batch = takeBatch(tables, uncounted);
  const counts = countMessages(tables, ports, batch);
  tables.sql.transaction(() => {
    applyCounts(tables, counts);
    indexMessages(tables, ports, batch);
  });
  // A turn waits until its messages are counted: a brief is sized by them.
  const rev = batch.length === uncounted.length ? turns[0] : undefined;
  const turn = rev === undefined ? null : tables.log.find(rev);
  if (turn?.state && isNewest(session, turn)) await prepareBrief(tables, ports, session, turn, now);
  return clearPending(tables, new Set(batch), rev);
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

function isNewest(session: SessionRow, turn: TurnRow): boolean {
  return session.recent.tips.includes(endOf(turn));
}
