/**
 * The extractive distiller: a brief made of the conversation's own sentences, chosen without a model.
 *
 * First what the user wants held (pins, newest first), then open questions, preferences and decisions,
 * then the sentences that add most evidence, until the budget is spent; written in the order of the conversation.
 * The same input gives the same brief. Each line is counted once. This file must not rephrase anything.
 */
import type { Brief, BriefPiece, DistilError, DistilInput, Distiller } from "../ports/distiller.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { measureAllowance } from "./allowance.ts";
import { createLedger, type LineLedger } from "./line-ledger.ts";
import { carriedPins, isPin, pinsInForce, requiredPins } from "./pins/pins.ts";
import { readKept, readSpan } from "./read-span.ts";
import { renderRecord, renderUnshown } from "./record.ts";
import { coverTerms, gainOf, weighStatements, type Weighed } from "./weigh.ts";

/** Name under which its briefs are recorded. */
export const EXTRACTIVE_METHOD = "extractive-1";

/** Shares of the budget up to which a group is filled before the rest competes by worth alone. */
const QUESTIONS_SHARE = 0.1;
const SETTLED_SHARE = 0.35;
/** A second quote of one message, or of one stretch of the conversation, must be this much better. */
const SAME_MESSAGE_FACTOR = 0.7;
const SAME_STRETCH_FACTOR = 0.94;
const STRETCHES = 16;
/** Lines in a row that did not fit before the budget counts as spent. */
const MISFITS_MAX = 24;
/** Statements worth less than this share of the best one are not worth their tokens. */
const WORTH_FLOOR = 0.05;

/** A distiller that quotes. `countTokens` is called about once per line considered, not per sentence read. */
export function createExtractiveDistiller(): Distiller {
  return {
    method: EXTRACTIVE_METHOD,
    async distil(input): Promise<Result<Brief, DistilError>> {
      try {
        return extractBrief(input);
      } catch (error) {
        return fail({ code: "distiller_failed", detail: error instanceof Error ? error.message : String(error) });
      }
    },
  };
}

function extractBrief(input: DistilInput): Result<Brief, DistilError> {
  const { span, kept, countTokens } = input;
  const allowed = measureAllowance(span, kept, input.budgetTokens, countTokens).tokens;
  const items = weighStatements([...readKept(kept, span.length > 0), ...readSpan(span)]);
  const inForce = pinsInForce(items.map(({ statement }) => statement.piece));
  const required = new Set(requiredPins(inForce, input.budgetTokens, countTokens));
  const unshown = inForce
    .filter((piece) => !required.has(piece))
    .map((piece) => ({ ...piece, unshown: true as const }));
  const ledger = createLedger(allowed, renderUnshown(unshown), countTokens);
  const chosen = choose(items, inForce, ledger, required);
  return chosen === null
    ? fail({ code: "no_room_for_pins" })
    : fit(chosen, items, inForce, required.size, allowed, countTokens);
}

/** The statements to quote, the most dispensable last; null when what must be quoted has no room. */
function choose(
  items: Weighed[],
  inForce: BriefPiece[],
  ledger: LineLedger,
  required: ReadonlySet<BriefPiece>,
): Weighed[] | null {
  const chosen: Weighed[] = [];
  const taken = new Set<Weighed>();
  const byPiece = new Map(items.map((item) => [item.statement.piece, item]));
  const take = (item: Weighed | undefined, limit: number): boolean => {
    if (item === undefined || taken.has(item)) return item !== undefined;
    const head = item.statement.head;
    if (head !== null && !take(byPiece.get(head.piece), limit)) return false;
    if (!ledger.add(item.statement.piece, limit)) return false;
    taken.add(item);
    coverTerms(item);
    chosen.push(item);
    return true;
  };
  const newestFirst = inForce.toReversed();
  for (const piece of newestFirst) if (required.has(piece) && !take(byPiece.get(piece), 1)) return null;
  const spent = ledger.spentShare();
  const questions = items.filter(({ statement }) => statement.piece.kind === "question");
  for (const item of questions.toReversed()) take(item, spent + QUESTIONS_SHARE);
  const holds = new Set(inForce);
  const settled = items.filter(
    ({ statement: { piece } }) =>
      piece.kind === "decision" || (piece.kind === "preference" && (holds.has(piece) || !isPin(piece))),
  );
  const limit = Math.min(1, ledger.spentShare() + SETTLED_SHARE);
  const left = takeByWorth(settled, items.length, (item) => take(item, limit));
  const facts = items.filter(({ statement }) => statement.piece.kind === "fact");
  takeByWorth([...left, ...facts], items.length, (item) => take(item, 1));
  for (const piece of newestFirst) if (piece.kind === "instruction") take(byPiece.get(piece), 1);
  return chosen;
}

