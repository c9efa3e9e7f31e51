/**
 * The routes, and nothing else.
 *
 * `/_strata/*` is ours; a POST to one of the three APIs takes the way of a turn; every other request passes through.
 */
import { Hono } from "hono";
import { readConfig } from "../env.ts";
import { answerError } from "../inspect/answer-error.ts";
import { inspectRoutes } from "../inspect/routes.ts";
import { wires } from "../wire/wires.ts";
import { authenticate } from "./authenticate.ts";
import type { AppPorts, Edge } from "./edge.ts";
import { findRoute, findWire, guessWire } from "./edge.ts";
import { CONVERSATIONS_PATH } from "./conversations.ts";
import { handleConversation } from "./handle-conversation.ts";
import { handleTurn } from "./handle-turn.ts";
import { nameOf } from "../model/name-of.ts";
import { passThrough } from "./pass-through.ts";
import { readInspectionFrom } from "./read-inspection.ts";
import { refuse } from "./refuse.ts";

export function createApp(readPorts: (env: Cloudflare.Env) => AppPorts) {
  const app = new Hono<{ Bindings: Cloudflare.Env }>();

  app.route("/_strata", inspectRoutes(readInspectionFrom(readPorts)));

  app.all("*", async (context) => {
    const request = context.req.raw;
    const { headers, method } = request;
    const speaks = wires[guessWire(new URL(request.url).pathname, headers)];
    const ports = readPorts(context.env);
    const config = readConfig(context.env);
    if (!config.ok) return refuse(ports.journal, speaks, { code: "bad_settings", problems: config.error });
    const waitUntil = (work: Promise<unknown>): void => context.executionCtx.waitUntil(work);
    const edge: Edge = { ...ports, config: config.value, waitUntil };
    const route = findRoute(request.url, headers, config.value);
    if (route === null) return refuse(edge.journal, speaks, { code: "not_found" });
    const wire = findWire(route.path);
    const about = { tenant: authenticate(headers, config.value.secret), upstream: route.upstream };
    // Refused at once, clients that try a WebSocket first fall back to POST without waiting.
    if (wire !== null && headers.get("upgrade")?.toLowerCase() === "websocket")
      return refuse(edge.journal, wires[wire], { code: "upgrade_required" }, about);
    if (!config.value.isOn || headers.get("x-strata-mode")?.toLowerCase() === "off") {
      const parent = method === "POST" && wire !== null ? headers.get("x-strata-parent") : null;
      if (wire !== null && parent !== null)
        return refuse(edge.journal, wires[wire], { code: "unknown_parent", parent }, about);
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
    const { pathname } = new URL(url);
    if (pathname.startsWith("/_strata/")) return answerError({ code: "fault" });
    return wires[guessWire(pathname, headers)].encodeError({ code: "fault" });
  });

  return app;
}
