/**
 * The page of a turn: what was sent upstream and why, beside what the client had sent, down to the bytes.
 *
 * The answer comes first, in words; then how the prompt is made up; then the numbers it rests on. It must not ask the
 * session anything itself.
 */
import { PIECE_TEXT_CHARS } from "../../../model/inspection-limits.ts";
import type { DiffView, TurnView } from "../../../ports/turn-view.ts";
import { formatCount } from "../formats.ts";
import type { SessionLinks } from "../links.ts";
import { Badge, Card, Time } from "../parts.tsx";
import { sayIdentity, sayPlan, sayVerdict } from "../sentences.ts";
import { Bodies } from "./bodies.tsx";
import type { ShownBody } from "./bodies.tsx";
import { Bill, Policy, Timings } from "./figures.tsx";
import { Lengths } from "./lengths.tsx";
import { sayTrouble, sayTurn } from "./say-turn.ts";
import { SideBySide } from "./side-by-side.tsx";

interface TurnPageProps {
  turn: TurnView;
  bodies: ShownBody[];
  diff: DiffView | null;
  /** The brief that it was sent with. */
  brief: number | null;
  links: SessionLinks;
  now: number;
}

export const TurnPage = ({ turn, bodies, diff, brief, links, now }: TurnPageProps) => (
  <>
    <Answer turn={turn} now={now} links={links} />
    <nav class="jump" aria-label="On this page">
      <a href="#sides">Received and sent</a>
      <a href="#why">Why</a>
      <a href="#cost">Cost</a>
      <a href="#time">Time</a>
      <a href="#bytes">Exact bytes</a>
    </nav>
    <section id="sides">
      <Card title="Received and sent">
        <SideBySide
          turn={turn}
          originals={readOriginals(diff, bodies)}
          brief={brief}
          links={linksWithin(turn, links)}
        />
      </Card>
    </section>
    <div class="halves">
      <section id="why">
        <Card title="Why">
          <Policy decision={turn.decision} />
        </Card>
      </section>
      <div class="stack">
        <section id="cost">
          <Card title="Cost">
            <Bill bill={turn.bill} />
          </Card>
        </section>
        <section id="time">
          <Card title="Time">
            <Timings timings={turn.timings_ms} />
          </Card>
        </section>
      </div>
    </div>
    <section id="bytes">
      <Card title="Exact bytes">
        <Bodies turn={turn} bodies={bodies} diff={diff} links={links} />
      </Card>
    </section>
  </>
);

const Answer = ({ turn, now, links }: { turn: TurnView; now: number; links: SessionLinks }) => {
  const { sent, stands, why } = sayTurn(turn);
  const trouble = sayTrouble(turn);
  return (
    <div class="card answer">
      <p class="lead">
        {sent} {stands}
      </p>
      <p class="because">
        <span class="soft">Why:</span> {why}
      </p>
      {trouble === null ? null : <p class="note wrong">{trouble}</p>}
      <Lengths turn={turn} />
      <p class="facts">
        <Badge>{sayPlan(turn.plan).label}</Badge>
        <span title={sayVerdict(turn.verdict)}>
          <Badge>{turn.verdict}</Badge>
        </span>
        {turn.model === null ? null : <Badge>{turn.model}</Badge>}
        <Time at={turn.at} now={now} />
        <span class="soft">
          {sayVerdict(turn.verdict)} {sayIdentity(turn.identity)}
          {turn.attempts > 1 ? ` It was tried ${formatCount(turn.attempts)} times.` : ""}
        </span>
      </p>
      <Neighbours turn={turn} links={links} />
    </div>
  );
};

const Neighbours = ({ turn: { before, after }, links }: { turn: TurnView; links: SessionLinks }) =>
  before === null && after.length === 0 ? null : (
    <nav class="paging" aria-label="Turns beside this one">
      {before === null ? (
        <span />
      ) : (
        <a class="button" rel="prev" href={links.turn(before.number)}>
          ← Turn {before.number}
        </a>
      )}
      {after.map(({ number }) => (
        <a class="button" rel="next" href={links.turn(number)}>
          Turn {number} →
        </a>
      ))}
    </nav>
  );

/** Of what went up shortened, its beginning as the client wrote it, by depth. */
function readOriginals(diff: DiffView | null, bodies: readonly ShownBody[]): Map<number, string> {
  const text = bodies.find(({ side }) => side === "client")?.shown.text ?? null;
  if (diff === null || text === null) return new Map();
  return new Map(
    diff.pieces.flatMap(({ fate, depth, client }): [number, string][] =>
      fate === "short_form" && depth !== null && client !== null
        ? [[depth, text.slice(client.start, Math.min(client.end, client.start + PIECE_TEXT_CHARS))]]
        : [],
    ),
  );
}

/** Depths of a turn's pieces are those of its own thread, which need not be the newest one. */
function linksWithin({ asked, reply }: TurnView, links: SessionLinks): SessionLinks {
  return { ...links, place: ({ depth }) => links.place({ depth, thread: reply ?? asked }) };
}
