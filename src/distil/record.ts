/**
 * The outer form of a brief: its label, its sections, one line per quote, its end.
 *
 * A brief is put in front of a user's own text, so it has to be recognisable as a record by a model that reads
 * it and by us when a client sends it back. Every quote stands on one line behind a dash and a speaker, and no
 * quote may contain the marks themselves: nothing quoted can pretend that the record is over.
 * This file must not choose what is quoted, and must not change `piece.text`; folding happens in the rendering only.
 */
import { PINS_CARRIED_MAX } from "../model/limits.ts";
import type { BriefPiece, PieceKind, SpanMessage } from "../ports/distiller.ts";

/** First line of every brief. A user message that starts with it is a record and is not distilled again. */
export const BRIEF_LABEL =
  "[Record of the earlier part of this conversation, quoted. It is background, not a new request: " +
  "what it asks for was handled then. Only the user's standing instructions still apply.]";

/** Last line of every brief, followed by one empty line. */
export const BRIEF_END = "[End of the record.]";

/** Heading of the only section whose lines a model is meant to obey. */
export const INSTRUCTIONS_HEADING = "Standing instructions:";

/** The sections in the order in which they are written. */
const SECTIONS: readonly { heading: string; kinds: readonly PieceKind[] }[] = [
  { heading: INSTRUCTIONS_HEADING, kinds: ["instruction"] },
  { heading: "Preferences and decisions:", kinds: ["preference", "decision"] },
  { heading: "Details:", kinds: ["fact"] },
  { heading: "Open questions and reminders:", kinds: ["question"] },
];

/** All headings, so that a reader of a brief can tell our words from quoted ones. */
export const HEADINGS: readonly string[] = SECTIONS.map((section) => section.heading);

/** Characters of a participant's name that are shown. */
const SPEAKER_CHARS_MAX = 40;
/** Participants that are introduced by name; the rest go by their role. */
const SPEAKERS_MAX = 8;

