/**
 * One turn of a session: everything that is known of it, its recorded bodies, and what was changed in them.
 *
 * A body is answered byte for byte as text that no browser may run, with the digest that it was sent with. Where only
 * that is left the answer is 410. Who may look is the session's word, as everywhere.
 */
import { Hono } from "hono";
import type { Context } from "hono";
import type { Ask, InspectionKind, View } from "../ports/inspection.ts";
import type { BodyName, BodyText, TurnName } from "../ports/turn-view.ts";
import { answerError } from "./answer-error.ts";
import { askSession } from "./ask-session.ts";
import type { Bound } from "./ask-session.ts";
import type { ReadInspection } from "./inspection.ts";

export function turnRoutes(readInspection: ReadInspection) {
  const routes = new Hono<Bound>();

  const look = <Kind extends InspectionKind>(
    context: Context<Bound, string>,
    kind: Kind,
    ask: Ask<Kind>,
    show: (view: View<Kind>) => Response,
  ): Promise<Response> => askSession(readInspection, context, kind, ask, show);

  routes.get("/:id/turns/:turn", (context) =>
    look(context, "turn", { turn: readTurn(context.req.param("turn")) }, (view) => Response.json(view)),
  );

  routes.get("/:id/turns/:turn/diff", (context) =>
    look(context, "diff", { turn: readTurn(context.req.param("turn")) }, (view) => Response.json(view)),
  );

  routes.get("/:id/turns/:turn/bodies/:side/:call{[0-9]{1,3}}?", (context) => {
    const { turn, side, call } = context.req.param();
    const body = readBodyName(side, call);
    if (body === null) return answerError({ code: "not_found" });
    return look(context, "body", { turn: readTurn(turn), body }, answerBody);
  });

  return routes;
}

/** Revs are longer than any number of a turn. */
function readTurn(name: string): TurnName {
  return /^[1-9]\d{0,8}$/.test(name) ? { number: Number(name) } : { rev: name };
}

function readBodyName(side: string, call: string | undefined): BodyName | null {
  if (side === "forwarded") return { side, call: Number(call ?? 0) };
  return (side === "client" || side === "refused") && call === undefined ? { side } : null;
}

function answerBody({ body, text }: BodyText): Response {
  if (text === null) return answerError({ code: "body_not_kept", sha256: body.sha256 });
  return new Response(text, {
    headers: {
      "content-type": "application/json",
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'",
      "cache-control": "private, no-store",
      "repr-digest": `sha-256=:${Buffer.from(body.sha256, "hex").toString("base64")}:`,
    },
  });
}
