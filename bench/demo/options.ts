/**
 * The demo's command line: what may be asked for, and the help that says so.
 *
 * A wrong option is answered with its name and the help's first line; nothing here reads files or starts anything.
 */
import { parseArgs } from "node:util";

const APIS = ["chat", "responses", "responses-delta", "messages"] as const;

export type ApiName = (typeof APIS)[number];

export interface DemoOptions {
  api: ApiName;
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

  --api NAME         Play it as a client of this API:
                       chat             OpenAI Chat Completions (the default)
                       responses        OpenAI Responses, every item sent again each time
                       responses-delta  OpenAI Responses, only what is new behind previous_response_id:
                                        Strata keeps the conversation, the run without it replays
                       messages         Anthropic Messages, with a cache marker that moves along
  --transcript FILE  Play this conversation instead: {"messages": [...]} in OpenAI's chat format or
                     {"turns": [{"role", "text", "at"}]}, as JSON or one per line
  --line N           Which line of FILE, counted from 0 (default 0)
  --turns N          Stop after N turns of the user
  --model NAME       Model to ask for, and whose prices and cache rules to apply (default gpt-5.4;
                     for messages claude-sonnet-5)
  --keep             Keep the servers running at the end, and print how to look inside
  --json             Print nothing but the final figures, as one line of JSON
  --help             This page

Instead of the provider simulator, a real endpoint (this costs money):

  --upstream URL     Send the user's turns to this server of the API, through a Worker on this machine.
                     The replies are the model's own; tools and pauses of the recording are left out.
                     The URL is the one that the API's SDK takes, such as https://api.openai.com/v1
                     or https://api.anthropic.com
  --key KEY          API key for it (default: the environment variable OPENAI_API_KEY, or for messages
                     ANTHROPIC_API_KEY)
`;

export function readOptions(args: string[]): DemoOptions | "help" {
  const { values } = parseArgs({
    args,
    options: {
      api: { type: "string", default: "chat" },
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
  const api = APIS.find((name) => name === values.api);
  if (api === undefined) throw new Error(`--api needs one of ${APIS.join(", ")}`);
  if (upstream !== null && !URL.canParse(upstream)) throw new Error("--upstream needs an absolute URL");
  if (keep && json) throw new Error("--keep and --json do not go together");
  const line = readCount("--line", values.line, 0);
  const turns = values.turns === undefined ? Infinity : readCount("--turns", values.turns, 1);
  return { api, transcript, line, turns, model, upstream, key, keep, json };
}

function readCount(name: string, text: string, least: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= least) return count;
  throw new Error(`${name} needs a whole number of at least ${least}`);
}
