/**
 * The pages about one session and what each asks of it.
 *
 * The session decides who may ask; whoever may not gets the same page as for a session that is not there. Every
 * parameter is read here, and none of it reaches a page but as text. It only reads.
 */
import { Hono } from "hono";
import { isHash } from "../../../model/hash.ts";
import { INSPECTED_TURNS_MAX, SEARCH_QUERY_CHARS_MAX, SHOWN_PAGE_MESSAGES } from "../../../model/inspection-limits.ts";
import type { Ask, InspectionKind, View } from "../../../ports/inspection.ts";
import type { BodyName, TurnView } from "../../../ports/turn-view.ts";
import { readSearch, readThreadPage, readTurnName } from "../../read-parameters.ts";
import { BriefPage } from "../brief-page.tsx";
import { linkSession } from "../links.ts";
import type { SessionLinks } from "../links.ts";
import { MessagePart } from "../message-page.tsx";
import { ErrorPart } from "../parts.tsx";
import { SearchPage } from "../search-page.tsx";
import { showMissing, showPage } from "../show-page.tsx";
import type { PageContext, PageEnv } from "../show-page.tsx";
import type { Frame } from "../layout.tsx";
import type { ShownBody } from "../turn/bodies.tsx";
import { TurnPage } from "../turn/turn-page.tsx";
import { SessionBar } from "./session-bar.tsx";
import { SessionPage } from "./session-page.tsx";

/** What the caller looks through, which every link carries on. */
const KEPT = ["upstream", "tenant"] as const;
const NUMBER = /^[1-9]\d{0,14}$/;

export function sessionPageRoutes() {
  const routes = new Hono<PageEnv>();

  routes.get("/:id", async (context) => {
    const { ask, links, frame, now } = open(context);
    const query = (name: string) => (name === "limit" ? String(SHOWN_PAGE_MESSAGES) : context.req.query(name));
    const wanted = readThreadPage(query);
    if (!wanted.ok) return showUnreadable(context);
    const [outline, tree, page] = await Promise.all([
      ask("outline", { turns: INSPECTED_TURNS_MAX }),
      ask("tree", {}),
      ask("messages", wanted.value),
    ]);
    if (outline === null) return showMissing(context);
    const content = { outline, tree, page, links, now, thread: wanted.value.thread ?? undefined };
    return showPage(context, { ...frame, events: links.raw(["events"]) }, <SessionPage {...content} />);
  });

  /** The form that goes to a turn sends its number as a field. */
  routes.get("/:id/turns", (context) => {
    const turn = context.req.query("turn") ?? "";
    return NUMBER.test(turn) ? context.redirect(open(context).links.turn(turn), 303) : showUnreadable(context);
  });

  routes.get("/:id/turns/:turn", async (context) => {
    const { ask, links, within, now } = open(context);
    const name = readTurnName(context.req.param("turn"));
    const turn = name && (await ask("turn", { turn: name }));
    if (!turn) return showMissing(context, "This session has no such turn.");
    const [outline, diff, ...bodies] = await Promise.all([
      ask("outline", { turns: 0 }),
      ask("diff", { turn: { rev: turn.rev } }),
      ...listBodies(turn).map(async ({ body, ...rest }): Promise<ShownBody[]> => {
        const shown = await ask("body", { turn: { rev: turn.rev }, body });
        return shown ? [{ ...rest, shown }] : [];
      }),
    ]);
    const brief = outline?.epochs.find(({ id }) => id === turn.epoch)?.brief ?? null;
    const content = <TurnPage turn={turn} bodies={bodies.flat()} diff={diff} brief={brief} links={links} now={now} />;
    return showPage(context, within(`Turn ${turn.number}`, { turn: turn.number }), content);
  });

  routes.get("/:id/briefs/:brief", async (context) => {
    const { ask, links, within, now } = open(context);
    const id = context.req.param("brief");
    if (!NUMBER.test(id)) return showMissing(context);
    const [brief, outline] = await Promise.all([
      ask("brief", { id: Number(id) }),
      ask("outline", { turns: INSPECTED_TURNS_MAX }),
    ]);
    if (!brief || !outline) return showMissing(context, "This session has no such brief.");
    const content = <BriefPage brief={brief} outline={outline} links={links} now={now} />;
    return showPage(context, within(`Brief ${brief.id}`), content);
  });

  routes.get("/:id/search", async (context) => {
    const { ask, links, within, now } = open(context);
    const query = context.req.query("q")?.trim() ?? "";
    const wanted = readSearch((name) => context.req.query(name), SEARCH_QUERY_CHARS_MAX);
    if (query !== "" && !wanted.ok) return showUnreadable(context);
    // Without words there is nothing to look for, but only a session that may be seen has the page.
    const found = wanted.ok ? await ask("search", wanted.value) : (await ask("outline", { turns: 0 })) && { hits: [] };
    if (found === null) return showMissing(context);
    return showPage(
      context,
      within("Search", { query }),
      <SearchPage query={query} hits={found.hits} links={links} now={now} />,
    );
  });

  routes.get("/:id/messages/:hash", async (context) => {
    const { ask, links, within, now } = open(context);
    const hash = context.req.param("hash");
    const message = isHash(hash) ? await ask("message", { hash }) : null;
    if (!message) return showMissing(context, "This session has no such message.");
    return showPage(context, within("Message"), <MessagePart message={message} links={links} now={now} />);
  });

  return routes;
}

