/**
 * Turns as the columns of a chart: one each while there is room, several together where there is not.
 *
 * Pure. A column of several turns is as high as the newest of them, so that its heights are those of a real turn, and leads
 * to the first in it that compacted, or else to the newest. It must not leave out a compaction.
 */
import type { TurnPoint } from "../../../ports/inspection.ts";

export interface Column {
  /** Oldest first. */
  turns: TurnPoint[];
  first: TurnPoint;
  last: TurnPoint;
  /** The turn that the column leads to. */
  target: TurnPoint;
  compactions: TurnPoint[];
}

export function isCompaction({ plan, reason }: Pick<TurnPoint, "plan" | "reason">): boolean {
  return plan === "brief" && reason !== "epoch";
}

export function binTurns(points: readonly TurnPoint[], columnsMax: number): Column[] {
  const size = Math.max(1, Math.ceil(points.length / columnsMax));
  const columns: Column[] = [];
  for (let start = 0; start < points.length; start += size) {
    const turns = points.slice(start, start + size);
    const [first] = turns;
    const last = turns.at(-1);
    if (!first || !last) continue;
    const compactions = turns.filter(isCompaction);
    columns.push({ turns, first, last, target: compactions[0] ?? last, compactions });
  }
  return columns;
}

/** A round number at or above `value`, for the top of a scale. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value) ?? 10;
  return step * power;
}
