/**
 * Cuts an agent's run into lines that can be kept or left one by one, each with what must stand above it.
 *
 * Results of one tool mostly look alike, so their names are written once for the tool. A result that was given before
 * is not repeated. A table row is `spoken of` when something that marks it off occurs elsewhere in the run; of the
 * assistant's words only sentences with a value of their own are lines at all.
 * This file must not know a budget, and must not cut what belonged to one object.
 */
import { cutSentences } from "../sentences.ts";
import { writeHead, writeMembers, writeRow, type Written } from "./tool-cell.ts";
import { readJsonTree, type JsonNode } from "./tool-json-tree.ts";
import { foldRepeatedLines } from "./tool-log.ts";
import { sharedShape, type ListShape, type RecordShape } from "./tool-shape.ts";
import { writeBlocks, type Block } from "./tool-table.ts";
import { readValues } from "./tool-values.ts";

/** A turn of a run as plain text. */
export interface RunTurn {
  role: "user" | "assistant" | "tool";
  text: string;
  /** The calls of an assistant turn; their results follow in the same order. */
  calls: readonly RunCall[];
}

export interface RunCall {
  name: string;
  /** The arguments as the model wrote them. */
  text: string;
}

/** What a piece is: the user's words, a line of a result, a sentence of the assistant, a row nobody spoke of. */
export type PieceKind = "user" | "result" | "said" | "row";

/** A line that is written once, where the first piece below it stands; `names` heads stand above everything. */
export interface Head {
  text: string;
  place: "names" | "here";
}

export interface Piece {
  turn: number;
  kind: PieceKind;
  heads: readonly Head[];
  text: string;
  /** Part of what this tool said last. */
  latest: boolean;
}

/** Shorter results are not looked for again: there is nothing to save. */
const REPEAT_CHARS_MIN = 40;
/** A result that is not JSON is one piece up to this many lines, and one piece a line beyond. */
const LINES_SHORT_MAX = 12;
/** A value that occurs in more turns than this marks nothing off. */
const TURNS_OF_A_MARK_MAX = 4;

interface Result {
  turn: number;
  call: RunCall | null;
  /** The text of the answer; null for a call that has none yet. */
  text: string | null;
  tree: JsonNode | null;
}

interface ToolTable {
  head: Head;
  shape: RecordShape | ListShape;
}

/** The lines of a run in order. */
export function cutRun(turns: readonly RunTurn[]): Piece[] {
  const results = readResults(turns);
  const tables = shareNames(results);
  const marks = countTurns(turns);
  const latest = new Map(results.map((result) => [nameOf(result), result]));
  const pieces = cutTalk(turns);
  for (const result of results) {
    const table = tables.get(nameOf(result)) ?? null;
    for (const piece of cutResult(result, table, marks))
      pieces.push({ ...piece, latest: latest.get(nameOf(result)) === result });
  }
  return pieces.toSorted((one, other) => one.turn - other.turn);
}

/** What the user said, and what only the assistant said. */
function cutTalk(turns: readonly RunTurn[]): Piece[] {
  const pieces: Piece[] = [];
  const known = new Set<string>();
  for (const turn of turns) if (turn.role !== "assistant") for (const value of readValues(turn.text)) known.add(value);
  for (const [turn, { role, text }] of turns.entries()) {
    const shared = { turn, heads: [], latest: false };
    if (role === "user") pieces.push({ ...shared, kind: "user", text: `user: ${text}` });
    if (role !== "assistant") continue;
    for (const sentence of cutSentences(text)) {
      const fresh = [...readValues(sentence.text)].filter((value) => !known.has(value));
      if (fresh.length === 0) continue;
      for (const value of fresh) known.add(value);
      pieces.push({ ...shared, kind: "said", text: `assistant: ${sentence.text}` });
    }
  }
  return pieces;
}

/** All results in order, each with its call, without those that the same call gave again later. */
function readResults(turns: readonly RunTurn[]): Result[] {
  const results = new Map<string, Result>();
  let open: RunCall[] = [];
  for (const [turn, { role, text, calls }] of turns.entries()) {
    if (calls.length > 0) open = [...calls];
    if (role !== "tool") continue;
    const call = open.shift() ?? null;
    const key = JSON.stringify([call, text.length < REPEAT_CHARS_MIN ? turn : "", text]);
    results.delete(key);
    results.set(key, { turn, call, text, tree: readJsonTree(text) });
  }
  const unanswered = open.map((call): Result => ({ turn: turns.length, call, text: null, tree: null }));
  return [...results.values(), ...unanswered];
}

function nameOf({ call }: Result): string {
  return call?.name ?? "tool";
}

