/**
 * Signing in: a form for the key that the app sends, which is turned into a signed cookie and then forgotten.
 *
 * The key never stands in a URL, a page or the cookie. Whether it has any session is not told here, so that the form
 * cannot be used to try keys.
 */
import { Hono } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { FORM_BYTES_MAX, SIGN_IN_SECONDS_MAX } from "../../model/inspection-limits.ts";
import { KEY_HEADERS, SIGN_IN_COOKIE } from "../inspection.ts";
import type { KeyHeader } from "../inspection.ts";
import { readText } from "../read-text.ts";
import { showPage } from "./show-page.tsx";
import type { PageContext, PageEnv } from "./show-page.tsx";
import { readTheme, THEME_COOKIE } from "./theme.ts";

const HOME = "/_strata/ui";

const HEADER_LABELS: Readonly<Record<KeyHeader, string>> = {
  authorization: "Authorization: Bearer, or x-api-key",
  "api-key": "api-key (Azure)",
  "x-goog-api-key": "x-goog-api-key (Google)",
  "cf-aig-authorization": "cf-aig-authorization (AI Gateway)",
};

const COOKIE = { path: "/_strata", httpOnly: true, sameSite: "Strict" } as const;

/** A header can hold nothing else. */
const SENDABLE = /^[\x20-\x7e]+$/;

export function signInRoutes() {
  const routes = new Hono<PageEnv>();

  routes.get("/sign-in", (context) => {
    const isOff = context.var.inspection.signIn === null;
    return showForm(context, context.req.query("next"), isOff ? "off" : null);
  });

  routes.post("/sign-in", async (context) => {
    const form = await readForm(context);
    if (form === null) return showForm(context, null, "unusable");
    const { signIn } = context.var.inspection;
    if (signIn === null) return showForm(context, form.get("next"), "off");
    const key = (form.get("key") ?? "").trim().replace(/^Bearer(?: +|$)/i, "");
    const header = KEY_HEADERS.find((name) => name === form.get("header"));
    if (!SENDABLE.test(key) || header === undefined) return showForm(context, form.get("next"), "unusable");
    const statement = signIn(header, key);
    setCookie(context, SIGN_IN_COOKIE, statement, { ...COOKIE, ...secure(context), maxAge: SIGN_IN_SECONDS_MAX });
    return context.redirect(ownPath(context, form.get("next")), 303);
  });

  routes.post("/sign-out", (context) => {
    deleteCookie(context, SIGN_IN_COOKIE, { ...COOKIE, ...secure(context) });
    return context.redirect(`${HOME}/sign-in`, 303);
  });

  routes.post("/theme", async (context) => {
    const form = await readForm(context);
    const theme = readTheme(`${THEME_COOKIE}=${form?.get("theme")}`);
    const options = { ...COOKIE, ...secure(context) };
    if (theme === "auto") deleteCookie(context, THEME_COOKIE, options);
    else setCookie(context, THEME_COOKIE, theme, { ...options, maxAge: THEME_SECONDS_MAX });
    return context.redirect(ownPath(context, form?.get("next")), 303);
  });

  return routes;
}

/** Browsers keep no cookie longer than 400 days. */
const THEME_SECONDS_MAX = 400 * 24 * 60 * 60;

function secure({ req }: PageContext): { secure: boolean } {
  return { secure: new URL(req.url).protocol === "https:" };
}

/** Null: it is larger than any form of ours. */
async function readForm({ req }: PageContext): Promise<URLSearchParams | null> {
  const text = await readText(req.raw, FORM_BYTES_MAX);
  return text === null ? null : new URLSearchParams(text);
}

/** Where to go on: a page of ours, or else the overview. */
function ownPath({ req }: PageContext, next: string | null | undefined): string {
  const { origin } = new URL(req.url);
  if (!next || !URL.canParse(next, origin)) return HOME;
  const url = new URL(next, origin);
  const isOwn = url.origin === origin && (url.pathname === HOME || url.pathname.startsWith(`${HOME}/`));
  return isOwn && !url.pathname.startsWith(`${HOME}/sign-`) ? url.pathname + url.search : HOME;
}

type Trouble = "off" | "unusable" | null;

function showForm(context: PageContext, next: string | null | undefined, trouble: Trouble) {
  const content = (
    <div class="narrow card">
      <h1>Sign in</h1>
      {trouble === "off" ? <SignInOff /> : <SignInForm next={ownPath(context, next)} trouble={trouble} />}
    </div>
  );
  return showPage(context, { title: "Sign in", hasHeading: false }, content, trouble === null ? 200 : 400);
}

const SignInOff = () => (
  <>
    <p>
      Nobody can sign in here: without <code>STRATA_SECRET</code> a sign-in could be forged.
    </p>
    <p class="soft">
      Set it with <code>npx wrangler secret put STRATA_SECRET</code>. The JSON API works without it.
    </p>
  </>
);

const SignInForm = ({ next, trouble }: { next: string; trouble: Trouble }) => (
  <form method="post" action={`${HOME}/sign-in`}>
    <p class="soft">
      With the API key that your app sends you see its sessions and what they cost. With the admin token you see any of
      them.
    </p>
    {trouble === "unusable" ? (
      <p class="note wrong" role="alert">
        That is no key that an app could send.
      </p>
    ) : null}
    <input type="hidden" name="next" value={next} />
    <div>
      <label for="key">API key or admin token</label>
      <input id="key" name="key" type="password" required autocomplete="off" autofocus spellcheck={false} />
    </div>
    <div>
      <label for="header">Sent by the app as</label>
      <select id="header" name="header">
        {KEY_HEADERS.map((name) => (
          <option value={name}>{HEADER_LABELS[name]}</option>
        ))}
      </select>
    </div>
    <button class="main">Sign in</button>
    <p class="small soft">
      The key is not stored. For {SIGN_IN_SECONDS_MAX / 3600} hours the browser keeps a signed cookie that names the
      tenant, or the operator, and nothing else.
    </p>
  </form>
);
