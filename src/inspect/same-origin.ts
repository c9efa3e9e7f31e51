/**
 * Whether a request that changes something comes from a page of ours.
 *
 * A browser sends its cookies along with whatever another site makes it send, so a change that nothing but the cookie
 * speaks for needs this proof beside it. A request that says neither where it comes from nor brings a credential is refused.
 */
import { createMiddleware } from "hono/factory";
import { answerError } from "./answer-error.ts";
import type { ReadInspection } from "./inspection.ts";

/** A look changes nothing, wherever it comes from. */
export function isForeignChange(request: Request): boolean {
  if (!isChange(request)) return false;
  const site = request.headers.get("sec-fetch-site");
  return site === null ? request.headers.get("origin") !== new URL(request.url).origin : site !== "same-origin";
}

function isChange({ method }: Request): boolean {
  return method !== "GET" && method !== "HEAD" && method !== "OPTIONS";
}

/** Refuses changes of a signed-in browser that another site has sent. */
export function refuseForeignChanges(readInspection: ReadInspection) {
  return createMiddleware<{ Bindings: Cloudflare.Env }>(async ({ env, req }, next) => {
    if (isForeignChange(req.raw)) {
      const inspection = readInspection(env, req.raw);
      if (inspection.ok && inspection.value.proof === "cookie") return answerError({ code: "foreign_origin" });
    }
    await next();
  });
}
