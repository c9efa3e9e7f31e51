/**
 * What the client sent and what went upstream, piece by piece beside each other, each with what became of it and why.
 *
 * On a narrow page the two stand below each other. What is the same on both sides for long is folded. Texts are cut by the
 * session; the whole of each is in the bodies beneath, or one link away.
 */
import type { PieceView, TurnView } from "../../../ports/turn-view.ts";
import { formatCount } from "../formats.ts";
import type { SessionLinks } from "../links.ts";
import { STRATA, StratumLabel } from "../parts.tsx";
import { Said } from "../said.tsx";
import { sayPiece } from "../sentences.ts";
import { alignPieces, foldRows, sayRanges } from "./align-pieces.ts";
import type { Row } from "./align-pieces.ts";
import { layerOf } from "./layer-of.ts";

interface Context {
  /** Of what went up shortened, its beginning as the client wrote it, by depth. */
  originals: ReadonlyMap<number, string>;
  brief: number | null;
  links: SessionLinks;
}

export const SideBySide = ({ turn, ...context }: Context & { turn: TurnView }) => {
  const rows = alignPieces(turn.pieces);
  if (rows.length === 0) return <p class="soft">What this turn was made of is not known.</p>;
  return (
    <div class="sides">
      <div class="sides-head" aria-hidden="true">
        <h3>Received from the client</h3>
        <h3>Sent upstream</h3>
      </div>
      {turn.omitted_messages > 0 ? (
        <p class="soft small">
          The oldest {formatCount(turn.omitted_messages)} messages of this thread are not listed.
        </p>
      ) : null}
      {foldRows(rows).map((fold) =>
        fold.kind === "row" ? (
          <Pair row={fold.row} {...context} />
        ) : (
          <details class="folded">
            <summary>
              <StratumLabel of="verbatim" /> messages {sayRanges(fold.rows.flatMap(depthsOf))}, word for word on both
              sides
            </summary>
            {fold.rows.map((row) => (
              <Pair row={row} {...context} />
            ))}
          </details>
        ),
      )}
    </div>
  );
};

const Pair = ({ row, originals, brief, links }: Context & { row: Row }) => {
  const [received] = row.received;
  const [sent] = row.sent;
  const isSame = received !== undefined && received === sent && sent.fate === "verbatim";
  return (
    <div class={`pair ${isSame ? "pair-same" : ""} ${received?.kind === "head" ? "pair-head" : ""}`}>
      <div class="side-received">
        {row.received.some(({ fate }) => fate === "in_brief") ? (
          <Run pieces={row.received} standsAs={sent?.tokens ?? null} links={links} />
        ) : received ? (
          <Piece piece={received} original={originals.get(received.depth ?? 0)} links={links} />
        ) : (
          <p class="nothing">{sent?.reason === "supplied" ? "Not sent again by the client." : ""}</p>
        )}
      </div>
      <div class="side-sent">
        {sent ? (
          <Piece piece={sent} brief={brief} links={links} isSent />
        ) : (
          <p class="nothing">{received ? sayPiece(received.reason) : ""}</p>
        )}
        {isSame ? <p class="same soft small">Sent word for word. {sayPiece(sent.reason)}</p> : null}
      </div>
    </div>
  );
};

/** Messages that left the prompt together. */
const Run = ({ pieces, standsAs, links }: { pieces: PieceView[]; standsAs: number | null; links: SessionLinks }) => {
  const tokens = pieces.reduce((sum, piece) => sum + (piece.tokens ?? 0), 0);
  const depths = pieces.flatMap(({ depth }) => (depth === null ? [] : [depth]));
  return (
    <div class="layer stratum-brief">
      <header>
        <StratumLabel of="in_brief" /> <strong>messages {sayRanges(depths)}</strong>
      </header>
      <p class="pressed">
        <strong>{formatCount(tokens)}</strong> tokens
        {standsAs === null ? " did not go up" : `, for which ${formatCount(standsAs)} went up`}
      </p>
      <details>
        <summary>The messages</summary>
        <ol class="run">
          {pieces.map((piece) => (
            <li>
              <PieceHead piece={piece} links={links} />
              <Said text={piece.is_cut ? `${piece.text}…` : piece.text} />
            </li>
          ))}
        </ol>
      </details>
    </div>
  );
};

interface PieceProps {
  piece: PieceView;
  /** What the client had written where it went up shortened. */
  original?: string | undefined;
  brief?: number | null;
  links: SessionLinks;
  isSent?: boolean;
}

const Piece = ({ piece, original, brief = null, links, isSent = false }: PieceProps) => {
  const isShortened = piece.fate === "short_form" && !isSent;
  const text = isShortened ? (original ?? "The whole result, as the client sent it, is kept.") : piece.text;
  return (
    <div class={`layer ${isShortened ? STRATA.verbatim.className : layerOf(piece).className}`}>
      <PieceHead piece={piece} links={links} isSent={isSent} isShortened={isShortened} />
      <Said text={piece.is_cut || isShortened ? `${text}…` : text} className="clamped" />
      {isSent && piece.kind === "brief" && brief !== null ? (
        <p class="small">
          <a href={links.brief(brief)}>All of brief {brief}, with its sources</a>
        </p>
      ) : null}
      {isSent && piece.sources.length > 0 ? (
        <p class="small soft">
          From messages{" "}
          {piece.sources.map((depth, index) => (
            <>
              {index === 0 ? "" : ", "}
              <a href={links.place({ depth })}>{depth}</a>
            </>
          ))}
        </p>
      ) : null}
    </div>
  );
};

interface PieceHeadProps {
  piece: PieceView;
  links: SessionLinks;
  isSent?: boolean;
  isShortened?: boolean;
}

const PieceHead = ({ piece, links, isSent = false, isShortened = false }: PieceHeadProps) => {
  const { className, label } = layerOf(piece);
  const tokens = isShortened ? (piece.whole_tokens ?? null) : piece.tokens;
  return (
    <header>
      {piece.kind === "brief" || piece.kind === "recalled" ? null : piece.depth === null || piece.kind === "reply" ? (
        <strong>{NAMES[piece.kind]}</strong>
      ) : (
        <a class="depth" href={links.place({ depth: piece.depth })}>
          {piece.depth}
        </a>
      )}
      {piece.role === null || piece.depth === null || piece.kind === "reply" ? null : <strong>{piece.role}</strong>}
      {piece.kind === "reply" || isShortened ? null : <span class={`stratum ${className}`}>{label}</span>}
      {piece.is_new && piece.kind !== "reply" ? <span class="badge">new</span> : null}
      {tokens === null ? null : <span class="soft">{formatCount(tokens)} tokens</span>}
      {isSent ? <span class="soft">{sayPiece(piece.reason)}</span> : null}
      {piece.hash === null || (isSent && piece.kind !== "reply") ? null : (
        <a class="message-links" href={links.message(piece.hash)}>
          whole message
        </a>
      )}
    </header>
  );
};

const NAMES: Readonly<Record<PieceView["kind"], string>> = {
  head: "System and tools",
  brief: "Brief",
  message: "Message",
  recalled: "Recalled",
  user_facts: "What is known of the user",
  recall_tool: "The recall tool",
  cache_marker: "Cache marker",
  reply: "The reply",
};

function depthsOf({ received }: Row): number[] {
  return received.flatMap(({ depth }) => (depth === null ? [] : [depth]));
}
