/**
 * Codex CLI, which speaks Responses: as a provider of the user's own, and as its built-in provider with another base URL.
 *
 * The built-in one opens with a WebSocket and falls back to POST when that is refused. Its own sandbox is off: the
 * model is a script, and the folder is thrown away.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findInLines, type Agent, type Place } from "./agent.ts";
import { CODEX } from "./packages.ts";

const MODEL = "gpt-5.4";
const FLAGS = ["--json", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox"];

const QUIET = `check_for_update_on_startup = false
[analytics]
enabled = false
[feedback]
enabled = false
`;

function ownProvider({ url }: Place): string {
  return `model = "${MODEL}"
model_provider = "edge"
${QUIET}
[model_providers.edge]
name = "edge"
base_url = "${url}/v1"
env_key = "EDGE_API_KEY"
wire_api = "responses"
`;
}

function builtInProvider({ url }: Place): string {
  return `model = "${MODEL}"\nopenai_base_url = "${url}/v1"\n${QUIET}`;
}

function codex(name: string, writeConfig: (place: Place) => string): Agent {
  return {
    name,
    package: CODEX,
    isBound: false,
    async configure(place) {
      const folder = join(place.home, ".codex");
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "config.toml"), writeConfig(place));
      return { CODEX_HOME: folder, EDGE_API_KEY: place.key, OPENAI_API_KEY: place.key, CODEX_API_KEY: place.key };
    },
    command: (prompt, isFirst) => ["exec", ...(isFirst ? [] : ["resume", "--last"]), ...FLAGS, prompt],
    readReply: (output) =>
      findInLines(output, ({ item }) => {
        const { type, text } = (item ?? {}) as Record<string, unknown>;
        return type === "agent_message" ? text : null;
      }),
  };
}

export const codexAgents = [codex("codex", ownProvider), codex("codex (built-in provider)", builtInProvider)];
