/**
 * `npm run replay`: what a recorded session would have sent and cost under other settings, offline.
 *   npm run replay -- --session export.jsonl --policy '{"alpha":2}' --prices prices.json --model gpt-5.4-mini
 * Without settings the decisions are the recorded ones; `--help` lists what can be set. It must not send or store anything.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { createPriceBook } from "../src/adapters/price-table.ts";
import { readConfig } from "../src/env.ts";
import { pushesBlock } from "../src/model/recall-call.ts";
import type { PriceBook } from "../src/ports/price-book.ts";
import { DEFAULT_POLICY_OPTIONS } from "../src/policy/options.ts";
import { choosePolicy } from "../src/session/choose-policy.ts";
import { playAgain } from "./replay/play-again.ts";
import { readExport } from "./replay/read-export.ts";
import { readTurns } from "./replay/recorded-turn.ts";
import { makeReport, renderReport } from "./replay/report.ts";

const HELP = `Plays an exported session again under other settings, offline: what would have gone up, and what it would have cost.

Usage: npm run replay -- --session FILE [options]

  --session FILE  The file of GET /_strata/sessions/<id>/export
  --policy JSON   STRATA_POLICY, as JSON or a file of it
  --prices JSON   STRATA_PRICES, as JSON or a file of it
  --model NAME    Bill every turn as this model
  --budget N      Tokens of a recalled block (recallTokens)
  --thread CHAIN  Play this thread alone
  --json          Print all of it as one JSON object
  --help          This page

Other settings are read from the environment, under the names of docs/OPERATING.md.`;

const POLICY_NAMES = Object.keys(DEFAULT_POLICY_OPTIONS).join(", ");

const flags = readFlags();
if (flags.session === undefined) stop("--session FILE names the file of an export");
// Where npm was called from.
const place = String(process.env["INIT_CWD"] ?? process.cwd());
const config = readConfig({
  ...process.env,
  ...(flags.policy !== undefined && { STRATA_POLICY: readJson(flags.policy) }),
  ...(flags.prices !== undefined && { STRATA_PRICES: readJson(flags.prices) }),
});
if (!config.ok) stop(config.error.join("\n"));
const unknown = Object.keys(config.value.policy).filter((name) => !(name in DEFAULT_POLICY_OPTIONS));
if (unknown.length > 0) stop(`STRATA_POLICY: there is no ${unknown.join(", ")}; there are ${POLICY_NAMES}`);
const budget = flags.budget === undefined ? {} : { recallTokens: Number(flags.budget) };
if (Object.values(budget).some((tokens) => !(tokens >= 0))) stop("--budget needs a number of tokens");
const recorded = await readExport(resolve(place, flags.session));
if (!recorded.ok) stop(recorded.error);

const book = createPriceBook(config.value.prices);
const { model } = flags;
const prices: PriceBook = model === undefined ? book : { lookUp: () => book.lookUp(model) };
if (model !== undefined && book.lookUp(model) === null) stop(`no price is known for ${model}; give one with --prices`);
const turns = readTurns(recorded.value, flags.thread ?? null);
if (turns.length === 0) stop(flags.thread === undefined ? "the session has no turns" : "no turn is on that thread");
const policy = choosePolicy({ ...config.value.policy, ...budget }, pushesBlock(config.value.recall));
const report = makeReport(await playAgain(turns, { config: config.value, prices, policy }));
console.log(flags.json ? JSON.stringify(report) : renderReport(report));

function readFlags() {
  const options = {
    session: { type: "string" },
    policy: { type: "string" },
    prices: { type: "string" },
    model: { type: "string" },
    budget: { type: "string" },
    thread: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  try {
    const { values } = parseArgs({ options });
    if (!values.help) return values;
  } catch (error) {
    stop(error instanceof Error ? error.message : String(error));
  }
  console.log(HELP);
  return exit(0);
}

function readJson(text: string): string {
  const path = resolve(place, text);
  return !text.trimStart().startsWith("{") && existsSync(path) ? readFileSync(path, "utf8") : text;
}

function stop(problem: string): never {
  console.error(problem);
  return exit(1);
}

function exit(code: number): never {
  // The platform's types, which the Worker's own files need, do not know Node's `process`.
  return (process.exit as (code: number) => never)(code);
}
