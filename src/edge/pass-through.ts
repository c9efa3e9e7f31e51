/**
 * The way for everything that is not ours to touch: the client's bytes up, the upstream's bytes down.
 *
 * Unknown routes, unreadable bodies, Strata switched off, a fault of ours. Nothing is read here, nothing is stored.
 */
import type { PassReason } from "../model/plan.ts";
import { wires } from "../wire/wires.ts";
import type { Edge, Route } from "./edge.ts";
import { guessWire } from "./edge.ts";
import { headersForClient, headersForUpstream } from "./forward-headers.ts";

export async function passThrough(
  edge: Edge,
  request: Request,
  route: Route,
  body: BodyInit | null,
  reason: PassReason,
): Promise<Response> {
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
    edge.journal.write({ event: "upstream_unreachable", upstream: route.upstream, error: nameOf(error) });
    const wire = wires[guessWire(route.path, request.headers)];
    return wire.encodeError({ code: "upstream_unreachable", detail: nameOf(error) });
  }
  const headers = headersForClient(answer.headers);
  headers.set("x-strata-plan", "pass");
  headers.set("x-strata-reason", reason);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

/** An error's class, never its message: a parser's message quotes what it read. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
