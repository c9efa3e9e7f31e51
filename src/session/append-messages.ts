/**
 * Puts the messages of a finished turn into the tree: what the client sent, and behind it the reply.
 *
 * Part of the transaction that stores a turn. A message that is there already is found again by its chain; a new one
 * waits to be counted and indexed.
 */
import { GONE_UNKEPT } from "../model/message.ts";
import type { TurnRecord } from "../ports/session.ts";
import { queueForFacts } from "./facts/fact-queue.ts";
import type { TreeNode } from "./message-store.ts";
import type { SessionTables } from "./tables.ts";
import type { SessionRow } from "./turn-log.ts";

/** Answers the last message of the request, or null without any. */
export function appendAll(
  { store }: SessionTables,
  session: SessionRow,
  known: TreeNode | null,
  record: TurnRecord,
): TreeNode | null {
  if (record.keepsContent) for (const { hash, json } of record.head ?? []) store.keepHead(hash, json, record.at);
  let last = known;
  for (const [index, message] of record.messages.entries()) {
    const { node, isNew } = store.append(last, message, session.messages + 1, record.at, {
      wire: record.wire,
      askedBy: index === record.messages.length - 1 ? record.rev : null,
      replyOf: null,
      gone: goneOf(record),
    });
    if (isNew) countNew(session, node);
    if (isNew) queueForFacts(session, record, node);
    last = node;
  }
  return last;
}

/** Answers the last message of the reply; null where it is not whole. */
export function appendReply(
  { store }: SessionTables,
  session: SessionRow,
  asked: TreeNode | null,
  record: TurnRecord,
): TreeNode | null {
  if (record.reply.length === 0 || record.status !== "complete" || !asked) return null;
  let last = asked;
  for (const [index, message] of record.reply.entries()) {
    const { node, isNew } = store.append(
      last,
      message,
      session.messages + 1,
      record.at,
      {
        wire: record.wire,
        askedBy: null,
        replyOf: index === record.reply.length - 1 ? record.rev : null,
        gone: goneOf(record),
      },
      true,
    );
    if (isNew) countNew(session, node);
    last = node;
  }
  return last;
}

/** The messages of a turn that come to the session with it. */
export function textsOf({ messages, reply }: TurnRecord): string[] {
  return [...messages, ...reply].map(({ json }) => json);
}

function goneOf({ keepsContent }: TurnRecord): number {
  return keepsContent ? 0 : GONE_UNKEPT;
}

function countNew(session: SessionRow, node: TreeNode): void {
  session.messages++;
  // Of what is not kept the estimate stands: there is nothing to count, nor to find.
  if (node.gone === 0) session.pending.uncounted.push(node.chain);
}
