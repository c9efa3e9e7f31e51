/**
 * `npm run demo`: a recorded conversation of eighty turns through the real Worker, on this machine, without a key.
 *
 * The Worker runs in workerd, the client is the OpenAI or the Anthropic SDK, the provider is the strict simulator of the
 * tests; time is the demo's own, so that a night passes in an instant. `npm run demo -- --help` lists the options.
 * It ends with exit code 1 when a reply differs, a request is refused or a prefix breaks, and leaves no process behind.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chooseClient } from "./demo/clients/choose-client.ts";
import type { ApiClient } from "./demo/clients/client.ts";
import { HELP, readOptions, type ApiName, type DemoOptions } from "./demo/options.ts";
import { readTranscript } from "./demo/read-transcript.ts";
import { insideLines, proofLines, sessionLines, tableLines, turnHeadings, turnLines } from "./demo/report.ts";
import { runReal, runSimulated, type Audience, type Outcome } from "./demo/run.ts";
import { DEMO_KEY, type Stage } from "./demo/stage.ts";
import type { Transcript } from "./demo/transcript.ts";

const RECORDING = fileURLToPath(new URL("demo/conversation.json", import.meta.url));

let stage: Stage | null = null;
/** Played to the end and waiting: a signal is then the way to leave, not a failure. */
let isKept = false;
let isStopped = false;

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    isStopped = true;
    void closeStage().finally(() => process.exit(signal === "SIGINT" ? 130 : 143));
  });
// Whoever exits first on a signal, Miniflare's own clean-up included: the end of --keep is no failure.
process.once("exit", () => {
  if (isKept) process.exitCode = 0;
});

try {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") console.log(HELP);
  else await main(options);
} catch (error) {
  if (!isStopped) console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await closeStage();
}

async function main(options: DemoOptions): Promise<void> {
  const startedAt = performance.now();
  const say = options.json ? () => {} : (text: string) => console.log(text);
  const transcript = await loadTranscript(options);
  const client = chooseClient(options.api);
  const model = options.model ?? client.modelFor(transcript.model);
  const manner = client.label === "" ? "" : `, ${client.label}`;
  say(`${transcript.title}: ${transcript.turns.length} turns, model ${model}${manner}`);
  if (transcript.pauses === "assumed") say("(no times are recorded: pauses are made up from the length of the texts)");

  const audience: Audience = {
    step: (text) => say(`· ${text}`),
    turn: (turn, alone, session) => {
      if (turn.index === 0) say(turnHeadings());
      for (const line of turnLines(turn, alone, session)) say(line);
    },
  };
  const outcome = await run(transcript, client, model, options, audience);
  const seconds = (performance.now() - startedAt) / 1000;
  if (options.json) console.log(JSON.stringify(toFigures(transcript, options.api, model, outcome, seconds)));
  const { session } = outcome;
  say(["", ...tableLines(outcome), "", ...proofLines(outcome)].join("\n"));
  if (session) say(["", ...sessionLines(session)].join("\n"));
  say(`\nFinished in ${seconds.toFixed(1)} s.`);
  if (outcome.prefix && outcome.prefix.broken.length > 0) throw new Error("a prefix was broken without a compaction");
  if (options.keep && session && stage) {
    const key = options.upstream === null ? DEMO_KEY : `$${client.keyVariable}`;
    say(["", ...insideLines(session, stage.edgeUrl, key)].join("\n"));
    isKept = true;
    await new Promise(() => {});
  }
  say("To look inside, in a browser: npm run demo -- --keep");
}

async function loadTranscript({ transcript: path, line, turns }: DemoOptions): Promise<Transcript> {
  const text = await readFile(path ?? RECORDING, "utf8");
  try {
    const transcript = readTranscript(text, line);
    const shortened = transcript.turns.slice(0, turns);
    return { ...transcript, turns: shortened, probes: transcript.probes.filter(({ turn }) => turn < shortened.length) };
  } catch (error) {
    throw new Error(`${path ?? RECORDING}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function run(
  transcript: Transcript,
  client: ApiClient,
  model: string,
  options: DemoOptions,
  audience: Audience,
): Promise<Outcome> {
  if (options.upstream === null) return runSimulated(transcript, client, model, audience, onStage);
  const key = options.key ?? process.env[client.keyVariable];
  if (!key) throw new Error(`--upstream needs --key or ${client.keyVariable}`);
  return runReal(transcript, client, model, options.upstream, key, audience, onStage);
}

function toFigures(transcript: Transcript, api: ApiName, model: string, outcome: Outcome, seconds: number) {
  const { session, ...figures } = outcome;
  return {
    transcript: transcript.title,
    ...(api !== "chat" && { api }),
    model,
    turns: transcript.turns.length,
    compactions: session?.ledger.compactions ?? 0,
    ...figures,
    seconds: Number(seconds.toFixed(1)),
  };
}

function onStage(running: Stage): void {
  stage = running;
}

async function closeStage(): Promise<void> {
  const open = stage;
  stage = null;
  await open?.close();
}
