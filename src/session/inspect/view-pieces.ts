/**
 * What a turn's prompt was made of, piece by piece: what stood before the conversation, the brief and the messages that it
 * stands for, every message that went up, what was put between them, and the reply.
 *
 * From the note that the turn was stored with and from texts where they are stored; what is only to be seen in the bodies
 * (cache markers, facts about the user) is taken from there, and left out where they are no longer kept.
 */
import { PIECES_MAX } from "../../model/inspection-limits.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { RecallNote } from "../../ports/prompt-blocks.ts";
import type { PieceView } from "../../ports/turn-view.ts";
import type { Hash } from "../../model/hash.ts";
import type { WireName } from "../../model/wire.ts";
import { sourcesOf } from "../briefs/brief-store.ts";
import { CACHE_MARKER } from "../recorder/explain-added.ts";
import { createJudge } from "../recorder/judge-piece.ts";
import type { PromptNote } from "../recorder/prompt-note.ts";
import type { SessionTables } from "../tables.ts";
import type { TurnRow } from "../turn-log.ts";
import { readDepths, readThread, readWords, showText, showWords } from "./read-thread.ts";
import type { ShownText, ThreadMessage } from "./read-thread.ts";

type AddedPiece = Pick<PieceView, "kind" | "reason" | "depth"> & { text: string };

/** What only the bodies show: members before the conversation, by their key, and what was added. */
export interface SeenPieces {
  head: { key: string; text: string }[];
  added: AddedPiece[];
}

const BLANK: Omit<PieceView, "kind" | "fate" | "reason"> = {
  depth: null,
  role: null,
  hash: null,
  is_new: false,
  tokens: null,
  text: "",
  is_cut: false,
  sources: [],
};

export function viewPieces(
  tables: SessionTables,
  reader: MessageReader,
  turn: TurnRow,
  note: PromptNote,
  { head, added }: SeenPieces,
): { pieces: PieceView[]; omitted: number } {
  const wire = turn.record["wire"] as WireName;
  const messages = note.end === null ? [] : readThread(tables, note.end, 0, PIECES_MAX);
  const reply = turn.reply === null ? [] : readThread(tables, turn.reply, note.depth, PIECES_MAX);
  const words = readWords(tables, reader, [...messages, ...reply]);
  const blocks = readBlocks(tables, turn, note);
  const forms = readForms(tables, reader, turn, note, wire);
  const judge = createJudge(turn, note);
  const view = (message: ThreadMessage): PieceView[] => {
    const form = forms.get(message.depth);
    const shown = form?.shown ?? words.get(message.message);
    const size = form
      ? { tokens: message.tokens - form.savedTokens, whole_tokens: message.tokens }
      : { tokens: message.tokens };
    const piece = { kind: "message" as const, ...judge(message.depth), is_new: message.depth > note.known };
    return [{ ...placeOf(message), ...piece, ...size, ...show(shown) }, ...(blocks.get(message.depth) ?? [])];
  };
  const replied = { kind: "reply" as const, fate: "verbatim" as const, is_new: true };
  const pieces: PieceView[] = [
    ...viewHead(tables, reader, turn, head),
    ...viewTool(note, added),
    ...viewMarkers(added),
    ...viewBrief(tables, note),
    ...messages.flatMap(view),
    ...viewFacts(turn, note, added),
    ...reply.map((message): PieceView => ({
      ...placeOf(message),
      ...replied,
      reason: "whole_reply",
      tokens: message.tokens,
      ...show(words.get(message.message)),
    })),
  ];
  if (reply.length === 0) pieces.push({ ...BLANK, ...replied, reason: "no_whole_reply" });
  return { pieces, omitted: messages[0] === undefined ? 0 : messages[0].depth - 1 };
}

function placeOf({ depth, role, message }: ThreadMessage): PieceView & { kind: "message" } {
  return { ...BLANK, kind: "message", fate: "verbatim", reason: "as_sent", depth, role, hash: message };
}

function show(shown: ShownText | undefined): Pick<PieceView, "text" | "is_cut"> {
  return { text: shown?.text ?? "", is_cut: shown?.isCut ?? false };
}

function viewHead(
  { store }: SessionTables,
  reader: MessageReader,
  { record }: TurnRow,
  seen: SeenPieces["head"],
): PieceView[] {
  const wire = record["wire"] as WireName;
  const head = { ...BLANK, kind: "head", fate: "verbatim", reason: "as_sent" } as const;
  const members = seen.map(({ key, text }): PieceView => {
    const role = key === "tools" ? null : "system";
    return { ...head, role, ...show(showText(text)) };
  });
  const hashes = (record["head"] ?? []) as Hash[];
  const stored = hashes.flatMap((hash): PieceView[] => {
    const json = store.body(hash)?.json;
    // Where the head is made of members, the body has shown them already.
    if (json === undefined || (wire === "messages" && seen.length > 0)) return [];
    const role = json.startsWith('{"tools":') ? null : "system";
    return [{ ...head, role, hash, ...show(showWords(reader, wire, json)) }];
  });
  return [...members, ...stored];
}

