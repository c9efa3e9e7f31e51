/**
 * `npm run bench:agents -- --data FILE.jsonl`: does an agent still find the values that its next call needs?
 *   npm run bench:agents -- --data FILE.jsonl --budgets 512,1024,2048 --json
 * FILE holds recorded runs, one `{"id","messages":[OpenAI chat messages]}` per line. Printed for each policy and
 * budget: needed values present / values of one JSON object still on one line / tokens used. With --json the last
 * line is one JSON object.
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { gptTokenCounter } from "../src/adapters/gpt-token-counter.ts";
import { POLICIES } from "./agents/policies.ts";
import { readRuns } from "./agents/runs.ts";
import { remembering, scorePolicy, type Score } from "./agents/score.ts";

const { values: flags } = parseArgs({
  options: {
    data: { type: "string" },
    budgets: { type: "string", default: "512,1024,2048" },
    json: { type: "boolean", default: false },
  },
});

const path = flags.data ?? stop("name recorded runs with --data FILE.jsonl; this repository holds none");
if (!existsSync(path)) stop(`there is no file ${path}`);
const budgets = flags.budgets.split(",").map(Number);
if (!budgets.every((budget) => Number.isInteger(budget) && budget > 0)) stop("--budgets takes whole numbers");

const { runs, calls, cases } = readRuns(path);
if (cases.length === 0) stop("no call in these runs needs a value from the history");
const countTokens = remembering((text) => gptTokenCounter.countTokens(text));
const scores: Score[] = [];
for (const [name, policy] of Object.entries(POLICIES)) {
  for (const budget of budgets) scores.push(scorePolicy(name, policy, cases, budget, countTokens));
}

console.log(`${runs} runs, ${calls} tool calls, ${cases.length} need a value from the history`);
console.log("values present % / together on one line % (nested objects with their parents %) / mean tokens\n");
console.log("policy".padEnd(14) + budgets.map((budget) => String(budget).padStart(32)).join(""));
for (const name of Object.keys(POLICIES)) {
  const row = scores.filter((score) => score.policy === name);
  console.log(name.padEnd(14) + row.map((score) => readable(score).padStart(32)).join(""));
}
if (flags.json) console.log(JSON.stringify({ runs, calls, cases: cases.length, scores: scores.map(rounded) }));

function stop(problem: string): never {
  console.error(`bench:agents: ${problem}\n`);
  console.error('Each line of the file is one run: {"id":"…","messages":[…]}, the messages as in Chat Completions.');
  process.exit(1);
}

function readable({ valuesPresent, together, togetherNested, meanTokens }: Score): string {
  return `${valuesPresent.toFixed(1)} / ${together.toFixed(1)} (${togetherNested.toFixed(1)}) / ${meanTokens.toFixed(0)}`;
}

/** Two places: more would be noise. */
function rounded(score: Score): unknown {
  return JSON.parse(
    JSON.stringify(score, (_key, value: unknown) =>
      typeof value === "number" ? Math.round(value * 100) / 100 : value,
    ),
  );
}
