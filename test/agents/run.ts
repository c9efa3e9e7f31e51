/**
 * Real coding agents through the real Worker: `npm run test:agents -- [--bin DIR] [--install DIR] [--only NAME]`.
 *
 * Each agent that is installed does a three-step task with its own tools against the simulator, once without the Worker
 * and twice through it. Agents that are not there are skipped in one line; the network beyond this machine is closed.
 * Ends with 1 when an agent that is there fails.
 */
import { parseArgs } from "node:util";
import type { Agent } from "./agent.ts";
import { claudeCodeAgents } from "./claude-code.ts";
import { codexAgents } from "./codex.ts";
import { judge } from "./judge.ts";
import { opencodeAgents } from "./opencode.ts";
import { findBinary, installAll, PACKAGES, readVersion } from "./packages.ts";
import { playTask } from "./play-task.ts";
import type { Way } from "./stage.ts";
import { writeOutside, writeProblems, writeTable, type Row } from "./table.ts";

const AGENTS = [...codexAgents, ...claudeCodeAgents, ...opencodeAgents];
const WAYS: Way[] = ["direct", "edge", "nights"];

const { values } = parseArgs({
  options: { bin: { type: "string" }, install: { type: "string" }, only: { type: "string", default: "" } },
});

// Agents run in groups of their own, which an interrupt does not reach; leaving ends them.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));

const folder = values.install === undefined ? (values.bin ?? null) : await installAll(values.install);
const rows: Row[] = [];
for (const wanted of PACKAGES) {
  const agents = AGENTS.filter((agent) => agent.package === wanted && agent.name.includes(values.only));
  if (agents.length === 0) continue;
  const { name, version } = wanted;
  const binary = await findBinary(wanted, folder);
  if (binary === null) {
    const install = `npm install --prefix DIR ${name}@${version}, then --bin DIR/node_modules/.bin`;
    console.log(`skipped: ${wanted.binary} (package ${name} ${version} is not installed: ${install})`);
    continue;
  }
  const found = await readVersion(binary);
  console.log(
    `${wanted.binary} ${found ?? "does not say its version"}${found === version ? "" : `, not ${version}`}: ${binary}`,
  );
  for (const agent of agents) rows.push(...(await playAll(agent, binary)));
}

const problems = writeProblems(rows);
for (const lines of [rows.length > 0 ? [writeTable(rows)] : [], writeOutside(rows), problems])
  if (lines.length > 0) console.log(`\n${lines.join("\n")}`);
process.exitCode = problems.length > 0 ? 1 : 0;

async function playAll(agent: Agent, binary: string): Promise<Row[]> {
  const all = await Promise.all(WAYS.map((way) => playTask(agent, binary, way)));
  const direct = all.find(({ way }) => way === "direct") ?? null;
  return all.map((played) => ({ agent: agent.name, played, problems: judge(agent, played, direct) }));
}
