/**
 * Puts stored messages into the archive that recall searches.
 *
 * Part of the alarm's work, beside counting. One message may hold what several said (a tool's result and the user's
 * words behind it), and each of them is an entry of its own, so that who spoke is not lost. Indexing a message again
 * changes nothing. It must not decide what is found.
 */
import type { Hash } from "../../model/hash.ts";
import { INDEXED_CHARS_MAX } from "../../model/limits.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { Sql } from "../../ports/sql.ts";
import type { TokenCounter } from "../../ports/token-counter.ts";
import { addMessage, addNotes, readFirstTexts } from "../../recall/archive.ts";
import type { CountTokens, RecallNote, RecallRole } from "../../recall/message.ts";
import type { SessionTables } from "../tables.ts";

interface IndexPorts {
  counter: TokenCounter;
  reader: MessageReader;
}

/** Entries of one node in the order of ids; what a message holds beyond them joins the last. */
const ENTRIES_PER_NODE = 4;

/** The node that an entry of the archive belongs to. */
export function nodeOfEntry(entry: number): number {
  return Math.floor(entry / ENTRIES_PER_NODE);
}

/** The entries that nodes may have. */
export function entriesOf(nodes: readonly number[]): number[] {
  return nodes.flatMap((node) =>
    Array.from({ length: ENTRIES_PER_NODE }, (_, index) => node * ENTRIES_PER_NODE + index),
  );
}

export function indexMessages({ sql, store }: SessionTables, ports: IndexPorts, batch: readonly Hash[]): void {
  for (const chain of batch) {
    const node = store.find(chain);
    const body = node && store.body(node.message);
    if (!node || !body || node.gone !== 0) continue;
    const countTokens = (text: string): number => ports.counter.countTokens(text);
    for (const [index, entry] of readEntries(ports.reader.readText(node.wire, body.json)).entries())
      addMessage(sql, { ...entry, node: node.id * ENTRIES_PER_NODE + index, at: body.firstAt }, countTokens);
  }
}

/** Puts short statements that a model wrote beside the messages that they rest on. */
export function indexNotes({ sql }: SessionTables, notes: readonly RecallNote[], countTokens: CountTokens): void {
  const entries = notes.map((note) => ({ ...note, node: note.node * ENTRIES_PER_NODE }));
  addNotes(sql, entries, countTokens);
}

/** First words of these nodes, as far as they are indexed. */
export function beginningsOf(sql: Sql, nodes: readonly number[]): Map<number, string> {
  const texts = readFirstTexts(
    sql,
    nodes.map((node) => node * ENTRIES_PER_NODE),
  );
  return new Map([...texts].map(([entry, text]) => [nodeOfEntry(entry), text]));
}

interface Entry {
  role: RecallRole;
  speaker: string | null;
  text: string;
}

/** Runs of one speaker; system messages stand before the conversation and are never left out of a prompt. */
function readEntries(spoken: ReturnType<MessageReader["readText"]>): Entry[] {
  const entries: Entry[] = [];
  for (const { role, speaker, text } of spoken) {
    if (role !== "user" && role !== "assistant" && role !== "tool") continue;
    const last = entries.at(-1);
    const isSame = last?.role === role && last.speaker === speaker;
    if (last && (isSame || entries.length === ENTRIES_PER_NODE)) last.text += `\n${text}`;
    else entries.push({ role, speaker, text });
  }
  return entries.map((entry) => ({ ...entry, text: entry.text.slice(0, INDEXED_CHARS_MAX) }));
}
