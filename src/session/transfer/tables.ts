/**
 * The tables that an export holds, in the order in which an import can check them: what is named comes before who names it.
 *
 * Pieces and words of the archive are not among them, because they follow from the messages, and neither is anything that
 * names a tenant. Each table is read in pages behind a key and never beyond the pin. docs/EXPORT.md tells the columns.
 */
import { MESSAGE_CHUNK_CHARS } from "../../model/limits.ts";
import { GONE_DELETED, GONE_UNKEPT } from "../../model/message.ts";
import { TEXT_COLUMN_CHARS_MAX } from "../../model/transfer-limits.ts";
import { isCount, isHash, isNullOr, isNumber, isOneOf, isRev, isRowId, isText, isTime } from "./shape.ts";
import type { Shape } from "./shape.ts";
import {
  isBodies,
  isDigest,
  isJson,
  isKeepBits,
  isName,
  isParts,
  isPieces,
  isRanges,
  isSegmentCost,
  isSources,
  isThreadState,
  isTurnRecord,
  isWritten,
} from "./stored-shapes.ts";

export interface TransferTable {
  name: string;
  /** Takes the key, the pin where there is one, and how many rows. */
  select: string;
  insert: string;
  /** Columns that a page goes on behind, and their values before the first row. */
  key: Readonly<Record<string, string | number>>;
  pinnedBy: "node" | "turn" | "epoch" | null;
  /** Few where a row may have 2 MB, many where every query has to sort. */
  rowsAtOnce: number;
  /** In the order of the insert. */
  columns: Readonly<Record<string, Shape>>;
  /** Columns whose text is JSON; in a file they stand as what they say. */
  json: ReadonlySet<string>;
}

const FEW_ROWS = 8;
const MANY_ROWS = 2_000;
const isLongText = isText(TEXT_COLUMN_CHARS_MAX);

const MESSAGE: TransferTable = {
  name: "message",
  select: "SELECT hash, role, chars, body, first_at FROM message WHERE hash > ? ORDER BY hash LIMIT ?",
  insert: "INSERT INTO message (hash, role, chars, body, first_at) VALUES (?, ?, ?, ?, ?)",
  key: { hash: "" },
  pinnedBy: null,
  rowsAtOnce: FEW_ROWS,
  columns: {
    hash: isHash,
    role: isOneOf("system", "developer", "user", "assistant", "tool"),
    chars: isCount,
    body: isNullOr(isText(MESSAGE_CHUNK_CHARS)),
    first_at: isTime,
  },
  json: new Set(),
};

const MESSAGE_CHUNK: TransferTable = {
  name: "message_chunk",
  select: "SELECT hash, seq, body FROM message_chunk WHERE (hash, seq) > (?, ?) ORDER BY hash, seq LIMIT ?",
  insert: "INSERT INTO message_chunk (hash, seq, body) VALUES (?, ?, ?)",
  key: { hash: "", seq: -1 },
  pinnedBy: null,
  rowsAtOnce: FEW_ROWS,
  columns: { hash: isHash, seq: isCount, body: isText(MESSAGE_CHUNK_CHARS) },
  json: new Set(),
};

