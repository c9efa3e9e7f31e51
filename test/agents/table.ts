/**
 * The outcome as a short table, a row for each agent and way, and below it what went wrong and what was seen beside it.
 *
 * Text only: it neither judges nor prints.
 */
import { countTurns } from "./judge.ts";
import type { Played, Step } from "./play-task.ts";
import { FILES, REPLIES } from "./script.ts";

export interface Row {
  agent: string;
  played: Played;
  problems: string[];
}

const COLUMNS = [
  "agent",
  "way",
  "exit",
  "files",
  "replies",
  "requests",
  "refused",
  "prompt",
  "cached",
  "turns",
  "plans",
];

export function writeTable(rows: Row[]): string {
  const cells = [COLUMNS, ...rows.map(cellsOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function writeProblems(rows: Row[]): string[] {
  const lines = rows.flatMap(({ agent, played, problems }) =>
    problems.map((problem) => `FAILED ${agent}, ${played.way}: ${problem}`),
  );
  return [...new Set(lines)];
}

/** Who was asked for beyond this machine, by agent. */
export function writeOutside(rows: Row[]): string[] {
  const hosts = new Map<string, Set<string>>();
  for (const { agent, played } of rows) {
    const known = hosts.get(agent) ?? new Set();
    for (const host of played.outside) known.add(host);
    hosts.set(agent, known);
  }
  return [...hosts].flatMap(([agent, known]) =>
    known.size > 0 ? [`not let out: ${agent} to ${[...known].toSorted().join(", ")}`] : [],
  );
}

function cellsOf({ agent, played }: Row): string[] {
  const { way, steps, files, upstream, sessions } = played;
  const right = steps.filter(({ reply }, index) => reply === REPLIES[index]).length;
  const refused = upstream.filter(({ status }) => status !== 200).length;
  const turns = [...sessions.values()].flatMap((view) => view?.turns ?? []);
  return [
    agent,
    way,
    exitOf(steps),
    JSON.stringify(files) === JSON.stringify(FILES) ? "as expected" : "WRONG",
    `${right}/${REPLIES.length}`,
    String(countTurns(upstream)),
    String(refused),
    String(upstream.reduce((sum, { promptTokens }) => sum + promptTokens, 0)),
    String(upstream.reduce((sum, { cachedTokens }) => sum + cachedTokens, 0)),
    count(turns.map(({ verdict }) => verdict)),
    count(turns.map(({ plan, reason }) => `${plan} (${reason})`)),
  ];
}

function exitOf(steps: Step[]): string {
  return steps.map(({ exitCode }) => exitCode ?? "-").join(" ");
}

function count(words: string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, times]) => `${times} ${word}`).join(", ");
}
