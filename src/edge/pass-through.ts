/**
 * The way for everything that is not ours to touch: the client's bytes up, the upstream's bytes down.
 *
 * Unknown routes, unreadable bodies, Strata switched off, a fault of ours. Nothing is read here, nothing is stored.
 */
import { nameOf } from "../model/name-of.ts";
import type { PassReason } from "../model/plan.ts";
import { wires } from "../wire/wires.ts";
import { authenticate } from "./authenticate.ts";
import type { Edge, Route } from "./edge.ts";
import { guessWire } from "./edge.ts";
import { headersForClient, headersForUpstream } from "./forward-headers.ts";
import { refuse } from "./refuse.ts";

export async function passThrough(
  edge: Edge,
  request: Request,
  route: Route,
  body: BodyInit | null,
  reason: PassReason,
): Promise<Response> {
  const tenant = authenticate(request.headers, edge.config.secret);
  const about = { tenant, upstream: route.upstream, wire: guessWire(route.path, request.headers), reason };
  const startedAt = edge.clock.now();
  let answer: Response;
  try {
    answer = await edge.upstream.send({
      url: route.base + route.path,
      method: request.method,
      headers: headersForUpstream(request.headers),
      body,
      signal: request.signal,
    });
  } catch (error) {
    edge.journal.write({ event: "upstream_unreachable", ...about, step: "pass", error: nameOf(error) });
    return refuse(
      edge.journal,
      wires[about.wire],
      { code: "upstream_unreachable", detail: nameOf(error) },
      { tenant, upstream: route.upstream },
    );
  }
  const headers = headersForClient(answer.headers);
  const upstreamMs = edge.clock.now() - startedAt;
  edge.journal.write({ event: "pass", ...about, http_status: answer.status, ms_upstream: upstreamMs });
  headers.set("x-strata-plan", "pass");
  headers.set("x-strata-reason", reason);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}