const NODE: TransferTable = {
  name: "node",
  select: `SELECT chain, id, parent, fingerprint, message, wire, tokens, asked_by, reply_of, gone, keep, path_bound,
      carries_brief FROM node
    WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`,
  // What is not in the file follows from the message and the path before it.
  insert: `INSERT INTO node (chain, id, parent, fingerprint, message, wire, tokens, asked_by, reply_of, gone, keep, path_bound,
      carries_brief, role, depth, path_tokens, open_calls, path_keep, path_gone)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  key: { id: 0 },
  pinnedBy: "node",
  rowsAtOnce: MANY_ROWS,
  columns: {
    chain: isHash,
    id: isRowId,
    parent: (value) => value === "root" || isHash(value),
    fingerprint: isHash,
    message: isHash,
    wire: isOneOf("chat-completions", "responses", "messages"),
    tokens: isCount,
    asked_by: isNullOr(isRev),
    reply_of: isNullOr(isRev),
    gone: isOneOf(0, GONE_DELETED, GONE_UNKEPT),
    keep: isKeepBits,
    path_bound: isCount,
    carries_brief: isOneOf(0, 1),
  },
  json: new Set(),
};

const BRIEF: TransferTable = {
  name: "brief",
  select: `SELECT id, cut, depth, path_tokens, state, method, tokens, text, pieces, checks, created_at, nodes, written,
      digests, retired_at, tables FROM brief
    WHERE id > ? AND (SELECT id FROM node WHERE chain = brief.cut) <= ? ORDER BY id LIMIT ?`,
  insert: `INSERT INTO brief (id, cut, depth, path_tokens, state, method, tokens, text, pieces, checks, created_at, nodes,
    written, digests, retired_at, tables) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  key: { id: 0 },
  pinnedBy: "node",
  rowsAtOnce: FEW_ROWS,
  columns: {
    id: isRowId,
    cut: isHash,
    depth: isCount,
    path_tokens: isCount,
    state: isOneOf("committed", "rejected"),
    method: isName,
    tokens: isCount,
    text: isLongText,
    pieces: isPieces,
    checks: isJson,
    created_at: isTime,
    nodes: isRanges,
    written: isWritten,
    digests: isCount,
    retired_at: isNullOr(isTime),
    tables: isSources,
  },
  json: new Set(["pieces", "checks", "nodes", "written", "tables"]),
};

const EPOCH: TransferTable = {
  name: "epoch",
  select:
    "SELECT id, previous, brief, opened_by, reason, opened_at FROM epoch WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
  insert: "INSERT INTO epoch (id, previous, brief, opened_by, reason, opened_at) VALUES (?, ?, ?, ?, ?, ?)",
  key: { id: 0 },
  pinnedBy: "epoch",
  rowsAtOnce: MANY_ROWS,
  columns: {
    id: isRowId,
    previous: isNullOr(isRowId),
    brief: isRowId,
    opened_by: isRev,
    reason: isName,
    opened_at: isTime,
  },
  json: new Set(),
};

const SEGMENT: TransferTable = {
  name: "segment",
  select: `SELECT id, level, place, previous, from_node, to_node, from_depth, to_depth, end_chain, tokens, at, state, attempts,
    method, digest, checks, cost FROM segment WHERE id > ? AND to_node <= ? ORDER BY id LIMIT ?`,
  insert: `INSERT INTO segment (id, level, place, previous, from_node, to_node, from_depth, to_depth, end_chain, tokens, at,
    state, attempts, method, digest, checks, cost) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  key: { id: 0 },
  pinnedBy: "node",
  rowsAtOnce: FEW_ROWS,
  columns: {
    id: isRowId,
    level: isOneOf(1, 2),
    place: isCount,
    previous: isNullOr(isRowId),
    from_node: isRowId,
    to_node: isRowId,
    from_depth: isCount,
    to_depth: isCount,
    end_chain: isHash,
    tokens: isCount,
    at: isTime,
    state: isOneOf("due", "digested", "failed"),
    attempts: isCount,
    method: isName,
    digest: isNullOr(isDigest),
    checks: isJson,
    cost: isNullOr(isSegmentCost),
  },
  json: new Set(["digest", "checks", "cost"]),
};

const FORM: TransferTable = {
  name: "form",
  select: `SELECT hash, node, original, chars, saved_tokens, is_counted, json FROM form
    WHERE hash > ? AND (SELECT id FROM node WHERE chain = form.node) <= ? ORDER BY hash LIMIT ?`,
  insert: `INSERT INTO form (hash, node, original, chars, saved_tokens, is_counted, json) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  key: { hash: "" },
  pinnedBy: "node",
  rowsAtOnce: FEW_ROWS,
  columns: {
    hash: isHash,
    node: isHash,
    original: isHash,
    chars: isCount,
    saved_tokens: isNumber,
    is_counted: isOneOf(0, 1),
    json: isLongText,
  },
  json: new Set(),
};

