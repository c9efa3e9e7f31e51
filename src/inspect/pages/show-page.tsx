/**
 * How a page goes out: HTML in the frame, with a policy that lets it load nothing but the sheet and the script from here.
 *
 * The headers are the same for every answer under `/_strata/ui`, errors included. No page may be kept by anyone.
 */
import type { Context } from "hono";
import { html } from "hono/html";
import { createMiddleware } from "hono/factory";
import type { Child } from "hono/jsx";
import type { Inspection } from "../inspection.ts";
import { Layout } from "./layout.tsx";
import type { Frame } from "./layout.tsx";
import { ErrorPart } from "./parts.tsx";
import { readTheme } from "./theme.ts";

/** The inspection is there on every page but those that say why there is none. */
export interface PageEnv {
  Bindings: Cloudflare.Env;
  Variables: { inspection: Inspection };
}

export type PageContext = Context<PageEnv, string>;

type Status = 200 | 400 | 403 | 404 | 500;

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

export function showPage(context: PageContext, frame: Frame, content: Child, status: Status = 200) {
  const { pathname, search } = new URL(context.req.url);
  const page = (
    <Layout
      {...frame}
      inspection={context.var.inspection ?? null}
      theme={readTheme(context.req.header("cookie"))}
      path={pathname + search}
    >
      {content}
    </Layout>
  );
  return context.html(html`<!doctype html>${page}`, status);
}

/** The same for what is not there and for what is not shown to this reader. */
export function showMissing(context: PageContext, sentence = "There is nothing here that you may see.") {
  const content = <ErrorPart title="Not found">{sentence}</ErrorPart>;
  return showPage(context, { title: "Not found", hasHeading: false }, content, 404);
}

export const secureHeaders = createMiddleware<PageEnv>(async (context, next) => {
  await next();
  // The fault is in the journal already; what was answered is JSON for a program.
  if (context.error) {
    const content = <ErrorPart title="Strata failed to draw this page">The fault is in the log.</ErrorPart>;
    context.res = await showPage(context, { title: "Failed", hasHeading: false }, content, 500);
  }
  const { headers } = context.res;
  headers.set("content-security-policy", POLICY);
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("x-frame-options", "DENY");
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-resource-policy", "same-origin");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
});
