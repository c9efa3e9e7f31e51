/**
 * Takes out of threads' states and turns' records what rests on a message whose words go.
 *
 * A thread whose brief was in force goes on without one: its next call goes up whole, or with a brief that the alarm has
 * written meanwhile. Short forms and recalled blocks may name or quote other messages than their own, so those of every
 * thread through the message go. Part of a deletion's transaction; it must not touch another branch's turns.
 */
import type { Hash } from "../../model/hash.ts";
import type { RecallNote } from "../../ports/prompt-blocks.ts";
import type { SessionTables } from "../tables.ts";
import type { ThreadState } from "../thread-state.ts";
import type { TurnRow } from "../turn-log.ts";

/** A turn has some kilobytes, more where its state holds recalled blocks. */
const TURNS_READ_AT_ONCE = 200;

interface Gone {
  /** The message's row id, and every message from it on. */
  node: number;
  behind: ReadonlySet<Hash>;
  briefs: ReadonlySet<number>;
}

/** Answers the revs of the turns through the message, those of single attempts included, and how many turns that are. */
export function clearStates({ sql, log }: SessionTables, gone: Gone): { turns: number; revs: string[] } {
  const revs: string[] = [];
  let turns = 0;
  for (const turn of eachTurn(log)) {
    if (!gone.behind.has(turn.asked ?? "") && !gone.behind.has(turn.reply ?? "")) continue;
    turns++;
    revs.push(turn.rev);
    const recalled = (turn.record["recalled"] ?? null) as RecallNote | null;
    log.save({
      ...turn,
      state: turn.state && clearState(turn.state, gone),
      record: { ...turn.record, recalled: recalled?.nodes.includes(gone.node) ? null : recalled },
    });
    if (turn.attempts < 2) continue;
    const attempts = sql.all<{ rev: string; state: string }>("SELECT rev, state FROM attempt WHERE turn = ?", turn.rev);
    for (const { rev, state } of attempts) {
      revs.push(rev);
      const own = JSON.parse(state) as ThreadState | null;
      if (own) sql.run("UPDATE attempt SET state = ? WHERE rev = ?", JSON.stringify(clearState(own, gone)), rev);
    }
  }
  return { turns, revs };
}

/** Newest first, a few rows in memory at a time. */
export function* eachTurn(log: SessionTables["log"]): Generator<TurnRow> {
  for (let before: number | null = null; ;) {
    const page: TurnRow[] = log.page(before, TURNS_READ_AT_ONCE);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < TURNS_READ_AT_ONCE) return;
    before = last.seq;
  }
}

function clearState(state: ThreadState, { node, briefs }: Gone): ThreadState {
  const lasting = (state.lasting ?? []).filter(({ nodes }) => !nodes.includes(node));
  const cleared = { ...state, lasting, forms: [], preparedForms: [], results: [] };
  const losesBrief = state.brief !== null && briefs.has(state.brief);
  const losesPrepared = state.prepared !== null && briefs.has(state.prepared);
  if (!losesBrief && !losesPrepared) return cleared;
  // The search for a cut begins anew at the next run of the alarm.
  const searched = { ...cleared, searchedAt: 0, rejectedDepth: 0, prepared: losesPrepared ? null : state.prepared };
  // Of the prompt that comes next nothing is in the provider's cache.
  return losesBrief ? { ...searched, brief: null, epoch: null, prepared: null, lastPromptTokens: 0 } : searched;
}
