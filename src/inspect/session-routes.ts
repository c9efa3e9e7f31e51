/**
 * A session as JSON, and each part of it.
 *
 * Every route asks the session one question; the session decides who may ask. It only reads.
 */
import { Hono } from "hono";
import type { Context } from "hono";
import { INSPECTED_TURNS_DEFAULT, INSPECTED_TURNS_MAX } from "../model/limits.ts";
import type { Ask, InspectionKind, View } from "../ports/inspection.ts";
import { askSession } from "./ask-session.ts";
import type { Bound } from "./ask-session.ts";
import type { ReadInspection } from "./inspection.ts";

export function sessionRoutes(readInspection: ReadInspection) {
  const routes = new Hono<Bound>();

  /** Asks the session that the path names. */
  const look = <Kind extends InspectionKind>(
    context: Context<Bound, string>,
    kind: Kind,
    ask: Ask<Kind>,
    show: (view: View<Kind>, id: string) => Response,
  ): Promise<Response> => askSession(readInspection, context, kind, ask, show);

  routes.get("/:id", (context) => {
    const turns = readLimit(context.req.query("turns"), INSPECTED_TURNS_DEFAULT, INSPECTED_TURNS_MAX);
    return look(context, "session", { turns }, (view, id) => Response.json({ id, ...view }));
  });

  /** One message as it came: the original of what went up in short form, among others. */
  routes.get("/:id/messages/:hash", (context) =>
    look(context, "message", { hash: context.req.param("hash") }, (view) => Response.json(view)),
  );

  return routes;
}

function readLimit(text: string | undefined, otherwise: number, max: number): number {
  const asked = Number(text ?? otherwise);
  return Number.isInteger(asked) && asked >= 0 ? Math.min(asked, max) : otherwise;
}
