/**
 * `npm run bench:recall`: how much of the evidence comes back at a budget, beside the last N turns and plain FTS5.
 *   npm run bench:recall -- --data FILE.jsonl --budgets 512,1024,2048 --json --dump OUT.jsonl
 * The file holds one conversation a line with its questions and their evidence; it is read where it lies. The policies
 * see the turns and the question, never answer or evidence. With --json the last line is one JSON object; --dump
 * writes what was forwarded for every question; --only NAME keeps one policy; --conversations N
 * the first N.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { readConversations } from "./recall/conversations.ts";
import { renderReport } from "./recall/report.ts";
import { runRecallBench } from "./recall/run-recall-bench.ts";

const { values: flags } = parseArgs({
  options: {
    data: { type: "string" },
    budgets: { type: "string", default: "512,1024,2048,4096,8192" },
    only: { type: "string" },
    conversations: { type: "string" },
    dump: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

if (flags.data === undefined) throw new Error("--data FILE.jsonl is needed: see the header of bench/recall.ts");
const budgets = flags.budgets.split(",").map(Number);
if (!budgets.every((budget) => Number.isInteger(budget) && budget > 0))
  throw new Error("--budgets needs whole numbers");

const conversations = readConversations(flags.data).slice(0, Number(flags.conversations ?? "1000"));
const dump = flags.dump === undefined ? null : openSync(flags.dump, "w");
const result = runRecallBench({
  conversations,
  budgets,
  only: flags.only ?? null,
  onForwarded: dump === null ? null : (line) => writeSync(dump, `${JSON.stringify(line)}\n`),
});
if (dump !== null) closeSync(dump);

const machine = `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`;
console.log(`${conversations.length} conversations, ${result.questions} questions with evidence; ${machine}`);
console.log(renderReport(result));
if (flags.json) console.log(JSON.stringify(result));
