/**
 * Sets of node ids as ranges: a conversation without branches is one range, whatever its length.
 *
 * Tells whether a message lies on the path that a brief stands for, without a walk over that path. Pure.
 */

/** Inclusive bounds, in order, apart from each other. */
export type NodeRanges = readonly (readonly [first: number, last: number])[];

/** @param ids in ascending order, all above the last range */
export function extendRanges(ranges: NodeRanges, ids: readonly number[]): NodeRanges {
  const extended = ranges.map(([first, last]): [number, number] => [first, last]);
  for (const id of ids) {
    const last = extended.at(-1);
    if (last && last[1] + 1 === id) last[1] = id;
    else extended.push([id, id]);
  }
  return extended;
}

export function includesNode(ranges: NodeRanges, id: number): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = ranges[middle] ?? [0, -1];
    if (id < first) high = middle - 1;
    else if (id > last) low = middle + 1;
    else return true;
  }
  return false;
}
