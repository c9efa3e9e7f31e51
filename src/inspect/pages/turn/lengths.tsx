/**
 * The client's conversation and the prompt as two lengths on one scale, each in the colours of its layers.
 *
 * The totals are those of the bill. Layers are in tokens as Strata counts them; what no layer holds, because the head has no
 * count of its own and the upstream counts in its own way, stands beside them, so that each row adds up.
 */
import type { PieceView, TurnView } from "../../../ports/turn-view.ts";
import { formatCount } from "../formats.ts";
import { layerOf } from "./layer-of.ts";
import type { Layer } from "./layer-of.ts";

interface Share extends Layer {
  tokens: number;
}

export const Lengths = ({ turn }: { turn: TurnView }) => {
  const { pieces, bill } = turn;
  const asked = pieces.filter(({ kind }) => kind !== "reply");
  const conversation = asked
    .filter(({ fate }) => fate !== "added")
    .map((piece) => ({ ...piece, tokens: piece.whole_tokens ?? piece.tokens }));
  const sent = asked.filter(({ fate }) => fate !== "in_brief");
  const rows = [
    { label: "Conversation", shares: fillUp(shareOut(conversation), turn, bill?.replay_tokens) },
    { label: "Sent", shares: fillUp(shareOut(sent), turn, bill?.prompt_tokens) },
  ];
  const longest = Math.max(...rows.map(({ shares }) => total(shares)));
  if (asked.length === 0 || longest === 0) return null;
  return (
    <table class="bars lengths">
      <caption class="unseen">Tokens of the conversation and of the prompt, by what became of them</caption>
      <tbody>
        {rows.map(({ label, shares }) => (
          <tr>
            <th scope="row">{label}</th>
            <td class="bar">
              <Bar shares={shares} longest={longest} />
              <span class="bar-key small soft">
                {shares.map(({ className, label: layer, tokens }) => (
                  <span class={`key ${className}`}>
                    {formatCount(tokens)} {layer}
                  </span>
                ))}
              </span>
            </td>
            <td class="number">
              {bill?.source === "billed" ? "" : "about "}
              {formatCount(total(shares))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const Bar = ({ shares, longest }: { shares: readonly Share[]; longest: number }) => {
  const drawn = shares.filter(({ tokens }) => tokens > 0);
  const scale = total(shares) / total(drawn) / longest;
  let at = 0;
  return (
    <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      {drawn.map(({ className, tokens }) => {
        const width = tokens * scale * 100;
        const x = at;
        at += width;
        return <rect class={className} x={String(x)} width={String(width)} height="10" />;
      })}
    </svg>
  );
};

/** Tokens by layer, in the order in which the layers come. */
function shareOut(pieces: readonly PieceView[]): Share[] {
  const shares = new Map<string, Share>();
  for (const piece of pieces) {
    const layer = layerOf(piece);
    const tokens = (shares.get(layer.label)?.tokens ?? 0) + (piece.tokens ?? 0);
    shares.set(layer.label, { ...layer, tokens });
  }
  return [...shares.values()].filter(({ tokens }) => tokens > 0);
}

/** What the total has beside the layers; less than nothing where the upstream counts fewer. */
function fillUp(shares: Share[], { bill, omitted_messages: omitted }: TurnView, whole = total(shares)): Share[] {
  const tokens = whole - total(shares);
  if (tokens === 0) return shares;
  const counted = bill?.source === "billed" ? "as the upstream counts" : "estimated";
  const besides = omitted > 0 ? "older messages, head" : "head";
  return [...shares, { className: "stratum-rest", label: tokens > 0 ? `${besides}, ${counted}` : counted, tokens }];
}

function total(shares: readonly Share[]): number {
  return shares.reduce((sum, { tokens }) => sum + tokens, 0);
}
