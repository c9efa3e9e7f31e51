/**
 * The frame around every page: head, navigation, who is looking, foot.
 *
 * Everything works without the script; it only draws anew what has changed. Nothing may be written into a style or script
 * inside the page: the policy that goes out with it forbids both.
 */
import type { Child, PropsWithChildren } from "hono/jsx";
import type { Inspection } from "../inspection.ts";
import { LIVE_URL } from "./live-script.ts";
import { STYLE_URL } from "./styles.ts";
import type { Theme } from "./theme.ts";

export interface Frame {
  title: string;
  /** Which entry of the navigation it belongs to. */
  here?: "overview" | "sessions";
  /** The pages above it, outermost first. */
  trail?: readonly { label: string; href: string }[];
  /** Beside the heading. */
  aside?: Child;
  /** A stream of events after which the parts marked as live are drawn anew. */
  events?: string;
  /** Off where the page's own content carries the heading. */
  hasHeading?: boolean;
}

interface LayoutProps extends Frame {
  inspection: Pick<Inspection, "proof" | "tenant" | "shown"> | null;
  theme: Theme;
  /** Path and query of this page. */
  path: string;
}

export const Layout = (props: PropsWithChildren<LayoutProps>) => {
  const { title, here, trail = [], aside, events, hasHeading = true, inspection, theme, path, children } = props;
  return (
    <html lang="en" {...(theme === "auto" ? {} : { "data-theme": theme })}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · Strata`}</title>
        <link rel="icon" href={ICON} />
        <link rel="stylesheet" href={STYLE_URL} />
        {events === undefined ? null : <script type="module" src={LIVE_URL} />}
      </head>
      <body {...(events === undefined ? {} : { "data-events": events })}>
        <a class="skip" href="#page">
          Skip to the content
        </a>
        <header class="top">
          <div class="top-row">
            <a class="brand" href="/_strata/ui">
              <Mark />
              Strata
            </a>
            {inspection === null || inspection.proof === null ? null : (
              <Navigation here={here} inspection={inspection} />
            )}
            <div class="who">
              {inspection === null || inspection.proof === null ? null : <Who inspection={inspection} />}
              <ThemeSwitch theme={theme} path={path} />
              {inspection?.proof === "cookie" ? <SignOut /> : null}
            </div>
          </div>
        </header>
        <main class="page" id="page">
          {hasHeading ? (
            <div class="head">
              <div>
                {trail.length === 0 ? null : <Trail steps={trail} />}
                <h1>{title}</h1>
              </div>
              {aside}
            </div>
          ) : null}
          {children}
        </main>
        <footer class="foot">
          <span>Times are UTC. Savings are measured against a full replay through the provider’s cache.</span>
          {events === undefined ? null : <span class="live" id="live" role="status" aria-live="polite" />}
        </footer>
      </body>
    </html>
  );
};

type Known = NonNullable<LayoutProps["inspection"]>;

/** The operator's choice of a tenant goes along. */
const Navigation = ({ here, inspection }: { here: Frame["here"]; inspection: Known }) => {
  const query = inspection.tenant === null && inspection.shown !== null ? `?tenant=${inspection.shown}` : "";
  const current = (name: Frame["here"]) => (here === name ? { "aria-current": "page" as const } : {});
  return (
    <nav class="nav" aria-label="Main">
      <a href={`/_strata/ui${query}`} {...current("overview")}>
        Overview
      </a>
      <a href={`/_strata/ui/sessions${query}`} {...current("sessions")}>
        Sessions
      </a>
    </nav>
  );
};

const Who = ({ inspection: { tenant, shown } }: { inspection: Known }) => (
  <span class="viewer">
    {tenant === null ? "Operator" : "Tenant"}
    {shown === null ? null : (
      <>
        {" "}
        <span class="code" title={shown}>
          {shown.slice(0, 8)}…
        </span>
      </>
    )}
  </span>
);

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };

const ThemeSwitch = ({ theme, path }: { theme: Theme; path: string }) => (
  <form method="post" action="/_strata/ui/theme">
    <input type="hidden" name="next" value={path} />
    <button class="quiet" name="theme" value={NEXT_THEME[theme]} title={`Change to ${NEXT_THEME[theme]}`}>
      <span class="unseen">Colours: </span>
      {{ auto: "◐ Auto", light: "○ Light", dark: "● Dark" }[theme]}
    </button>
  </form>
);

const SignOut = () => (
  <form method="post" action="/_strata/ui/sign-out">
    <button class="quiet">Sign out</button>
  </form>
);

const Trail = ({ steps }: { steps: NonNullable<Frame["trail"]> }) => (
  <nav aria-label="Above this page">
    <ol class="trail">
      {steps.map(({ label, href }) => (
        <li>
          <a href={href}>{label}</a>
        </li>
      ))}
    </ol>
  </nav>
);

/** Three layers, the middle one pressed thin. */
const Mark = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <path class="mark-1" d="M2 4c5-2 9 2 20 0v5c-8 1.5-13-1.5-20 0z" />
    <path class="mark-2" d="M2 11.5c7-1.5 12 1.5 20 0v2.5c-8 1.5-13-1.5-20 0z" />
    <path class="mark-3" d="M2 16.5c7-1.5 12 1.5 20 0V21c-8 1.5-13-1.5-20 0z" />
  </svg>
);

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#0d8272" d="M2 4c5-2 9 2 20 0v5c-8 1.5-13-1.5-20 0z"/><path fill="#c4763a" d="M2 11.5c7-1.5 12 1.5 20 0v2.5c-8 1.5-13-1.5-20 0z"/><path fill="#4474b0" d="M2 16.5c7-1.5 12 1.5 20 0V21c-8 1.5-13-1.5-20 0z"/></svg>',
)}`;
