/** Builders for the tests of the distilling room: short messages, a cheap counter, a run that must succeed. */
import { createExtractiveDistiller } from "../../../src/distil/extract-brief.ts";
import type { Brief, BriefPiece, DistilInput, SpanMessage } from "../../../src/ports/distiller.ts";

/** Four characters a token: linear, and monotone in the length. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

export function message(node: number, role: SpanMessage["role"], text: string, day = "2026-03-02"): SpanMessage {
  return { node, role, speaker: null, text, at: Date.parse(`${day}T09:00:00Z`) };
}

/** Enough talk to be worth a brief, without anything worth keeping first. */
export function chatter(from: number, count: number): SpanMessage[] {
  return Array.from({ length: count }, (_, index) =>
    message(
      from + index,
      index % 2 === 0 ? "user" : "assistant",
      `Part ${from + index} of the report mentions the harbour at Kiel, ${1000 + from + index} crates and the ship Aurora${from + index}. ` +
        "The weather was mild and the crew went about its work as on any other morning of that season.",
    ),
  );
}

export function input(span: SpanMessage[], more: Partial<DistilInput> = {}): DistilInput {
  return { kept: [], span, budgetTokens: 600, countTokens, ...more };
}

export async function distil(given: DistilInput): Promise<Brief> {
  const result = await createExtractiveDistiller().distil(given);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** What a brief shows of one kind. */
export function ofKind(brief: Brief, kind: BriefPiece["kind"]): string[] {
  return brief.pieces.filter((piece) => piece.kind === kind && piece.unshown !== true).map((piece) => piece.text);
}
