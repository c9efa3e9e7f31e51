/**
 * Shows the bench's result: a table for each group, a line for each policy, All / Rec for each budget in per cent.
 *
 * LoCoMo counts whole turns (strict), BEAM answer-bearing words (key), because its messages are long.
 */
import type { WorkerdCost } from "./run-in-workerd.ts";
import type { RecallBenchResult } from "./run-recall-bench.ts";

export function renderReport(result: RecallBenchResult): string {
  const lines: string[] = [];
  const budgets = [...new Set(result.cells.map(({ budget }) => budget))];
  const tables = new Map(result.cells.map((cell) => [`${cell.dataset} ${cell.group}`, cell]));
  for (const [title, { dataset, group, questions }] of tables) {
    const measure = dataset.startsWith("locomo") ? "strict" : "key";
    lines.push("", `${title} (n=${questions}, ${measure} All / Rec in %, @ mean tokens)`);
    lines.push(row("", budgets.map(String)));
    for (const { policy } of result.costs) {
      const columns = budgets.map((budget) => {
        const cell = result.cells.find(
          (one) => one.dataset === dataset && one.group === group && one.policy === policy && one.budget === budget,
        );
        if (cell === undefined) return "-";
        const [all, mean] = measure === "strict" ? [cell.strictAll, cell.strictRecall] : [cell.keyAll, cell.keyRecall];
        return `${percent(all)} / ${percent(mean)} @${Math.round(cell.tokens)}${cell.overBudget > 0 ? "!" : ""}`;
      });
      lines.push(row(policy, columns));
    }
  }
  lines.push("");
  for (const { policy, msPerQuery, msPerTurn, rowsPerPiece, pieces } of result.costs) {
    const rows = rowsPerPiece === null ? "" : `, ${rowsPerPiece.toFixed(2)} rows written a piece, ${pieces} pieces`;
    lines.push(`${policy}: ${msPerQuery.toFixed(2)} ms a query, ${msPerTurn.toFixed(2)} ms to read a turn${rows}`);
  }
  return lines.join("\n");
}

export function renderWorkerd(costs: readonly WorkerdCost[]): string {
  const lines = costs.map(
    ({ conv, messages, warmMs, coldMs, warmRows, coldRows }) =>
      `${conv.padEnd(16)}${messages} messages, a query with the index kept ${warmMs.toFixed(2)} ms and ` +
      `${Math.round(warmRows)} rows read, without ${coldMs.toFixed(2)} ms and ${Math.round(coldRows)}`,
  );
  const mean = (of: (cost: WorkerdCost) => number): string =>
    (costs.reduce((sum, cost) => sum + of(cost), 0) / Math.max(costs.length, 1)).toFixed(2);
  lines.push(
    `mean: ${mean(({ warmMs }) => warmMs)} ms with the index kept, ${mean(({ coldMs }) => coldMs)} ms without`,
  );
  return lines.join("\n");
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function row(name: string, columns: readonly string[]): string {
  return `${name.padEnd(10)}${columns.map((column) => column.padStart(20)).join("")}`;
}
