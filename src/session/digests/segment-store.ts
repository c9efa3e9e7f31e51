/**
 * Segments of threads and what a model has written of them.
 *
 * A segment is a place in the tree, so threads that share a beginning share its segments. Its span never changes; its
 * digest is written once, after at most a few attempts. Roll-ups stand beside the segments that they were written from.
 */
import type { Hash } from "../../model/hash.ts";
import type { Digest } from "../../ports/distiller.ts";
import type { Sql } from "../../ports/sql.ts";
import type { DistillerBill } from "./distiller-bill.ts";

/** `due`: to be condensed. `failed`: given up; quotes stand for it. */
export type SegmentState = "due" | "digested" | "failed";

export interface SegmentRow {
  id: number;
  /** 1: of messages. 2: a roll-up of segments. */
  level: 1 | 2;
  /** How many segments of this level the thread has up to and with this one. */
  place: number;
  /** The segment before it on its thread, or null. */
  previous: number | null;
  /** Row ids of its first and last node, how deep the thread is before and behind it, and the chain of the last node. */
  fromNode: number;
  toNode: number;
  fromDepth: number;
  toDepth: number;
  endChain: Hash;
  tokens: number;
  /** When its last message was first seen. */
  at: number;
  state: SegmentState;
  attempts: number;
  /** Who wrote it; empty before. */
  method: string;
  digest: Digest | null;
  /** Outcome of the gate, or why there was nothing to check. */
  checks: unknown;
  /** What the attempts have cost so far; null before the first. */
  cost: DistillerBill | null;
}

type StoredSegment = Omit<SegmentRow, "digest" | "checks" | "cost"> & { digest: string; checks: string; cost: string };

const SEGMENT_COLUMNS = `id, level, place, previous, from_node AS fromNode, to_node AS toNode, from_depth AS fromDepth,
  to_depth AS toDepth, end_chain AS endChain, tokens, at, state, attempts, method, digest, checks, cost`;

export class SegmentStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  isEmpty(): boolean {
    return this.#sql.all("SELECT 1 FROM segment LIMIT 1").length === 0;
  }

  /** The segment of messages that ends with this node. */
  endingAt(chain: Hash): SegmentRow | null {
    const [row] = this.#sql.all<StoredSegment>(
      `SELECT ${SEGMENT_COLUMNS} FROM segment WHERE end_chain = ? AND level = 1`,
      chain,
    );
    return row ? parseSegment(row) : null;
  }

  /** A segment and all before it on its thread, oldest first. */
  upTo(last: SegmentRow | null): SegmentRow[] {
    if (last === null) return [];
    return this.#sql
      .all<StoredSegment>(
        `WITH RECURSIVE path AS (
           SELECT * FROM segment WHERE id = ?
           UNION ALL
           SELECT segment.* FROM segment JOIN path ON segment.id = path.previous
         )
         SELECT ${SEGMENT_COLUMNS} FROM path ORDER BY place`,
        last.id,
      )
      .map(parseSegment);
  }

  /** The roll-ups that end with one of these segments, oldest first. */
  rollUpsOf(segments: readonly SegmentRow[]): SegmentRow[] {
    return this.#sql
      .all<StoredSegment>(
        `SELECT ${SEGMENT_COLUMNS} FROM segment
         WHERE level = 2 AND end_chain IN (SELECT value FROM json_each(?)) ORDER BY place`,
        JSON.stringify(segments.map(({ endChain }) => endChain)),
      )
      .map(parseSegment);
  }

  /** Adds a segment that is to be condensed. */
  add(
    segment: Omit<SegmentRow, "id" | "state" | "attempts" | "method" | "digest" | "checks" | "cost">,
  ): SegmentRow | null {
    const [row] = this.#sql.all<StoredSegment>(
      `INSERT INTO segment (level, place, previous, from_node, to_node, from_depth, to_depth, end_chain, tokens, at,
         state, attempts, method, digest, checks, cost)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'due', 0, '', 'null', 'null', 'null') RETURNING ${SEGMENT_COLUMNS}`,
      segment.level,
      segment.place,
      segment.previous,
      segment.fromNode,
      segment.toNode,
      segment.fromDepth,
      segment.toDepth,
      segment.endChain,
      segment.tokens,
      segment.at,
    );
    return row ? parseSegment(row) : null;
  }

  /** Stores what has become of it; its span stays. */
  save({ id, state, attempts, method, digest, checks, cost }: SegmentRow): void {
    this.#sql.run(
      "UPDATE segment SET state = ?, attempts = ?, method = ?, digest = ?, checks = ?, cost = ? WHERE id = ?",
      state,
      attempts,
      method,
      JSON.stringify(digest),
      JSON.stringify(checks),
      JSON.stringify(cost),
      id,
    );
  }

  all(): SegmentRow[] {
    return this.#sql.all<StoredSegment>(`SELECT ${SEGMENT_COLUMNS} FROM segment ORDER BY id`).map(parseSegment);
  }
}

function parseSegment(row: StoredSegment): SegmentRow {
  return {
    ...row,
    digest: JSON.parse(row.digest) as Digest | null,
    checks: JSON.parse(row.checks) as unknown,
    cost: JSON.parse(row.cost) as DistillerBill | null,
  };
}
