/**
 * Where a thread can be cut: what leaves the prompt, what stays verbatim.
 *
 * The cut is always just before a user message that can carry the brief, never inside a tool exchange, and never
 * past a message that no brief can stand for (media, a system message in mid-conversation). The newest part, as large
 * as the guard says, stays. Pure; walks only the tail, so its price does not grow with the history.
 */
import type { Hash } from "../model/hash.ts";
import type { Role } from "../model/message.ts";

/** A message of a thread with the sums of its path from the first message to itself. */
export interface PathNode {
  chain: Hash;
  depth: number;
  role: Role;
  /** Tokens of the path up to and including this message. */
  pathTokens: number;
  /** Tool calls of the path that have no result yet. */
  openCalls: number;
  /** KEEP_* bits of the path. */
  pathKeep: number;
  carriesBrief: boolean;
}

export interface Cut {
  /** Last message that leaves. */
  chain: Hash;
  /** How many messages leave, counted from the first. */
  depth: number;
  /** Tokens that leave, counted from the first message. */
  pathTokens: number;
}

export interface CutGuard {
  tokens: number;
  /** Replies that stay verbatim, at least. */
  replies: number;
}

/**
 * @param path the thread, newest message first; read only as far as needed
 * @param floorDepth messages that an earlier cut has already dropped
 */
export function chooseCut(path: Iterable<PathNode>, guard: CutGuard, floorDepth: number): Cut | null {
  let newest: PathNode | null = null;
  let later: PathNode | null = null;
  let replies = 0;
  for (const node of path) {
    newest ??= node;
    if (node.depth <= floorDepth) return null;
    if (
      later !== null &&
      isCut(node, later) &&
      newest.pathTokens - node.pathTokens >= guard.tokens &&
      replies >= guard.replies
    )
      return { chain: node.chain, depth: node.depth, pathTokens: node.pathTokens };
    if (node.role === "assistant") replies++;
    later = node;
  }
  return null;
}

/** Whether `last` may be the last message that leaves and `first` the first that stays. */
function isCut(last: PathNode, first: PathNode): boolean {
  return first.role === "user" && first.carriesBrief && last.openCalls === 0 && last.pathKeep === 0;
}
