/**
 * The demo's command line: what may be asked for, and the help that says so.
 *
 * A wrong option is answered with its name and the help's first line; nothing here reads files or starts anything.
 */
import { parseArgs } from "node:util";

export interface DemoOptions {
  transcript: string | null;
  line: number;
  turns: number;
  model: string | null;
  upstream: string | null;
  key: string | null;
  keep: boolean;
  json: boolean;
}

export const HELP = `Plays a recorded conversation through Strata on this machine, and shows what was forwarded and what it cost.

Usage: npm run demo -- [options]

  --transcript FILE  Play this conversation instead: {"messages": [...]} in OpenAI's chat format or
                     {"turns": [{"role", "text", "at"}]}, as JSON or one per line
  --line N           Which line of FILE, counted from 0 (default 0)
  --turns N          Stop after N turns of the user
  --model NAME       Model to ask for, and whose prices and cache rules to apply (default gpt-5.4)
  --keep             Keep the servers running at the end, and print how to look inside
  --json             Print nothing but the final figures, as one line of JSON
  --help             This page

Instead of the provider simulator, a real endpoint (this costs money):

  --upstream URL     Send the user's turns to this OpenAI-compatible API, through a Worker on this machine.
                     The replies are the model's own; tools and pauses of the recording are left out
  --key KEY          API key for it (default: the environment variable OPENAI_API_KEY)
`;

export function readOptions(args: string[]): DemoOptions | "help" {
  const { values } = parseArgs({
    args,
    options: {
      transcript: { type: "string" },
      line: { type: "string", default: "0" },
      turns: { type: "string" },
      model: { type: "string" },
      upstream: { type: "string" },
      key: { type: "string" },
      keep: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const { transcript = null, model = null, upstream = null, key = null, keep, json } = values;
  if (upstream !== null && !URL.canParse(upstream)) throw new Error("--upstream needs an absolute URL");
  if (keep && json) throw new Error("--keep and --json do not go together");
  const line = readCount("--line", values.line, 0);
  const turns = values.turns === undefined ? Infinity : readCount("--turns", values.turns, 1);
  return { transcript, line, turns, model, upstream, key, keep, json };
}

function readCount(name: string, text: string, least: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= least) return count;
  throw new Error(`${name} needs a whole number of at least ${least}`);
}
