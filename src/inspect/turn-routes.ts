/**
 * One turn of a session: everything that is known of it, its recorded bodies, and what was changed in them.
 *
 * A body is answered byte for byte as text that no browser may run, with the digest that it was sent with. Where only
 * that is left the answer is 410. Who may look is the session's word, as everywhere.
 */
import { Hono } from "hono";
import type { Context } from "hono";
import type { Ask, View } from "../ports/inspection.ts";
import type { BodyName, BodyText, TurnName } from "../ports/turn-view.ts";
import { answerError } from "./answer-error.ts";
import { askSession } from "./ask-session.ts";
import type { Bound } from "./ask-session.ts";
import type { ReadInspection } from "./inspection.ts";
import { readTurnName } from "./read-parameters.ts";

export function turnRoutes(readInspection: ReadInspection) {
  const routes = new Hono<Bound>();

  const look = async <Kind extends "turn" | "diff" | "body">(
    context: Context<Bound, string>,
    kind: Kind,
    ask: (turn: TurnName) => Ask<Kind>,
    show: (view: View<Kind>) => Response,
  ): Promise<Response> => {
    const turn = readTurnName(context.req.param("turn") ?? "");
    return turn === null
      ? answerError({ code: "not_found" })
      : askSession(readInspection, context, kind, ask(turn), show);
  };

  const lookAt = (context: Context<Bound, string>, body: BodyName): Promise<Response> =>
    look(context, "body", (turn) => ({ turn, body }), answerBody);

  routes.get("/:id/turns/:turn", (context) => look(context, "turn", (turn) => ({ turn }), show));

  routes.get("/:id/turns/:turn/diff", (context) => look(context, "diff", (turn) => ({ turn }), show));

  routes.get("/:id/turns/:turn/bodies/client", (context) => lookAt(context, { side: "client" }));

  routes.get("/:id/turns/:turn/bodies/refused", (context) => lookAt(context, { side: "refused" }));

  routes.get("/:id/turns/:turn/bodies/forwarded", (context) => lookAt(context, { side: "forwarded", call: 0 }));

  routes.get("/:id/turns/:turn/bodies/forwarded/:call{[0-9]{1,3}}", (context) =>
    lookAt(context, { side: "forwarded", call: Number(context.req.param("call")) }),
  );

  return routes;
}

function show(view: View<"turn" | "diff">): Response {
  return Response.json(view);
}

function answerBody({ body, text }: BodyText): Response {
  if (text === null) return answerError({ code: "body_not_kept", sha256: body.sha256 });
  return new Response(text, {
    headers: {
      "content-type": "application/json",
      "content-security-policy": "sandbox; default-src 'none'",
      "cache-control": "private, no-store",
      "repr-digest": `sha-256=:${Buffer.from(body.sha256, "hex").toString("base64")}:`,
    },
  });
}
