/**
 * Where a request stands in the stored tree, and what that makes of it.
 *
 * Only hashes decide: a path is known when its chain is. The deepest known message is found by bisection, because a
 * stored message's ancestors are stored too. Nothing is matched by similarity, and nothing is written here.
 */
import { chainAll, ROOT_CHAIN } from "../model/hash.ts";
import type { Hash } from "../model/hash.ts";
import type { MessageFacts } from "../model/message.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Parent } from "../ports/session.ts";
import type { MessageStore, TreeNode } from "./message-store.ts";
import type { SessionRow, TurnLog, TurnRow } from "./turn-log.ts";

export interface Question {
  parent: Parent | null;
  prior: { hash: Hash; count: number } | null;
  messages: MessageFacts[];
  isRetry: boolean;
}

export interface Position {
  /** Deepest known message of the request; null when not even the first is known. */
  known: TreeNode | null;
  /** How many of the question's `messages` are known. */
  knownCount: number;
  verdict: Verdict;
  /** The turn that a delta goes on from. */
  parent: TurnRow | null;
}

export type Located = { kind: "located"; position: Position } | { kind: "unknown_prior" } | { kind: "unknown_parent" };

export function locate(store: MessageStore, log: TurnLog, session: SessionRow | null, question: Question): Located {
  let start: TreeNode | null = null;
  const parent = question.parent && findParent(store, log, question);
  if (question.parent !== null) {
    start = parent?.reply ? store.find(parent.reply) : null;
    // A conversation may be there without a turn yet; every other parent is a turn.
    if (start === null && question.parent.by !== "newest") return { kind: "unknown_parent" };
  } else if (question.prior !== null) {
    const { hash, count } = question.prior;
    const prior = session?.recent.priors.find((known) => known.hash === hash && known.count === count);
    start = prior ? store.find(prior.chain) : null;
    if (start === null) return { kind: "unknown_prior" };
  }
  const chains = chainAll(
    question.messages.map((message) => message.fingerprint),
    start?.chain ?? ROOT_CHAIN,
  );
  let low = 0;
  let high = chains.length;
  let known = start;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const node = store.find(chains[middle - 1] ?? "");
    if (node) {
      low = middle;
      known = node;
    } else high = middle - 1;
  }
  const verdict = judge(store, log, session, question, { known, knownCount: low });
  return { kind: "located", position: { known, knownCount: low, verdict, parent } };
}

function findParent(store: MessageStore, log: TurnLog, { parent, messages, isRetry }: Question): TurnRow | null {
  switch (parent?.by) {
    case "rev":
      return log.find(parent.rev);
    case "reply":
      return log.findByReply(parent.id);
    case "newest": {
      const newest = log.findNewest();
      return newest && isRetry ? findRetried(store, log, newest, messages) : newest;
    }
    case undefined:
      return null;
  }
}

/** A conversation's newest turn, or the one before it where the request asks the newest one's question again. */
function findRetried(store: MessageStore, log: TurnLog, newest: TurnRow, messages: MessageFacts[]): TurnRow | null {
  let before = newest.asked === null ? null : store.find(newest.asked);
  for (let steps = messages.length; before !== null && steps > 0; steps--) before = store.find(before.parent);
  const fingerprints = messages.map(({ fingerprint }) => fingerprint);
  if (chainAll(fingerprints, before?.chain ?? ROOT_CHAIN).at(-1) !== newest.asked) return newest;
  return before?.replyOf ? log.find(before.replyOf) : null;
}

function judge(
  store: MessageStore,
  log: TurnLog,
  session: SessionRow | null,
  question: Question,
  { known, knownCount }: { known: TreeNode | null; knownCount: number },
): Verdict {
  const fresh = question.messages.slice(knownCount);
  const [first] = fresh;
  if (first === undefined) return judgeRepeat(log, known, question.isRetry);
  if (question.parent !== null) return "delta";
  if (session === null) return "new";
  if (known === null) return replacesHistory(store, fresh) ? "client-compacted" : "new";
  if (session.recent.tips.includes(known.chain)) return "continue";
  if (replacesHistory(store, fresh)) return "client-compacted";
  return first.role === "user" ? "edit" : "fork";
}

/** Every message is known: the same request once more, or a history cut back to an earlier point. */
function judgeRepeat(log: TurnLog, known: TreeNode | null, isRetry: boolean): Verdict {
  if (!known?.askedBy) return "fork";
  return isRetry || log.turnOf(known.askedBy)?.status !== "complete" ? "retry" : "regenerate";
}

/** A history that has diverged and yet holds replies that the session gave: the client dropped or rewrote what stood before them. */
function replacesHistory(store: MessageStore, fresh: MessageFacts[]): boolean {
  const replies = fresh.filter((message) => message.role === "assistant").map((message) => message.fingerprint);
  return fresh.length > 1 && replies.length > 0 && store.knowsReply(replies);
}