/**
 * Takes the item that adds most, again and again. What an item adds only shrinks while others are taken, so an old
 * estimate is an upper bound and only the top of the heap needs to be looked at again. Returns what was not taken.
 */
function takeByWorth(items: Weighed[], total: number, take: (item: Weighed) => boolean): Weighed[] {
  const perMessage = new Map<number, number>();
  const perStretch = new Map<number, number>();
  const stretchOf = ({ statement }: Weighed): number =>
    statement.message < 0 ? -1 : Math.floor((statement.message * STRETCHES) / Math.max(total, 1));
  const worth = (item: Weighed): number => {
    const same = item.statement.message < 0 ? 0 : (perMessage.get(item.statement.message) ?? 0);
    return gainOf(item) * SAME_MESSAGE_FACTOR ** same * SAME_STRETCH_FACTOR ** (perStretch.get(stretchOf(item)) ?? 0);
  };
  const heap: HeapEntry[] = items
    .map((item, order) => ({ item, order, worth: worth(item) }))
    .filter((entry) => entry.worth > 0);
  heap.sort((a, b) => b.worth - a.worth || a.order - b.order);
  const floor = (heap[0]?.worth ?? 0) * WORTH_FLOOR;
  const left: Weighed[] = [];
  let misfits = 0;
  while (heap.length > 0 && misfits < MISFITS_MAX) {
    const top = heap[0];
    if (top === undefined || top.worth < floor) break;
    const now = worth(top.item);
    if (now < top.worth) {
      top.worth = now;
      sink(heap);
      continue;
    }
    removeTop(heap);
    if (now <= 0) continue;
    if (take(top.item)) {
      misfits = 0;
      const { message } = top.item.statement;
      perMessage.set(message, (perMessage.get(message) ?? 0) + 1);
      perStretch.set(stretchOf(top.item), (perStretch.get(stretchOf(top.item)) ?? 0) + 1);
    } else {
      misfits++;
      left.push(top.item);
    }
  }
  return [...left, ...heap.map(({ item }) => item)];
}

interface HeapEntry {
  item: Weighed;
  worth: number;
  order: number;
}

function removeTop(heap: HeapEntry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  sink(heap);
}

/** Restores a heap whose top has become smaller. A sorted array is a heap. */
function sink(heap: HeapEntry[]): void {
  const entry = heap[0];
  if (entry === undefined) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    let best = heap[child];
    if (best === undefined) break;
    const right = heap[child + 1];
    if (right !== undefined && isBefore(right, best)) {
      best = right;
      child++;
    }
    if (!isBefore(best, entry)) break;
    heap[at] = best;
    at = child;
  }
  heap[at] = entry;
}

function isBefore(a: HeapEntry, b: HeapEntry): boolean {
  return a.worth > b.worth || (a.worth === b.worth && a.order < b.order);
}

/**
 * Writes the record and, where the sum of the lines promised too much, takes the last choices back, but none of the
 * first `required`. Pins without a line are carried along unshown.
 */
function fit(
  chosen: Weighed[],
  items: Weighed[],
  inForce: readonly BriefPiece[],
  required: number,
  allowed: number,
  countTokens: (text: string) => number,
): Result<Brief, DistilError> {
  while (chosen.length > 0 && chosen.length >= required) {
    const wanted = new Set(chosen.map(({ statement }) => statement.piece));
    const carried = new Set(carriedPins(inForce.filter((piece) => !wanted.has(piece))));
    const pieces = items.flatMap(({ statement: { piece } }): BriefPiece[] => {
      if (wanted.has(piece)) return [piece];
      return carried.has(piece) ? [{ ...piece, unshown: true }] : [];
    });
    const text = renderRecord(pieces);
    const tokens = countTokens(text);
    if (tokens <= allowed) return ok({ text, tokens, pieces });
    chosen.length -= Math.max(1, Math.floor(((tokens - allowed) / tokens) * chosen.length));
  }
  return fail({ code: required > 0 ? "no_room_for_pins" : "nothing_to_keep" });
}
