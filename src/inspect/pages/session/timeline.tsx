/**
 * The tokens of every turn as a chart: the client's whole conversation, what went up of it, and that enlarged.
 *
 * Drawn twice from the same turns, for a phone with few columns and for a desk with many; the sheet shows one of them. Each
 * column is a link to its turn, and the same numbers stand in a table beneath. It says nothing by colour alone.
 */
import type { OutlineView, TurnPoint } from "../../../ports/inspection.ts";
import { formatCount, formatShort } from "../formats.ts";
import type { SessionLinks } from "../links.ts";
import { sayReason } from "../sentences.ts";
import { binTurns, isCompaction, roundUp } from "./bin-turns.ts";
import type { Column } from "./bin-turns.ts";

interface Size {
  className: string;
  width: number;
  columnsMax: number;
}

const WIDE: Size = { className: "chart-wide", width: 1200, columnsMax: 600 };
const NARROW: Size = { className: "chart-narrow", width: 360, columnsMax: 60 };

/** Heights from the top: both together, what happened, what went up enlarged, the numbers of the turns. */
const ALL = { top: 16, height: 124 };
const EVENTS = { top: 148, height: 14 };
const SENT = { top: 176, height: 96 };
const AXIS_TOP = 286;
const HEIGHT = 290;

export const Timeline = ({ outline, links }: { outline: OutlineView; links: SessionLinks }) => {
  const points = outline.points.filter(({ tokens }) => tokens !== null);
  if (points.length === 0) return <p class="soft">No turn of this session has been counted yet.</p>;
  return (
    <figure class="timeline">
      <a class="skip-inline" href="#after-timeline">
        Skip the chart’s {formatCount(Math.min(points.length, WIDE.columnsMax))} links
      </a>
      {[WIDE, NARROW].map((size) => (
        <Chart size={size} points={points} outline={outline} links={links} />
      ))}
      <figcaption>
        <span class="key key-client">the client’s whole conversation</span>
        <span class="key key-fresh">sent, read anew</span>
        <span class="key key-cached">sent, from the provider’s cache</span>
        <span class="key key-compaction">compaction</span>
        <span class="key key-branch">edit or branch</span>
        <span class="key key-wrong">refused or broken</span>
      </figcaption>
      <details id="after-timeline">
        <summary>The same as a table</summary>
        <ColumnTable columns={binTurns(points, NARROW.columnsMax)} links={links} />
      </details>
    </figure>
  );
};

const Chart = ({ size, points, outline, links }: { size: Size; points: TurnPoint[] } & TimelineProps) => {
  const columns = binTurns(points, size.columnsMax);
  const step = size.width / columns.length;
  const clientMax = roundUp(Math.max(...columns.map(({ last }) => last.tokens?.client ?? 0)));
  const sentMax = roundUp(Math.max(...columns.map(({ last }) => last.tokens?.forwarded ?? 0)));
  const draw = (panel: typeof ALL, max: number, read: (tokens: Tokens) => [from: number, to: number]) =>
    columns
      .map(({ last }, index) => {
        const [from, to] = last.tokens ? read(last.tokens) : [0, 0];
        const y = (tokens: number): string => round(panel.top + panel.height * (1 - tokens / max));
        const gap = step > 5 ? 1 : 0;
        return `M${round(index * step)} ${y(from)}V${y(to)}H${round((index + 1) * step - gap)}V${y(from)}z`;
      })
      .join("");
  return (
    <svg class={size.className} viewBox={`0 0 ${size.width} ${HEIGHT + 12}`} role="group" aria-label={describe(points)}>
      <Bands columns={columns} step={step} outline={outline} />
      <path class="area-client" d={draw(ALL, clientMax, ({ client }) => [0, client])} />
      <path class="area-fresh" d={draw(ALL, clientMax, ({ forwarded }) => [0, forwarded])} />
      <path class="area-cached" d={draw(SENT, sentMax, ({ cached }) => [0, cached])} />
      <path class="area-fresh" d={draw(SENT, sentMax, ({ cached, forwarded }) => [cached, forwarded])} />
      <Rule panel={ALL} width={size.width} label={`${formatShort(clientMax)} tokens`} />
      <Rule panel={SENT} width={size.width} label={`${formatShort(sentMax)} tokens sent`} />
      {columns.map((column, index) => (
        <Marks column={column} x={(index + 0.5) * step} />
      ))}
      {columns.map((column, index) => (
        <a href={links.turn(column.target.number)}>
          <title>{describeColumn(column)}</title>
          <rect class="hit" x={round(index * step)} y="0" width={round(step)} height={HEIGHT} />
        </a>
      ))}
      <Numbers columns={columns} step={step} width={size.width} />
    </svg>
  );
};

type Tokens = NonNullable<TurnPoint["tokens"]>;
interface TimelineProps {
  outline: OutlineView;
  links: SessionLinks;
}

const Rule = ({ panel, width, label }: { panel: typeof ALL; width: number; label: string }) => (
  <>
    <path class="rule" d={`M0 ${panel.top}H${width}M0 ${panel.top + panel.height}H${width}`} />
    <text class="chart-label" x="0" y={panel.top - 4}>
      {label}
    </text>
  </>
);