/** For each tool that answered more than once with one shape: the names of that shape. */
function shareNames(results: readonly Result[]): Map<string, ToolTable> {
  const roots = new Map<string, JsonNode[]>();
  for (const { call, tree } of results) {
    if (call === null || tree === null) continue;
    const known = roots.get(call.name);
    if (known === undefined) roots.set(call.name, [tree]);
    else known.push(tree);
  }
  const tables = new Map<string, ToolTable>();
  for (const [name, trees] of roots) {
    const shape = trees.length > 1 ? sharedShape(trees) : null;
    if (shape === null) continue;
    const head = shape.kind === "list" ? writeHead(shape.item) : writeHead(shape);
    tables.set(name, { shape, head: { text: `${name} = ${head}`, place: "names" } });
  }
  return tables;
}

/** In how many turns each value occurs. */
function countTurns(turns: readonly RunTurn[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text, calls } of turns) {
    const values = readValues([text, ...calls.map((call) => call.text)].join("\n"));
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function cutResult(result: Result, table: ToolTable | null, marks: Map<string, number>): Omit<Piece, "latest">[] {
  const { turn, call, text, tree } = result;
  const blocks = writeResult(text ?? "", tree, table);
  const first = blocks[0];
  const oneLine = first === undefined || (blocks.length === 1 && first.head === null && first.lines.length === 1);
  const given = call === null ? "" : writeArguments(call.text, tree, oneLine);
  if (blocks.length === 0 && (given === "" || (text !== null && readValues(given).size === 0))) return [];
  const written = given === "" ? nameOf(result) : `${nameOf(result)}(${given})`;
  const label = text === null ? written : `${written}:`;
  const names = table === null || tree === null ? [] : [table.head];
  if (oneLine) return [{ turn, kind: "result", heads: names, text: `${label} ${first?.lines[0] ?? ""}`.trimEnd() }];
  const top: Head[] = [...names, { text: label, place: "here" }];
  return blocks.flatMap(({ head, lines }) => {
    const heads: Head[] = head === null ? top : [...top, { text: head, place: "here" }];
    const isTable = head !== null || tree === null || table?.shape.kind === "list";
    return lines.map((line) => {
      const kind: PieceKind = isTable && !isSpokenOf(line, marks) ? "row" : "result";
      return { turn, kind, heads, text: line };
    });
  });
}

function writeResult(text: string, tree: JsonNode | null, table: ToolTable | null): Block[] {
  if (text.trim() === "") return [];
  if (tree === null) {
    const folded = foldRepeatedLines(text) ?? text;
    const lines = folded.split("\n");
    return [{ head: null, lines: lines.length > LINES_SHORT_MAX ? lines.filter(isNotBlank) : [folded] }];
  }
  if (table === null) return writeBlocks(tree);
  const written: Written = new Map();
  const { shape } = table;
  const rows =
    shape.kind === "list" && tree.kind === "array" && tree.items.length > 0
      ? tree.items.map((item) => writeRow(item, shape.item, written))
      : [writeRow(tree, shape, written)];
  return [{ head: null, lines: rows }];
}

function isNotBlank(line: string): boolean {
  return line.trim() !== "";
}

/** True when the line holds something that few other turns hold, but at least one does. */
function isSpokenOf(line: string, marks: Map<string, number>): boolean {
  for (const value of readValues(line)) {
    const turns = marks.get(value) ?? 0;
    if (turns > 1 && turns <= TURNS_OF_A_MARK_MAX && isMark(value)) return true;
  }
  return false;
}

/** Letters with figures, or four figures and more: what is not met by chance. */
function isMark(value: string): boolean {
  return /\p{L}/u.test(value) ? /[\p{Nd}_@]/u.test(value) : /^\p{Nd}{4,}/u.test(value);
}

/**
 * The arguments in short form, empty when the answer holds every one of them. Where the answer stands on the same line
 * only those are written that it does not hold.
 */
function writeArguments(text: string, answer: JsonNode | null, oneLine: boolean): string {
  const tree = readJsonTree(text);
  if (tree?.kind !== "object") return text;
  const answered = new Set<string>();
  if (answer !== null) collectScalars(answer, answered);
  const added = tree.members.filter(({ value }) => {
    const scalars = collectScalars(value, new Set());
    return scalars.size === 0 || [...scalars].some((scalar) => !answered.has(scalar));
  });
  return added.length === 0 ? "" : writeMembers({ members: oneLine ? added : tree.members }, new Map());
}

function collectScalars(node: JsonNode, into: Set<string>): Set<string> {
  if (node.kind === "scalar") into.add(node.text);
  else if (node.kind === "array") for (const item of node.items) collectScalars(item, into);
  else for (const { value } of node.members) collectScalars(value, into);
  return into;
}