const TURN: TransferTable = {
  name: "turn",
  select: `SELECT rev, seq, at, status, verdict, mode, reason, asked, reply, reply_id, attempts, state, record FROM turn
    WHERE rev > ? AND seq <= ? ORDER BY rev LIMIT ?`,
  insert: `INSERT INTO turn (rev, seq, at, status, verdict, mode, reason, asked, reply, reply_id, attempts, state, record)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  key: { rev: "" },
  pinnedBy: "turn",
  rowsAtOnce: FEW_ROWS,
  columns: {
    rev: isRev,
    seq: isRowId,
    at: isTime,
    status: isOneOf("complete", "aborted", "broken", "refused"),
    verdict: isName,
    mode: isOneOf("pass", "full", "brief"),
    reason: isName,
    asked: isNullOr(isHash),
    reply: isNullOr(isHash),
    reply_id: isNullOr(isLongText),
    attempts: isRowId,
    state: isNullOr(isThreadState),
    record: isTurnRecord,
  },
  json: new Set(["state", "record"]),
};

const ATTEMPT: TransferTable = {
  name: "attempt",
  select: `SELECT rev, turn, reply, reply_id, state FROM attempt
    WHERE rev > ? AND (SELECT seq FROM turn WHERE rev = attempt.turn) <= ? ORDER BY rev LIMIT ?`,
  insert: "INSERT INTO attempt (rev, turn, reply, reply_id, state) VALUES (?, ?, ?, ?, ?)",
  key: { rev: "" },
  pinnedBy: "turn",
  rowsAtOnce: FEW_ROWS,
  columns: {
    rev: isRev,
    turn: isRev,
    reply: isNullOr(isHash),
    reply_id: isNullOr(isLongText),
    state: isNullOr(isThreadState),
  },
  json: new Set(["state"]),
};

const BODY_PIECE: TransferTable = {
  name: "body_piece",
  select: "SELECT hash, seq, text FROM body_piece WHERE (hash, seq) > (?, ?) ORDER BY hash, seq LIMIT ?",
  insert: "INSERT INTO body_piece (hash, seq, text) VALUES (?, ?, ?)",
  key: { hash: "", seq: -1 },
  pinnedBy: null,
  rowsAtOnce: FEW_ROWS,
  columns: { hash: isHash, seq: isCount, text: isText(MESSAGE_CHUNK_CHARS) },
  json: new Set(),
};

const BODY_PREFIX: TransferTable = {
  name: "body_prefix",
  select: "SELECT hash, parent, chars, parts FROM body_prefix WHERE hash > ? ORDER BY hash LIMIT ?",
  insert: "INSERT INTO body_prefix (hash, parent, chars, parts) VALUES (?, ?, ?, ?)",
  key: { hash: "" },
  pinnedBy: null,
  rowsAtOnce: FEW_ROWS,
  columns: { hash: isHash, parent: isNullOr(isHash), chars: isCount, parts: isParts },
  json: new Set(["parts"]),
};

const RECORDING: TransferTable = {
  name: "recording",
  select: `SELECT rev, bodies FROM recording WHERE rev > ? AND (
      SELECT seq FROM turn WHERE rev = coalesce((SELECT turn FROM attempt WHERE attempt.rev = recording.rev), recording.rev)
    ) <= ? ORDER BY rev LIMIT ?`,
  insert: "INSERT INTO recording (rev, bodies) VALUES (?, ?)",
  key: { rev: "" },
  pinnedBy: "turn",
  rowsAtOnce: FEW_ROWS,
  columns: { rev: isRev, bodies: isBodies },
  json: new Set(["bodies"]),
};

export const TABLES: readonly TransferTable[] = [
  MESSAGE,
  MESSAGE_CHUNK,
  NODE,
  BRIEF,
  EPOCH,
  SEGMENT,
  FORM,
  TURN,
  ATTEMPT,
  BODY_PIECE,
  BODY_PREFIX,
  RECORDING,
];
