/**
 * Reads a model's answer: JSON, alone or in a fence or between words, in the shape that was asked for.
 *
 * Takes what is there and bounds it; whatever has another shape is left out. Numbers of sources become places in the
 * list of sources. It must not judge what a line says: that is the gate's business.
 */
import { FACTS_MAX, GISTS_MAX, LINE_CHARS_MAX, THREADS_MAX } from "./digest-prompt.ts";
import { foldLine } from "../record.ts";

export interface ReadLine {
  text: string;
  /** Places in the list of sources, as the model gave them; not checked. */
  sources: number[];
  /** The passage that a fact comes from; null for other lines. */
  quote: string | null;
}

export interface ReadDigest {
  gists: ReadLine[];
  threads: ReadLine[];
  facts: ReadLine[];
}

/** Sources that one line may name: beyond them it rests on everything, which is on nothing. */
const SOURCES_MAX = 12;

/** The answer as lines, or null when there is no JSON object with a gist in it. */
export function readDigest(answer: string): ReadDigest | null {
  const value = parseObject(answer);
  if (value === null || !Array.isArray(value["gist"])) return null;
  return {
    gists: readLines(value["gist"], GISTS_MAX),
    threads: readLines(value["open"], THREADS_MAX),
    facts: readLines(value["facts"], FACTS_MAX),
  };
}

function parseObject(answer: string): Record<string, unknown> | null {
  const inner = answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1);
  try {
    const value: unknown = JSON.parse(inner);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function readLines(value: unknown, count: number): ReadLine[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, count).flatMap((line: unknown) => readLine(line) ?? []);
}

function readLine(line: unknown): ReadLine | null {
  if (!isObject(line)) return null;
  const { text, sources, quote } = line;
  if (typeof text !== "string" || !Array.isArray(sources)) return null;
  const places = sources.filter((source): source is number => Number.isInteger(source)).map((source) => source - 1);
  return {
    // One more than a line may have, so that a longer one is seen to be too long.
    text: foldLine(text.slice(0, LINE_CHARS_MAX + 1).toWellFormed()),
    sources: [...new Set(places)].slice(0, SOURCES_MAX),
    quote: typeof quote === "string" ? quote : null,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
