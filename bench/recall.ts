/**
 * `npm run bench:recall`: how much of the evidence comes back at a budget, beside the last N turns and plain FTS5.
 *   npm run bench:recall -- --data FILE.jsonl --budgets 512,1024,2048 --json --dump OUT.jsonl
 * The file holds one conversation a line with its questions and their evidence; it is read where it lies. The policies
 * see the turns and the question, never answer or evidence. With --json the last line is one JSON object; --dump
 * writes what Strata forwarded for every question, or the policy that --only NAME keeps; --conversations N reads the first
 * N; --notes FILE.jsonl gives Strata notes, {"conv","turn","text"} a line; --in workerd times queries in a Durable Object.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readConversations, readNotes } from "./recall/conversations.ts";
import { renderReport, renderWorkerd } from "./recall/report.ts";
import { runInWorkerd } from "./recall/run-in-workerd.ts";
import { runRecallBench } from "./recall/run-recall-bench.ts";

const { values: flags } = parseArgs({
  options: {
    data: { type: "string", default: fileURLToPath(new URL("recall/sample.jsonl", import.meta.url)) },
    budgets: { type: "string", default: "512,1024,2048,4096,8192" },
    only: { type: "string" },
    conversations: { type: "string" },
    notes: { type: "string" },
    dump: { type: "string" },
    in: { type: "string", default: "node" },
    json: { type: "boolean", default: false },
  },
});

const budgets = flags.budgets.split(",").map(Number);
if (!budgets.every((budget) => Number.isInteger(budget) && budget > 0))
  throw new Error("--budgets needs whole numbers");
if (flags.in !== "node" && flags.in !== "workerd") throw new Error("--in takes node or workerd");

const conversations = readConversations(flags.data).slice(0, Number(flags.conversations ?? "1000"));
const machine = `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`;

if (flags.in === "workerd") {
  const costs = await runInWorkerd(conversations, Math.max(...budgets));
  console.log(`${conversations.length} conversations at ${Math.max(...budgets)} tokens in workerd; ${machine}`);
  console.log(renderWorkerd(costs));
  if (flags.json) console.log(JSON.stringify(costs));
} else {
  const dump = flags.dump === undefined ? null : openSync(flags.dump, "w");
  const dumped = flags.only ?? "Strata";
  const result = runRecallBench({
    conversations,
    budgets,
    only: flags.only ?? null,
    notes: flags.notes === undefined ? [] : readNotes(flags.notes),
    onForwarded: (line) => {
      if (dump !== null && line.policy === dumped) writeSync(dump, `${JSON.stringify(line)}\n`);
    },
  });
  if (dump !== null) closeSync(dump);
  console.log(`${conversations.length} conversations, ${result.questions} questions with evidence; ${machine}`);
  console.log(renderReport(result));
  if (flags.json) console.log(JSON.stringify(result));
}
