/**
 * Counts what a record costs while its lines are being chosen.
 *
 * A line brings its own tokens and, where it is the first of its kind, those of a heading, a day or an introduction.
 * The sum of the parts is an estimate (a tokenizer may join across line breaks); the finished text is counted once
 * more by the caller. This file must not choose.
 */
import type { BriefPiece } from "../ports/distiller.ts";
import { BRIEF_END, BRIEF_LABEL, dayOf, headingOf, renderLine, speakerOf } from "./record.ts";

export interface LineLedger {
  /** Books a piece if the whole stays within `limit` (share of the allowance, 0 to 1). False when it does not fit. */
  add(piece: BriefPiece, limit: number): boolean;
  /** Share of the allowance that is booked. */
  spentShare(): number;
}

/** A ledger for one record of at most `allowed` tokens, its frame and the line `note` already booked. */
export function createLedger(allowed: number, note: string, countTokens: (text: string) => number): LineLedger {
  const paid = new Set<string>();
  const counted = new Map<string, number>();
  const count = (text: string): number => {
    let tokens = counted.get(text);
    if (tokens === undefined) counted.set(text, (tokens = countTokens(text)));
    return tokens;
  };
  let spent = countTokens(`${BRIEF_LABEL}\n${note}\n${BRIEF_END}\n\n`);
  return {
    add(piece, limit) {
      const heading = headingOf(piece.kind);
      const name = speakerOf(piece);
      const extras = [heading, `${heading}\n${dayOf(piece.at) ?? ""}`];
      if (name !== piece.role) extras.push(`Speakers: ${name} (${piece.role})`);
      const fresh = extras.filter((extra) => !paid.has(extra));
      let cost = count(`${renderLine(piece)}\n`);
      for (const extra of fresh)
        cost += extra.startsWith(`${heading}\n`) ? count(`${dayOf(piece.at) ?? ""}\n`) : count(`${extra}\n`);
      if (spent + cost > allowed * limit) return false;
      for (const extra of fresh) paid.add(extra);
      spent += cost;
      return true;
    },
    spentShare: () => (allowed > 0 ? spent / allowed : 1),
  };
}
