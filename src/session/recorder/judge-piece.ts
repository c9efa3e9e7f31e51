/**
 * What became of a message in a turn's prompt, and why: from the note of the turn alone, for any depth of its thread.
 *
 * It needs no body, so it holds for turns whose recording is gone. It must not read a message.
 */
import type { PlanReason } from "../../model/plan.ts";
import type { PieceReason } from "../../model/piece.ts";
import type { PieceFate } from "../../ports/turn-view.ts";
import type { TurnRow } from "../turn-log.ts";
import type { PromptNote } from "./prompt-note.ts";

export interface Judgement {
  fate: PieceFate;
  reason: PieceReason;
}

/** How each message of the thread went up. */
export function createJudge(turn: TurnRow, note: PromptNote): (depth: number) => Judgement {
  const plain: PieceReason = explainPlain(turn);
  const short = new Set(note.forms.map(({ depth }) => depth));
  const fresh = new Set(note.freshForms);
  const held = note.sentOnly === null ? 0 : note.depth - note.sentOnly;
  const supplied = note.depth - note.own;
  return (depth) => {
    if (depth <= held) return { fate: "held_upstream", reason: "held_upstream" };
    if (depth <= note.cut) return { fate: "in_brief", reason: "before_the_cut" };
    if (fresh.has(depth)) return { fate: "short_form", reason: "shortened_now" };
    if (short.has(depth)) return { fate: "short_form", reason: "stays_short" };
    if (depth <= supplied && held === 0) return { fate: "verbatim", reason: "supplied" };
    return { fate: "verbatim", reason: note.cut > 0 ? "behind_the_cut" : plain };
  };
}

function explainPlain({ mode, reason }: TurnRow): PieceReason {
  if (mode === "pass") return "passed_through";
  const refused: PlanReason = "rewrite_refused";
  return reason === refused ? "upstream_refused" : "nothing_left_out";
}
