/**
 * What a session has to tell whoever follows it, behind the place up to which they have followed it.
 *
 * Read from the tables alone, so a place holds over a restart of the object. A bounded part at a time: the place that comes
 * back says how far it reaches.
 */
import { NEWS_ENTRIES_MAX, NEWS_RETRIES_MAX } from "../../model/inspection-limits.ts";
import type { BriefOutline } from "../../ports/inspection.ts";
import type { SessionNews, SessionPlace, TurnNote } from "../../ports/live.ts";
import type { SessionTables } from "../tables.ts";
import type { TurnRow } from "../turn-log.ts";
import { viewBrief, viewEpoch } from "./view-session.ts";
import { viewTurn } from "./view-turn.ts";

/** @param since null: from now on */
export function readNews(tables: SessionTables, since: SessionPlace | null): SessionNews {
  const { log, briefs } = tables;
  const now = readPlace(tables);
  if (since === null) return { place: now, turns: [], briefs: [], epochs: [] };
  const fresh = now.turn > since.turn ? log.after(since.turn, NEWS_ENTRIES_MAX) : [];
  const retried = now.attempts === since.attempts ? [] : log.retried(since.turn, NEWS_RETRIES_MAX);
  const written = now.brief > since.brief ? briefs.after(since.brief, NEWS_ENTRIES_MAX) : [];
  const opened = now.epoch > since.epoch ? briefs.epochsAfter(since.epoch, NEWS_ENTRIES_MAX) : [];
  return {
    place: {
      turn: reached(fresh.at(-1)?.seq, fresh.length, now.turn),
      attempts: now.attempts,
      brief: reached(written.at(-1)?.id, written.length, now.brief),
      epoch: reached(opened.at(-1)?.id, opened.length, now.epoch),
    },
    turns: [...retried, ...fresh].map(noteTurn),
    briefs: written.map((brief): BriefOutline => {
      const { text: _text, pieces: _pieces, written: _written, checks: _checks, ...note } = viewBrief(brief);
      return note;
    }),
    epochs: opened.map(viewEpoch),
  };
}

export function hasNews({ turns, briefs, epochs }: SessionNews): boolean {
  return turns.length + briefs.length + epochs.length > 0;
}

/** Of a full part the last one in it, else everything there is. */
function reached(last: number | undefined, count: number, now: number): number {
  return last !== undefined && count === NEWS_ENTRIES_MAX ? last : now;
}

function readPlace({ sql }: SessionTables): SessionPlace {
  const [place] = sql.all<SessionPlace>(
    `SELECT coalesce((SELECT turns FROM session WHERE id = 1), 0) AS turn, (SELECT count(*) FROM attempt) AS attempts,
       coalesce((SELECT max(id) FROM brief), 0) AS brief, coalesce((SELECT max(id) FROM epoch), 0) AS epoch`,
  );
  return place ?? { turn: 0, attempts: 0, brief: 0, epoch: 0 };
}

function noteTurn(turn: TurnRow): TurnNote {
  const { recalled, ...view } = viewTurn(turn);
  return { ...view, recalled: recalled && { tokens: recalled.tokens, nodes: recalled.nodes, depth: recalled.depth } };
}
