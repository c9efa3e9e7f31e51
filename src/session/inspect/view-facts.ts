/**
 * What a model has drawn from a session: its statements, and the messages that they and a brief's lines rest on.
 *
 * It shows what has passed the checks and was stored; it judges nothing.
 */
import type { Hash } from "../../model/hash.ts";
import type { BriefView, FactLineView } from "../../ports/inspection.ts";
import { sourcesOf } from "../briefs/brief-store.ts";
import type { BriefRow } from "../briefs/brief-store.ts";
import type { SessionTables } from "../tables.ts";
import { createThreadOf, findSources, readTree, viewSource } from "./message-tree.ts";
import { viewBrief } from "./view-session.ts";

/** A roll-up's statements are those of its segments once more, so only segments of messages are read. */
export function viewFacts({ sql, segments }: Pick<SessionTables, "sql" | "segments">): { facts: FactLineView[] } {
  const tree = readTree(sql);
  const digested = segments.all().filter(({ level, state }) => level === 1 && state === "digested");
  const places = new Map([...tree.byChain.values()].map((placed) => [placed.id, viewSource(placed)]));
  const facts = digested.flatMap(({ id, digest }) =>
    (digest?.facts ?? []).map(({ text, sources }) => ({
      text,
      segment: id,
      sources: sources.flatMap((node) => places.get(node) ?? []),
    })),
  );
  return { facts };
}

/** One brief, with the messages that it quotes, that its written lines rest on, and that its tables were made from. */
export function viewBriefWithSources({ sql }: Pick<SessionTables, "sql">, brief: BriefRow, newest: Hash): BriefView {
  const tree = readTree(sql);
  return {
    ...viewBrief(brief),
    sources: findSources(tree, sourcesOf(brief)),
    thread: createThreadOf(tree, newest)(brief.cut),
  };
}
