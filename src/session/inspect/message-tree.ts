/**
 * The session's messages as a tree with its branches, read for one inspection.
 *
 * One pass over the nodes in the order in which they were stored: the first message behind another goes on with its
 * branch, every later one begins a branch of its own. It reads no text. Not for the request path, because it is linear in the
 * session's messages.
 */
import { ROOT_CHAIN } from "../../model/hash.ts";
import type { Hash } from "../../model/hash.ts";
import { INSPECTED_MESSAGES_MAX } from "../../model/inspection-limits.ts";
import type { Role } from "../../model/message.ts";
import type { WireName } from "../../model/wire.ts";
import type { SourceView } from "../../ports/inspection.ts";
import type { Sql } from "../../ports/sql.ts";

export interface PlacedMessage {
  chain: Hash;
  id: number;
  parent: Hash;
  /** Hash of its bytes. */
  message: Hash;
  wire: WireName;
  role: Role;
  depth: number;
  tokens: number;
  /** GONE_* bits: why it has no words. */
  gone: number;
  /** The turn, or the attempt of one, that it answered, or that asked it last; null where it stands amidst a request or a reply. */
  rev: string | null;
  isReply: boolean;
  /** Number and time of the turn that brought it; null only where that turn is not stored any more. */
  turn: number | null;
  at: number | null;
  /** Place of its branch in the list. */
  branch: number;
}

/** A branch holds at least the message that it began with. */
export type Branch = [PlacedMessage, ...PlacedMessage[]];

export interface MessageTree {
  byChain: ReadonlyMap<Hash, PlacedMessage>;
  /** In the order in which they began. */
  branches: readonly Branch[];
  /** The session has more messages, older than these. */
  isCut: boolean;
}

interface NodeRow extends Omit<PlacedMessage, "isReply" | "branch"> {
  isReply: number;
}

export function readTree(sql: Sql): MessageTree {
  const rows = sql.all<NodeRow>(
    `SELECT chain, id, parent, message, wire, role, depth, tokens, gone, named AS rev, reply_of IS NOT NULL AS isReply,
       turn.seq AS turn, turn.at AS at
     FROM (SELECT *, coalesce(reply_of, asked_by) AS named FROM node ORDER BY id DESC LIMIT ?) AS placed
     LEFT JOIN turn ON turn.rev = coalesce((SELECT turn FROM attempt WHERE attempt.rev = named), named)
     ORDER BY id`,
    INSPECTED_MESSAGES_MAX + 1,
  );
  const isCut = rows.length > INSPECTED_MESSAGES_MAX;
  return { ...growTree(isCut ? rows.slice(1) : rows), isCut };
}

function growTree(rows: readonly NodeRow[]): Omit<MessageTree, "isCut"> {
  const byChain = new Map<Hash, PlacedMessage>();
  const branches: Branch[] = [];
  for (const row of rows) {
    const parent = byChain.get(row.parent);
    const before = parent && branches[parent.branch];
    const goesOn = before?.at(-1) === parent ? before : undefined;
    const branch = goesOn?.[0].branch ?? branches.length;
    const placed: PlacedMessage = { ...row, isReply: row.isReply === 1, branch };
    byChain.set(row.chain, placed);
    if (goesOn) goesOn.push(placed);
    else branches.push([placed]);
  }
  for (const branch of branches) bringTurns(branch);
  return { byChain, branches };
}

/** What stands amidst a request or a reply was stored together with the message behind it that ends it. */
function bringTurns(branch: Branch): void {
  let after: PlacedMessage | null = null;
  for (const placed of branch.toReversed()) {
    if (placed.rev === null && after !== null) {
      placed.turn = after.turn;
      placed.at = after.at;
    }
    after = placed;
  }
}

/** The branch's newest message. */
export function endOfBranch(branch: Branch): PlacedMessage {
  return branch.at(-1) ?? branch[0];
}

/** The thread that ends with this message, oldest first. */
export function pathTo(tree: MessageTree, end: Hash): PlacedMessage[] {
  const path: PlacedMessage[] = [];
  for (let chain = end; chain !== ROOT_CHAIN;) {
    const placed = tree.byChain.get(chain);
    if (placed === undefined) break;
    path.push(placed);
    chain = placed.parent;
  }
  return path.toReversed();
}

/** Which thread a message is shown on: the newest one where that holds it, else the one that its branch ends with. */
export function createThreadOf(tree: MessageTree, newest: Hash): (chain: Hash) => Hash {
  const onNewest = new Set(pathTo(tree, newest).map(({ chain }) => chain));
  return (chain) => {
    if (onNewest.has(chain)) return newest;
    const branch = tree.branches[tree.byChain.get(chain)?.branch ?? -1];
    return branch ? endOfBranch(branch).chain : chain;
  };
}

export function viewSource({ id, depth, chain, message, role, turn }: PlacedMessage): SourceView {
  return { node: id, depth, chain, hash: message, role, turn };
}

/** The messages with these row ids, in their order; one that is not there is left out. */
export function findSources({ byChain }: MessageTree, ids: Iterable<number>): SourceView[] {
  const wanted = new Set(ids);
  return [...byChain.values()].filter(({ id }) => wanted.has(id)).map(viewSource);
}
