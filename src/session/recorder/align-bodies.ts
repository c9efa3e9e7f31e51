/**
 * Lays what a client sent beside what went up: which stretch of one is which of the other, and what was put in or left out.
 *
 * From the end, because the newest message is the same on both sides whatever was left out before it. Where two texts of
 * one message differ, what was put in is told apart from what was there. Works on positions; how a body is
 * cut is the wire's word, how a message went up the turn's.
 */
import type { PieceReason } from "../../model/piece.ts";
import type { BodyCuts } from "../../ports/message-reader.ts";
import type { DiffPiece, Stretch } from "../../ports/turn-view.ts";
import type { Judgement } from "./judge-piece.ts";
import type { PromptNote } from "./prompt-note.ts";

export interface CutBody extends BodyCuts {
  text: string;
}

/** What a stretch is that the client did not write. */
export type ExplainAdded = (depth: number | null, text: string) => { kind: DiffPiece["kind"]; reason: PieceReason };

export function alignBodies(
  client: CutBody,
  forwarded: CutBody,
  { depth, own, sentOnly, cut }: PromptNote,
  judge: (depth: number) => Judgement,
  explain: ExplainAdded,
): DiffPiece[] {
  const [mine, theirs] = [client.messages, forwarded.messages];
  const clientHead = Math.max(0, mine.length - own);
  const sent = Math.min(theirs.length, sentOnly ?? depth - cut);
  const forwardedHead = theirs.length - sent;
  const texts: [string, string] = [client.text, forwarded.text];
  const head: Place = { kind: "head", fate: "verbatim", reason: "as_sent", depth: null };
  const opening = { client: openingOf(client, clientHead), forwarded: openingOf(forwarded, forwardedHead) };
  const pieces = compare(opening, texts, head, explain);
  for (let at = Math.min(depth - own, depth - sent) + 1; at <= depth; at++) {
    const pair = {
      client: mine[mine.length - 1 - (depth - at)] ?? null,
      forwarded: at > depth - sent ? (theirs[theirs.length - 1 - (depth - at)] ?? null) : null,
    };
    const isOwn = at > depth - own;
    const place: Place = { kind: "message", depth: at, ...judge(at) };
    pieces.push(...compare({ ...pair, client: isOwn ? pair.client : null }, texts, place, explain));
  }
  pieces.push(...compare({ client: closingOf(client), forwarded: closingOf(forwarded) }, texts, head, explain));
  return pieces;
}

/** Everything behind the messages. */
function closingOf({ text, messages }: CutBody): Stretch {
  return { start: messages.at(-1)?.end ?? text.length, end: text.length };
}

/** Everything before the history. */
function openingOf({ text, messages }: CutBody, head: number): Stretch {
  return { start: 0, end: messages[head]?.start ?? messages.at(-1)?.end ?? text.length };
}

type Place = Omit<DiffPiece, "client" | "forwarded">;
type Pair = Pick<DiffPiece, "client" | "forwarded">;

function compare(pair: Pair, [left, right]: [string, string], place: Place, explain: ExplainAdded): DiffPiece[] {
  const { client, forwarded } = pair;
  if (client === null && forwarded === null) return [];
  if (client === null || forwarded === null || place.fate === "short_form") return [{ ...place, ...pair }];
  const texts = [left.slice(client.start, client.end), right.slice(forwarded.start, forwarded.end)] as const;
  return findChanges(...texts).map(({ isSame, ...at }): DiffPiece => {
    const own = move(at.client, client.start);
    const other = move(at.forwarded, forwarded.start);
    const added = other === null ? "" : right.slice(other.start, other.end);
    const what = isSame ? place : { ...place, ...explain(place.depth, added), fate: "added" as const };
    return { ...what, client: own, forwarded: other };
  });
}

interface Change {
  isSame: boolean;
  client: Stretch;
  forwarded: Stretch;
}

/** So much of the client's text must come again behind an insertion for it to be one. */
const NEEDLE_CHARS = 32;
/** In one message: a brief, a block, facts and markers are fewer; each is looked for in all that is left of the text. */
const INSERTIONS_MAX = 16;

/** The stretches of a text into which something was put; where that is not what happened, what differs is one stretch. */
function findChanges(one: string, other: string): Change[] {
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  const add = (isSame: boolean, toOne: number, toOther: number): void => {
    if (toOne > i || toOther > j)
      changes.push({ isSame, client: { start: i, end: toOne }, forwarded: { start: j, end: toOther } });
    [i, j] = [toOne, toOther];
  };
  for (let left = INSERTIONS_MAX; i < one.length || j < other.length; left--) {
    const same = commonStart(one, i, other, j);
    add(true, i + same, j + same);
    const needle = one.slice(i, i + NEEDLE_CHARS);
    const at = needle === "" || left === 0 ? -1 : other.indexOf(needle, j);
    if (at > j) add(false, i, at);
    else {
      const behind = commonEnd(one, i, other, j);
      add(false, one.length - behind, other.length - behind);
      add(true, one.length, other.length);
    }
  }
  return changes;
}

function move({ start, end }: Stretch, by: number): Stretch | null {
  return end > start ? { start: start + by, end: end + by } : null;
}

function commonStart(one: string, i: number, other: string, j: number): number {
  const length = Math.min(one.length - i, other.length - j);
  let count = 0;
  while (count < length && one.charCodeAt(i + count) === other.charCodeAt(j + count)) count++;
  return count;
}

function commonEnd(one: string, i: number, other: string, j: number): number {
  const length = Math.min(one.length - i, other.length - j);
  let count = 0;
  while (count < length && one.charCodeAt(one.length - 1 - count) === other.charCodeAt(other.length - 1 - count))
    count++;
  return count;
}