/** A ground of its own for each epoch, so that the span between two compactions is seen at once. */
const Bands = ({ columns, step, outline }: { columns: Column[]; step: number; outline: OutlineView }) => {
  const bands: { epoch: number | null; from: number; to: number }[] = [];
  for (const [index, { last }] of columns.entries()) {
    const band = bands.at(-1);
    if (band && band.epoch === last.epoch) band.to = index + 1;
    else bands.push({ epoch: last.epoch, from: index, to: index + 1 });
  }
  const briefs = new Map(outline.epochs.map(({ id, brief }) => [id, brief]));
  return bands
    .filter(({ epoch }) => epoch !== null)
    .map(({ epoch, from, to }, index) => {
      const brief = briefs.get(epoch ?? 0);
      const width = (to - from) * step;
      return (
        <>
          <rect
            class={index % 2 === 0 ? "band" : "band band-other"}
            x={round(from * step)}
            y={SENT.top}
            width={round(width)}
            height={SENT.height}
          />
          {brief !== undefined && width > 44 ? (
            <text class="chart-label band-label" x={round((from + (to - from) / 2) * step)} y={SENT.top + 12}>
              brief {brief}
            </text>
          ) : null}
        </>
      );
    });
};

const Marks = ({ column: { turns, compactions }, x }: { column: Column; x: number }) => {
  const middle = EVENTS.top + EVENTS.height / 2;
  const isWrong = turns.some((turn) => turn.status !== "complete" || turn.rewrite_refused);
  const isBranch = turns.some(({ verdict }) => BRANCHING.has(verdict));
  return (
    <>
      {compactions.length > 0 ? (
        <path
          class="mark-compaction"
          d={`M${round(x - 4.5)} ${middle - 4}h9l-4.5 8zM${round(x)} ${middle + 4}V${SENT.top + SENT.height}`}
        />
      ) : null}
      {isBranch ? <path class="mark-branch" d={`M${round(x)} ${middle - 5}l4 5-4 5-4-5z`} /> : null}
      {isWrong ? <path class="mark-wrong" d={`M${round(x - 3)} ${middle - 3}l6 6m0-6l-6 6`} /> : null}
    </>
  );
};

const BRANCHING = new Set(["edit", "fork", "regenerate", "client-compacted"]);

const Numbers = ({ columns, step, width }: { columns: Column[]; step: number; width: number }) => {
  const labels = width > 600 ? 11 : 5;
  const places = Array.from({ length: labels }, (_, index) =>
    Math.round((index * (columns.length - 1)) / (labels - 1)),
  );
  return [...new Set(places)].map((place) => (
    <text
      class={`chart-label ${place === 0 ? "at-start" : place === columns.length - 1 ? "at-end" : "at-middle"}`}
      x={round(place === 0 ? 0 : place === columns.length - 1 ? width : (place + 0.5) * step)}
      y={AXIS_TOP + 10}
    >
      {place === 0 ? `turn ${columns[0]?.first.number ?? 1}` : columns[place]?.last.number}
    </text>
  ));
};

const ColumnTable = ({ columns, links }: { columns: Column[]; links: SessionLinks }) => (
  <table class="cards">
    <thead>
      <tr>
        <th>Turns</th>
        <th class="number">Client’s</th>
        <th class="number">Sent</th>
        <th class="number">Cached</th>
        <th>Compactions</th>
      </tr>
    </thead>
    <tbody>
      {columns.map(({ first, last, target, compactions }) => (
        <tr>
          <th scope="row">
            <a href={links.turn(target.number)}>{first === last ? first.number : `${first.number}–${last.number}`}</a>
          </th>
          <td class="number" data-label="Client’s">
            {formatCount(last.tokens?.client ?? 0)}
          </td>
          <td class="number" data-label="Sent">
            {formatCount(last.tokens?.forwarded ?? 0)}
          </td>
          <td class="number" data-label="Cached">
            {formatCount(last.tokens?.cached ?? 0)}
          </td>
          <td>
            {compactions.map((turn) => (
              <div>
                <a href={links.turn(turn.number)}>Turn {turn.number}</a>: {sayReason(turn.reason)}
              </div>
            ))}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

function describe(points: readonly TurnPoint[]): string {
  const tokens = points.at(-1)?.tokens;
  const compactions = points.filter(isCompaction).length;
  return (
    `Tokens of ${points.length} turns. In the newest, ${formatCount(tokens?.forwarded ?? 0)} of ` +
    `${formatCount(tokens?.client ?? 0)} tokens were sent. ${compactions} of the turns compacted.`
  );
}

function describeColumn({ first, last, target, compactions }: Column): string {
  const { client = 0, forwarded = 0, cached = 0 } = last.tokens ?? {};
  const name = first === last ? `Turn ${last.number}` : `Turns ${first.number} to ${last.number}, the newest of them`;
  const [compaction] = compactions;
  const where = target === last ? "" : ` in turn ${target.number}`;
  const why = compaction ? ` Compacted${where}: ${sayReason(compaction.reason)}` : "";
  return `${name}: sent ${formatCount(forwarded)} of ${formatCount(client)} tokens, ${formatCount(cached)} from the cache.${why}`;
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
