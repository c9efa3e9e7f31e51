/** The tenant's sessions, newest first, a page at a time. */
import { Hono } from "hono";
import { showPage } from "./show-page.tsx";
import type { PageEnv } from "./show-page.tsx";

export function sessionListRoutes() {
  const routes = new Hono<PageEnv>();
  routes.get("/", (context) => showPage(context, { title: "Sessions", here: "sessions" }, null));
  return routes;
}
