/**
 * A session as JSON, and each part of it.
 *
 * Every route asks the session one question; the session decides who may ask. It only reads.
 */
import { Hono } from "hono";
import type { Context } from "hono";
import type { StrataError } from "../model/errors.ts";
import { INSPECTED_TURNS_DEFAULT, INSPECTED_TURNS_MAX, SEARCH_QUERY_CHARS_MAX } from "../model/inspection-limits.ts";
import type { Result } from "../model/result.ts";
import type { Ask, InspectionKind, View } from "../ports/inspection.ts";
import { answerError } from "./answer-error.ts";
import { askSession } from "./ask-session.ts";
import type { Bound } from "./ask-session.ts";
import type { ReadInspection } from "./inspection.ts";
import { readCount, readPage, readSearch, readThreadPage } from "./read-parameters.ts";

const TURNS = { min: 0, max: INSPECTED_TURNS_MAX, otherwise: INSPECTED_TURNS_DEFAULT };

export function sessionRoutes(readInspection: ReadInspection) {
  const routes = new Hono<Bound>();

  /** Asks the session that the path names. */
  const look = <Kind extends InspectionKind>(
    context: Context<Bound, string>,
    kind: Kind,
    ask: Ask<Kind>,
    show: (view: View<Kind>, id: string) => Response,
  ): Promise<Response> => askSession(readInspection, context, kind, ask, show);

  /** The same, where what is asked is read from the query. */
  const lookFor = async <Kind extends InspectionKind>(
    context: Context<Bound, string>,
    kind: Kind,
    ask: Result<Ask<Kind>, StrataError>,
  ): Promise<Response> => (ask.ok ? look(context, kind, ask.value, show) : answerError(ask.error));

  routes.get("/:id", async (context) => {
    const turns = readCount((name) => context.req.query(name), "turns", TURNS);
    if (!turns.ok) return answerError(turns.error);
    return look(context, "session", { turns: turns.value }, (view, id) => Response.json({ id, ...view }));
  });

  routes.get("/:id/turns", (context) =>
    lookFor(
      context,
      "turns",
      readPage((name) => context.req.query(name)),
    ),
  );

  routes.get("/:id/tree", (context) => look(context, "tree", {}, show));

  routes.get("/:id/messages", (context) =>
    lookFor(
      context,
      "messages",
      readThreadPage((name) => context.req.query(name)),
    ),
  );

  /** One message as it came: the original of what went up in short form, among others. */
  routes.get("/:id/messages/:hash", (context) => look(context, "message", { hash: context.req.param("hash") }, show));

  routes.get("/:id/briefs", (context) => look(context, "briefs", {}, show));

  routes.get("/:id/briefs/:brief{[1-9][0-9]{0,14}}", (context) =>
    look(context, "brief", { id: Number(context.req.param("brief")) }, show),
  );

  routes.get("/:id/facts", (context) => look(context, "facts", {}, show));

  routes.get("/:id/search", (context) =>
    lookFor(
      context,
      "search",
      readSearch((name) => context.req.query(name), SEARCH_QUERY_CHARS_MAX),
    ),
  );

  return routes;
}

function show(view: unknown): Response {
  return Response.json(view);
}
