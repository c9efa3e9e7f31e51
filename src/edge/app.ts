/**
 * The routes, and nothing else.
 *
 * `/_strata/*` is ours; `POST …/v1/chat/completions` takes the way of a turn; every other request passes through.
 */
import { Hono } from "hono";
import { DEFAULT_UPSTREAM, readConfig } from "../env.ts";
import { inspectRoutes } from "../inspect/routes.ts";
import { encodeError } from "../wire/chat-completions/encode-error.ts";
import { authenticate, isAdmin } from "./authenticate.ts";
import type { Edge } from "./edge.ts";
import { findRoute } from "./edge.ts";
import { handleTurn } from "./handle-turn.ts";
import { nameSession } from "./identify-session.ts";
import { nameOf, passThrough } from "./pass-through.ts";

type EdgePorts = Omit<Edge, "config" | "waitUntil">;

const TURN_PATH = /^\/v1\/chat\/completions(?:\?|$)/;

export function createApp(readPorts: (env: Cloudflare.Env) => EdgePorts) {
  const app = new Hono<{ Bindings: Cloudflare.Env }>();

  app.route(
    "/_strata",
    inspectRoutes((env, request) => {
      const config = readConfig(env);
      if (!config.ok) return config;
      const { secret, adminToken } = config.value;
      const tenant = authenticate(request.headers, secret);
      const upstream = new URL(request.url).searchParams.get("upstream") ?? DEFAULT_UPSTREAM;
      return {
        ok: true,
        value: {
          sessions: readPorts(env).sessions,
          isKeyed: Boolean(env.STRATA_SECRET),
          tenant: isAdmin(request.headers, adminToken) ? null : tenant,
          nameSession: (id) => nameSession(id, { secret, tenant, upstream }),
        },
      };
    }),
  );

  app.all("*", async (context) => {
    const request = context.req.raw;
    const config = readConfig(context.env);
    if (!config.ok) return encodeError({ code: "bad_settings", problems: config.error });
    const waitUntil = (work: Promise<unknown>): void => context.executionCtx.waitUntil(work);
    const edge: Edge = { ...readPorts(context.env), config: config.value, waitUntil };
    const route = findRoute(request.url, config.value.upstreams, DEFAULT_UPSTREAM);
    if (route === null) return encodeError({ code: "not_found" });
    if (!config.value.isOn || request.headers.get("x-strata-mode") === "off")
      return passThrough(edge, request, route, request.body, "mode_off");
    if (request.method !== "POST" || !TURN_PATH.test(route.path))
      return passThrough(edge, request, route, request.body, "unknown_route");
    return handleTurn(edge, request, route);
  });

  // An exception is a bug of ours; its message may quote what it was reading, so only its class is noted.
  app.onError((error, context) => {
    readPorts(context.env).journal.write({ event: "fault", step: "request", error: nameOf(error) });
    return encodeError({ code: "fault" });
  });

  return app;
}
