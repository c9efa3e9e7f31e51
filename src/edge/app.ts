/**
 * The routes, and nothing else.
 *
 * `/_strata/*` is ours; a POST to one of the three APIs takes the way of a turn; every other request passes through.
 */
import { Hono } from "hono";
import { readConfig } from "../env.ts";
import { inspectRoutes } from "../inspect/routes.ts";
import type { Tenants } from "../ports/tenant-directory.ts";
import { wires } from "../wire/wires.ts";
import { authenticate, hasCredential, isAdmin } from "./authenticate.ts";
import type { Edge } from "./edge.ts";
import { findRoute, findWire, guessWire } from "./edge.ts";
import { CONVERSATIONS_PATH } from "./conversations.ts";
import { handleConversation } from "./handle-conversation.ts";
import { handleTurn } from "./handle-turn.ts";
import { findNames, nameSession } from "./identify-session.ts";
import { nameUser, readPublicName } from "./identify-user.ts";
import { nameOf, passThrough } from "./pass-through.ts";

/** Tenants are there to be looked at; no turn may wait for one. */
type AppPorts = Omit<Edge, "config" | "waitUntil"> & { tenants: Tenants };

/** As `authenticate` makes them. */
const TENANT_KEY = /^[\w-]{22}$/;

export function createApp(readPorts: (env: Cloudflare.Env) => AppPorts) {
  const app = new Hono<{ Bindings: Cloudflare.Env }>();

  app.route(
    "/_strata",
    inspectRoutes((env, request) => {
      const config = readConfig(env);
      if (!config.ok) return config;
      const { secret, adminToken, upstreams } = config.value;
      const tenant = authenticate(request.headers, secret);
      const { searchParams } = new URL(request.url);
      const upstream = searchParams.get("upstream") ?? "openai";
      const isOperator = isAdmin(request.headers, adminToken);
      const named = isOperator ? (searchParams.get("tenant") ?? "") : tenant;
      const isShown = isOperator ? TENANT_KEY.test(named) : hasCredential(request.headers);
      // Named by its tenant, an owner's session is found by the operator under the owner's own names.
      const owner = isOperator && isShown ? named : tenant;
      const { sessions, memories, tenants } = readPorts(env);
      return {
        ok: true,
        value: {
          sessions,
          memories,
          tenants,
          shown: isShown ? named : null,
          isKeyed: Boolean(env.STRATA_SECRET),
          tenant: isOperator ? null : tenant,
          nameUser: (id) => (isOperator ? readPublicName(id) : nameUser(id, { secret, tenant })),
          nameSession: (id) => nameSession(id, { secret, tenant: owner, upstream }),
          findNames: (id) =>
            [...upstreams.keys()].flatMap((name) => findNames(id, { secret, tenant: owner, upstream: name })),
        },
      };
    }),
  );

  app.all("*", async (context) => {
    const request = context.req.raw;
    const { headers, method } = request;
    const speaks = wires[guessWire(new URL(request.url).pathname, headers)];
    const config = readConfig(context.env);
    if (!config.ok) return speaks.encodeError({ code: "bad_settings", problems: config.error });
    const waitUntil = (work: Promise<unknown>): void => context.executionCtx.waitUntil(work);
    const edge: Edge = { ...readPorts(context.env), config: config.value, waitUntil };
    const route = findRoute(request.url, headers, config.value);
    if (route === null) return speaks.encodeError({ code: "not_found" });
    const wire = findWire(route.path);
    // Refused at once, clients that try a WebSocket first fall back to POST without waiting.
    if (wire !== null && headers.get("upgrade")?.toLowerCase() === "websocket")
      return wires[wire].encodeError({ code: "upgrade_required" });
    if (!config.value.isOn || headers.get("x-strata-mode")?.toLowerCase() === "off") {
      const parent = method === "POST" && wire !== null ? headers.get("x-strata-parent") : null;
      if (wire !== null && parent !== null) return wires[wire].encodeError({ code: "unknown_parent", parent });
      return passThrough(edge, request, route, request.body, "mode_off");
    }
    if (method === "POST" && wire !== null) return handleTurn(edge, request, route, wires[wire]);
    if (method === "POST" && CONVERSATIONS_PATH.test(route.path)) return handleConversation(edge, request, route);
    return passThrough(edge, request, route, request.body, "unknown_route");
  });

  // An exception is a bug of ours; its message may quote what it was reading, so only its class is noted.
  app.onError((error, context) => {
    readPorts(context.env).journal.write({ event: "fault", step: "request", error: nameOf(error) });
    const { url, headers } = context.req.raw;
    return wires[guessWire(new URL(url).pathname, headers)].encodeError({ code: "fault" });
  });

  return app;
}
