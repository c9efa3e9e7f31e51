/**
 * Full-text search over a session's messages, for whoever may look at it.
 *
 * It finds what the archive has indexed: a new turn is there a moment after its reply. A message is shown on the newest
 * thread where that holds it, else on the one that it was said on.
 */
import type { Ask, SearchHit, View } from "../../ports/inspection.ts";
import { findPassages } from "../../recall/find-passages.ts";
import { nodeOfEntry } from "../recall/index-archive.ts";
import type { Looked } from "./answer-inspection.ts";
import { createThreadOf, readTree, viewSource } from "./message-tree.ts";
import { timeOf } from "./time-of.ts";

export function searchMessages({ tables, session }: Looked, { query, limit }: Ask<"search">): View<"search"> {
  const passages = findPassages(tables.sql, query, limit);
  if (passages.length === 0) return { hits: [] };
  const tree = readTree(tables.sql);
  const byId = new Map([...tree.byChain.values()].map((placed) => [placed.id, placed]));
  const found = passages.flatMap((passage) => {
    const placed = byId.get(nodeOfEntry(passage.message));
    return placed ? [{ ...passage, placed }] : [];
  });
  const at = timeOf(
    tables.store,
    found.map(({ placed }) => placed),
  );
  const threadOf = createThreadOf(tree, session.recent.tips.at(-1) ?? "");
  const hits = found.map(({ placed, text, marks }): SearchHit => ({
    ...viewSource(placed),
    text,
    marks,
    at: at(placed),
    thread: threadOf(placed.chain),
  }));
  return { hits };
}
