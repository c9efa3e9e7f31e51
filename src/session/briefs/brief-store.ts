/**
 * Briefs and the epochs in which they are in force.
 *
 * A brief is written once and never changed; what changes is whether a thread uses it. A brief that failed its checks
 * is kept with the reason, for whoever looks, and is never adopted. Of those that no thread uses only the newest stay.
 */
import type { Hash } from "../../model/hash.ts";
import type { BriefLine, BriefPiece } from "../../ports/distiller.ts";
import type { Sql } from "../../ports/sql.ts";
import type { NodeRanges } from "../recall/node-ranges.ts";

export type BriefState = "committed" | "rejected";

export interface BriefRow {
  id: number;
  /** Chain of the last message that the brief stands for; how many messages and tokens that is from the first. */
  cut: Hash;
  depth: number;
  pathTokens: number;
  state: BriefState;
  method: string;
  tokens: number;
  text: string;
  pieces: BriefPiece[];
  /** What a model wrote of it. */
  written: BriefLine[];
  /** How many digests there were to write it from. */
  digests: number;
  /** Outcome of the commit gate. */
  checks: unknown;
  createdAt: number;
  /** The messages that it stands for. */
  nodes: NodeRanges;
  /** Row ids of the messages whose tool results stand in its tables, their calls included. */
  tables: number[];
}

export interface EpochRow {
  id: number;
  previous: number | null;
  brief: number;
  openedBy: string;
  reason: string;
  openedAt: number;
}

type Listed = "pieces" | "written" | "checks" | "nodes" | "tables";
type StoredBrief = Omit<BriefRow, Listed> & Record<Listed, string>;

const BRIEF_COLUMNS = `id, cut, depth, path_tokens AS pathTokens, state, method, tokens, text, pieces, written, digests,
  checks, nodes, tables, created_at AS createdAt`;

const EPOCH_COLUMNS = "id, previous, brief, opened_by AS openedBy, reason, opened_at AS openedAt";

/** Row ids of every message that the brief rests on: by its quotes, its written lines, or its tables. */
export function sourcesOf({ pieces, written, tables }: BriefRow): number[] {
  return [...pieces.map(({ node }) => node), ...written.flatMap(({ sources }) => sources), ...tables];
}

export class BriefStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  find(id: number | null): BriefRow | null {
    if (id === null) return null;
    const [row] = this.#sql.all<StoredBrief>(`SELECT ${BRIEF_COLUMNS} FROM brief WHERE id = ?`, id);
    return row ? parseBrief(row) : null;
  }

  all(): BriefRow[] {
    return this.#sql.all<StoredBrief>(`SELECT ${BRIEF_COLUMNS} FROM brief ORDER BY id`).map(parseBrief);
  }

  /** Those with a larger id, oldest first. */
  after(id: number, limit: number): BriefRow[] {
    return this.#sql
      .all<StoredBrief>(`SELECT ${BRIEF_COLUMNS} FROM brief WHERE id > ? ORDER BY id LIMIT ?`, id, limit)
      .map(parseBrief);
  }

  add(brief: Omit<BriefRow, "id">): number {
    const [row] = this.#sql.all<{ id: number }>(
      `INSERT INTO brief (cut, depth, path_tokens, state, method, tokens, text, pieces, written, digests, checks, nodes,
         tables, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      brief.cut,
      brief.depth,
      brief.pathTokens,
      brief.state,
      brief.method,
      brief.tokens,
      brief.text,
      JSON.stringify(brief.pieces),
      JSON.stringify(brief.written),
      brief.digests,
      JSON.stringify(brief.checks),
      JSON.stringify(brief.nodes),
      JSON.stringify(brief.tables),
      brief.createdAt,
    );
    return row?.id ?? 0;
  }

  /**
   * Lets go of briefs that were never adopted and are prepared for no thread any more. One that was offered to a turn under way
   * may still be adopted when that turn ends, so it is retired first and deleted on a later call.
   *
   * @param prepared ids of the briefs that a thread may adopt on its next call
   */
  prune(prepared: readonly number[], now: number, ageMs: number): void {
    const kept = JSON.stringify(prepared);
    this.#sql.run(
      "UPDATE brief SET retired_at = NULL WHERE retired_at IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
      kept,
    );
    this.#sql.run(
      `UPDATE brief SET retired_at = ? WHERE retired_at IS NULL AND id NOT IN (SELECT brief FROM epoch)
         AND id NOT IN (SELECT value FROM json_each(?))`,
      now,
      kept,
    );
    // The newest row stays whatever it is: its id would be given out again, and an old turn's state may still name it.
    this.#sql.run(
      `DELETE FROM brief WHERE retired_at < ? AND id NOT IN (SELECT brief FROM epoch)
         AND id < (SELECT max(id) FROM brief)`,
      now - ageMs,
    );
  }

  openEpoch(epoch: Omit<EpochRow, "id">): number {
    const [row] = this.#sql.all<{ id: number }>(
      "INSERT INTO epoch (previous, brief, opened_by, reason, opened_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
      epoch.previous,
      epoch.brief,
      epoch.openedBy,
      epoch.reason,
      epoch.openedAt,
    );
    return row?.id ?? 0;
  }

  epochs(): EpochRow[] {
    return this.#sql.all<EpochRow>(`SELECT ${EPOCH_COLUMNS} FROM epoch ORDER BY id`);
  }

  /** Those with a larger id, oldest first. */
  epochsAfter(id: number, limit: number): EpochRow[] {
    return this.#sql.all<EpochRow>(`SELECT ${EPOCH_COLUMNS} FROM epoch WHERE id > ? ORDER BY id LIMIT ?`, id, limit);
  }
}

function parseBrief(row: StoredBrief): BriefRow {
  return {
    ...row,
    pieces: JSON.parse(row.pieces) as BriefPiece[],
    written: JSON.parse(row.written) as BriefLine[],
    checks: JSON.parse(row.checks) as unknown,
    nodes: JSON.parse(row.nodes) as NodeRanges,
    tables: JSON.parse(row.tables) as number[],
  };
}
