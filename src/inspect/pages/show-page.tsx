/**
 * How a page goes out: HTML in the frame, whatever has happened.
 *
 * A fault and what is not there are pages as well. What a page shows is text: nothing here takes HTML.
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

/** A fault is in the journal by now; what was answered to it is JSON for a program. */
export const showFaults = createMiddleware<PageEnv>(async (context, next) => {
  await next();
  if (!context.error) return;
  const content = <ErrorPart title="Strata failed to draw this page">The fault is in the log.</ErrorPart>;
  context.res = await showPage(context, { title: "Failed", hasHeading: false }, content, 500);
});