function viewTool({ toolTokens }: PromptNote, added: readonly AddedPiece[]): PieceView[] {
  if (toolTokens === 0) return [];
  const text = added.find(({ kind }) => kind === "recall_tool")?.text ?? "";
  return [
    {
      ...BLANK,
      kind: "recall_tool",
      fate: "added",
      reason: "for_searches",
      tokens: toolTokens,
      ...show(showText(text)),
    },
  ];
}

/** Those that stand alone, and those at the end of a brief or a block. */
function viewMarkers(added: readonly AddedPiece[]): PieceView[] {
  return added.flatMap(({ kind, reason, depth, text }): PieceView[] => {
    const marker = { ...BLANK, kind: "cache_marker", fate: "added", depth } as const;
    if (kind === "cache_marker") return [{ ...marker, reason, ...show(showText(text)) }];
    const [inside] = CACHE_MARKER.exec(text) ?? [];
    return inside === undefined ? [] : [{ ...marker, reason: "keeps_the_cache", ...show(showText(inside)) }];
  });
}

function viewBrief(tables: SessionTables, { brief: id, isAdopted }: PromptNote): PieceView[] {
  const brief = tables.briefs.find(id);
  if (brief === null) return [];
  const reason = isAdopted ? "brief_adopted" : "brief_in_force";
  const sources = depthsOf(tables, sourcesOf(brief));
  return [
    { ...BLANK, kind: "brief", fate: "added", reason, tokens: brief.tokens, sources, ...show(showText(brief.text)) },
  ];
}

/** Recalled blocks, by the depth of the message that they stand behind. */
function readBlocks(tables: SessionTables, turn: TurnRow, note: PromptNote): Map<number, PieceView[]> {
  const block = (
    { depth, tokens, nodes }: PromptNote["lasting"][number],
    text: string,
    isNewest: boolean,
  ): PieceView => ({
    ...BLANK,
    kind: "recalled",
    fate: "added",
    reason: isNewest ? "about_the_question" : "tools_used_behind",
    depth,
    is_new: isNewest,
    tokens,
    sources: depthsOf(tables, nodes),
    ...show(showText(text)),
  });
  const stay = turn.state?.lasting ?? [];
  const blocks = note.lasting.map((own) =>
    block(own, stay.find(({ depth }) => depth === own.depth)?.text ?? "", false),
  );
  const newest = (turn.record["recalled"] ?? null) as RecallNote | null;
  if (newest !== null) blocks.push(block(newest, newest.text, true));
  return Map.groupBy(blocks, ({ depth }) => depth ?? 0);
}

function depthsOf(tables: SessionTables, nodes: readonly number[]): number[] {
  return [...new Set(readDepths(tables, nodes).values())].toSorted((one, other) => one - other);
}

/** The short forms that went up, by the depth of their messages. */
function readForms(
  { forms }: SessionTables,
  reader: MessageReader,
  turn: TurnRow,
  note: PromptNote,
  wire: WireName,
): Map<number, { shown: ShownText; savedTokens: number }> {
  const fresh = new Set(note.freshForms);
  const later = turn.state?.forms?.filter(({ depth }) => fresh.has(depth)) ?? [];
  const refs = [...note.forms.map((ref) => ({ ...ref, refersTo: null })), ...later];
  const sizes = forms.sizes(refs);
  const hashes = new Map(refs.map(({ depth, form }) => [depth, form]));
  return new Map(
    forms.read(refs).map(({ depth, json }) => {
      const savedTokens = sizes.get(hashes.get(depth) ?? "")?.savedTokens ?? 0;
      return [depth, { shown: showWords(reader, wire, json), savedTokens }];
    }),
  );
}

function viewFacts({ record }: TurnRow, { depth }: PromptNote, added: readonly AddedPiece[]): PieceView[] {
  const { tokens = 0 } = (record["memory"] ?? {}) as { tokens?: number };
  if (tokens === 0) return [];
  const text = added.find(({ kind }) => kind === "user_facts")?.text ?? "";
  const facts = { kind: "user_facts" as const, fate: "added" as const, reason: "known_of_the_user" as const };
  return [{ ...BLANK, ...facts, depth, is_new: true, tokens, ...show(showText(text)) }];
}
