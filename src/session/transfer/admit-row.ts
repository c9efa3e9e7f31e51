/**
 * Lets a row of a file into a session: its shape, its hashes, what it names, and only then its storing.
 *
 * A file is anybody's. What follows from a message is worked out anew (role, depth, sums of the path), what names another
 * row must name one that is there, and what stands for a part of a thread must stand on that thread. A problem is a
 * sentence for whoever sent the file; nothing of a refused row is stored.
 */
import { hashText } from "../../model/hash.ts";
import type { Hash } from "../../model/hash.ts";
import { GONE_UNKEPT } from "../../model/message.ts";
import { TEXT_COLUMN_CHARS_MAX } from "../../model/transfer-limits.ts";
import type { Digest } from "../../ports/distiller.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { SqlValue } from "../../ports/sql.ts";
import type { TokenCounter } from "../../ports/token-counter.ts";
import { indexNotes } from "../recall/index-archive.ts";
import type { SessionTables } from "../tables.ts";
import type { ThreadState } from "../thread-state.ts";
import { readPlace } from "./admit-node.ts";
import { admitState } from "./admit-state.ts";
import type { TransferTable } from "./tables.ts";

export interface AdmitPorts {
  reader: MessageReader;
  counter: TokenCounter;
  /** Whether the text of conversations is kept here at all. */
  keepsContent: boolean;
}

type Row = Record<string, unknown>;
/** Further columns to store, or what is wrong. */
type Checked = { problem: string } | { more: SqlValue[] };

const FINE: Checked = { more: [] };

/** Null: it is stored. */
export function admitRow(tables: SessionTables, ports: AdmitPorts, table: TransferTable, row: Row): string | null {
  const wrong = Object.entries(table.columns).find(([name, shape]) => !Object.hasOwn(row, name) || !shape(row[name]));
  if (wrong) return `${table.name}.${wrong[0]} is missing or not of its kind`;
  if (Object.keys(row).length > Object.keys(table.columns).length) return `${table.name} has an unknown column`;
  const checked = CHECKS[table.name]?.(tables, ports, row) ?? FINE;
  if ("problem" in checked) return `${table.name}: ${checked.problem}`;
  const values = Object.keys(table.columns).map((name) => toSql(row[name], table.json.has(name)));
  const bytes = values.reduce<number>(
    (sum, value) => sum + (typeof value === "string" ? Buffer.byteLength(value) : 9),
    0,
  );
  if (bytes > TEXT_COLUMN_CHARS_MAX) return `${table.name}: the row is too large`;
  tables.sql.run(table.insert, ...values, ...checked.more);
  if (table.name === "segment") noteFacts(tables, ports, row);
  return null;
}

type Check = (tables: SessionTables, ports: AdmitPorts, row: Row) => Checked;

