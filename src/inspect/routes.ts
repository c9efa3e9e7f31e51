/**
 * The door to the inside: pages, health, sessions, a tenant's directory and ledger, what is known of end users.
 *
 * Sub-routes live beside this file, one for each thing that can be looked at. A session is shown to the credential that
 * owns it and to the operator's token; everyone else gets the same 404 as for a session that does not exist. It must
 * never show a credential.
 */
import { Hono } from "hono";
import { trimTrailingSlash } from "hono/trailing-slash";
import { answerError } from "./answer-error.ts";
import { deleteRoutes } from "./delete-routes.ts";
import type { ReadInspection } from "./inspection.ts";
import { liveRoutes } from "./live-routes.ts";
import openapi from "./openapi.json" with { type: "json" };
import { pageRoutes } from "./pages/page-routes.tsx";
import { refuseForeignChanges } from "./same-origin.ts";
import { secureHeaders } from "./secure-headers.ts";
import { sessionRoutes } from "./session-routes.ts";
import { tenantRoutes } from "./tenant-routes.ts";
import { turnRoutes } from "./turn-routes.ts";
import { transferRoutes } from "./transfer-routes.ts";
import { userFactRoutes } from "./user-facts.ts";

export function inspectRoutes(readInspection: ReadInspection) {
  const routes = new Hono<{ Bindings: Cloudflare.Env }>();

  routes.use(secureHeaders, trimTrailingSlash());
  routes.get("/", (context) => context.redirect("/_strata/ui", 302));
  routes.route("/ui", pageRoutes(readInspection));
  routes.use(refuseForeignChanges(readInspection));

  routes.get("/health", (context) => {
    const inspection = readInspection(context.env, context.req.raw);
    if (!inspection.ok) return context.json({ status: "misconfigured", problems: inspection.error }, 500);
    return context.json({ status: "ok", names_keyed: inspection.value.isKeyed });
  });

  routes.get("/openapi.json", () => Response.json(openapi));

  routes.route("/", deleteRoutes(readInspection));
  routes.route("/sessions", sessionRoutes(readInspection));
  routes.route("/sessions", turnRoutes(readInspection));
  routes.route("/", transferRoutes(readInspection));
  routes.route("/users", userFactRoutes(readInspection));
  routes.route("/", tenantRoutes(readInspection));
  routes.route("/", liveRoutes(readInspection));

  routes.all("*", () => answerError({ code: "not_found" }));

  return routes;
}
