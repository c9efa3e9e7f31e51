/**
 * Messages that are still to be read for facts about their user, and when.
 *
 * The queue stands in the session's own row, so that it costs a turn nothing and survives a restart. It holds places
 * in the tree, no text. Each of its steps changes a row that is handed to it; who saves it is the caller's business.
 */
import type { Hash } from "../../model/hash.ts";
import {
  FACT_MESSAGES_PER_RUN_MAX,
  FACT_MESSAGES_WAITING_MAX,
  FACT_SEND_PAUSE_MS,
  FACT_SENDS_MAX,
} from "../../model/limits.ts";
import type { TurnRecord } from "../../ports/session.ts";
import type { TreeNode } from "../message-store.ts";
import type { SessionRow } from "../turn-log.ts";

export interface FactQueue {
  /** Public id of the session: the source of every fact in it. */
  session: string;
  /** Oldest first; `memory` is the public name of the user's memory. */
  waiting: { memory: string; chain: Hash }[];
  /** How often in a row the memory did not answer. */
  failures: number;
  /** Milliseconds since the epoch. */
  notBefore: number;
}

export interface FactWork {
  memory: string;
  /** Public id of the session. */
  from: string;
  chains: Hash[];
}

/** Puts a new message in where the turn is one of a user who is remembered. Only what the user says is ever read. */
export function queueForFacts({ pending }: SessionRow, record: TurnRecord, { role, chain }: TreeNode): void {
  if (record.memory === null || role !== "user" || !record.keepsContent) return;
  pending.facts ??= { session: record.session, waiting: [], failures: 0, notBefore: 0 };
  const { waiting } = pending.facts;
  waiting.push({ memory: record.memory.name, chain });
  if (waiting.length > FACT_MESSAGES_WAITING_MAX) waiting.shift();
}

/** The oldest messages of one user; null while there are none or their memory is given time. */
export function takeFactWork({ pending }: SessionRow, now: number): FactWork | null {
  const [first] = pending.facts?.waiting ?? [];
  if (!pending.facts || !first || pending.facts.notBefore > now) return null;
  const { waiting } = pending.facts;
  const other = waiting.findIndex(({ memory }) => memory !== first.memory);
  const end = Math.min(other < 0 ? waiting.length : other, FACT_MESSAGES_PER_RUN_MAX);
  return { memory: first.memory, from: pending.facts.session, chains: waiting.slice(0, end).map(({ chain }) => chain) };
}

/** After a run: what was taken in leaves; what was not waits longer each time, and at last is let go. */
export function settleFactWork({ pending }: SessionRow, work: FactWork, isDone: boolean, now: number): void {
  const queue = pending.facts;
  if (!queue) return;
  queue.failures = isDone ? 0 : queue.failures + 1;
  const isOver = isDone || queue.failures >= FACT_SENDS_MAX;
  queue.notBefore = isOver ? 0 : now + FACT_SEND_PAUSE_MS * 2 ** (queue.failures - 1);
  if (!isOver) return;
  const done = new Set(work.chains);
  queue.waiting = queue.waiting.filter(({ memory, chain }) => memory !== work.memory || !done.has(chain));
  if (!isDone) queue.failures = 0;
  if (queue.waiting.length === 0) delete pending.facts;
}

/** When the queue wants its next run, or null when it is empty. */
export function nextFactWork({ pending }: SessionRow, now: number): number | null {
  return pending.facts && pending.facts.waiting.length > 0 ? Math.max(now, pending.facts.notBefore) : null;
}
