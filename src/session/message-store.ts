/**
 * Messages and the tree that they form.
 *
 * A message is stored once, whole, under the hash of its bytes; a node is one place of it in the tree, named by the
 * chain of everything before it. Nodes carry the sums of their path (tokens, open tool calls, what must be kept), so
 * that no question about a thread needs a walk over its history. Nothing here is ever changed but token counts and
 * the two links to turns; what is deleted on demand is the matter of `release`.
 */
import { extendChain, hashText, ROOT_CHAIN } from "../model/hash.ts";
import type { Hash } from "../model/hash.ts";
import {
  ESTIMATED_CHARS_PER_TOKEN,
  MEDIA_TOKENS_ASSUMED,
  MESSAGE_CHUNK_CHARS,
  MESSAGE_OVERHEAD_TOKENS,
} from "../model/limits.ts";
import { KEEP_MEDIA } from "../model/message.ts";
import type { Message, MessageFacts, Role } from "../model/message.ts";
import type { WireName } from "../model/wire.ts";
import type { PathNode } from "../plan/choose-cut.ts";
import type { Sql } from "../ports/sql.ts";

export interface TreeNode extends PathNode {
  id: number;
  parent: Hash;
  /** Depth of the deepest message of the path with bound reasoning; 0 when there is none. */
  pathBound: number;
  message: Hash;
  wire: WireName;
  /** KEEP_* bits of this message alone. */
  keep: number;
  tokens: number;
  /** GONE_* bits of this message alone, and of its path. */
  gone: number;
  pathGone: number;
  /** Rev of the newest turn whose request ends with this message. */
  askedBy: string | null;
  /** Rev of the turn whose reply this message is. */
  replyOf: string | null;
}

const NODE_COLUMNS = `chain, id, parent, message, wire, role, keep, depth, tokens, path_tokens AS pathTokens,
  open_calls AS openCalls, path_keep AS pathKeep, path_bound AS pathBound, carries_brief AS carriesBrief,
  gone, path_gone AS pathGone, asked_by AS askedBy, reply_of AS replyOf`;

interface NodeRow extends Omit<TreeNode, "carriesBrief"> {
  carriesBrief: number;
}

/** Tokens of a message before it is counted. */
export function estimateTokens(chars: number, keep: number): number {
  if (keep & KEEP_MEDIA) return MEDIA_TOKENS_ASSUMED;
  return Math.ceil(chars / ESTIMATED_CHARS_PER_TOKEN) + MESSAGE_OVERHEAD_TOKENS;
}

export type PathSums = Omit<
  TreeNode,
  "chain" | "id" | "parent" | "message" | "wire" | "askedBy" | "replyOf" | "gone" | "pathGone"
>;

/** What a node says of its message, and of the path that it ends. */
export function extendPath(parent: TreeNode | null, message: MessageFacts, tokens: number): PathSums {
  const depth = (parent?.depth ?? 0) + 1;
  return {
    role: message.role,
    keep: message.keep,
    depth,
    tokens,
    pathTokens: (parent?.pathTokens ?? 0) + tokens,
    openCalls: Math.max(0, (parent?.openCalls ?? 0) + message.opensCalls - message.answersCalls),
    pathKeep: (parent?.pathKeep ?? 0) | message.keep,
    pathBound: message.isBound ? depth : (parent?.pathBound ?? 0),
    carriesBrief: message.carriesBrief,
  };
}

