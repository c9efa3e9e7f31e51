/** The agent bench on a small run made here: which calls count as cases, and that ours is scored as it should be. */
import { describe, expect, it } from "vitest";
import { POLICIES } from "../../../bench/agents/policies.ts";
import { findCases, holds } from "../../../bench/agents/runs.ts";
import { scorePolicy } from "../../../bench/agents/score.ts";
import { digestResult } from "../../../bench/agents/table-digest.ts";
import { countTokens } from "./build.ts";

const call = (name: string, args: unknown) => ({
  role: "assistant",
  content: null,
  tool_calls: [{ function: { name, arguments: JSON.stringify(args) } }],
});

const boats = Array.from({ length: 12 }, (_, index) => ({
  boat: `B${index + 100}`,
  pier: `P${index + 10}`,
  price: 40 + index,
}));
const runs = [
  {
    id: "one",
    messages: [
      { role: "system", content: "You rent boats in Kiel." },
      { role: "user", content: "A boat, please." },
      call("list_boats", { town: "Kiel" }),
      { role: "tool", name: "list_boats", content: JSON.stringify(boats) },
      { role: "assistant", content: "B105 is the best." },
      { role: "user", content: "Take it." },
      call("rent", { boat: "B105", pier: "P15", town: "Kiel" }),
    ],
  },
];

describe("the agent bench", () => {
  const found = findCases(runs);

  it("finds the calls that need something from further back, and what belonged together", () => {
    expect(found).toMatchObject({ runs: 1, calls: 2 });
    expect(found.cases.map(({ needed, together }) => ({ needed, together }))).toEqual([
      { needed: ["B105", "P15"], together: [["B105", "P15"]] },
    ]);
  });

  it("does not take a part of a word for the word", () => {
    expect(holds("B1055 and xB105", "B105")).toBe(false);
    expect(holds("(B105)", "B105")).toBe(true);
  });

  it("scores every policy within its budget, and ours finds everything", () => {
    const scores = Object.entries(POLICIES).map(([name, policy]) =>
      scorePolicy(name, policy, found.cases, 90, countTokens),
    );
    expect(scores.map(({ policy }) => policy)).toEqual(["last-N", "clipped", "table digest", "shrunk", "packed"]);
    for (const score of scores) expect(score.meanTokens).toBeLessThanOrEqual(90);
    expect(scores[0]).toMatchObject({ valuesPresent: 0, together: 0 });
    expect(scores.at(-1)).toMatchObject({ valuesPresent: 100, together: 100, togetherNested: 100 });
  });

  it("has the reference write a scalar line and tables", () => {
    expect(digestResult(JSON.stringify({ a: { b: 1 }, rows: [{ x: 1, y: { z: 2 } }] }))).toEqual([
      "a.b=1",
      "rows: x | y.z",
      "1 | 2",
    ]);
  });
});
