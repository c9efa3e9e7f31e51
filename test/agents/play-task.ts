/**
 * One agent does the whole task once, and everything that can be seen of it is written down.
 *
 * Each step is a process of its own, as a user would come back to a conversation. The folder is new and is removed,
 * whatever happens. It judges nothing.
 */
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { RecordedRequest } from "../fakes/provider/provider.ts";
import type { Agent } from "./agent.ts";
import type { Call } from "./relay.ts";
import { runCommand } from "./run-command.ts";
import { PROMPTS } from "./script.ts";
import { KEY, startStage, type SessionView, type Stage, type Way } from "./stage.ts";

export interface Step {
  exitCode: number | null;
  reply: string | null;
  seconds: number;
  /** The end of what it printed, for when it failed. */
  printed: string;
}

export interface Played {
  way: Way;
  steps: Step[];
  files: Record<string, string>;
  calls: Call[];
  upstream: RecordedRequest[];
  sessions: Map<string, SessionView | null>;
  outside: string[];
  faults: string[];
}

const STEP_LIMIT_MS = 120_000;
const IDLE_LIMIT_MS = 10_000;
const PRINTED_CHARACTERS = 1500;
const SYSTEM_PATH = ["/usr/local/bin", "/usr/bin", "/bin"];

export async function playTask(agent: Agent, binary: string, way: Way): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), "strata-agents-"));
  const clear = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  process.once("exit", clear);
  const stage = await startStage(way);
  try {
    const place = { home: join(folder, "home"), work: join(folder, "work"), url: stage.url, key: KEY };
    await mkdir(place.home);
    await mkdir(place.work);
    const env = {
      PATH: [dirname(process.execPath), ...SYSTEM_PATH].join(delimiter),
      HOME: place.home,
      TMPDIR: folder,
      LANG: "C.UTF-8",
      ...stage.outside.env,
      ...(await agent.configure(place)),
    };
    const steps: Step[] = [];
    const sessions = new Map<string, SessionView | null>();
    for (const [index, prompt] of PROMPTS.entries()) {
      if (index > 0 && way === "nights") stage.letNightPass();
      const args = agent.command(prompt, index === 0);
      const done = await runCommand({ file: binary, args, cwd: place.work, env, limitMs: STEP_LIMIT_MS });
      const printed = `${done.stdout}\n${done.stderr}`.trim().slice(-PRINTED_CHARACTERS);
      steps.push({ exitCode: done.exitCode, reply: readReply(agent, done.stdout), seconds: done.seconds, printed });
      // Between two steps of a user the Worker has all the time it needs to do its own work.
      for (const session of sessionsOf(stage.calls)) sessions.set(session, await whenIdle(stage, session));
      if (done.exitCode !== 0) break;
    }
    const { calls, upstream, outside, faults } = stage;
    const files = await readFiles(place.work);
    return { way, steps, files, calls, upstream, sessions, outside: [...outside.hosts], faults };
  } finally {
    await stage.close();
    clear();
    process.off("exit", clear);
  }
}

/** What an agent prints is not ours: a line that is no JSON is no reply. */
function readReply(agent: Agent, stdout: string): string | null {
  try {
    return agent.readReply(stdout);
  } catch {
    return null;
  }
}

function sessionsOf(calls: Call[]): Set<string> {
  return new Set(calls.flatMap(({ strata }) => strata["session"] ?? []));
}

async function whenIdle(stage: Stage, session: string): Promise<SessionView | null> {
  const until = Date.now() + IDLE_LIMIT_MS;
  for (;;) {
    const view = await stage.inspect(session);
    const isIdle = view !== null && view.pending.turns + view.pending.uncounted_messages === 0;
    if (isIdle || Date.now() > until) return view;
    await wait(20);
  }
}

async function readFiles(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of (await readdir(folder)).toSorted()) files[name] = await readFile(join(folder, name), "utf8");
  return files;
}
