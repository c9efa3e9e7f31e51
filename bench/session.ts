/**
 * `npm run bench:session`: what Strata adds to a turn early and late in one long session, beside a bare Worker.
 *   npm run bench:session -- --turns 1000 --json
 * A delta client plays the turns; see bench/session/run-session-bench.ts. --memory keeps the state off the disk. With
 * --json the last line is one JSON object. The goal is a ratio of at most 1.3: the price of a turn does not grow.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { runSessionBench } from "./session/run-session-bench.ts";
import type { Window } from "./session/run-session-bench.ts";

const RATIO_GOAL = 1.3;

const { values: flags } = parseArgs({
  options: {
    turns: { type: "string", default: "1000" },
    memory: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const turns = Number(flags.turns);
if (!Number.isInteger(turns) || turns < 10) throw new Error("--turns needs a whole number of at least 10");
const result = await runSessionBench({
  turns,
  onDisk: !flags.memory,
  onProgress: (turn) => console.error(`${turn} turns`),
});

const machine = `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`;
console.log(`${turns} turns of one session, ${result.onDisk ? "on disk" : "in memory"}; ${machine}`);
console.log("medians: milliseconds of a turn, and kilobytes of its body\n");
console.log("turns          bare  strata   added   of it before the upstream   sent   forwarded");
for (const window of result.windows) console.log(renderWindow(window));
console.log(
  `\nearly ${renderWindow(result.early)}\nlate  ${renderWindow(result.late)}\nyoung ${renderWindow(result.young)}`,
);
console.log(`\nlate over early in this session: ${judge(result.ratio)}`);
console.log(`late over a young session's turns at the same time: ${judge(result.ratioSideBySide)}`);
console.log(`compactions: ${result.compactions}`);
if (result.rowsPerTurn) {
  const rows = Object.entries(result.rowsPerTurn).map(([table, count]) => `${table} ${count}`);
  console.log(`rows kept per turn: ${rows.join(", ")}; ${result.databaseBytesPerTurn} bytes of database per turn`);
}
if (flags.json) console.log(JSON.stringify({ date: new Date().toISOString(), machine, ...result }));

function renderWindow(window: Window): string {
  const ms = (value: number): string => value.toFixed(2).padStart(8);
  const kilobytes = (value: number): string => (value / 1000).toFixed(1).padStart(8);
  const name = `${window.fromTurn}-${window.toTurn}`.padEnd(10);
  const times = ms(window.bareMs) + ms(window.strataMs) + ms(window.addedMs);
  return `${name} ${times} ${ms(window.planMs).padStart(24)} ${kilobytes(window.bytesSent)} ${kilobytes(window.bytesForwarded)}`;
}

function judge(ratio: number): string {
  return `${ratio.toFixed(2)}, ${ratio <= RATIO_GOAL ? "within" : "ABOVE"} the goal of ${RATIO_GOAL}`;
}
