/**
 * The small pieces that every page is made of.
 *
 * Whatever is given to them ends up as text: nothing here may take HTML. None has a style of its own in its markup, the
 * sheet has them all.
 */
import type { Child, PropsWithChildren } from "hono/jsx";
import type { Stratum } from "../../ports/inspection.ts";
import type { PieceFate } from "../../ports/turn-view.ts";
import { formatAge, formatBytes, formatCount, formatShare, formatShort, formatUsd } from "./formats.ts";

export type Tone = "gain" | "loss" | "plain";

export const Badge = ({ tone = "plain", children }: PropsWithChildren<{ tone?: Tone }>) => (
  <span class={`badge ${tone}`}>{children}</span>
);

/** The name of a stratum's colour (a class of the sheet) and what it is called. */
export const STRATA: Readonly<Record<Stratum | PieceFate, { className: string; label: string }>> = {
  verbatim: { className: "stratum-verbatim", label: "verbatim" },
  short_form: { className: "stratum-short", label: "short form" },
  in_brief: { className: "stratum-brief", label: "in the brief" },
  recalled: { className: "stratum-recalled", label: "recalled" },
  added: { className: "stratum-added", label: "added" },
  released: { className: "stratum-released", label: "released" },
  held_upstream: { className: "stratum-held", label: "held upstream" },
};

export const StratumLabel = ({ of }: { of: Stratum | PieceFate }) => (
  <span class={`stratum ${STRATA[of].className}`}>{STRATA[of].label}</span>
);

/** USD. Null: the price is not known, which is never the same as nothing. */
export const Money = ({ usd }: { usd: number | null }) =>
  usd === null ? (
    <span class="soft" title="The price of this model is not known.">
      no price
    </span>
  ) : (
    <span title={`${usd} USD`}>{formatUsd(usd)}</span>
  );

/** @param short three digits and a unit, with the exact count in the title */
export const Tokens = ({ count, short = false }: { count: number; short?: boolean }) =>
  short ? <span title={`${formatCount(count)} tokens`}>{formatShort(count)}</span> : <span>{formatCount(count)}</span>;

export const Bytes = ({ count }: { count: number }) => (
  <span title={`${formatCount(count)} bytes`}>{formatBytes(count)}</span>
);

/** How much less was spent than a replay would have cost; more is said as plainly. */
export const Saved = ({ spent, replay }: { spent: number; replay: number }) => {
  if (replay === 0) return <span class="soft">–</span>;
  const share = 1 - spent / replay;
  const tone = Math.abs(share) < SHARE_MIN ? "soft" : share < 0 ? "loss" : "gain";
  return <span class={tone}>{formatShare(tone === "soft" ? 0 : share)}</span>;
};

/** Under half of a tenth of a percent nothing was saved or lost. */
const SHARE_MIN = 0.0005;

/** The same as a bar: what was spent of the replay, and what that left or went beyond. */
export const Balance = ({ spent, replay }: { spent: number; replay: number }) => {
  const longest = Math.max(spent, replay, Number.MIN_VALUE);
  const both = Math.min(spent, replay) / longest;
  return (
    <svg class="balance" aria-hidden="true">
      <rect class="spent" width={percent(both)} height="100%" />
      <rect class={spent > replay ? "over" : "saved"} x={percent(both)} width={percent(1 - both)} height="100%" />
    </svg>
  );
};

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

export const Time = ({ at, now }: { at: string; now: number }) => (
  <time datetime={at} title={at}>
    {formatAge(at, now)}
  </time>
);

/** A long id: its beginning, the whole in the title. */
export const ShortId = ({ id, chars = 11 }: { id: string; chars?: number }) => (
  <span class="code" title={id}>
    {id.length > chars ? `${id.slice(0, chars)}…` : id}
  </span>
);

export const Card = ({ title, aside, children }: PropsWithChildren<{ title: string; aside?: Child }>) => (
  <div class="card">
    <header>
      <h2>{title}</h2>
      {aside}
    </header>
    {children}
  </div>
);

/** A figure with its name and, in small, what it has to be read with. Stands in `<dl class="stats">`. */
export const Stat = ({ label, note, children }: PropsWithChildren<{ label: string; note?: Child }>) => (
  <div class="stat">
    <dt>{label}</dt>
    <dd>{children}</dd>
    {note === undefined ? null : <dd>{note}</dd>}
  </div>
);

export const Empty = ({ children }: PropsWithChildren) => (
  <div class="empty">
    <p>{children}</p>
  </div>
);

/** A part that the live script draws anew when something has happened. */
export const Live = ({ id, children }: PropsWithChildren<{ id: string }>) => (
  <section id={id} data-live>
    {children}
  </section>
);

/** A list that only leads on to what is older. Null: there is nothing that way. */
export const Pagination = ({ newest, older }: { newest: string | null; older: string | null }) =>
  newest === null && older === null ? null : (
    <nav class="paging" aria-label="Pages">
      {newest === null ? null : (
        <a class="button" href={newest}>
          ← Newest
        </a>
      )}
      {older === null ? null : (
        <a class="button older" href={older} rel="next">
          Older →
        </a>
      )}
    </nav>
  );

/** Says what went wrong and where to go from here. */
export const ErrorPart = ({ title, children }: PropsWithChildren<{ title: string }>) => (
  <div class="narrow card">
    <h1>{title}</h1>
    <p>{children}</p>
    <p>
      <a href="/_strata/ui">Back to the overview</a>
    </p>
  </div>
);
