/**
 * Plays every question of every conversation against every policy at every budget, and adds up the scores by group.
 *
 * Groups: LoCoMo's categories and all of them but the adversarial; BEAM's point, durable and global questions.
 * Questions without evidence are left out.
 */
import type { Conversation, Note, Question } from "./conversations.ts";
import { POLICIES } from "./policies.ts";
import { scoreForwarded } from "./score.ts";

export interface ForwardedLine {
  conv: string;
  question: string;
  policy: string;
  budget: number;
  tokens: number;
  text: string;
  pieces: { turn: number; text: string }[];
}

/** Sums over the questions of one group under one policy and budget. */
export interface Cell {
  dataset: string;
  policy: string;
  budget: number;
  group: string;
  questions: number;
  strictAll: number;
  strictRecall: number;
  keyAll: number;
  keyRecall: number;
  tokens: number;
  overBudget: number;
}

export interface RecallBenchResult {
  questions: number;
  cells: Cell[];
  /** By policy: milliseconds of a query, rows written for a piece. */
  costs: { policy: string; msPerQuery: number; msPerTurn: number; rowsPerPiece: number | null; pieces: number }[];
}

const BEAM_GROUPS: Record<string, string> = {
  information_extraction: "point",
  knowledge_update: "point",
  multi_session_reasoning: "point",
  temporal_reasoning: "point",
  contradiction_resolution: "point",
  instruction_following: "durable",
  preference_following: "durable",
  event_ordering: "global",
  summarization: "global",
};

function groupsOf(question: Question): string[] {
  const beam = BEAM_GROUPS[question.category];
  if (beam !== undefined) return [beam, question.category];
  return question.category === "adversarial" ? ["adversarial"] : ["all", question.category];
}

export function runRecallBench(options: {
  conversations: readonly Conversation[];
  budgets: readonly number[];
  only: string | null;
  notes: readonly Note[];
  onForwarded: (line: ForwardedLine) => void;
}): RecallBenchResult {
  const cells = new Map<string, Cell>();
  const policies = POLICIES.filter(({ name }) => options.only === null || name === options.only);
  const times = new Map(
    policies.map(({ name }) => [name, { ms: 0, queries: 0, indexMs: 0, turns: 0, rows: 0, pieces: 0 }]),
  );
  let questions = 0;
  for (const conversation of options.conversations) {
    const asked = conversation.questions.filter(({ evidence }) => evidence.length > 0);
    questions += asked.length;
    for (const policy of policies) {
      const time = times.get(policy.name);
      const before = performance.now();
      const reader = policy.read(
        conversation,
        options.notes.filter(({ conv }) => conv === conversation.id),
      );
      if (time === undefined) continue;
      time.indexMs += performance.now() - before;
      time.turns += conversation.turns.length;
      time.rows += reader.written?.rows ?? 0;
      time.pieces += reader.written?.pieces ?? 0;
      for (const question of asked) {
        for (const budget of options.budgets) {
          const start = performance.now();
          const forwarded = reader.forward(question.text, budget);
          time.ms += performance.now() - start;
          time.queries++;
          const score = scoreForwarded(conversation, question, forwarded);
          for (const group of groupsOf(question)) {
            const key = [conversation.dataset, policy.name, budget, group].join("|");
            let cell = cells.get(key);
            if (cell === undefined) {
              cell = emptyCell(conversation.dataset, policy.name, budget, group);
              cells.set(key, cell);
            }
            cell.questions++;
            cell.strictAll += score.strict === 1 ? 1 : 0;
            cell.strictRecall += score.strict;
            cell.keyAll += score.key === 1 ? 1 : 0;
            cell.keyRecall += score.key;
            cell.tokens += forwarded.tokens;
            cell.overBudget += forwarded.tokens > budget ? 1 : 0;
          }
          options.onForwarded({
            conv: conversation.id,
            question: question.id,
            policy: policy.name,
            budget,
            ...forwarded,
          });
        }
      }
      reader.close();
    }
  }
  return {
    questions,
    cells: [...cells.values()].map(averaged),
    costs: [...times].map(([policy, time]) => ({
      policy,
      msPerQuery: time.ms / Math.max(time.queries, 1),
      msPerTurn: time.indexMs / Math.max(time.turns, 1),
      rowsPerPiece: time.pieces === 0 ? null : time.rows / time.pieces,
      pieces: time.pieces,
    })),
  };
}

function emptyCell(dataset: string, policy: string, budget: number, group: string): Cell {
  const none = { questions: 0, strictAll: 0, strictRecall: 0, keyAll: 0, keyRecall: 0, tokens: 0, overBudget: 0 };
  return { dataset, policy, budget, group, ...none };
}

function averaged(cell: Cell): Cell {
  const { questions } = cell;
  return {
    ...cell,
    strictAll: cell.strictAll / questions,
    strictRecall: cell.strictRecall / questions,
    keyAll: cell.keyAll / questions,
    keyRecall: cell.keyRecall / questions,
    tokens: cell.tokens / questions,
  };
}
