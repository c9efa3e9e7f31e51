/**
 * Recall: brings back what a conversation said about the newest message, word for word.
 *
 * Reads the archive, never writes. Deterministic: the same archive and query give the same text. One search of the
 * index per word of the query, one pass over the archive's numbers, one read of the pieces that are forwarded.
 * Must not know wires, clocks or prices: the caller sets the budget and says which messages may be used.
 */
import { readCatalogue } from "./archive.ts";
import type { RecallMessage } from "./message.ts";
import { packPieces } from "./pack.ts";
import type { Packed } from "./pack.ts";
import { rankPieces } from "./rank.ts";
import { readQuery } from "./read-query.ts";
import type { Sql } from "../ports/sql.ts";

export interface RecallOptions {
  /** Most tokens of the returned text, and what a question about many things may use. */
  budgetTokens: number;
  /** What a question with one answer may use; the budget when left out. */
  smallTokens?: number;
  /** Share of the best score below which nothing more is taken; 0, the default, fills the budget. */
  floor?: number;
  /** Which messages may come back: on this thread's path, and not forwarded already. All when left out. */
  includes?: (node: number) => boolean;
  /** The last turns before the query, oldest first, for a query that leans on them. */
  recent?: readonly RecallMessage[];
  /** When the query was said; resolves "last week" in it. */
  at?: number | null;
}

export function recall(sql: Sql, query: string, options: RecallOptions): Packed {
  const { budgetTokens, smallTokens = budgetTokens, floor = 0, includes = () => true } = options;
  const asked = readQuery(query, options.recent ?? [], options.at ?? null);
  const catalogue = readCatalogue(sql, includes);
  const ranking = rankPieces(sql, catalogue, asked);
  return packPieces(sql, catalogue, ranking, {
    budgetTokens: asked.breadth === "one" ? Math.min(smallTokens, budgetTokens) : budgetTokens,
    floor: asked.breadth === "all" ? 0 : floor,
  });
}
