/**
 * What a turn's prompt was made of, in small numbers: enough to say later of every piece what became of it and why.
 *
 * Part of the turn's record. It holds depths, hashes and counts, and no text: that stands where it is stored anyway.
 */
import type { Hash } from "../../model/hash.ts";
import type { Ticket, TurnRecord } from "../../ports/session.ts";
import type { Forecast } from "../forecast.ts";
import type { TreeNode } from "../message-store.ts";
import type { SessionTables } from "../tables.ts";
import type { ThreadState } from "../thread-state.ts";

export interface PromptNote {
  /** Rev of the attempt that the turn's record is of. */
  attempt: string;
  isRecorded: boolean;
  /** Chain of the deepest message that is stored, and its depth; those behind `known` came with this request. */
  end: Hash | null;
  depth: number;
  known: number;
  /** How many messages of the history the client sent itself, and how many of the newest went up; null: all of them. */
  own: number;
  sentOnly: number | null;
  /** The brief, and how many messages it stands for; `adopted`: from this turn on. */
  brief: number | null;
  cut: number;
  isAdopted: boolean;
  /** Messages in short form: those of earlier turns, and those that are short for the first time. */
  forms: { depth: number; form: Hash }[];
  freshForms: number[];
  /** Blocks of earlier questions that stay. */
  lasting: { depth: number; tokens: number; nodes: number[] }[];
  toolTokens: number;
}

interface Sent {
  known: TreeNode | null;
  asked: TreeNode | null;
  before: ThreadState | null;
}

export function notePrompt(
  { briefs }: SessionTables,
  record: TurnRecord,
  { adopts, recalled, forecast }: Ticket,
  { known, asked, before }: Sent,
): PromptNote {
  const { forms, mayShorten } = forecast as Forecast;
  const isBrief = record.plan.mode === "brief" && !record.rewriteRefused;
  const brief = isBrief ? briefs.find(adopts ?? before?.brief ?? null) : null;
  const end = asked ?? known;
  return {
    attempt: record.rev,
    isRecorded: record.recording !== null,
    end: end?.chain ?? null,
    depth: (known?.depth ?? 0) + record.fresh,
    known: known?.depth ?? 0,
    own: record.own,
    sentOnly: record.sentOnly,
    brief: brief?.id ?? null,
    cut: brief?.depth ?? 0,
    isAdopted: brief !== null && brief.id === adopts,
    forms: mayShorten && !record.rewriteRefused ? forms.map(({ depth, form }) => ({ depth, form })) : [],
    freshForms: record.shortened.forms.map(({ depth }) => depth),
    lasting: recalled.lasting.map(({ depth, tokens, nodes }) => ({ depth, tokens, nodes })),
    toolTokens: record.toolTokens,
  };
}
