/**
 * What the test knows of an agent: its package, how it is pointed at a base URL, how it is asked, where its answer is.
 *
 * Everything an agent reads or writes is inside the place it is given, so that no run sees another or the user's own
 * configuration. Descriptions only: nothing here starts a process.
 */
import type { Package } from "./packages.ts";

export interface Place {
  /** Home and configuration, empty at first. */
  home: string;
  /** The folder with the task's files, empty at first. */
  work: string;
  /** Origin that stands for the provider, without `/v1`. */
  url: string;
  key: string;
}

export interface Agent {
  name: string;
  package: Package;
  /** Its model refuses thoughts behind a changed prefix, so its conversation must never be rewritten. */
  isBound: boolean;
  /** Writes the configuration and answers the variables that go with it. */
  configure(place: Place): Promise<Record<string, string>>;
  /** Arguments for one step: the first opens a conversation, the others continue it. */
  command(prompt: string, isFirst: boolean): string[];
  /** The last answer in what a step printed, or null. */
  readReply(output: string): string | null;
}

/** The last line of JSON for which `read` finds a text. */
export function findInLines(output: string, read: (line: Record<string, unknown>) => unknown): string | null {
  let found: string | null = null;
  for (const line of output.split("\n")) {
    if (!line.startsWith("{")) continue;
    const text = read(JSON.parse(line) as Record<string, unknown>);
    if (typeof text === "string") found = text;
  }
  return found;
}
