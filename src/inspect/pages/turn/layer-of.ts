/**
 * The layer that a piece of a prompt belongs to: its colour, which is the same as on every other page, and its name.
 *
 * What Strata adds is told apart by what it is: the brief has the colour of what it stands for.
 */
import type { PieceView } from "../../../ports/turn-view.ts";
import { STRATA } from "../parts.tsx";

export interface Layer {
  className: string;
  label: string;
}

const BRIEF: Layer = { className: STRATA.in_brief.className, label: "the brief" };

export function layerOf({ kind, fate }: Pick<PieceView, "kind" | "fate">): Layer {
  if (kind === "brief") return BRIEF;
  return kind === "recalled" ? STRATA.recalled : STRATA[fate];
}
