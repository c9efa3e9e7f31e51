/**
 * Takes a branch away: the messages that no other thread goes through, their turns, and what was made of them.
 *
 * Messages before the fork and every other branch stay as they are. Numbers of messages and turns are never given again,
 * so the session's counters stay. One transaction; afterwards no page in use holds a byte of it.
 */
import type { Hash } from "../../model/hash.ts";
import type { Released } from "../../ports/release.ts";
import { entriesOf } from "../recall/index-archive.ts";
import type { SessionTables } from "../tables.ts";
import type { ThreadState } from "../thread-state.ts";
import type { TurnRow } from "../turn-log.ts";
import { eachTurn } from "./clear-states.ts";
import { blankBriefs, dropBodies, dropForms, dropSegments } from "./drop-derived.ts";
import type { TreePart } from "./released-tree.ts";
import { rewriteTables } from "./rewrite-tables.ts";

export function releaseBranch(tables: SessionTables, { chains, ids }: TreePart): Omit<Released, "facts"> {
  const { sql, recordings } = tables;
  return sql.transaction(() => {
    const bodies = listBodies(tables, chains);
    const { turns, revs, heads } = dropTurns(tables, chains);
    recordings.remove(revs);
    recordings.collect();
    const briefs = blankBriefs(sql, chains);
    sql.run(
      `DELETE FROM epoch WHERE brief IN (SELECT value FROM json_each(?1))
         OR opened_by IN (SELECT value FROM json_each(?2))`,
      JSON.stringify([...briefs]),
      JSON.stringify(revs),
    );
    const digests = dropSegments(sql, chains);
    sql.run("DELETE FROM node WHERE chain IN (SELECT value FROM json_each(?))", JSON.stringify([...chains]));
    const forms = dropForms(sql, chains);
    dropBodies(sql, [...bodies, ...heads]);
    forgetPlaces(tables, chains, new Set(revs));
    rewriteTables(sql, { entries: entriesOf(ids), notes: [] });
    return { messages: ids.length, turns, briefs: briefs.size, digests, forms, copies: 0 };
  });
}

function listBodies({ sql }: SessionTables, chains: ReadonlySet<Hash>): Hash[] {
  return sql
    .all<{ message: Hash }>(
      "SELECT message FROM node WHERE chain IN (SELECT value FROM json_each(?))",
      JSON.stringify([...chains]),
    )
    .map(({ message }) => message);
}

interface Dropped {
  turns: number;
  /** Those of single attempts included. */
  revs: string[];
  /** What stood before their histories. */
  heads: Hash[];
}

function dropTurns(tables: SessionTables, chains: ReadonlySet<Hash>): Dropped {
  const { sql, log } = tables;
  const revs: string[] = [];
  const heads: Hash[] = [];
  let turns = 0;
  const isGone = (chain: Hash | null): boolean => chain !== null && chains.has(chain);
  for (const turn of eachTurn(log)) {
    const attempts = turn.attempts < 2 ? [] : readAttempts(tables, turn.rev);
    const lost = attempts.filter(({ reply }) => isGone(reply));
    const left = isGone(turn.asked) ? undefined : attempts.findLast(({ reply }) => reply !== null && !isGone(reply));
    const isLost = isGone(turn.asked) || isGone(turn.reply);
    if (isLost && left) log.save(asAttempt(turn, left));
    else if (isLost) {
      sql.run("DELETE FROM turn WHERE rev = ?", turn.rev);
      sql.run("DELETE FROM attempt WHERE turn = ?", turn.rev);
      turns++;
      revs.push(turn.rev);
      heads.push(...((turn.record["head"] as Hash[] | undefined) ?? []));
    }
    for (const { rev } of lost) {
      sql.run("DELETE FROM attempt WHERE rev = ?", rev);
      revs.push(rev);
    }
  }
  // The question before the fork may have been asked last by a turn that has gone.
  sql.run(
    `UPDATE node SET asked_by = (SELECT rev FROM turn WHERE asked = node.chain ORDER BY seq DESC LIMIT 1)
     WHERE asked_by IN (SELECT value FROM json_each(?))`,
    JSON.stringify(revs),
  );
  return { turns, revs: [...new Set(revs)], heads };
}

interface StoredAttempt {
  rev: string;
  reply: Hash | null;
  replyId: string | null;
  state: string;
}

function readAttempts({ sql }: SessionTables, turn: string): StoredAttempt[] {
  return sql.all<StoredAttempt>(
    "SELECT rev, reply, reply_id AS replyId, state FROM attempt WHERE turn = ? ORDER BY rev",
    turn,
  );
}

/** The turn as the attempt that is left of it; what was recalled for the other goes with it. */
function asAttempt(turn: TurnRow, { reply, replyId, state }: StoredAttempt): TurnRow {
  const record = { ...turn.record, recalled: null };
  return { ...turn, reply, replyId, state: JSON.parse(state) as ThreadState | null, record };
}

function forgetPlaces({ log }: SessionTables, chains: ReadonlySet<Hash>, revs: ReadonlySet<string>): void {
  const session = log.session();
  if (!session) return;
  const { recent, pending } = session;
  const stays = (chain: Hash): boolean => !chains.has(chain);
  recent.tips = recent.tips.filter(stays);
  recent.priors = recent.priors.filter(({ chain }) => stays(chain));
  pending.uncounted = pending.uncounted.filter(stays);
  pending.turns = pending.turns.filter((rev) => !revs.has(rev));
  if (pending.digests) pending.digests = pending.digests.filter(stays);
  if (pending.facts) pending.facts.waiting = pending.facts.waiting.filter(({ chain }) => stays(chain));
  log.saveSession(session);
}
