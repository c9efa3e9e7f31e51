/**
 * What goes out with every answer from the inside, JSON, page or error.
 *
 * A browser that has signed in may open any of them, so none may be taken for HTML that it is not, load anything from
 * elsewhere, be framed, or be kept. A route that has said more about its own answer is left to that.
 */
import { createMiddleware } from "hono/factory";

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const secureHeaders = createMiddleware(async (context, next) => {
  await next();
  const { headers } = context.res;
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("x-frame-options", "DENY");
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-resource-policy", "same-origin");
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", POLICY);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
});
