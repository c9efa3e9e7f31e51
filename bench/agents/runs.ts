/**
 * Recorded agent runs, and the tool calls in them that need something from further back.
 *
 * A call is a case when one of its argument values stands neither in the newest message nor in the system prompt but
 * does stand in the history: whoever forwards less must keep it. Values that belong together are those that one JSON
 * object of an earlier tool result holds side by side. This file must not know any policy.
 */
import { readFileSync } from "node:fs";

export interface RunMessage {
  role: "user" | "assistant" | "tool";
  /** The tool's name for a result, else null. */
  name: string | null;
  text: string;
  calls: readonly { name: string; text: string }[];
}

export interface AgentCase {
  run: string;
  /** Everything between the system prompt and the newest message, oldest first. */
  history: readonly RunMessage[];
  needed: readonly string[];
  /** Sets of needed values, at least two each, that one JSON object held side by side. */
  together: readonly (readonly string[])[];
  /** The same for objects with all that was nested in them. */
  togetherNested: readonly (readonly string[])[];
}

interface RawMessage {
  role: string;
  content?: string | null;
  name?: string;
  tool_calls?: { function: { name: string; arguments: string } }[];
}

interface RawRun {
  id: string | number;
  messages: RawMessage[];
}

export interface AgentRuns {
  runs: number;
  calls: number;
  cases: AgentCase[];
}

export function readRuns(path: string): AgentRuns {
  const lines = readFileSync(path, "utf8").split("\n");
  return findCases(lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as RawRun));
}

export function findCases(raw: readonly RawRun[]): AgentRuns {
  const cases: AgentCase[] = [];
  let calls = 0;
  for (const run of raw) {
    const system = run.messages.filter((message) => message.role === "system").map(({ content }) => content ?? "");
    const messages = run.messages.filter((message) => message.role !== "system").map(readMessage);
    for (const [index, message] of messages.entries()) {
      for (const call of message.calls) {
        calls++;
        const newest = messages[index - 1];
        if (newest === undefined) continue;
        const history = messages.slice(0, index - 1);
        const known = [...system, renderMessage(newest)];
        const past = history.map(renderMessage);
        const needed = [...new Set(scalarsOf(parse(call.text)))].filter(
          (value) => !known.some((text) => holds(text, value)) && past.some((text) => holds(text, value)),
        );
        if (needed.length === 0) continue;
        const together = findTogether(history, needed, scalarsBeside);
        const togetherNested = findTogether(history, needed, scalarsOf);
        cases.push({ run: String(run.id), history, needed, together, togetherNested });
      }
    }
  }
  return { runs: raw.length, calls, cases };
}

function readMessage({ role, content, name, tool_calls: calls }: RawMessage): RunMessage {
  return {
    role: role === "tool" || role === "assistant" ? role : "user",
    name: role === "tool" ? (name ?? null) : null,
    text: content ?? "",
    calls: (calls ?? []).map((call) => ({ name: call.function.name, text: call.function.arguments })),
  };
}

/** A message as text: calls as `name(arguments)`. */
export function renderMessage({ role, text, calls }: RunMessage): string {
  const parts = calls.map((call) => `${call.name}(${call.text})`);
  return `${role}: ${[...(text === "" ? [] : [text]), ...parts].join("\n")}`;
}

/** True when the value stands in the text and is not part of a longer word or number. */
export function holds(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    if (!joins(text, at - 1, at) && !joins(text, at + value.length - 1, at + value.length)) return true;
  }
  return false;
}

/** Two neighbouring characters of one word. */
function joins(text: string, left: number, right: number): boolean {
  return /^[\p{L}\p{N}_]{2}$/u.test(text.charAt(left) + text.charAt(right));
}

type ReadScalars = (value: object) => string[];

function findTogether(history: readonly RunMessage[], needed: readonly string[], read: ReadScalars): string[][] {
  const sets = new Map<string, string[]>();
  for (const message of history) {
    if (message.role !== "tool") continue;
    for (const object of objectsOf(parse(message.text))) {
      const values = new Set(read(object));
      const held = needed.filter((value) => values.has(value));
      if (held.length > 1) sets.set(JSON.stringify(held), held);
    }
  }
  return [...sets.values()];
}

/** Every object in the value, nested ones included. */
function objectsOf(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.values(value).flatMap(objectsOf);
  return Array.isArray(value) ? below : [value, ...below];
}

function scalarsBeside(object: object): string[] {
  return Object.values(object).flatMap(scalarOf);
}

function scalarsOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return scalarOf(value);
  return Object.values(value).flatMap(scalarsOf);
}

function scalarOf(value: unknown): string[] {
  if (typeof value === "number") return [String(value)];
  return typeof value === "string" && value !== "" ? [value] : [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
