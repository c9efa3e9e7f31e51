/**
 * Asks the session that a path names one question, for whoever is looking.
 *
 * The session decides who may ask; whoever may not gets the same 404 as for what does not exist.
 */
import type { Context } from "hono";
import type { Ask, InspectionKind, View } from "../ports/inspection.ts";
import { answerError } from "./answer-error.ts";
import type { ReadInspection } from "./inspection.ts";

export type Bound = { Bindings: Cloudflare.Env };

export async function askSession<Kind extends InspectionKind>(
  readInspection: ReadInspection,
  context: Context<Bound, string>,
  kind: Kind,
  ask: Ask<Kind>,
  show: (view: View<Kind>, id: string) => Response,
): Promise<Response> {
  const inspection = readInspection(context.env, context.req.raw);
  if (!inspection.ok) return answerError({ code: "bad_settings", problems: inspection.error });
  const { sessions, tenant, nameSession } = inspection.value;
  const id = nameSession(context.req.param("id") ?? "");
  const view = await sessions.find(id).inspect(tenant, kind, ask);
  return view === null ? answerError({ code: "not_found" }) : show(view, id);
}
