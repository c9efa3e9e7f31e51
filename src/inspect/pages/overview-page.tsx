/** What the tenant has spent beside what it would have, day by day, and its newest sessions. */
import { Hono } from "hono";
import { showPage } from "./show-page.tsx";
import type { PageEnv } from "./show-page.tsx";

export function overviewRoutes() {
  const routes = new Hono<PageEnv>();
  routes.get("/", (context) => showPage(context, { title: "Overview", here: "overview" }, null));
  return routes;
}
