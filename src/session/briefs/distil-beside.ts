/**
 * A distillation beside tables: what tools answered goes into tables, and a distiller is handed the rest with what is
 * left of the budget. Pins go first: tables take no more than leaves each pin the place that it would have without them.
 *
 * Where nothing can be quoted of the rest, the distiller is handed everything and there are no tables: a brief needs
 * quotes to be held against. It must not commit anything.
 */
import { measureAllowance } from "../../distil/allowance.ts";
import { pinsInForce, requiredPins } from "../../distil/pins/pins.ts";
import { readPins } from "../../distil/read-span.ts";
import { packResults } from "../../distil/tools/result-tables.ts";
import type { ResultTables } from "../../distil/tools/result-tables.ts";
import type { Result } from "../../model/result.ts";
import type { Brief, DistilError, DistilInput, SpanMessage } from "../../ports/distiller.ts";
import type { Answers } from "./read-answers.ts";

/** Shares of a brief that tables may take: the largest that leaves the pins their place. */
const TABLE_SHARES = [0.5, 0.3];
/** Tokens that joining two texts may cost beyond the sum of both. */
const SEAM_TOKENS = 8;

type Written = Result<Brief, DistilError>;

export interface Distilled {
  written: Written;
  /** What the distiller was handed, which the check must see. */
  rest: DistilInput;
  tables: ResultTables | null;
}

export async function distilBeside(
  answers: Answers,
  input: DistilInput,
  distil: (input: DistilInput) => Promise<Written>,
): Promise<Distilled> {
  const { span, kept, budgetTokens, countTokens } = input;
  const allowedTokens = measureAllowance(span, kept, budgetTokens, countTokens).tokens;
  const tablesBudget = sizeTables(input, allowedTokens);
  const tables = packResults(answers.steps, { budgetTokens: tablesBudget, countTokens });
  if (tables !== null) {
    const rest = {
      ...input,
      span: leaveOut(span, answers, new Set(tables.nodes)),
      budgetTokens: allowedTokens - tables.tokens - SEAM_TOKENS,
    };
    const written = await distil(rest);
    if (written.ok) return { written, rest, tables };
  }
  return { written: await distil(input), rest: input, tables: null };
}

/** Tokens that tables may have; 0 where pins take all. */
function sizeTables({ span, kept, budgetTokens, countTokens }: DistilInput, allowedTokens: number): number {
  const inForce = pinsInForce([...kept, ...readPins(span)]);
  const claimed = (budget: number): number => requiredPins(inForce, budget, countTokens).length;
  const all = claimed(budgetTokens);
  const share = TABLE_SHARES.find((taken) => claimed(Math.floor(allowedTokens * (1 - taken)) - SEAM_TOKENS) === all);
  return Math.floor(allowedTokens * (share ?? 0));
}

/** The span without the answers that stand in tables, and without their calls, which stand there too. */
function leaveOut(span: readonly SpanMessage[], { steps, tabular }: Answers, told: ReadonlySet<number>): SpanMessage[] {
  const calls = new Set(steps.flatMap((step) => (step.kind === "answer" && step.call ? [nameCall(step.call)] : [])));
  return span.flatMap((message) => {
    if (!told.has(message.node)) return [message];
    if (tabular.has(message.node)) return [];
    if (message.role !== "assistant") return [message];
    const lines = message.text.split("\n").filter((line) => !calls.has(line));
    return lines.length === 0 ? [] : [{ ...message, text: lines.join("\n") }];
  });
}

/** A call as a reader of messages writes it. */
function nameCall({ name, text }: { name: string; text: string }): string {
  return `${name}(${text})`;
}
