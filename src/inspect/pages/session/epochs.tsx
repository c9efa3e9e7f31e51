/** The compactions of a session, newest first, each with why it came and the brief that it put in place. */
import type { OutlineView, TurnPoint } from "../../../ports/inspection.ts";
import { formatCount, formatShort } from "../formats.ts";
import type { SessionLinks } from "../links.ts";
import { Badge, Empty } from "../parts.tsx";
import { sayCode, sayReason } from "../sentences.ts";

const SHOWN_MAX = 8;

export const Epochs = ({
  outline: { epochs, briefs, points },
  links,
}: {
  outline: OutlineView;
  links: SessionLinks;
}) => {
  if (epochs.length === 0) return <Empty>No compaction yet: everything has gone up word for word.</Empty>;
  const byId = new Map(briefs.map((brief) => [brief.id, brief]));
  const openers = new Map<number, TurnPoint>();
  for (const point of points) if (point.epoch !== null && !openers.has(point.epoch)) openers.set(point.epoch, point);
  const rows = epochs.toReversed().map((epoch) => {
    const brief = byId.get(epoch.brief);
    const turn = openers.get(epoch.id);
    return (
      <li>
        <p>
          <a href={links.brief(epoch.brief)}>
            <strong>Brief {epoch.brief}</strong>
          </a>{" "}
          <Badge>{sayCode(epoch.reason)}</Badge>
        </p>
        <p class="soft small" title={sayReason(epoch.reason)}>
          {brief
            ? `${formatShort(brief.tokens)} tokens for ${formatShort(brief.covers_tokens)} in ${formatCount(brief.covers_messages)} messages`
            : "no longer kept"}
          {turn ? (
            <>
              , since <a href={links.turn(turn.number)}>turn {turn.number}</a>
            </>
          ) : null}
        </p>
      </li>
    );
  });
  const unused = briefs.length - new Set(epochs.map(({ brief }) => brief)).size;
  return (
    <>
      <ol class="epochs">{rows.slice(0, SHOWN_MAX)}</ol>
      {rows.length > SHOWN_MAX ? (
        <details>
          <summary>{formatCount(rows.length - SHOWN_MAX)} earlier ones</summary>
          <ol class="epochs">{rows.slice(SHOWN_MAX)}</ol>
        </details>
      ) : null}
      {unused > 0 ? (
        <p class="soft small">{formatCount(unused)} more were written and not used, or refused by their checks.</p>
      ) : null}
    </>
  );
};
