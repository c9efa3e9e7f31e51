/**
 * The page of a session: what it cost, every turn as a chart, its branches, its messages as layers, its briefs.
 *
 * Put together from what four questions to the session have answered. It must not ask anything itself.
 */
import type { MessagePage, OutlineView, TreeView } from "../../../ports/inspection.ts";
import type { SessionLinks } from "../links.ts";
import { Card, Live } from "../parts.tsx";
import { Branches } from "./branches.tsx";
import { Conversation, Core } from "./conversation.tsx";
import { Epochs } from "./epochs.tsx";
import { Ledger } from "./ledger.tsx";
import { Timeline } from "./timeline.tsx";

interface SessionPageProps {
  outline: OutlineView;
  tree: TreeView | null;
  page: MessagePage | null;
  links: SessionLinks;
  now: number;
  thread: string | undefined;
}

export const SessionPage = ({ outline, tree, page, links, now, thread }: SessionPageProps) => (
  <>
    {tree?.branches[0]?.title ? <p class="opening">“{tree.branches[0].title}”</p> : null}
    <Live id="ledger">
      <Card title="Cost">
        <Ledger ledger={outline.ledger} counts={outline.counts} />
      </Card>
    </Live>
    <Live id="timeline">
      <Card title="Turn by turn">
        <Timeline outline={outline} links={links} />
      </Card>
    </Live>
    <div class="split">
      <Live id="conversation">
        <Card title="Conversation">
          {page === null ? (
            <p class="soft">There is no such thread.</p>
          ) : (
            <>
              <Core page={page} />
              <Conversation page={page} links={links} now={now} thread={thread} />
            </>
          )}
        </Card>
      </Live>
      <div class="side">
        {tree === null ? null : (
          <Live id="branches">
            <Card title="Branches">
              <Branches tree={tree} shown={page?.thread ?? null} links={links} />
            </Card>
          </Live>
        )}
        <Live id="epochs">
          <Card title="Briefs">
            <Epochs outline={outline} links={links} />
          </Card>
        </Live>
        <Card title="Take it with you">
          <ul class="list">
            <li>
              <a href={links.raw(["export"], { format: "jsonl" })}>Everything, as JSON Lines</a>
            </li>
            <li>
              <a href={links.raw(["export"], { format: "messages" })}>The messages, as an API takes them</a>
            </li>
            <li>
              <a href={links.raw()}>This session as JSON</a>
            </li>
          </ul>
        </Card>
      </div>
    </div>
  </>
);
