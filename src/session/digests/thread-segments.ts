/**
 * The segments of a thread up to a cut: finds those that are there, adds those that have come to their end.
 *
 * Walks only what has come since the last segment. Adding a segment only writes down that it is to be condensed; it
 * must not call a model, nor decide whether one is worth its money.
 */
import type { Hash } from "../../model/hash.ts";
import { cutSegments, rollUpEnds, ROLLED_UP_SEGMENTS } from "../../distil/digests/cut-segments.ts";
import type { ThreadMessage } from "../../distil/digests/cut-segments.ts";
import { DIGEST_ATTEMPTS_MAX } from "../../model/limits.ts";
import type { DigestedSegment } from "../../ports/distiller.ts";
import type { TreeNode } from "../message-store.ts";
import type { SegmentRow } from "./segment-store.ts";
import type { SessionTables } from "../tables.ts";

export interface ThreadSegments {
  /** Of messages, oldest first. */
  segments: SegmentRow[];
  /** Of segments, oldest first. */
  rollUps: SegmentRow[];
}

const NO_SEGMENTS: ThreadSegments = { segments: [], rollUps: [] };

/** The segments of the thread that ends with `chain`, as far as they are written down. */
export function findSegments({ store, segments }: SessionTables, chain: Hash): ThreadSegments {
  if (segments.isEmpty()) return NO_SEGMENTS;
  for (const node of store.walkUp(chain)) {
    const last = segments.endingAt(node.chain);
    if (last === null) continue;
    const found = segments.upTo(last);
    return { segments: found, rollUps: segments.rollUpsOf(found) };
  }
  return NO_SEGMENTS;
}

/** The same, with those added that are over by now. */
export function extendSegments(tables: SessionTables, chain: Hash): ThreadSegments {
  const { sql, store, segments } = tables;
  const since: TreeNode[] = [];
  let last: SegmentRow | null = null;
  for (const node of store.walkUp(chain)) {
    last = segments.endingAt(node.chain);
    if (last) break;
    since.push(node);
  }
  const messages = withTimes(tables, since.toReversed());
  sql.transaction(() => {
    for (const cut of cutSegments(messages)) last = addOver(tables, 1, last, cut.map(partOf)) ?? last;
  });
  const found = segments.upTo(last);
  const rollUps = segments.rollUpsOf(found);
  sql.transaction(() => {
    for (const end of rollUpEnds(found.length).slice(rollUps.length)) {
      const added = addOver(tables, 2, rollUps.at(-1) ?? null, found.slice(end - ROLLED_UP_SEGMENTS, end));
      if (added) rollUps.push(added);
    }
  });
  return { segments: found, rollUps };
}

/** What a brief may tell of them: roll-ups for the old part, single segments for the rest. */
export function digestsOf({ segments, rollUps }: ThreadSegments): DigestedSegment[] {
  const written = rollUps.filter(({ digest }) => digest !== null);
  const isRolledUp = ({ fromDepth, toDepth }: SegmentRow): boolean =>
    written.some((rollUp) => fromDepth >= rollUp.fromDepth && toDepth <= rollUp.toDepth);
  return [...written, ...segments.filter((segment) => !isRolledUp(segment))]
    .toSorted((a, b) => a.fromDepth - b.fromDepth)
    .flatMap(({ id, level, fromNode, toNode, at, digest }) =>
      digest ? [{ id, from: fromNode, to: toNode, at, isRollUp: level === 2, digest }] : [],
    );
}

/** How many of them a model has condensed: it only ever grows. */
export function countDigests({ segments, rollUps }: ThreadSegments): number {
  return [...segments, ...rollUps].filter(({ digest }) => digest !== null).length;
}

/** What is left to condense, oldest first: segments before their roll-up. */
export function dueSegments({ segments, rollUps }: ThreadSegments): SegmentRow[] {
  // An attempt that never came to its end is counted, so that a crash is not repeated without end.
  const isDue = ({ state, attempts }: SegmentRow): boolean => state === "due" && attempts < DIGEST_ATTEMPTS_MAX;
  const due = segments.filter(isDue);
  const isReady = ({ toDepth }: SegmentRow): boolean => due.every((segment) => segment.toDepth > toDepth);
  return [...due, ...rollUps.filter((rollUp) => isDue(rollUp) && isReady(rollUp))];
}

type TimedNode = TreeNode & ThreadMessage;

function withTimes({ store }: SessionTables, nodes: readonly TreeNode[]): TimedNode[] {
  const times = store.firstSeen(nodes.map(({ message }) => message));
  return nodes.map((node) => ({ ...node, at: times.get(node.message) ?? 0 }));
}

/** What a node and a segment have in common, as part of a segment. */
interface Part {
  fromNode: number;
  toNode: number;
  fromDepth: number;
  toDepth: number;
  endChain: Hash;
  tokens: number;
  at: number;
}

function partOf({ id, depth, chain, tokens, at }: TimedNode): Part {
  return { fromNode: id, toNode: id, fromDepth: depth - 1, toDepth: depth, endChain: chain, tokens, at };
}

function addOver(
  { segments }: SessionTables,
  level: SegmentRow["level"],
  previous: SegmentRow | null,
  parts: readonly Part[],
): SegmentRow | null {
  const first = parts[0];
  const last = parts.at(-1);
  if (!first || !last) return null;
  const { toNode, toDepth, endChain, at } = last;
  return segments.add({
    level,
    place: (previous?.place ?? 0) + 1,
    previous: previous?.id ?? null,
    fromNode: first.fromNode,
    fromDepth: first.fromDepth,
    toNode,
    toDepth,
    endChain,
    at,
    tokens: parts.reduce((sum, { tokens }) => sum + tokens, 0),
  });
}
