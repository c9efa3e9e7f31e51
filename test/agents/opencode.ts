/**
 * opencode, which speaks all three APIs, each through another provider package that comes with it.
 *
 * It asks for a title beside the first step, under the same session id. Its model catalogue, updates and language
 * servers are switched off, and only the one provider is enabled, so that nothing else is looked for.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findInLines, type Agent } from "./agent.ts";
import { OPENCODE } from "./packages.ts";

const PROVIDER = "edge";

const QUIET = {
  OPENCODE_DISABLE_AUTOUPDATE: "1",
  OPENCODE_DISABLE_MODELS_FETCH: "1",
  OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
  OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
};

interface Speech {
  name: string;
  npm: string;
  model: string;
  /** Settings of the model beyond its limits. */
  settings: object;
}

function opencode({ name, npm, model, settings }: Speech): Agent {
  const chosen = `${PROVIDER}/${model}`;
  return {
    name,
    package: OPENCODE,
    isBound: false,
    async configure({ home, url, key }) {
      const limits = { limit: { context: 200_000, output: 8000 }, tool_call: true };
      const provider = {
        npm,
        name: PROVIDER,
        options: { baseURL: `${url}/v1`, apiKey: key },
        models: { [model]: { name: model, ...limits, ...settings } },
      };
      const config = {
        autoupdate: false,
        share: "disabled",
        model: chosen,
        small_model: chosen,
        enabled_providers: [PROVIDER],
        permission: { edit: "allow", bash: "allow" },
        provider: { [PROVIDER]: provider },
      };
      const path = join(home, "opencode.json");
      await writeFile(path, JSON.stringify(config));
      const folders = ["CONFIG", "DATA", "CACHE", "STATE"].map((kind) => [`XDG_${kind}_HOME`, join(home, kind)]);
      return { ...QUIET, OPENCODE_CONFIG: path, ...(Object.fromEntries(folders) as Record<string, string>) };
    },
    command: (prompt, isFirst) => {
      const flags = ["--format", "json", "--model", chosen];
      return ["run", ...flags, ...(isFirst ? [] : ["--continue"]), prompt];
    },
    readReply: (output) =>
      findInLines(output, ({ type, part }) => {
        return type === "text" ? ((part ?? {}) as Record<string, unknown>)["text"] : null;
      }),
  };
}

const THINKS = { reasoning: true, options: { thinking: { type: "enabled", budgetTokens: 2000 } } };

export const opencodeAgents = [
  { name: "opencode (chat)", npm: "@ai-sdk/openai-compatible", model: "gpt-5.4", settings: {} },
  { name: "opencode (responses)", npm: "@ai-sdk/openai", model: "gpt-5.4", settings: { reasoning: true } },
  { name: "opencode (messages)", npm: "@ai-sdk/anthropic", model: "claude-sonnet-4-5", settings: THINKS },
].map(opencode);
