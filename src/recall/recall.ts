/**
 * Recall: brings back what a conversation said about the newest message, word for word.
 *
 * Reads the archive, never writes. Deterministic: the same archive and query give the same text. One search of the
 * index per word of the query, one pass over the archive's numbers, one read of the pieces that are forwarded.
 * Must not know wires, clocks or prices: the caller sets the budget and says which messages may be used.
 */
import { RecallIndex } from "./catalogue.ts";
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
  /** What a message that asks nothing may use; as `smallTokens` when left out. */
  toldTokens?: number;
  /** Share of the best score below which nothing more is taken; 0, the default, fills the budget. */
  floor?: number;
  /** Of the budget, at most this for the user's standing wishes; 0 where the prompt carries them anyway. */
  pinShare?: number;
  /** Which messages may come back: on this thread's path, and not forwarded already. All when left out. */
  includes?: (node: number) => boolean;
  /** The last turns before the query, oldest first, for a query that leans on them. */
  recent?: readonly RecallMessage[];
  /** When the query was said; resolves "last week" in it. */
  at?: number | null;
  /** Kept by whoever asks one archive more than once: spares reading its numbers again. */
  index?: RecallIndex;
}

/**
 * Standing wishes apply although a question shares no word with them. Measured at 1,000 tokens: durable questions gain
 * 30 points, point questions lose 1 or 2.
 */
const PIN_SHARE = 0.25;

export function recall(sql: Sql, query: string, options: RecallOptions): Packed {
  const {
    budgetTokens,
    smallTokens = budgetTokens,
    toldTokens = smallTokens,
    floor = 0,
    pinShare = PIN_SHARE,
    index = new RecallIndex(),
  } = options;
  const asked = readQuery(query, options.recent ?? [], options.at ?? null);
  const catalogue = index.read(sql, options.includes);
  const ranking = rankPieces(sql, catalogue, asked, budgetTokens);
  const narrowTokens = asked.asks ? smallTokens : toldTokens;
  return packPieces(sql, catalogue, ranking, {
    budgetTokens: asked.breadth === "one" ? Math.min(narrowTokens, budgetTokens) : budgetTokens,
    floor: asked.breadth === "all" ? 0 : floor,
    pinShare,
  });
}
