/**
 * The client's conversation and the prompt as two lengths on one scale, each in the colours of its layers.
 *
 * Lengths are in tokens as Strata counts them. What the upstream has counted stands in the bill, and the two differ a little.
 */
import type { PieceView } from "../../../ports/turn-view.ts";
import { formatCount } from "../formats.ts";
import { layerOf } from "./layer-of.ts";
import type { Layer } from "./layer-of.ts";

interface Share extends Layer {
  tokens: number;
}

export const Lengths = ({ pieces }: { pieces: readonly PieceView[] }) => {
  const asked = pieces.filter(({ kind }) => kind !== "reply");
  const rows = [
    {
      label: "Received",
      shares: shareOut(
        asked
          .filter(({ fate, reason }) => fate !== "added" && reason !== "supplied")
          .map((piece) => ({ ...piece, tokens: piece.whole_tokens ?? piece.tokens })),
      ),
    },
    { label: "Sent", shares: shareOut(asked.filter(({ fate }) => fate !== "in_brief" && fate !== "held_upstream")) },
  ];
  const longest = Math.max(...rows.map(({ shares }) => total(shares)));
  if (longest === 0) return null;
  return (
    <table class="bars lengths">
      <caption class="unseen">Tokens received and sent, by what became of them, as Strata counts them</caption>
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
            <td class="number">{formatCount(total(shares))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const Bar = ({ shares, longest }: { shares: readonly Share[]; longest: number }) => {
  let at = 0;
  return (
    <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      {shares.map(({ className, tokens }) => {
        const width = (tokens / longest) * 100;
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

function total(shares: readonly Share[]): number {
  return shares.reduce((sum, { tokens }) => sum + tokens, 0);
}
