/**
 * The exact bytes of a turn: what the client sent, what went upstream, and what the upstream turned down.
 *
 * The text is the body's own, character for character; only its beginning is shown where it is large, and the whole is one
 * link away. The sum and the size are those of the bytes. A body that is no longer kept leaves its sum.
 */
import { SHOWN_BODY_CHARS_MAX } from "../../../model/inspection-limits.ts";
import type { BodyText, DiffPiece, DiffView, TurnView } from "../../../ports/turn-view.ts";
import { formatCount } from "../formats.ts";
import type { SessionLinks } from "../links.ts";
import { Badge, Bytes } from "../parts.tsx";
import { showText } from "../said.tsx";
import { sayCode, sayPiece } from "../sentences.ts";
import { colourBody } from "./colour-body.ts";
import { layerOf } from "./layer-of.ts";

export interface ShownBody {
  title: string;
  side: "client" | "forwarded" | null;
  /** Of the raw bytes, behind the turn's own. */
  path: readonly (string | number)[];
  shown: BodyText;
}

interface BodiesProps {
  turn: TurnView;
  bodies: ShownBody[];
  /** What the first call's bytes are made of; null where it is not known. */
  diff: DiffView | null;
  links: SessionLinks;
}

export const Bodies = ({ turn, bodies, diff, links }: BodiesProps) => {
  if ("missing" in turn.bodies)
    return <p class="soft">The bytes of this turn were not recorded: {sayCode(turn.bodies.missing)}.</p>;
  return (
    <>
      {bodies.map(({ title, side, path, shown: { body, text } }) => (
        <section class="body">
          <header>
            <h3>{title}</h3>
            <Bytes count={body.bytes} />
            {body.http_status === null ? null : (
              <Badge tone={body.http_status >= 400 ? "loss" : "plain"}>answered {body.http_status}</Badge>
            )}
            {body.is_client && body.http_status !== null ? <Badge>the client’s very bytes</Badge> : null}
            <a href={links.raw(["turns", turn.rev, "bodies", ...path])}>raw</a>
          </header>
          <p class="sum small">
            <span class="soft">sha256</span> <code>{body.sha256}</code>
          </p>
          {text === null ? (
            <p class="soft">Only its sum and size are kept.</p>
          ) : (
            <details open={text.length <= OPEN_CHARS_MAX}>
              <summary>
                {text.length > SHOWN_BODY_CHARS_MAX
                  ? `The first ${formatCount(SHOWN_BODY_CHARS_MAX)} of ${formatCount(text.length)} characters`
                  : `${formatCount(text.length)} characters`}
              </summary>
              <pre class="bytes" tabindex={0} aria-label={title} dir="ltr">
                <Coloured text={text} pieces={(side && diff?.pieces) ?? []} side={side ?? "client"} />
              </pre>
            </details>
          )}
        </section>
      ))}
    </>
  );
};

const Coloured = ({
  text,
  pieces,
  side,
}: {
  text: string;
  pieces: readonly DiffPiece[];
  side: "client" | "forwarded";
}) =>
  colourBody(text, pieces, side, SHOWN_BODY_CHARS_MAX).map(({ text: stretch, piece }) =>
    piece === null ? (
      showText(stretch)
    ) : (
      <span class={`piece ${layerOf(piece).className}`} title={`${layerOf(piece).label}: ${sayPiece(piece.reason)}`}>
        {showText(stretch)}
      </span>
    ),
  );

/** A larger body is folded at first. */
const OPEN_CHARS_MAX = 60_000;
