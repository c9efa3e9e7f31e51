/**
 * `npm run bench:session`: does a turn of a long session cost more than a turn of a young one?
 *   npm run bench:session -- [--turns 1000] [--short] [--json]
 * A delta client plays the session on disk; what Strata adds to a turn is its time less that of the same request
 * through a bare Worker in the same run. Times of one machine mean nothing; the ratio of the windows does.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { playDeltas, type MeasuredTurn } from "./session/play-deltas.ts";

const { values: flags } = parseArgs({
  options: {
    turns: { type: "string", default: "1000" },
    short: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const turns = Number(flags.turns);
if (!Number.isInteger(turns) || turns < 60) throw new Error("--turns takes a whole number of at least 60");

const folder = await mkdtemp(join(tmpdir(), "strata-bench-"));
try {
  const run = await playDeltas(turns, {
    persistTo: folder,
    isShort: flags.short,
    onTurn: (turn) => {
      if ((turn + 1) % 100 === 0) console.error(`${turn + 1} turns`);
    },
  });
  const early = describe(run.turns.slice(30, 70));
  const late = describe(run.turns.slice(-Math.max(20, Math.round(turns / 10))));
  const result = {
    turns,
    early,
    late,
    addedRatio: round(late.addedMs / early.addedMs),
    addedToEndRatio: round(late.addedToEndMs / early.addedToEndMs),
    compactions: run.session.ledger["compactions"],
  };
  if (flags.json) console.log(JSON.stringify(result));
  else {
    console.log("median per turn        first byte: added ms   bare ms   to the end: added ms   forwarded bytes");
    for (const [name, window] of [["turns 31-70", early] as const, [`last ${late.turns}`, late] as const])
      console.log(
        name.padEnd(20) +
          [window.addedMs, window.bareMs, window.addedToEndMs, window.forwardedBytes]
            .map((value, index) => String(value).padStart([23, 10, 23, 18][index] ?? 10))
            .join(""),
      );
    console.log(`late over early: ${result.addedRatio} to the first byte, ${result.addedToEndRatio} to the end`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function describe(window: MeasuredTurn[]) {
  return {
    turns: window.length,
    addedMs: round(median(window.map((turn) => turn.strataMs - turn.bareMs))),
    bareMs: round(median(window.map((turn) => turn.bareMs))),
    addedToEndMs: round(median(window.map((turn) => turn.strataEndMs - turn.bareEndMs))),
    forwardedBytes: median(window.map((turn) => turn.forwardedBytes)),
    briefs: window.filter((turn) => turn.plan === "brief").length,
  };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
