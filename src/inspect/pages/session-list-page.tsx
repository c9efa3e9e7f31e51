/**
 * The tenant's sessions, newest first, a page at a time, and a search by id or model.
 *
 * A client's own id of a conversation finds its session as well. It only reads.
 */
import { Hono } from "hono";
import { SHOWN_SESSIONS } from "../../model/inspection-limits.ts";
import type { EntryPage } from "../../ports/tenant-directory.ts";
import { readCursor, writeCursor } from "../entry-cursor.ts";
import { NewcomerPart, UnknownTenantPart } from "./no-sessions.tsx";
import { OperatorBox } from "./operator-box.tsx";
import { Empty, Live, Pagination } from "./parts.tsx";
import { SessionTable } from "./session-table.tsx";
import { showPage } from "./show-page.tsx";
import type { PageEnv } from "./show-page.tsx";
import { tenantQuery } from "./tenant-query.ts";

const HERE = "/_strata/ui/sessions";

export function sessionListRoutes() {
  const routes = new Hono<PageEnv>();

  routes.get("/", async (context) => {
    const { tenants, shown, tenant, now, findNames } = context.var.inspection;
    const isOperator = tenant === null;
    const box = isOperator ? <OperatorBox action={HERE} shown={shown} /> : null;
    if (shown === null) return showPage(context, { title: "Sessions", here: "sessions" }, box);

    const text = context.req.query("q")?.trim() || null;
    const after = readCursor(context.req.query("cursor") ?? "");
    const names = text === null ? [] : findNames(text);
    const page = await tenants.find(shown).list(after, SHOWN_SESSIONS, { text, names, since: null, until: null });

    const chosen = new URLSearchParams(tenantQuery(context.var.inspection));
    if (text !== null) chosen.set("q", text);
    const nothing =
      page !== null ? (
        <NothingFound isOver={page.next === null} />
      ) : isOperator ? (
        <UnknownTenantPart />
      ) : (
        <NewcomerPart origin={new URL(context.req.url).origin} />
      );
    const content = (
      <>
        {box}
        <Live id="sessions">
          {page === null || page.sessions.length === 0 ? (
            nothing
          ) : (
            <div class="card">
              <SessionTable sessions={page.sessions} now={now} />
            </div>
          )}
        </Live>
        <Pagination newest={after === null ? null : addressOf(chosen)} older={olderOf(page, chosen)} />
      </>
    );
    const aside = <SearchForm text={text ?? ""} tenant={isOperator ? shown : null} />;
    // Further back nothing moves but out of sight, and of a tenant that is not there nothing is told.
    const live =
      after === null && (page !== null || !isOperator)
        ? { events: `/_strata/events${tenantQuery(context.var.inspection)}` }
        : {};
    return showPage(context, { title: "Sessions", here: "sessions", aside, ...live }, content);
  });

  return routes;
}

const SearchForm = ({ text, tenant }: { text: string; tenant: string | null }) => (
  <form class="row" method="get" action={HERE} role="search">
    {tenant === null ? null : <input type="hidden" name="tenant" value={tenant} />}
    <div class="grow">
      <label for="q">Find by id or model</label>
      <input
        id="q"
        name="q"
        type="search"
        placeholder="st_…, your own id, or gpt-5"
        value={text}
        spellcheck={false}
        autocomplete="off"
      />
    </div>
    <button>Search</button>
  </form>
);

/** A search looks at a part of a long list at a time. */
const NothingFound = ({ isOver }: { isOver: boolean }) => (
  <Empty>{isOver ? "No session fits." : "No session fits among those looked at so far. There are older ones."}</Empty>
);

function olderOf(page: EntryPage | null, chosen: URLSearchParams): string | null {
  if (!page?.next) return null;
  const query = new URLSearchParams(chosen);
  query.set("cursor", writeCursor(page.next));
  return addressOf(query);
}

function addressOf(query: URLSearchParams): string {
  return query.size === 0 ? HERE : `${HERE}?${query.toString()}`;
}
