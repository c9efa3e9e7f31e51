/**
 * Messages of a thread as a list shows them: place, role, size, and the first words.
 *
 * Bounded whatever the thread is: so many messages, and so many characters that are parsed. It only reads.
 */
import type { Hash } from "../../model/hash.ts";
import { PIECE_TEXT_CHARS, PIECES_READ_CHARS_MAX } from "../../model/inspection-limits.ts";
import type { Role } from "../../model/message.ts";
import type { WireName } from "../../model/wire.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { SessionTables } from "../tables.ts";

export interface ThreadMessage {
  chain: Hash;
  message: Hash;
  wire: WireName;
  role: Role;
  depth: number;
  tokens: number;
  chars: number;
}

/** The messages up to `end` that lie deeper than `depth`, oldest first; the newest of them where there are more than `limit`. */
export function readThread({ sql }: SessionTables, end: Hash, depth: number, limit: number): ThreadMessage[] {
  return sql
    .all<ThreadMessage & Record<string, unknown>>(
      `WITH RECURSIVE path AS (
         SELECT chain, parent, message, wire, role, depth, tokens FROM node WHERE chain = ?1 AND depth > ?2
         UNION ALL
         SELECT node.chain, node.parent, node.message, node.wire, node.role, node.depth, node.tokens
         FROM node JOIN path ON node.chain = path.parent WHERE node.depth > ?2
         LIMIT ?3
       )
       SELECT chain, message, wire, role, depth, tokens,
         coalesce((SELECT chars FROM message WHERE hash = path.message), 0) AS chars
       FROM path`,
      end,
      depth,
      limit,
    )
    .toReversed();
}

export interface ShownText {
  text: string;
  isCut: boolean;
}

/** What a person would read of each message, by its hash; of those that are too much to parse the beginning of the JSON. */
export function readWords(
  { sql, store }: SessionTables,
  reader: MessageReader,
  messages: readonly Pick<ThreadMessage, "message" | "wire" | "chars">[],
): Map<Hash, ShownText> {
  const words = new Map<Hash, ShownText>();
  const wires = new Map<Hash, WireName>();
  const tooMuch: Hash[] = [];
  let room = PIECES_READ_CHARS_MAX;
  for (const { message, wire, chars } of messages.toReversed()) {
    if (wires.has(message)) continue;
    room -= chars;
    if (room < 0) tooMuch.push(message);
    else wires.set(message, wire);
  }
  for (const [hash, json] of store.texts(JSON.stringify([...wires.keys()])))
    words.set(hash, showWords(reader, wires.get(hash) ?? "chat-completions", json));
  const starts = sql.all<{ hash: Hash; text: string | null }>(
    `SELECT hash, substr(coalesce(body, (SELECT body FROM message_chunk AS chunk
       WHERE chunk.hash = message.hash AND seq = 0)), 1, ?2) AS text
     FROM message WHERE hash IN (SELECT value FROM json_each(?1))`,
    JSON.stringify(tooMuch),
    PIECE_TEXT_CHARS,
  );
  for (const { hash, text } of starts) words.set(hash, { text: text ?? "", isCut: true });
  return words;
}

export function showWords(reader: MessageReader, wire: WireName, json: string): ShownText {
  const texts = reader.readText(wire, json).map(({ text }) => text);
  return showText(texts.length > 0 ? texts.join("\n") : json);
}

/** Cut, but never between the halves of a character. */
export function showText(text: string): ShownText {
  if (text.length <= PIECE_TEXT_CHARS) return { text, isCut: false };
  const last = text.charCodeAt(PIECE_TEXT_CHARS - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return { text: text.slice(0, isHalf ? PIECE_TEXT_CHARS - 1 : PIECE_TEXT_CHARS), isCut: true };
}

/** Places of messages in their threads, by row id. */
export function readDepths({ sql }: SessionTables, ids: readonly number[]): Map<number, number> {
  if (ids.length === 0) return new Map();
  const rows = sql.all<{ id: number; depth: number }>(
    "SELECT id, depth FROM node WHERE id IN (SELECT value FROM json_each(?))",
    JSON.stringify(ids),
  );
  return new Map(rows.map(({ id, depth }) => [id, depth]));
}
