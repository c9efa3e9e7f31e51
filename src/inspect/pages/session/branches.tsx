/**
 * The threads of a session as a tree: each branch under the one that it leaves, with the place where it does.
 *
 * Branches come in the order in which they began, so that the parent of each is before it.
 */
import type { BranchView, TreeView } from "../../../ports/inspection.ts";
import { formatCount, formatShort } from "../formats.ts";
import type { SessionLinks } from "../links.ts";

interface BranchesProps {
  tree: TreeView;
  /** The thread on the page. */
  shown: string | null;
  links: SessionLinks;
}

export const Branches = ({ tree: { branches }, shown, links }: BranchesProps) => {
  const under = (parent: number | null) => {
    const children = branches.flatMap((branch, place) =>
      (branch.from?.branch ?? null) === parent ? [{ branch, place }] : [],
    );
    return children.length === 0 ? null : (
      <ul>
        {children.map(({ branch, place }) => (
          <li>
            <Branch branch={branch} isShown={branch.thread === shown} links={links} />
            {under(place)}
          </li>
        ))}
      </ul>
    );
  };
  return <div class="branches">{under(null)}</div>;
};

const Branch = ({ branch, isShown, links }: { branch: BranchView; isShown: boolean; links: SessionLinks }) => {
  const { thread, from, messages, tokens, turns, title } = branch;
  return (
    <a class="branch" href={links.session({ thread })} {...(isShown ? { "aria-current": "true" as const } : {})}>
      <span class="branch-title">{title || "Without words"}</span>
      <span class="soft small">
        {from === null ? "" : `leaves at message ${formatCount(from.depth)} · `}
        {formatCount(messages)} {messages === 1 ? "message" : "messages"} · {formatShort(tokens)} tokens
        {turns.first === null
          ? ""
          : turns.first === turns.last
            ? ` · turn ${turns.first}`
            : ` · turns ${turns.first}–${turns.last ?? ""}`}
      </span>
    </a>
  );
};
