/**
 * Times queries in the runtime that they are made for: a real Durable Object in workerd, asked over HTTP.
 *
 * Many queries go into one request, and the same request without recall is taken off. What counts is the processor
 * time of workerd itself where the system tells it, so that a busy machine does not show; elsewhere the time on the clock.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { speakerOf, type Conversation } from "./conversations.ts";
import type { AnsweredByObject, AskedInObject } from "./recall-object.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COMPATIBILITY_DATE = "2026-10-23";
/** Messages in one request of indexing. */
const BATCH_MESSAGES = 50;
/** Queries in one timed request: about a second. */
const QUERIES = 1000;
/** The least of so many runs is kept: what is more is the machine's. */
const RUNS = 3;
/** Of the system's processor times. */
const TICK_MS = 10;

export interface WorkerdCost {
  conv: string;
  messages: number;
  warmMs: number;
  coldMs: number;
  warmRows: number;
  coldRows: number;
}

export async function runInWorkerd(
  conversations: readonly Conversation[],
  budgetTokens: number,
): Promise<WorkerdCost[]> {
  await mkdir(join(ROOT, "dist"), { recursive: true });
  const folder = await mkdtemp(join(ROOT, "dist/recall-"));
  try {
    const options = convertV4MiniflareOptions({
      cf: false,
      name: "recall-bench",
      modules: true,
      scriptPath: await bundle(folder),
      compatibilityDate: COMPATIBILITY_DATE,
      durableObjects: { RECALL: { className: "RecallObject", useSQLite: true } },
      host: "127.0.0.1",
      port: 0,
    });
    const before = new Set(await workerdProcesses());
    const miniflare = new Miniflare(options);
    try {
      const { origin } = await miniflare.ready;
      const own = (await workerdProcesses()).filter((process) => !before.has(process));
      const costs: WorkerdCost[] = [];
      for (const conversation of conversations)
        costs.push(await time(conversation, `${origin}/${conversation.id}`, budgetTokens, own));
      return costs;
    } finally {
      await miniflare.dispose();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bundle(folder: string): Promise<string> {
  const config = join(folder, "wrangler.json");
  await writeFile(
    config,
    JSON.stringify({
      name: "recall-bench",
      main: join(ROOT, "bench/recall/recall-object.ts"),
      compatibility_date: COMPATIBILITY_DATE,
      durable_objects: { bindings: [{ name: "RECALL", class_name: "RecallObject" }] },
      migrations: [{ tag: "v1", new_sqlite_classes: ["RecallObject"] }],
    }),
  );
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
  const args = [wrangler, "deploy", "--dry-run", "--config", config, "--outdir", folder];
  await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  return join(folder, "recall-object.js");
}

async function time(
  { id, turns, questions }: Conversation,
  url: string,
  budgetTokens: number,
  processes: readonly string[],
): Promise<WorkerdCost> {
  const messages = turns.map((turn, at) => {
    const { role, text } = turn;
    return { node: at + 1, role, speaker: speakerOf(turn), text, at: turn.at };
  });
  for (let at = 0; at < messages.length; at += BATCH_MESSAGES)
    await fetch(url, { method: "PUT", body: JSON.stringify(messages.slice(at, at + BATCH_MESSAGES)) });
  const texts = questions.map(({ text }) => text);
  const rounds = Math.max(1, Math.round(QUERIES / texts.length));
  const ask = async (mode: AskedInObject["mode"]): Promise<{ ms: number; rows: number }> => {
    const asked: AskedInObject = { questions: texts, rounds, budgetTokens, mode };
    const start = await spentMs(processes);
    const response = await fetch(url, { method: "POST", body: JSON.stringify(asked) });
    const { rowsRead } = (await response.json()) as AnsweredByObject;
    const queries = rounds * texts.length;
    return { ms: ((await spentMs(processes)) - start) / queries, rows: rowsRead / queries };
  };
  const least = { warm: Infinity, cold: Infinity };
  const rows = { warm: 0, cold: 0 };
  await ask("warm");
  for (let run = 0; run < RUNS; run++) {
    const empty = await ask("empty");
    for (const mode of ["warm", "cold"] as const) {
      const spent = await ask(mode);
      least[mode] = Math.min(least[mode], spent.ms - empty.ms);
      rows[mode] = spent.rows;
    }
  }
  return {
    conv: id,
    messages: messages.length,
    warmMs: least.warm,
    coldMs: least.cold,
    warmRows: rows.warm,
    coldRows: rows.cold,
  };
}

/** Processor time of these processes; without any, the clock. */
async function spentMs(processes: readonly string[]): Promise<number> {
  if (processes.length === 0) return performance.now();
  let ticks = 0;
  for (const process of processes) {
    const stat = await readFile(`/proc/${process}/stat`, "utf8");
    // Behind the name in brackets, which may hold anything: the 12th and 13th field.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * TICK_MS;
}

/** Those of this process's children that run workerd; none where the system has no `/proc`. */
async function workerdProcesses(): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    if (stat.includes("(workerd)") && parent === String(process.pid)) found.push(entry);
  }
  return found;
}
