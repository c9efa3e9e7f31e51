/**
 * Runs one command to its end, with a time limit, in a process group of its own.
 *
 * Whatever the command leaves running ends with it, and so does everything when this process ends. Its input is
 * empty, its environment exactly the one given. It must not throw for a command that fails: that is a result.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";

export interface CommandResult {
  /** Null: it was stopped. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
  seconds: number;
}

export interface Command {
  file: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  limitMs: number;
}

export async function runCommand({ file, args, cwd, env, limitMs }: Command): Promise<CommandResult> {
  const startedAt = Date.now();
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const stop = (): void => stopGroup(child);
  process.on("exit", stop);
  const timer = setTimeout(stop, limitMs);
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => void (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (output.stderr += text));
  const exitCode = await new Promise<number | null>((resolve) => {
    // Not "close": something left behind may hold the pipes open.
    child.once("exit", (code) => setImmediate(resolve, code));
    child.once("error", (error) => {
      output.stderr += String(error);
      resolve(null);
    });
  });
  clearTimeout(timer);
  process.off("exit", stop);
  stop();
  return { exitCode, ...output, seconds: (Date.now() - startedAt) / 1000 };
}

function stopGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}
