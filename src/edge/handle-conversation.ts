/**
 * `POST /v1/conversations`: the upstream's, or ours where the upstream has no conversations.
 *
 * Only a server that does not know the route is stood in for; every other answer is the client's.
 */
import { REQUEST_BODY_BYTES_MAX } from "../model/limits.ts";
import { encodeError } from "../wire/responses/encode-error.ts";
import { authenticate } from "./authenticate.ts";
import { createConversation, NO_SUCH_ROUTE } from "./conversations.ts";
import type { Edge, Route } from "./edge.ts";
import { passThrough } from "./pass-through.ts";
import { readBody } from "./read-body.ts";

export async function handleConversation(edge: Edge, request: Request, route: Route): Promise<Response> {
  const body = await readBody(request, REQUEST_BODY_BYTES_MAX);
  if (body.kind === "cut") return encodeError({ code: "request_cut" });
  if (body.kind === "too_large") return passThrough(edge, request, route, body.stream, "body_too_large");
  const answer = await passThrough(edge, request, route, body.raw, "unknown_route");
  if (route.state !== "none" || !NO_SUCH_ROUTE.has(answer.status)) return answer;
  await answer.body?.cancel();
  const { secret } = edge.config;
  const tenant = authenticate(request.headers, secret);
  return createConversation(edge, { secret, tenant, upstream: route.upstream }, body.text);
}
