/**
 * The bench on a small input of our own: it runs, counts what it should, and Strata finds what plain search misses.
 */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readConversations } from "../../../bench/recall/conversations.ts";
import { renderReport } from "../../../bench/recall/report.ts";
import { runRecallBench, type ForwardedLine } from "../../../bench/recall/run-recall-bench.ts";

const conversations = readConversations(fileURLToPath(new URL("../../../bench/recall/sample.jsonl", import.meta.url)));

describe("bench of recall", () => {
  it("plays every question under every policy, within the budget", () => {
    const lines: ForwardedLine[] = [];
    const result = runRecallBench({
      conversations,
      budgets: [120, 240],
      only: null,
      notes: [],
      onForwarded: (line) => lines.push(line),
    });
    expect(result.questions).toBe(12);
    expect(lines).toHaveLength(12 * 2 * 4);
    for (const line of lines) expect(line.tokens).toBeLessThanOrEqual(line.budget);
    const all = (policy: string): number =>
      result.cells
        .filter((cell) => cell.policy === policy && cell.budget === 120 && ["all", "point"].includes(cell.group))
        .reduce((sum, { keyAll, questions }) => sum + keyAll * questions, 0);
    expect(all("Strata")).toBeGreaterThan(all("FTS5"));
    expect(all("FTS5")).toBeGreaterThan(all("last-N"));
    const report = renderReport(result);
    for (const name of ["last-N", "FTS5", "Strata", "by need", "multi-hop (n=1", "point (n=3"])
      expect(report).toContain(name);
  });

  it("forwards another turn for a note about it", () => {
    const forwarded = (notes: { conv: string; turn: number; text: string }[]): number[] => {
      const lines: ForwardedLine[] = [];
      runRecallBench({
        conversations,
        budgets: [60],
        only: "Strata",
        notes,
        onForwarded: (line) => lines.push(line),
      });
      return lines.find(({ question }) => question === "allotment-q3")?.pieces.map(({ turn }) => turn) ?? [];
    };
    expect(forwarded([])).not.toContain(12);
    const notes = [
      { conv: "allotment", turn: 12, text: "Ines does a sport: fencing with swords." },
      { conv: "allotment", turn: 15, text: "Tom's sport is rowing." },
    ];
    expect(forwarded(notes)).toEqual(expect.arrayContaining([12, 15]));
  });
});
