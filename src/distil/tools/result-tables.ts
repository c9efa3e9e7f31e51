/**
 * The part of a brief that holds what tools have answered: JSON as tables, packed into a share of the brief.
 *
 * Quotes tear an answer apart; a table keeps the values of one object on one line. Made from the answers themselves
 * every time, never from an earlier brief. It is held against them once more: a value that none of them holds, or a line
 * that could be taken for a heading of the record, and there are no tables. It must not hold what people said.
 */
import type { Brief } from "../../ports/distiller.ts";
import type { ToolCall } from "../../ports/result-shortener.ts";
import { foldLine, BRIEF_END, HEADINGS, isQuotable } from "../record.ts";
import { readJsonTree } from "./tool-json-tree.ts";
import { packPieces } from "./tool-pack.ts";
import { cutRun } from "./tool-run.ts";
import type { RunTurn } from "./tool-run.ts";
import { readValues } from "./tool-values.ts";

/** First line of the tables. */
export const TABLES_HEADING = "What tools answered (JSON as names once, then values in that order):";

/** A name in JSON. */
const KEY = /"([^"\\]{1,200})"\s{0,8}:/g;
/** How `packPieces` counts what it leaves out. */
const LEFT_OUT = /^\[\d+ lines left out\]$/;

/** One answer of a tool, with the call that it answers, or what somebody said, which is only read for what it speaks of. */
export type RunStep =
  | { kind: "answer"; node: number; call: (ToolCall & { node: number }) | null; text: string }
  | { kind: "said"; role: "user" | "assistant"; text: string };

export interface ResultTables {
  text: string;
  tokens: number;
  /** Row ids of the messages that hold these answers and their calls: the next brief reads them again. */
  nodes: number[];
}

export interface TableOptions {
  budgetTokens: number;
  countTokens: (text: string) => number;
}

/** True for an answer that belongs in a table. */
export function isTabular(text: string): boolean {
  return readJsonTree(text) !== null;
}

/** Null: nothing to put in a table, or nothing that would stand up to the check. */
export function packResults(
  steps: readonly RunStep[],
  { budgetTokens, countTokens }: TableOptions,
): ResultTables | null {
  const turns: RunTurn[] = [];
  const answers = new Map<number, number[]>();
  for (const step of steps) {
    if (step.kind === "said") {
      turns.push({ role: step.role, text: step.text, calls: [] });
      continue;
    }
    const { call, node, text } = step;
    if (call !== null) turns.push({ role: "assistant", text: "", calls: [{ name: call.name, text: call.text }] });
    answers.set(turns.length, call === null ? [node] : [call.node, node]);
    turns.push({ role: "tool", text, calls: [] });
  }
  if (answers.size === 0) return null;
  const pieces = cutRun(turns).filter(({ kind, text }) => (kind === "result" || kind === "row") && !isHeading(text));
  const { text, tokens, taken } = packPieces(pieces, { countTokens, budgetTokens }, TABLES_HEADING);
  if (taken.length === 0 || !holdsOnly(text, turns)) return null;
  const nodes = new Set(taken.flatMap(({ turn }) => answers.get(turn) ?? []));
  return { text, tokens, nodes: [...nodes] };
}

/** The brief with the tables before its last line. */
export function putTables(brief: Brief, tables: ResultTables, countTokens: (text: string) => number): Brief {
  const at = brief.text.lastIndexOf(BRIEF_END);
  const text = `${brief.text.slice(0, at)}${tables.text}\n${brief.text.slice(at)}`;
  return { ...brief, text, tokens: countTokens(text) };
}

/** Whether every value in the tables stands in an answer or in a call, and no line in them poses as a mark of the record. */
function holdsOnly(text: string, turns: readonly RunTurn[]): boolean {
  const known = new Set<string>();
  for (const turn of turns) {
    for (const { name } of turn.calls) known.add(name);
    for (const said of [turn.text, ...turn.calls.map((call) => call.text)]) {
      for (const value of readValues(said)) known.add(value);
      for (const [, key = ""] of said.matchAll(KEY)) known.add(key);
    }
  }
  const isKnown = (value: string): boolean => known.has(value) || value.split(".").every((part) => known.has(part));
  const [, ...lines] = text.split("\n");
  return lines.every((line) => LEFT_OUT.test(line) || (!isHeading(line) && [...readValues(line)].every(isKnown)));
}

/** Whether a line could be taken for one of the record's own. */
function isHeading(line: string): boolean {
  const plain = foldLine(line).toLowerCase();
  return !isQuotable(line) || HEADINGS.some((heading) => plain.startsWith(heading.toLowerCase()));
}
