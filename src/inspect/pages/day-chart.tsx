/**
 * A chart of two numbers a day: what was spent, and what a replay would have cost, with the difference in its own colour.
 *
 * Plain SVG that stretches with the page, its labels in HTML so that they do not; a table with the same numbers stands
 * beneath it, and each bar says its day. A day that cost more than its replay shows that as plainly as a saving.
 */
import { formatCount } from "./formats.ts";

export interface ChartDay {
  day: string;
  spent: number;
  replay: number;
}

export interface DayChartProps {
  /** Names the chart on its page. */
  id: string;
  title: string;
  /** Every day of the span, oldest first. */
  days: readonly ChartDay[];
  /** How many days one bar stands for. */
  step: number;
  format: (value: number) => string;
  /** The same for the round numbers of the scale. */
  scale: (value: number) => string;
  words: { spent: string; replay: string; saved: string; over: string };
}

const HEIGHT = 100;
const SLOT = 10;
/** Of a slot, the bar takes so much. */
const BAR = 7.5;

export const DayChart = ({ id, title, days, step, format, scale, words }: DayChartProps) => {
  const top = roundUp(Math.max(...days.map(({ spent, replay }) => Math.max(spent, replay)), 0));
  const some = days.filter(({ spent, replay }) => spent > 0 || replay > 0);
  const middle = days[Math.floor(days.length / 2)];
  return (
    <figure class="chart" aria-labelledby={`${id}-title`}>
      <figcaption>
        <h3 id={`${id}-title`}>{title}</h3>
        <ul class="legend">
          <li class="key-spent">{words.spent}</li>
          <li class="key-saved">{words.saved}</li>
          {some.some(({ spent, replay }) => spent > replay) ? <li class="key-over">{words.over}</li> : null}
        </ul>
      </figcaption>
      <div class="plot">
        <div class="scale" aria-hidden="true">
          <span>{scale(top)}</span>
          <span>{scale(top / 2)}</span>
          <span>{scale(0)}</span>
        </div>
        <svg viewBox={`0 0 ${days.length * SLOT} ${HEIGHT}`} preserveAspectRatio="none" role="img">
          <title>{title}</title>
          <desc>{describe(some, words, format)}</desc>
          <path class="rule" d={[0, HEIGHT / 2, HEIGHT].map((y) => `M0 ${y}H${days.length * SLOT}`).join("")} />
          {days.map((day, index) => (
            <Bar day={day} x={index * SLOT} top={top} words={words} format={format} />
          ))}
        </svg>
        <div class="days" aria-hidden="true">
          <span>{days[0]?.day}</span>
          <span>{middle?.day.slice(5)}</span>
          <span>{days.at(-1)?.day.slice(5)}</span>
        </div>
      </div>
      <details id={`${id}-table`}>
        <summary class="small soft">
          The same as a table ({formatCount(some.length)} {step === 1 ? "days" : "weeks"})
        </summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{step === 1 ? "Day" : "Week from"}</th>
              <th scope="col" class="number">
                {words.spent}
              </th>
              <th scope="col" class="number">
                {words.replay}
              </th>
            </tr>
          </thead>
          <tbody>
            {some.toReversed().map(({ day, spent, replay }) => (
              <tr>
                <th scope="row">{day}</th>
                <td class="number">{format(spent)}</td>
                <td class="number">{format(replay)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
};

type BarProps = Pick<DayChartProps, "words" | "format"> & { day: ChartDay; x: number; top: number };

const Bar = ({ day: { day, spent, replay }, x, top, words, format }: BarProps) => {
  if (spent === 0 && replay === 0) return null;
  const height = (value: number): number => (value / top) * HEIGHT;
  const both = Math.min(spent, replay);
  const place = { x: x + (SLOT - BAR) / 2, width: BAR };
  return (
    <g class="day">
      <title>{`${day}: ${words.spent} ${format(spent)}, ${words.replay} ${format(replay)}`}</title>
      <rect class="all" x={x} width={SLOT} y={0} height={HEIGHT} />
      <rect class="spent" {...place} y={HEIGHT - height(both)} height={height(both)} />
      <rect
        class={spent > replay ? "over" : "saved"}
        {...place}
        y={HEIGHT - height(Math.max(spent, replay))}
        height={height(Math.abs(spent - replay))}
      />
    </g>
  );
};

function describe(days: readonly ChartDay[], words: DayChartProps["words"], format: (value: number) => string): string {
  const sum = (field: "spent" | "replay"): string => format(days.reduce((all, day) => all + day[field], 0));
  return `${formatCount(days.length)} bars. ${words.spent}: ${sum("spent")}. ${words.replay}: ${sum("replay")}.`;
}

/** The next number that reads well at the top of a scale: 1, 2 or 5 with zeros. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8].find((step) => step * unit >= value) ?? 10) * unit;
}
