/**
 * Answers what is asked of a session, one function for each kind of question.
 *
 * Who may ask is decided before this is called. It only reads, each answer in time bounded by what was asked for, and
 * null is the answer where the thing that is asked for does not exist.
 */
import type { Ask, InspectionKind, View } from "../../ports/inspection.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { SessionTables } from "../tables.ts";
import type { SessionRow } from "../turn-log.ts";
import { linesOf } from "./brief-lines.ts";
import { outlineSession } from "./outline-session.ts";
import { readNews } from "./read-news.ts";
import { searchMessages } from "./search-messages.ts";
import { viewBriefWithSources, viewFacts } from "./view-facts.ts";
import { viewMessage } from "./view-message.ts";
import { viewMessages } from "./view-messages.ts";
import { findTurn, readBody, viewDiff } from "./view-bodies.ts";
import { exportPage } from "../transfer/export-session.ts";
import { readBodies, viewHistory } from "../transfer/history.ts";
import { viewBrief, viewEpoch, viewSession } from "./view-session.ts";
import { viewTree } from "./view-tree.ts";
import { viewTurn } from "./view-turn.ts";
import { viewWholeTurn } from "./view-whole-turn.ts";

/** What is looked at: the tables, and the session's own row as it stands. */
export interface Looked {
  tables: SessionTables;
  session: SessionRow;
  reader: MessageReader;
}

type Answers = { [Kind in InspectionKind]: (looked: Looked, ask: Ask<Kind>) => View<Kind> | null };

const ANSWERS: Answers = {
  session: ({ tables, session }, { turns }) => viewSession(session, tables.log.newest(turns), tables),
  outline: ({ tables, session }, { turns }) => outlineSession(session, tables, turns),
  message: (looked, { hash }) => viewMessage(looked, hash),
  turns: ({ tables }, { before, limit }) => {
    const rows = tables.log.page(before, limit + 1);
    const turns = rows.slice(0, limit).map(viewTurn);
    return { turns, next_before: rows.length > limit ? (turns.at(-1)?.number ?? null) : null };
  },
  turn: ({ tables, reader }, { turn }) => viewWholeTurn(tables, reader, turn),
  body: ({ tables }, { turn, body }) => {
    const named = findTurn(tables, turn);
    return named && readBody(tables, named, body);
  },
  diff: ({ tables, reader }, { turn }) => {
    const named = findTurn(tables, turn);
    return named && viewDiff(tables, reader, named);
  },
  tree: ({ tables }) => viewTree(tables),
  messages: viewMessages,
  briefs: ({ tables: { briefs } }) => ({
    epochs: briefs.epochs().map(viewEpoch),
    briefs: briefs.all().map(viewBrief),
  }),
  brief: ({ tables, session }, { id }) => {
    const brief = tables.briefs.find(id);
    return brief && { ...viewBriefWithSources(tables, brief, session.recent.tips.at(-1) ?? ""), lines: linesOf(brief) };
  },
  facts: ({ tables }) => viewFacts(tables),
  search: searchMessages,
  news: ({ tables }, { since }) => readNews(tables, since),
  export: ({ tables, session }, ask) => exportPage(tables, session, ask),
  history: ({ tables, reader }, { thread }) => viewHistory(tables, reader, thread),
  bodies: ({ tables }, { hashes }) => ({ bodies: readBodies(tables, hashes) }),
};

export function answerInspection<Kind extends InspectionKind>(
  looked: Looked,
  kind: Kind,
  ask: Ask<Kind>,
): View<Kind> | null {
  const answer: Answers[Kind] = ANSWERS[kind];
  return answer(looked, ask);
}
