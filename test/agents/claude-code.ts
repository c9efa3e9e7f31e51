/**
 * Claude Code, which speaks Anthropic Messages, in its print mode, one process a step.
 *
 * Everything that is not the conversation itself (updates, telemetry, error reports) is switched off by its own
 * variables. Its permission prompts are off: the model is a script, and the folder is thrown away.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { findInLines, type Agent } from "./agent.ts";
import { CLAUDE_CODE } from "./packages.ts";

const FLAGS = ["--model", "claude-opus-5-5", "--output-format", "json", "--dangerously-skip-permissions"];

const QUIET = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_AUTOUPDATER: "1",
  DISABLE_TELEMETRY: "1",
  DISABLE_ERROR_REPORTING: "1",
  // Without it the flag above is refused to root.
  IS_SANDBOX: "1",
};

export const claudeCodeAgents: Agent[] = [
  {
    name: "claude code",
    package: CLAUDE_CODE,
    isBound: true,
    async configure({ home, url, key }) {
      const folder = join(home, ".claude");
      await mkdir(folder, { recursive: true });
      return { ...QUIET, CLAUDE_CONFIG_DIR: folder, ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key };
    },
    command: (prompt, isFirst) => ["-p", ...(isFirst ? [] : ["--continue"]), ...FLAGS, prompt],
    readReply: (output) => findInLines(output, ({ result }) => result),
  },
];
