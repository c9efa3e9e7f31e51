/**
 * How written lines stand in a brief: behind the quotes, under headings that say what they are.
 *
 * A reader must be able to tell a model's words from quoted ones, and so must the gate, which renders the lines
 * again and compares. This file must not choose lines.
 */
import type { BriefLine } from "../../ports/distiller.ts";
import { dayOf } from "../record.ts";

const GIST_HEADING = "Summary, written afterwards from the messages; where a quote differs, the quote is right:";
const THREAD_HEADING = "Not settled when it was last mentioned:";

/** The lines as the last part of a record; empty without any. */
export function renderWritten(lines: readonly BriefLine[]): string {
  return renderSection(GIST_HEADING, lines, "gist") + renderSection(THREAD_HEADING, lines, "thread");
}

export function renderWrittenLine({ text }: Pick<BriefLine, "text">): string {
  return `- ${text}\n`;
}

function renderSection(heading: string, lines: readonly BriefLine[], kind: BriefLine["kind"]): string {
  let text = "";
  let day: string | null | undefined;
  for (const line of lines) {
    if (line.kind !== kind) continue;
    const next = dayOf(line.at);
    if (next !== day) text += `${next ?? "undated"}\n`;
    day = next;
    text += renderWrittenLine(line);
  }
  return text === "" ? "" : `${heading}\n${text}`;
}
