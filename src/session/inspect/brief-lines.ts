/**
 * A brief's text line by line, each line with the messages that it comes from.
 *
 * A brief is stored as the text that goes up and beside it the quotes that it was made of; here the two are brought
 * together again, so that whoever reads a line can go to its source. A line that rests on nothing names nothing: it is
 * better to show no source than a wrong one.
 */
import { BRIEF_END, BRIEF_LABEL, foldLine } from "../../distil/record.ts";
import { TABLES_HEADING } from "../../distil/tools/result-tables.ts";
import type { BriefLineView } from "../../ports/inspection.ts";
import type { BriefRow } from "../briefs/brief-store.ts";

const DAY = /^(?:\d{4}-\d{2}-\d{2}|undated)$/;

interface Source {
  text: string;
  nodes: number[];
}

export function linesOf({ text, pieces, written, tables }: BriefRow): BriefLineView[] {
  const shown = pieces.filter((piece) => piece.unshown !== true);
  const quotes = shown.map((piece): Source => ({ text: foldLine(piece.text), nodes: [piece.node] }));
  const lines = new Map(written.map((line) => [`- ${line.text}`, line.sources]));
  let isTable = false;
  return text
    .trimEnd()
    .split("\n")
    .map((line): BriefLineView => {
      if (line === BRIEF_LABEL || line === BRIEF_END) return { kind: "label", text: line, nodes: [] };
      if (line === TABLES_HEADING) {
        isTable = true;
        return { kind: "heading", text: line, nodes: tables };
      }
      const sources = lines.get(line);
      if (sources !== undefined) return { kind: "written", text: line, nodes: sources };
      if (line.startsWith("- ")) return { kind: "quote", text: line, nodes: nodesIn(line, quotes) };
      if (DAY.test(line)) return { kind: "day", text: line, nodes: [] };
      return { kind: isTable ? "table" : "heading", text: line, nodes: [] };
    });
}

/** Of quotes that stand in a line, each counts that is not part of a longer one there. */
function nodesIn(line: string, quotes: readonly Source[]): number[] {
  const found = quotes.filter(({ text }) => text !== "" && line.includes(text));
  const longest = found.filter(
    ({ text }) => !found.some((other) => other.text.length > text.length && other.text.includes(text)),
  );
  return [...new Set(longest.flatMap(({ nodes }) => nodes))];
}
