/**
 * The first look inside: health, a session as JSON, one message of it, a tenant's sessions, and what is known of an end
 * user.
 *
 * A session is shown to the credential that owns it and to the operator's token; everyone else gets the same 404 as
 * for a session that does not exist. Sessions are only read, and it must never show a credential.
 */
import { Hono } from "hono";
import { INSPECTED_TURNS_DEFAULT, INSPECTED_TURNS_MAX } from "../model/limits.ts";
import type { Result } from "../model/result.ts";
import type { SessionDirectory } from "../ports/session-directory.ts";
import { answerError } from "./answer-error.ts";
import { tenantRoutes } from "./tenant-routes.ts";
import type { TenantInspection } from "./tenant-routes.ts";
import { userFactRoutes } from "./user-facts.ts";
import type { UserInspection } from "./user-facts.ts";

/** Who is looking, and how sessions are found; read from each request by the edge. */
export interface Inspection extends TenantInspection, UserInspection {
  sessions: SessionDirectory;
  /** Whether names are keyed with a secret of this deployment. */
  isKeyed: boolean;
  /** Public id of a session that the caller named. */
  nameSession: (id: string) => string;
}

type ReadInspection = (env: Cloudflare.Env, request: Request) => Result<Inspection, string[]>;

export function inspectRoutes(readInspection: ReadInspection) {
  const routes = new Hono<{ Bindings: Cloudflare.Env }>();

  routes.get("/health", (context) => {
    const inspection = readInspection(context.env, context.req.raw);
    if (!inspection.ok) return context.json({ status: "misconfigured", problems: inspection.error }, 500);
    return context.json({ status: "ok", names_keyed: inspection.value.isKeyed });
  });

  routes.get("/sessions/:id", async (context) => {
    const inspection = readInspection(context.env, context.req.raw);
    if (!inspection.ok) return answerError({ code: "bad_settings", problems: inspection.error });
    const { sessions, tenant, nameSession } = inspection.value;
    const id = nameSession(context.req.param("id"));
    const asked = Number(context.req.query("turns") ?? INSPECTED_TURNS_DEFAULT);
    const turns =
      Number.isInteger(asked) && asked >= 0 ? Math.min(asked, INSPECTED_TURNS_MAX) : INSPECTED_TURNS_DEFAULT;
    const view = await sessions.find(id).inspect(tenant, turns);
    return view === null ? answerError({ code: "not_found" }) : context.json({ id, ...view });
  });

  /** One message as it came: the original of what went up in short form, among others. */
  routes.get("/sessions/:id/messages/:hash", async (context) => {
    const inspection = readInspection(context.env, context.req.raw);
    if (!inspection.ok) return answerError({ code: "bad_settings", problems: inspection.error });
    const { sessions, tenant, nameSession } = inspection.value;
    const { id, hash } = context.req.param();
    const message = await sessions.find(nameSession(id)).readMessage(tenant, hash);
    if (message === null) return answerError({ code: "not_found" });
    const { role, json, firstAt } = message;
    return context.json({ hash, role, first_at: new Date(firstAt).toISOString(), json });
  });

  routes.route("/users", userFactRoutes(readInspection));
  routes.route("/", tenantRoutes(readInspection));

  routes.all("*", () => answerError({ code: "not_found" }));

  return routes;
}
