/**
 * The pages: who may come in, and which page is where.
 *
 * Whoever is not known is sent to sign in and comes back to where they wanted to go. What belongs to nobody, sheet and
 * script, needs no sign-in. It only reads.
 */
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import type { ReadInspection } from "../inspection.ts";
import { isForeignChange } from "../same-origin.ts";
import { LIVE_SCRIPT } from "./live-script.ts";
import { overviewRoutes } from "./overview-page.tsx";
import { ErrorPart } from "./parts.tsx";
import { sessionPageRoutes } from "./session/session-pages.tsx";
import { sessionListRoutes } from "./session-list-page.tsx";
import { showFaults, showMissing, showPage } from "./show-page.tsx";
import type { PageEnv } from "./show-page.tsx";
import { signInRoutes } from "./sign-in-page.tsx";
import { STYLE } from "./styles.ts";

/** Their addresses change with their content. */
const KEPT = { "cache-control": "public, max-age=31536000, immutable" };

export function pageRoutes(readInspection: ReadInspection) {
  const routes = new Hono<PageEnv>();

  routes.use(showFaults);

  routes.get("/style.css", ({ body }) => body(STYLE, 200, { ...KEPT, "content-type": "text/css; charset=utf-8" }));
  routes.get("/live.js", ({ body }) =>
    body(LIVE_SCRIPT, 200, { ...KEPT, "content-type": "text/javascript; charset=utf-8" }),
  );

  routes.use(refuseForeign, readViewer(readInspection));
  routes.route("/", signInRoutes());
  routes.use(admitKnown);

  routes.route("/", overviewRoutes());
  routes.route("/sessions", sessionListRoutes());
  routes.get("/open", ({ req, var: { inspection }, redirect }) => {
    const session = req.query("session")?.trim() ?? "";
    return redirect(session === "" ? "/_strata/ui" : `/_strata/ui/sessions/${inspection.nameSession(session)}`, 303);
  });
  routes.route("/sessions", sessionPageRoutes());

  routes.all("*", (context) => showMissing(context));

  return routes;
}

const refuseForeign = createMiddleware<PageEnv>(async (context, next) => {
  if (!isForeignChange(context.req.raw)) return next();
  const content = <ErrorPart title="Refused">This form was not sent from a page of this deployment.</ErrorPart>;
  return showPage(context, { title: "Refused", hasHeading: false }, content, 403);
});

/** From here on every page knows its settings, and whether anybody has said who they are. */
function readViewer(readInspection: ReadInspection) {
  return createMiddleware<PageEnv>(async (context, next) => {
    const inspection = readInspection(context.env, context.req.raw);
    if (!inspection.ok) {
      const content = <ErrorPart title="Not configured">{inspection.error.join("; ")}</ErrorPart>;
      return showPage(context, { title: "Not configured", hasHeading: false }, content, 500);
    }
    context.set("inspection", inspection.value);
    await next();
  });
}

const admitKnown = createMiddleware<PageEnv>(async (context, next) => {
  if (context.var.inspection.proof !== null) return next();
  const { pathname, search } = new URL(context.req.url);
  return context.redirect(`/_strata/ui/sign-in?next=${encodeURIComponent(pathname + search)}`, 303);
});
