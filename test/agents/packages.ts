/**
 * The three packages, pinned to the versions the facts were measured with, and where their programs are found.
 *
 * Looked for in the folder given, in the checkout, in PATH, in this order. Installing them is the caller's wish and
 * never happens by itself: together they are about a gigabyte.
 */
import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface Package {
  name: string;
  version: string;
  /** Its program. */
  binary: string;
}

export const CODEX: Package = { name: "@openai/codex", version: "0.169.0", binary: "codex" };
export const CLAUDE_CODE: Package = { name: "@anthropic-ai/claude-code", version: "2.1.330", binary: "claude" };
export const OPENCODE: Package = { name: "opencode-ai", version: "1.18.33", binary: "opencode" };
export const PACKAGES = [CODEX, CLAUDE_CODE, OPENCODE];

const CHECKOUT_BINARIES = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));
const PROGRAMS_MS = 20_000;

export async function findBinary({ binary }: Package, folder: string | null): Promise<string | null> {
  const inPath = (process.env["PATH"] ?? "").split(delimiter).filter((entry) => entry !== "");
  for (const place of [...(folder === null ? [] : [folder]), CHECKOUT_BINARIES, ...inPath]) {
    const path = join(place, binary);
    if (await isProgram(path)) return path;
  }
  return null;
}

/** What the program says of itself, or null when it does not run. */
export async function readVersion(path: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(path, ["--version"], { timeout: PROGRAMS_MS });
    return /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? null;
  } catch {
    return null;
  }
}

/** @returns the folder with the programs */
export async function installAll(folder: string): Promise<string> {
  const specifiers = PACKAGES.map(({ name, version }) => `${name}@${version}`);
  await promisify(execFile)("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", ...specifiers]);
  return join(folder, "node_modules/.bin");
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