interface Opened {
  ask: <Kind extends InspectionKind>(kind: Kind, ask: Ask<Kind>) => Promise<View<Kind> | null>;
  links: SessionLinks;
  now: number;
  /** Of the session's own page, and of a page below it. */
  frame: Frame;
  within: (title: string, filled?: { turn?: number; query?: string }) => Frame;
}

function open(context: PageContext): Opened {
  const { sessions, tenant, nameSession, now } = context.var.inspection;
  const id = context.req.param("id") ?? "";
  const name = nameSession(id);
  const session = sessions.find(name);
  const kept = Object.fromEntries(
    KEPT.flatMap((field) => {
      const value = context.req.query(field);
      return value === undefined ? [] : [[field, value]];
    }),
  );
  const links = linkSession(id, kept);
  const sessionsLink =
    kept["tenant"] === undefined ? "" : `?${new URLSearchParams({ tenant: kept["tenant"] }).toString()}`;
  const trail = [{ label: "Sessions", href: `/_strata/ui/sessions${sessionsLink}` }];
  const label = `Session ${name.slice(0, 11)}…`;
  return {
    ask: (kind, ask) => session.inspect(tenant, kind, ask),
    links,
    now,
    frame: { title: label, here: "sessions", trail, aside: <SessionBar links={links} /> },
    within: (title, filled = {}) => ({
      title,
      here: "sessions",
      trail: [...trail, { label, href: links.session() }],
      aside: <SessionBar links={links} {...filled} />,
    }),
  };
}

/** What can be shown of a turn's bytes, in the order in which it happened. */
function listBodies({ bodies }: TurnView): (Omit<ShownBody, "shown"> & { body: BodyName })[] {
  if ("missing" in bodies) return [];
  const { refused, forwarded } = bodies;
  return [
    { title: "Received from the client", side: "client", path: ["client"], body: { side: "client" } },
    ...(refused
      ? [{ title: "Refused by the upstream", side: null, path: ["refused"], body: { side: "refused" as const } }]
      : []),
    ...forwarded.map((_body, call) => ({
      title: forwarded.length === 1 ? "Sent upstream" : `Sent upstream, call ${call + 1}`,
      side: call === 0 ? ("forwarded" as const) : null,
      path: ["forwarded", call],
      body: { side: "forwarded" as const, call },
    })),
  ];
}

function showUnreadable(context: PageContext) {
  const content = (
    <ErrorPart title="This address cannot be read">One of its parameters is not what it should be.</ErrorPart>
  );
  return showPage(context, { title: "Unreadable address", hasHeading: false }, content, 400);
}
