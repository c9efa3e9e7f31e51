/**
 * The branches of a session, for whoever wants to see where its threads part.
 *
 * A reply that was asked for again is a branch as well, a short one. Reads the tree and of each branch the first words,
 * never a whole message.
 */
import { BRANCH_TITLE_CHARS_MAX, INSPECTED_BRANCHES_MAX } from "../../model/inspection-limits.ts";
import type { BranchView, TreeView } from "../../ports/inspection.ts";
import type { SessionTables } from "../tables.ts";
import { beginningsOf } from "../recall/index-archive.ts";
import { endOfBranch, readTree } from "./message-tree.ts";
import type { Branch, MessageTree, PlacedMessage } from "./message-tree.ts";
import { timeOf } from "./time-of.ts";

export function viewTree({ sql, store }: Pick<SessionTables, "sql" | "store">): TreeView {
  const tree = readTree(sql);
  const shown = chooseBranches(tree);
  const places = new Map(shown.map((branch, place) => [branch[0].branch, place]));
  const titles = beginningsOf(
    sql,
    shown.map((branch) => titleMessage(branch).id),
  );
  const at = timeOf(
    store,
    shown.map(([first]) => first),
  );
  const branches = shown.map((branch): BranchView => {
    const [first] = branch;
    const end = endOfBranch(branch);
    const from = tree.byChain.get(first.parent);
    return {
      thread: end.chain,
      from: from ? { branch: places.get(from.branch) ?? 0, depth: from.depth } : null,
      first_depth: first.depth,
      last_depth: end.depth,
      messages: branch.length,
      tokens: branch.reduce((sum, { tokens }) => sum + tokens, 0),
      started_at: at(first),
      turns: turnsOf(branch),
      title: shorten(titles.get(titleMessage(branch).id) ?? ""),
    };
  });
  return { branches, is_cut: tree.isCut || shown.length < tree.branches.length };
}

/** The newest branches, and those that they come from. */
function chooseBranches({ byChain, branches }: MessageTree): Branch[] {
  const chosen = new Set<Branch>();
  for (const newest of branches.slice(-INSPECTED_BRANCHES_MAX).toReversed()) {
    const line: Branch[] = [];
    for (let branch: Branch | undefined = newest; branch !== undefined && !chosen.has(branch);) {
      line.push(branch);
      const from = byChain.get(branch[0].parent);
      branch = from && branches[from.branch];
    }
    if (chosen.size + line.length > INSPECTED_BRANCHES_MAX) break;
    for (const branch of line) chosen.add(branch);
  }
  return branches.filter((branch) => chosen.has(branch));
}

/** The user's first message; where none was said on the branch, whatever it begins with. */
function titleMessage(branch: Branch): PlacedMessage {
  return branch.find(({ role }) => role === "user") ?? branch[0];
}

/** A question may have been asked again on another branch, so only replies tell, and the end that has none. */
function turnsOf(branch: Branch): BranchView["turns"] {
  const end = endOfBranch(branch);
  const turns = branch.flatMap((placed) =>
    placed.turn !== null && (placed.isReply || placed === end) ? [placed.turn] : [],
  );
  // One by one: a call takes only so many arguments.
  return turns.reduce<BranchView["turns"]>(
    ({ first, last }, turn) => ({ first: Math.min(first ?? turn, turn), last: Math.max(last ?? turn, turn) }),
    { first: null, last: null },
  );
}

function shorten(text: string): string {
  const line = text.replace(/\s+/gu, " ").trim();
  return line.length <= BRANCH_TITLE_CHARS_MAX ? line : `${line.slice(0, BRANCH_TITLE_CHARS_MAX - 1).toWellFormed()}…`;
}
