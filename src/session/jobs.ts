/**
 * What a session does after its replies: count tokens, index words, write the next brief, have a model condense what
 * is over.
 *
 * Runs from the alarm, never before a first byte. Each run does a bounded part and says whether more is left, so
 * that requests are served in between. Only the newest turn of a thread is looked at: what an older one would
 * prepare, the newer prepares better.
 */
import type { Hash } from "../model/hash.ts";
import { DIGESTED_THREADS_MAX } from "../model/limits.ts";
import { applyCounts, countMessages, takeBatch } from "./count-messages.ts";
import { countForms } from "./forms/count-forms.ts";
import type { DigestPorts } from "./digests/digest-ports.ts";
import { digestNext } from "./digests/digest-segments.ts";
import { indexMessages } from "./recall/index-archive.ts";
import { prepareBrief } from "./briefs/prepare-brief.ts";
import type { SessionTables } from "./tables.ts";
import { endOf } from "./turn-log.ts";
import type { SessionRow, TurnRow } from "./turn-log.ts";

/** What a run leaves to the next one: messages to count, which may take long, turns to look at, segments to condense, or nothing. */
export type WorkLeft = "counting" | "turns" | "digests" | null;

/** One run. */
export async function runJobs(tables: SessionTables, ports: DigestPorts, now: number): Promise<WorkLeft> {
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
  if (turn?.state) countForms(tables, ports, turn.state.forms ?? []);
  const digests = turn?.state && isNewest(session, turn) ? await prepareBrief(tables, ports, session, turn, now) : null;
  const left = clearPending(tables, new Set(batch), rev, digests);
  // A model may take a minute: it is asked when nothing else waits.
  return left === "digests" && batch.length === 0 && rev === undefined ? digestOne(tables, ports, now) : left;
}

async function digestOne(tables: SessionTables, ports: DigestPorts, now: number): Promise<WorkLeft> {
  const [chain] = tables.log.session()?.pending.digests ?? [];
  if (chain === undefined) return null;
  const goesOn = await digestNext(tables, ports, chain, now);
  return tables.sql.transaction(() => {
    const row = tables.log.session();
    if (!row) return null;
    if (!goesOn) row.pending.digests = row.pending.digests?.filter((pending) => pending !== chain) ?? [];
    tables.log.saveSession(row);
    return workLeft(row);
  });
}

/** The session may have gone on while a distiller ran: its row is read again before what was done is taken off it. */
function clearPending(
  { sql, log }: SessionTables,
  counted: ReadonlySet<Hash>,
  rev: string | undefined,
  digests: Hash | null,
): WorkLeft {
  return sql.transaction(() => {
    const row = log.session();
    if (!row) return null;
    row.pending.uncounted = row.pending.uncounted.filter((chain) => !counted.has(chain));
    row.pending.turns = row.pending.turns.filter((pendingRev) => pendingRev !== rev);
    if (digests !== null) row.pending.digests = addLast(row.pending.digests ?? [], digests);
    log.saveSession(row);
    return workLeft(row);
  });
}

function workLeft({ pending }: SessionRow): WorkLeft {
  if (pending.uncounted.length > 0) return "counting";
  if (pending.turns.length > 0) return "turns";
  return (pending.digests?.length ?? 0) > 0 ? "digests" : null;
}

/** Threads that wait for a model at the same time: of more, the one that has waited longest is left to its next turn. */
function addLast(chains: readonly Hash[], chain: Hash): Hash[] {
  return [...chains.filter((pending) => pending !== chain), chain].slice(-DIGESTED_THREADS_MAX);
}

function isNewest(session: SessionRow, turn: TurnRow): boolean {
  return session.recent.tips.includes(endOf(turn));
}
