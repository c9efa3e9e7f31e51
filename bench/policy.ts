/**
 * `npm run bench:policy`: what the compaction rule costs, on ten price tables, beside the offline optimum and what is
 * usual; and whether it still decides like its reference.
 *   npm run bench:policy -- --traces FILE --reference ../shared/policy/policy_reference.mjs --json
 * Without --traces: synthetic traces. Without --reference: pinned decisions. With --json the last line is one JSON
 * object. --dataset NAME keeps one data set; --pin (with --reference) renews the pinned decisions.
 */
import { parseArgs } from "node:util";
import { pinDecisions } from "./policy/pinned-decisions.ts";
import { commandLinePath, loadReference } from "./policy/reference.ts";
import { runPolicyBench, type BenchResult } from "./policy/run-bench.ts";
import { synthesiseTraces, SYNTHETIC_SEED } from "./policy/synthetic-traces.ts";
import { readTraces, type Trace } from "./policy/traces.ts";

const SYNTHETIC_SESSIONS_PER_KIND = 30;
/** Shorter runs need no progress report. */
const QUIET_MS = 5000;

const { values: flags } = parseArgs({
  options: {
    traces: { type: "string" },
    reference: { type: "string" },
    dataset: { type: "string" },
    json: { type: "boolean", default: false },
    pin: { type: "boolean", default: false },
  },
});

const reference = flags.reference === undefined ? null : await loadReference(commandLinePath(flags.reference));
if (flags.pin) {
  if (reference === null) throw new Error("--pin needs --reference FILE");
  pinDecisions(reference);
}

const traces = chooseTraces(flags.traces, flags.dataset);
const result = runPolicyBench({
  traces,
  reference,
  onProgress: (message) => {
    if (performance.now() > QUIET_MS) console.error(message);
  },
});
console.log(flags.json ? JSON.stringify(rounded(result)) : readable(result));

function chooseTraces(path: string | undefined, dataset: string | undefined): Trace[] {
  const all =
    path === undefined
      ? synthesiseTraces(SYNTHETIC_SEED, SYNTHETIC_SESSIONS_PER_KIND)
      : readTraces(commandLinePath(path));
  const kept = dataset === undefined ? all : all.filter((trace) => trace.dataset === dataset);
  if (kept.length === 0) throw new Error(`no sessions${dataset === undefined ? "" : ` of data set ${dataset}`}`);
  return kept;
}

/** Ratios to four places: more would be noise. */
function rounded(result: BenchResult): unknown {
  return JSON.parse(
    JSON.stringify(result, (_key, value: unknown) =>
      typeof value === "number" ? Math.round(value * 1e4) / 1e4 : value,
    ),
  );
}

function readable(result: BenchResult): string {
  const columns = ["/optimum", "guarded", "/replay", "/uncached", "160k/opt", "worst", "compactions"];
  const rows = result.tables.map((table) =>
    row(
      table.table,
      [
        table.overOptimum,
        table.guardedOverOptimum,
        table.overReplay,
        table.overUncachedReplay,
        table.threshold160kOverOptimum,
        table.worstSessionOverReplay,
        table.compactionsPerSession,
      ].map((value) => value.toFixed(3)),
    ),
  );
  const { differingDecisions, comparedDecisions, comparedWith, sessions } = result;
  return [
    `${sessions} sessions; cost of the rule over the cost of each alternative, summed over sessions`,
    row("price table", columns),
    ...rows,
    "/optimum: the rule alone, as the optimum knows no guard either; guarded: the same with the session guard",
    "all other columns with the session guard; worst: the dearest single session over its replay",
    `${differingDecisions} of ${comparedDecisions} decisions differ from the ${comparedWith} ones`,
  ].join("\n");
}

function row(name: string, cells: readonly string[]): string {
  return name.padEnd(16) + cells.map((cell) => cell.padStart(12)).join("");
}
