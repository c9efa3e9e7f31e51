/**
 * The page of a brief: its text as it goes up, each line with the messages that it rests on, its checks and its use.
 *
 * A line without a source is the brief's own: label, heading, day. What a model wrote is told apart from what is quoted.
 */
import type { BriefLineView, BriefView, OutlineView, SourceView } from "../../ports/inspection.ts";
import { formatCount, formatShare } from "./formats.ts";
import type { SessionLinks } from "./links.ts";
import { Badge, Card, Stat, Time } from "./parts.tsx";
import { sayReason } from "./sentences.ts";

interface BriefPageProps {
  brief: BriefView;
  outline: OutlineView;
  links: SessionLinks;
  now: number;
}

export const BriefPage = ({ brief, outline, links, now }: BriefPageProps) => {
  const sources = new Map((brief.sources ?? []).map((source) => [source.node, source]));
  const epochs = outline.epochs.filter((epoch) => epoch.brief === brief.id);
  const lines = brief.lines ?? [];
  const linked = lines.filter(({ nodes }) => nodes.length > 0).length;
  const unshown = brief.pieces.filter((piece) => piece["unshown"] === true).length;
  return (
    <>
      <Card title="What it stands for" aside={<State brief={brief} />}>
        <dl class="stats stats-wide">
          <Stat label="Messages" note="the oldest of the thread">
            1–{formatCount(brief.covers_messages)}
          </Stat>
          <Stat
            label="Tokens"
            note={
              brief.covers_tokens === 0 ? undefined : `${formatShare(1 - brief.tokens / brief.covers_tokens)} fewer`
            }
          >
            {formatCount(brief.tokens)} <span class="soft small">for {formatCount(brief.covers_tokens)}</span>
          </Stat>
          <Stat label="Lines with a source" note={`${formatCount(brief.written.length)} written by a model`}>
            {formatCount(linked)}
          </Stat>
          <Stat label="Made by" note={<Time at={brief.created_at} now={now} />}>
            {brief.method}
          </Stat>
        </dl>
        <Use epochs={epochs} outline={outline} links={links} />
      </Card>
      <Card title="Text" aside={<span class="soft small">Every quote leads to its message.</span>}>
        {lines.length === 0 ? (
          <p class="soft">There is no text: nothing passed the checks.</p>
        ) : (
          <div class="brief-text">
            {lines.map((line) => (
              <Line line={line} sources={sources} thread={brief.thread} links={links} />
            ))}
          </div>
        )}
        {unshown > 0 ? (
          <p class="soft small">
            {formatCount(unshown)} more wishes of the user are carried along without room to show them.
          </p>
        ) : null}
      </Card>
      <Card title="Checks">
        <pre class="bytes">{JSON.stringify(brief.checks, null, 2)}</pre>
      </Card>
    </>
  );
};

const State = ({ brief: { state } }: { brief: BriefView }) => (
  <Badge tone={state === "committed" ? "gain" : "loss"}>{state}</Badge>
);

const Use = ({
  epochs,
  outline,
  links,
}: { epochs: OutlineView["epochs"] } & Pick<BriefPageProps, "outline" | "links">) => {
  if (epochs.length === 0) return <p class="soft">No turn has used it.</p>;
  return (
    <ul class="list">
      {epochs.map((epoch) => {
        const turns = outline.points.filter((point) => point.epoch === epoch.id);
        const [first] = turns;
        const last = turns.at(-1);
        return (
          <li>
            {first && last ? (
              <>
                In force from <a href={links.turn(first.number)}>turn {first.number}</a> to{" "}
                <a href={links.turn(last.number)}>turn {last.number}</a>, {formatCount(turns.length)} turns.{" "}
              </>
            ) : null}
            {sayReason(epoch.reason)}
          </li>
        );
      })}
    </ul>
  );
};

interface LineProps {
  line: BriefLineView;
  sources: Map<number, SourceView>;
  thread: string | undefined;
  links: SessionLinks;
}

const Line = ({ line: { kind, text, nodes }, sources, thread, links }: LineProps) => {
  const known = nodes.flatMap((node) => sources.get(node) ?? []);
  const [first] = known;
  return (
    <div class={`line line-${kind}`}>
      <span class="line-text" dir="auto">
        {first && (kind === "quote" || kind === "written") ? <a href={linkTo(first, thread, links)}>{text}</a> : text}
      </span>
      {known.length === 0 ? null : (
        <span class="line-sources small">
          {known.map((source) => (
            <a href={linkTo(source, thread, links)} aria-label={`Message ${source.depth}`}>
              {source.depth}
            </a>
          ))}
        </span>
      )}
    </div>
  );
};

function linkTo({ depth }: SourceView, thread: string | undefined, links: SessionLinks): string {
  return links.place({ depth, thread: thread ?? null });
}
