/**
 * A turn with everything that is known of it: its summary, its neighbours, its pieces, its bodies.
 *
 * Neighbours are looked for a few messages up and down the thread, never along all of it. It only reads.
 */
import { NEIGHBOUR_STEPS_MAX } from "../../model/inspection-limits.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { TurnName, TurnView } from "../../ports/turn-view.ts";
import type { PromptNote } from "../recorder/prompt-note.ts";
import type { SessionTables } from "../tables.ts";
import type { TurnRow } from "../turn-log.ts";
import { findTurn, readSeen, viewBodies } from "./view-bodies.ts";
import { viewPieces } from "./view-pieces.ts";
import { viewTurn } from "./view-turn.ts";

export function viewWholeTurn(tables: SessionTables, reader: MessageReader, name: TurnName): TurnView | null {
  const named = findTurn(tables, name);
  if (named === null) return null;
  const { turn } = named;
  const note = (turn.record["prompt"] ?? null) as PromptNote | null;
  const { pieces, omitted } =
    note === null
      ? { pieces: [], omitted: 0 }
      : viewPieces(tables, reader, turn, note, readSeen(tables, reader, { ...named, attempt: note.attempt, note }));
  return {
    ...viewTurn(turn),
    before: findBefore(tables, turn),
    after: findAfter(tables, turn),
    asked: turn.asked,
    reply: turn.reply,
    pieces,
    omitted_messages: omitted,
    bodies: viewBodies(tables, named),
  };
}

const nameOf = ({ rev, seq }: TurnRow): { rev: string; number: number } => ({ rev, number: seq });

/** The newest turn whose reply the request goes on from. */
function findBefore({ store, log }: SessionTables, turn: TurnRow): TurnView["before"] {
  const note = (turn.record["prompt"] ?? null) as PromptNote | null;
  const end = turn.asked ?? note?.end ?? null;
  let steps = NEIGHBOUR_STEPS_MAX;
  for (const node of end === null ? [] : store.walkUp(end)) {
    if (steps-- === 0) break;
    const before = node.replyOf === null ? null : log.turnOf(node.replyOf);
    if (before !== null && before.rev !== turn.rev) return nameOf(before);
  }
  return null;
}

/** Turns whose request goes on from the reply. */
function findAfter({ sql, log }: SessionTables, turn: TurnRow): TurnView["after"] {
  const end = turn.reply ?? turn.asked;
  if (end === null) return [];
  const rows = sql.all<{ rev: string }>(
    `WITH RECURSIVE behind (chain, asked_by, depth) AS (
       SELECT chain, asked_by, 1 FROM node WHERE parent = ?1
       UNION ALL
       SELECT node.chain, node.asked_by, behind.depth + 1 FROM node JOIN behind ON node.parent = behind.chain
       WHERE behind.asked_by IS NULL AND behind.depth < ?2
     )
     SELECT asked_by AS rev FROM behind WHERE asked_by IS NOT NULL LIMIT ?2`,
    end,
    NEIGHBOUR_STEPS_MAX,
  );
  const turns = new Map(rows.flatMap(({ rev }) => log.turnOf(rev) ?? []).map((after) => [after.rev, after]));
  return [...turns.values()].filter(({ rev }) => rev !== turn.rev).map(nameOf);
}
