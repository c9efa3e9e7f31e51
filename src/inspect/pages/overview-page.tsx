/**
 * The first page: what the tenant has spent beside what it would have, day by day, and its newest sessions.
 *
 * Three questions to the tenant's object, none to a session. It only reads.
 */
import { Hono } from "hono";
import { DAY_MS, dayOf, LAST_DAY } from "../../model/day.ts";
import { SHOWN_NEWEST_SESSIONS } from "../../model/inspection-limits.ts";
import type { DayView } from "../../ports/tenant-directory.ts";
import { DayChart } from "./day-chart.tsx";
import type { ChartDay } from "./day-chart.tsx";
import { formatShort, formatUsd } from "./formats.ts";
import { LedgerLine, LedgerStats } from "./ledger-line.tsx";
import { NewcomerPart, UnknownTenantPart } from "./no-sessions.tsx";
import { OperatorBox } from "./operator-box.tsx";
import { Card, Live } from "./parts.tsx";
import { SessionTable } from "./session-table.tsx";
import { showPage } from "./show-page.tsx";
import type { PageContext, PageEnv } from "./show-page.tsx";
import { tenantQuery } from "./tenant-query.ts";

/** How many days the charts show: whole weeks where there are many. */
const SPANS = [30, 90, 364] as const;
const DAYS_A_WEEK = 7;
/** More bars than that are narrower than a pixel on a phone. */
const STEPS_MAX = 100;
type DaySpan = (typeof SPANS)[number];

export function overviewRoutes() {
  const routes = new Hono<PageEnv>();

  routes.get("/", async (context) => {
    const { tenants, shown, tenant, now } = context.var.inspection;
    const isOperator = tenant === null;
    const box = isOperator ? <OperatorBox action="/_strata/ui" shown={shown} /> : null;
    if (shown === null) return showPage(context, { title: "Overview", here: "overview" }, box);

    const span = readSpan(context);
    const directory = tenants.find(shown);
    const [totals, days, newest] = await Promise.all([
      directory.ledger(),
      directory.days(dayBefore(now, span - 1), LAST_DAY),
      directory.list(null, SHOWN_NEWEST_SESSIONS),
    ]);
    const query = tenantQuery(context.var.inspection);
    const content = (
      <>
        {box}
        <Live id="ledger">
          {totals === null ? (
            isOperator ? (
              <UnknownTenantPart />
            ) : (
              <NewcomerPart origin={new URL(context.req.url).origin} />
            )
          ) : (
            <>
              <div class="card">
                <LedgerLine ledger={totals.ledger} />
                <LedgerStats ledger={totals.ledger} sessions={totals.sessions} />
              </div>
              <Card title="Day by day" aside={<Spans chosen={span} query={query} />}>
                <Charts days={fillDays(days ?? [], now, span)} step={span > STEPS_MAX ? DAYS_A_WEEK : 1} />
              </Card>
            </>
          )}
        </Live>
        <Live id="newest">
          {newest === null || newest.sessions.length === 0 ? null : (
            <Card title="Newest sessions" aside={<a href={`/_strata/ui/sessions${query}`}>All sessions</a>}>
              <SessionTable sessions={newest.sessions} now={now} />
            </Card>
          )}
        </Live>
      </>
    );
    const live = totals === null && isOperator ? {} : { events: `/_strata/events${query}` };
    return showPage(context, { title: "Overview", here: "overview", ...live }, content);
  });

  return routes;
}

const Spans = ({ chosen, query }: { chosen: DaySpan; query: string }) => (
  <nav class="choice" aria-label="Days shown">
    {SPANS.map((days) => (
      <a
        href={`/_strata/ui${query}${query === "" ? "?" : "&"}days=${days}`}
        {...(days === chosen ? { "aria-current": "true" as const } : {})}
      >
        {days > STEPS_MAX ? `${days / DAYS_A_WEEK} weeks` : `${days} days`}
      </a>
    ))}
  </nav>
);

const Charts = ({ days, step }: { days: readonly DayView[]; step: number }) => {
  const money: ChartDay[] = days.map(({ day, ledger: { usd } }) => ({
    day,
    spent: usd?.spent ?? 0,
    replay: usd?.replay ?? 0,
  }));
  const tokens: ChartDay[] = days.map(({ day, ledger }) => ({
    day,
    spent: ledger.tokens.forwarded,
    replay: ledger.tokens.client,
  }));
  if (days.every(({ ledger }) => ledger.calls === 0)) return <p class="soft">No calls in this time.</p>;
  return (
    <div class="grid">
      {money.every(({ replay }) => replay === 0) ? null : (
        <DayChart
          id="money"
          title="Money"
          days={joinDays(money, step)}
          step={step}
          format={formatUsd}
          scale={(usd) => `$${Number(usd.toPrecision(3))}`}
          words={{ spent: "Spent", replay: "Cached replay", saved: "Saved", over: "Over the replay" }}
        />
      )}
      <DayChart
        id="tokens"
        title="Input tokens"
        days={joinDays(tokens, step)}
        step={step}
        format={formatShort}
        scale={formatShort}
        words={{ spent: "Sent", replay: "Received", saved: "Kept back", over: "Added" }}
      />
    </div>
  );
};

function readSpan({ req }: PageContext): DaySpan {
  return SPANS.find((days) => String(days) === req.query("days")) ?? SPANS[0];
}

function dayBefore(now: number, days: number): string {
  return dayOf(now - days * DAY_MS);
}

/** Every day of the span, also those on which nothing was said. */
function fillDays(days: readonly DayView[], now: number, span: number): DayView[] {
  const known = new Map(days.map((view) => [view.day, view]));
  // Turns may be ahead of this clock: another machine's at midnight, the demo's always.
  const end = Math.max(now, Date.parse(days.at(-1)?.day ?? "") || 0);
  return Array.from({ length: span }, (_, index) => {
    const day = dayBefore(end, span - 1 - index);
    return known.get(day) ?? { day, ledger: NOTHING };
  });
}

/** Days by the week, where they are many; a week is named by its first day. */
function joinDays(days: readonly ChartDay[], step: number): ChartDay[] {
  return days
    .filter((_, index) => index % step === 0)
    .map(({ day }, index) => {
      const joined = days.slice(index * step, (index + 1) * step);
      const sum = (field: "spent" | "replay"): number => joined.reduce((all, one) => all + one[field], 0);
      return { day, spent: sum("spent"), replay: sum("replay") };
    });
}

const NOTHING: DayView["ledger"] = {
  calls: 0,
  compactions: 0,
  usd: null,
  unpriced_input_token_units: { spent: 0, replay: 0 },
  distiller: null,
  tokens: { client: 0, forwarded: 0, cached: 0, output: 0 },
};