export class MessageStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  find(chain: Hash): TreeNode | null {
    const [row] = this.#sql.all<NodeRow>(`SELECT ${NODE_COLUMNS} FROM node WHERE chain = ?`, chain);
    return row ? { ...row, carriesBrief: row.carriesBrief === 1 } : null;
  }

  /** The thread that ends at `chain`, newest first, one row read at a time. */
  *walkUp(end: Hash | TreeNode): Generator<TreeNode> {
    for (let node = typeof end === "string" ? this.find(end) : end; node !== null; node = this.find(node.parent))
      yield node;
  }

  /** Whether any of these fingerprints belongs to a stored assistant message. Reads every node: only for a thread that has diverged. */
  knowsReply(fingerprints: readonly Hash[]): boolean {
    const [row] = this.#sql.all(
      "SELECT 1 FROM node WHERE role = 'assistant' AND fingerprint IN (SELECT value FROM json_each(?)) LIMIT 1",
      JSON.stringify(fingerprints),
    );
    return row !== undefined;
  }

  /**
   * Adds a message behind `parent`, or finds it there. Returns its node and whether it is new.
   *
   * @param place where a new node comes from: its wire, the revs of the turns it belongs to, and why it has no words; a
   *   known node keeps its own
   */
  append(
    parent: TreeNode | null,
    message: Message,
    id: number,
    now: number,
    place: { wire: WireName; askedBy: string | null; replyOf: string | null; gone: number },
    isReply = false,
  ): { node: TreeNode; isNew: boolean } {
    const parentChain = parent?.chain ?? ROOT_CHAIN;
    let chain = extendChain(parentChain, message.fingerprint);
    let known = this.find(chain);
    // The same words behind other reasoning: whoever goes on from this reply by name must get its own reasoning back.
    if (known && isReply && message.isBound && known.message !== hashText(message.json)) {
      chain = extendChain(chain, hashText(message.json));
      known = this.find(chain);
    }
    if (known) return { node: known, isNew: false };
    const node: TreeNode = {
      chain,
      id,
      parent: parentChain,
      message: this.storeBody(message.json, message.role, now),
      ...extendPath(parent, message, estimateTokens(message.chars ?? message.json.length, message.keep)),
      pathGone: (parent?.pathGone ?? 0) | place.gone,
      ...place,
    };
    this.#sql.run(
      `INSERT INTO node (chain, id, parent, fingerprint, message, wire, role, keep, depth, tokens, path_tokens,
        open_calls, path_keep, path_bound, carries_brief, gone, path_gone, asked_by, reply_of)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      chain,
      id,
      parentChain,
      message.fingerprint,
      node.message,
      node.wire,
      node.role,
      node.keep,
      node.depth,
      node.tokens,
      node.pathTokens,
      node.openCalls,
      node.pathKeep,
      node.pathBound,
      node.carriesBrief ? 1 : 0,
      node.gone,
      node.pathGone,
      node.askedBy,
      node.replyOf,
    );
    return { node, isNew: true };
  }

  /** Stores a message's bytes under their hash, in chunks where a row would be too large. */
  storeBody(json: string, role: Role, now: number): Hash {
    const hash = hashText(json);
    this.keepHead(hash, json, now, role);
    return hash;
  }

  /** Stores bytes whose hash is known already: system messages, which stand before the tree and are no part of it. */
  keepHead(hash: Hash, json: string, now: number, role: Role = "system"): void {
    const whole = json.length <= MESSAGE_CHUNK_CHARS;
    const [known] = this.#sql.all("SELECT 1 FROM message WHERE hash = ?", hash);
    if (known) return;
    this.#sql.run(
      "INSERT INTO message (hash, role, chars, body, first_at) VALUES (?, ?, ?, ?, ?)",
      hash,
      role,
      json.length,
      whole ? json : null,
      now,
    );
    if (!whole)
      cutIntoChunks(json).forEach((body, seq) =>
        this.#sql.run("INSERT INTO message_chunk (hash, seq, body) VALUES (?, ?, ?)", hash, seq, body),
      );
  }

  body(hash: Hash): { role: Role; json: string; firstAt: number } | null {
    const [row] = this.#sql.all<{ role: Role; body: string | null; firstAt: number }>(
      "SELECT role, body, first_at AS firstAt FROM message WHERE hash = ?",
      hash,
    );
    return row ? { role: row.role, json: row.body ?? this.#joinChunks(hash), firstAt: row.firstAt } : null;
  }

  /** The bytes of these messages, as far as they are there. `hashes`: a JSON list. */
  *texts(hashes: string): Generator<[Hash, string]> {
    const rows = this.#sql.all<{ hash: Hash; body: string | null }>(
      "SELECT hash, body FROM message WHERE hash IN (SELECT value FROM json_each(?))",
      hashes,
    );
    for (const { hash, body } of rows) yield [hash, body ?? this.#joinChunks(hash)];
  }

  /** When each of these messages was first seen, by its hash. */
  firstSeen(hashes: readonly Hash[]): Map<Hash, number> {
    const rows = this.#sql.all<{ hash: Hash; firstAt: number }>(
      "SELECT hash, first_at AS firstAt FROM message WHERE hash IN (SELECT value FROM json_each(?))",
      JSON.stringify(hashes),
    );
    return new Map(rows.map(({ hash, firstAt }) => [hash, firstAt]));
  }

  /** Characters of each of these messages, by its hash. */
  sizes(hashes: readonly Hash[]): Map<Hash, number> {
    const rows = this.#sql.all<{ hash: Hash; chars: number }>(
      "SELECT hash, chars FROM message WHERE hash IN (SELECT value FROM json_each(?))",
      JSON.stringify(hashes),
    );
    return new Map(rows.map(({ hash, chars }) => [hash, chars]));
  }

  /** JSON of the messages of a thread that lie deeper than `depth`, oldest first. */
  bodiesBelow(chain: Hash, depth: number): { node: TreeNode; json: string; firstAt: number }[] {
    const rows = this.#sql.all<NodeRow & { body: string | null; firstAt: number }>(
      `WITH RECURSIVE path AS (
         SELECT * FROM node WHERE chain = ?1 AND depth > ?2
         UNION ALL
         SELECT node.* FROM node JOIN path ON node.chain = path.parent WHERE node.depth > ?2
       )
       SELECT ${NODE_COLUMNS},
         (SELECT body FROM message WHERE hash = path.message) AS body,
         (SELECT first_at FROM message WHERE hash = path.message) AS firstAt
       FROM path ORDER BY depth`,
      chain,
      depth,
    );
    return rows.map(({ body, firstAt, ...row }) => ({
      node: { ...row, carriesBrief: row.carriesBrief === 1 },
      json: body ?? this.#joinChunks(row.message),
      firstAt,
    }));
  }

  /** The messages of a thread with these row ids, oldest first. */
  bodiesAmong(chain: Hash, ids: readonly number[]): { node: TreeNode; json: string }[] {
    if (ids.length === 0) return [];
    const wanted = new Set(ids);
    const found: TreeNode[] = [];
    for (const node of this.walkUp(chain)) {
      if (wanted.has(node.id)) found.push(node);
      if (found.length === wanted.size) break;
    }
    return found.toReversed().map((node) => ({ node, json: this.body(node.message)?.json ?? "" }));
  }

  /** Whether one of these nodes has lost its words. Reads every node: only for a thread that has such a node. */
  lacks(ids: readonly number[]): boolean {
    const [row] = this.#sql.all(
      "SELECT 1 FROM node WHERE gone <> 0 AND id IN (SELECT value FROM json_each(?)) LIMIT 1",
      JSON.stringify(ids),
    );
    return row !== undefined;
  }

  markAsked(chain: Hash, rev: string): void {
    this.#sql.run("UPDATE node SET asked_by = ? WHERE chain = ?", rev, chain);
  }

  markReply(chain: Hash, rev: string): void {
    this.#sql.run("UPDATE node SET reply_of = ? WHERE chain = ?", rev, chain);
  }

  setTokens(chain: Hash, tokens: number, pathTokens: number): void {
    this.#sql.run("UPDATE node SET tokens = ?, path_tokens = ? WHERE chain = ?", tokens, pathTokens, chain);
  }

  #joinChunks(hash: Hash): string {
    return this.#sql
      .all<{ body: string }>("SELECT body FROM message_chunk WHERE hash = ? ORDER BY seq", hash)
      .map((row) => row.body)
      .join("");
  }
}

/** Pieces of at most MESSAGE_CHUNK_CHARS that never split a surrogate pair, because each half alone would be lost in UTF-8. */
export function cutIntoChunks(text: string): string[] {
  const chunks: string[] = [];
  let start = 0;
  while (start < text.length) {
    let end = Math.min(start + MESSAGE_CHUNK_CHARS, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last <= 0xdbff) end--;
    chunks.push(text.slice(start, end));
    start = end;
  }
  return chunks;
}
