/**
 * Briefs and the epochs in which they are in force.
 *
 * A brief is written once and never changed; what changes is whether a thread uses it. A brief that failed its checks
 * is kept with the reason, for whoever looks, and is never adopted.
 */
import type { Hash } from "../model/hash.ts";
import type { BriefPiece } from "../ports/distiller.ts";
import type { Sql } from "../ports/sql.ts";
import type { NodeRanges } from "./node-ranges.ts";

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
  /** Outcome of the commit gate. */
  checks: unknown;
  createdAt: number;
  /** The messages that it stands for. */
  nodes: NodeRanges;
}

export interface EpochRow {
  id: number;
  previous: number | null;
  brief: number;
  openedBy: string;
  reason: string;
  openedAt: number;
}

type StoredBrief = Omit<BriefRow, "pieces" | "checks" | "nodes"> & { pieces: string; checks: string; nodes: string };

const BRIEF_COLUMNS =
  "id, cut, depth, path_tokens AS pathTokens, state, method, tokens, text, pieces, checks, nodes, created_at AS createdAt";

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

  add(brief: Omit<BriefRow, "id">): number {
    const [row] = this.#sql.all<{ id: number }>(
      `INSERT INTO brief (cut, depth, path_tokens, state, method, tokens, text, pieces, checks, nodes, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      brief.cut,
      brief.depth,
      brief.pathTokens,
      brief.state,
      brief.method,
      brief.tokens,
      brief.text,
      JSON.stringify(brief.pieces),
      JSON.stringify(brief.checks),
      JSON.stringify(brief.nodes),
      brief.createdAt,
    );
    return row?.id ?? 0;
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
    return this.#sql.all<EpochRow>(
      "SELECT id, previous, brief, opened_by AS openedBy, reason, opened_at AS openedAt FROM epoch ORDER BY id",
    );
  }
}

function parseBrief(row: StoredBrief): BriefRow {
  return {
    ...row,
    pieces: JSON.parse(row.pieces) as BriefPiece[],
    checks: JSON.parse(row.checks) as unknown,
    nodes: JSON.parse(row.nodes) as NodeRanges,
  };
}