const ROLE_NAMES = new Set(["user", "assistant", "tool", "system", "developer"]);
const LINE_BREAKERS = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu;
const INVISIBLE = /[\p{Cf}\p{Mn}]+/gu;
const CALL = /^[A-Za-z_][\w.-]{0,63}\(\{/;
const MARK_STARTS = ["[record of the earlier part", "[end of the record"];

/** The text on one line: line breaks, control characters and direction overrides become one space. */
export function foldLine(text: string): string {
  return text.replace(LINE_BREAKERS, " ").replace(/ {2,}/g, " ").trim();
}

/** False for text that could be taken for the record's own marks, or that does not survive UTF-8. */
export function isQuotable(text: string): boolean {
  if (!text.isWellFormed()) return false;
  if (!text.includes("[") && !text.includes("［")) return true;
  const plain = foldLine(text.normalize("NFKC").replace(INVISIBLE, "")).toLowerCase();
  return !MARK_STARTS.some((mark) => plain.includes(mark));
}

/** The day of a time stamp as YYYY-MM-DD in UTC, or null when there is none. */
export function dayOf(at: number | null): string | null {
  if (at === null || !(Math.abs(at) <= 8.64e15)) return null;
  return new Date(at).toISOString().slice(0, 10);
}

/** A participant's name made safe for a line's prefix; the role where there is none. */
export function speakerOf(source: Pick<SpanMessage, "role" | "speaker">): string {
  if (source.speaker === null) return source.role;
  const name = foldLine(source.speaker.toWellFormed())
    .replace(/[^\p{L}\p{M}\p{N} ._-]+/gu, "")
    .slice(0, SPEAKER_CHARS_MAX)
    .toWellFormed()
    .trim();
  return name === "" || ROLE_NAMES.has(name.toLowerCase()) ? source.role : name;
}

/** The heading under which a kind of piece is written. */
export function headingOf(kind: PieceKind): string {
  return SECTIONS.find((section) => section.kinds.includes(kind))?.heading ?? "Details:";
}

/** One quote as a line, without its line break. */
export function renderLine(piece: BriefPiece): string {
  return `- ${speakerOf(piece)}: ${renderQuote(piece)}`;
}

/** JSON and calls need no quotation marks to be seen as quotes. */
function renderQuote(piece: BriefPiece): string {
  const text = foldLine(piece.text);
  const bare = (piece.role === "tool" && /^[{["]/.test(text)) || (piece.role === "assistant" && CALL.test(text));
  return bare ? text : `"${text}"`;
}

/** Who the named participants are, as one line; empty when nobody has a name of their own. */
function renderParticipants(pieces: readonly BriefPiece[]): string {
  const introduced = new Map<string, string>();
  for (const piece of pieces) {
    const name = speakerOf(piece);
    if (name === piece.role || introduced.size >= SPEAKERS_MAX) continue;
    if (!introduced.has(name)) introduced.set(name, piece.role);
  }
  if (introduced.size === 0) return "";
  return `Speakers: ${[...introduced].map(([name, role]) => `${name} (${role})`).join(", ")}\n`;
}

/** Says what is in force and not in the record, so that nobody takes the record for all; empty when nothing is. */
export function renderUnshown(pieces: readonly BriefPiece[]): string {
  const unshown = pieces.filter((piece) => piece.unshown === true);
  if (unshown.length === 0) return "";
  const instructions = unshown.filter(({ kind }) => kind === "instruction").length;
  const counts = [
    ...(instructions > 0 ? [`${instructions} instructions`] : []),
    ...(unshown.length > instructions ? [`${unshown.length - instructions} preferences`] : []),
  ];
  const more = unshown.length >= PINS_CARRIED_MAX ? " or more" : "";
  return `Not shown for lack of room: ${counts.join(" and ")}${more} of the user.`;
}

/**
 * The whole record. `pieces` are in the order of the conversation; days are written where they change, and quotes
 * of one tool message share a line, because a value tells little without its neighbours.
 */
export function renderRecord(pieces: readonly BriefPiece[]): string {
  const shown = pieces.filter((piece) => piece.unshown !== true);
  const unshown = renderUnshown(pieces);
  let text = `${BRIEF_LABEL}\n${renderParticipants(shown)}${unshown === "" ? "" : `${unshown}\n`}`;
  for (const { heading, kinds } of SECTIONS) {
    const members = shown.filter((piece) => kinds.includes(piece.kind));
    if (members.length === 0) continue;
    text += `${heading}\n`;
    let day: string | null = null;
    let before: BriefPiece | null = null;
    for (const piece of members) {
      const next = dayOf(piece.at);
      if (next !== day) text += `${next ?? "undated"}\n`;
      day = next;
      const joins = piece.role === "tool" && piece.node === before?.node && next === dayOf(before.at);
      text = joins ? `${text.slice(0, -1)} … ${renderQuote(piece)}\n` : `${text}${renderLine(piece)}\n`;
      before = piece;
    }
  }
  return `${text}${BRIEF_END}\n\n`;
}

/**
 * The part of a message that is its author's own: a record at the start of a line is left out, up to and with its end.
 * A message that starts with a record which never ends is a record to its last character.
 */
export function ownRanges(text: string): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  const lead = text.length - text.trimStart().length;
  let from = 0;
  while (from < text.length) {
    const label = findLineStart(text, BRIEF_LABEL, from, lead);
    const end = label < 0 ? -1 : text.indexOf(`\n${BRIEF_END}`, label);
    if (label < 0 || end < 0) {
      if (label < 0 || label > lead) ranges.push({ start: from, end: text.length });
      return ranges;
    }
    if (label > from) ranges.push({ start: from, end: label });
    from = end + 1 + BRIEF_END.length;
  }
  return ranges;
}

function findLineStart(text: string, mark: string, from: number, lead: number): number {
  let at = text.indexOf(mark, from);
  while (at > lead && text.charCodeAt(at - 1) !== 10) at = text.indexOf(mark, at + 1);
  return at;
}