const CHECKS: Readonly<Record<string, Check>> = {
  message: (_tables, _ports, row) => {
    const { hash, body, chars } = row as { hash: Hash; body: string | null; chars: number };
    if (body === null) return FINE;
    return hashText(body) === hash && body.length === chars && isSplicable(body) ? FINE : fault("wrong hash");
  },
  message_chunk: ({ sql }, _ports, row) => {
    const [message] = sql.all<{ body: string | null }>("SELECT body FROM message WHERE hash = ?", row["hash"] as Hash);
    return message?.body === null ? FINE : fault("names no message in pieces");
  },
  node: ({ sql, store }, { reader }, row) => {
    const place = readPlace(store, reader, row);
    if (!place.ok) return fault(place.error);
    if (sql.all("SELECT 1 FROM node WHERE chain = ?", row["chain"] as Hash).length > 0) return fault("is there twice");
    const { keep, pathBound, carriesBrief, role, depth, pathTokens, openCalls, pathKeep, pathGone } = place.value;
    Object.assign(row, { keep, path_bound: pathBound, carries_brief: carriesBrief ? 1 : 0 });
    return { more: [role, depth, pathTokens, openCalls, pathKeep, pathGone] };
  },
  brief: ({ store }, _ports, row) => {
    const cut = store.find(row["cut"] as Hash);
    return cut?.depth === row["depth"] ? FINE : fault("its cut is not in the tree");
  },
  epoch: ({ briefs, sql }, _ports, row) => {
    const isFirst = row["previous"] === null;
    const before = isFirst || sql.all("SELECT 1 FROM epoch WHERE id = ?", row["previous"] as number).length > 0;
    return before && briefs.find(row["brief"] as number) !== null ? FINE : fault("names what is not in the file");
  },
  segment: checkSegment,
  form: ({ store }, _ports, row) => {
    const { hash, node, json, chars } = row as { hash: Hash; node: Hash; json: string; chars: number };
    if (hashText(json) !== hash || json.length !== chars || !isSplicable(json)) return fault("wrong hash");
    return store.find(node) === null ? fault("its message is not in the tree") : FINE;
  },
  turn: (tables, _ports, row) => {
    const { asked, reply } = row as { asked: Hash | null; reply: Hash | null };
    const ends = [asked, reply].filter((chain) => chain !== null);
    if (ends.some((chain) => tables.store.find(chain) === null)) return fault("its messages are not in the tree");
    const { head, memory } = row["record"] as { head?: Hash[]; memory?: unknown };
    if (!hasHead(tables, head, reply)) return fault("its head is not in the file");
    // The name of a memory is the other deployment's.
    if (memory) row["record"] = { ...(row["record"] as Row), memory: null };
    return checkState(tables, row, reply ?? asked);
  },
  attempt: (tables, _ports, row) => {
    const turn = tables.log.turnOf(row["turn"] as string);
    const reply = row["reply"] as Hash | null;
    if (turn === null || (reply !== null && tables.store.find(reply) === null)) return fault("names what is not there");
    if (!hasHead(tables, turn.record["head"] as Hash[] | undefined, reply)) return fault("its head is not in the file");
    return checkState(tables, row, reply ?? turn.asked);
  },
  recording: ({ log }, _ports, row) =>
    log.turnOf(row["rev"] as string) === null ? fault("its turn is not there") : FINE,
};

function checkSegment({ sql, store }: SessionTables, _ports: AdmitPorts, row: Row): Checked {
  const end = store.find(row["end_chain"] as Hash);
  if (end === null || end.id !== row["to_node"] || end.depth !== row["to_depth"])
    return fault("its end is not in the tree");
  if ((row["from_depth"] as number) >= end.depth) return fault("is empty");
  const previous = row["previous"] as number | null;
  if (previous !== null && sql.all("SELECT 1 FROM segment WHERE id = ?", previous).length === 0)
    return fault("the one before it is not there");
  const [twin] = sql.all("SELECT 1 FROM segment WHERE end_chain = ? AND level = ?", end.chain, row["level"] as number);
  return twin ? fault("is there twice") : FINE;
}

function checkState(tables: SessionTables, row: Row, end: Hash | null): Checked {
  const state = row["state"] as ThreadState | null;
  if (state === null) return FINE;
  const admitted = admitState(tables, state, end);
  if (!admitted.ok) return fault(admitted.error);
  row["state"] = admitted.value;
  return FINE;
}

/** What a model has noted of a segment helps to find its messages here as well. */
function noteFacts(tables: SessionTables, { counter }: AdmitPorts, row: Row): void {
  const { facts = [] } = (row["digest"] as Digest | null) ?? {};
  const at = row["at"] as number;
  const notes = facts.flatMap(({ text, sources: [node] }) => (node === undefined ? [] : [{ node, text, at }]));
  indexNotes(tables, notes, (text) => counter.countTokens(text));
}

/** What stood before the history is sent again to whoever goes on from the reply; where no words are kept, nobody can. */
function hasHead({ sql, store }: SessionTables, hashes: readonly Hash[] = [], reply: Hash | null): boolean {
  const end = reply === null ? null : store.find(reply);
  if (end === null || (end.pathGone & GONE_UNKEPT) !== 0) return true;
  const [row] = sql.all<{ missing: number }>(
    "SELECT count(*) AS missing FROM json_each(?) WHERE value NOT IN (SELECT hash FROM message)",
    JSON.stringify(hashes),
  );
  return row?.missing === 0;
}

/** Whether a text can stand between commas in an array of objects: one message, or several that must not be parted. */
export function isSplicable(text: string): boolean {
  try {
    const items: unknown = JSON.parse(`[${text}]`);
    return Array.isArray(items) && items.length > 0 && items.every((item) => typeof item === "object" && item !== null);
  } catch {
    return false;
  }
}

function toSql(value: unknown, isJson: boolean): SqlValue {
  return isJson ? JSON.stringify(value) : (value as SqlValue);
}

function fault(problem: string): Checked {
  return { problem };
}
