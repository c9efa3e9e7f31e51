/**
 * A deletion on demand, from the question to the counts.
 *
 * Who may ask is decided before this is called. First comes a look (`surveyRelease`), because other objects have to let go
 * of what they know from here as well, and a deletion that breaks off in between must still find everything it needs when
 * it is asked for again. Then the words go (`release`). A whole session is the object's own matter: its storage goes.
 */
import type { Hash } from "../../model/hash.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { Released, ReleaseAsk } from "../../ports/release.ts";
import type { SessionTables } from "../tables.ts";
import type { SessionRow } from "../turn-log.ts";
import { releaseBranch } from "./release-branch.ts";
import { releaseMessage } from "./release-message.ts";
import { findBranch } from "./released-tree.ts";

export interface Survey {
  tenant: Hash;
  /** Public id of the session; empty in one of an older version. */
  id: string;
  /** Public names of the users' memories that were told of this session's messages. */
  memories: string[];
  /** Row ids of the messages concerned; null: all of them. */
  nodes: number[] | null;
  /** Those of the newest turns last. */
  replyIds: string[];
  /** Of the whole session. */
  held: Omit<Released, "facts">;
}

export type PartAsk = Exclude<ReleaseAsk, { kind: "session" }>;

/** Null: there is nothing of that name. */
export function surveyRelease(tables: SessionTables, session: SessionRow, ask: ReleaseAsk): Survey | null {
  const { sql, store } = tables;
  const place = ask.kind === "branch" ? findBranch(sql, ask.thread) : null;
  const node = ask.kind === "message" ? store.find(ask.chain) : null;
  if (ask.kind !== "session" && place === null && node === null) return null;
  return {
    tenant: session.tenant,
    id: session.report.id,
    memories: listMemories(tables, session),
    nodes: place ? [...place.ids] : node ? [node.id] : null,
    replyIds: node ? [] : listReplyIds(tables, place && [...place.chains]),
    held: countAll(tables),
  };
}

/** Null: there is nothing of that name. The whole session is not for here. */
export function release(tables: SessionTables, reader: MessageReader, ask: PartAsk): Omit<Released, "facts"> | null {
  if (ask.kind === "branch") {
    const part = findBranch(tables.sql, ask.thread);
    return part && releaseBranch(tables, part);
  }
  const node = tables.store.find(ask.chain);
  if (node === null) return null;
  return node.gone === 0 ? releaseMessage(tables, reader, node) : NOTHING;
}

const NOTHING: Omit<Released, "facts"> = { messages: 0, turns: 0, briefs: 0, digests: 0, forms: 0, copies: 0 };

function listMemories({ sql }: SessionTables, { pending }: SessionRow): string[] {
  const known = sql.all<{ name: string }>(
    "SELECT DISTINCT record ->> '$.memory.name' AS name FROM turn WHERE record ->> '$.memory.name' IS NOT NULL",
  );
  const waiting = pending.facts?.waiting.map(({ memory }) => memory) ?? [];
  return [...new Set([...known.map(({ name }) => name), ...waiting])];
}

function listReplyIds({ sql }: SessionTables, chains: readonly Hash[] | null): string[] {
  return sql
    .all<{ id: string }>(
      `SELECT id FROM (
         SELECT reply_id AS id, reply, seq FROM turn
         UNION ALL
         SELECT attempt.reply_id, attempt.reply, turn.seq FROM attempt JOIN turn ON turn.rev = attempt.turn
       ) WHERE id IS NOT NULL AND (?1 IS NULL OR reply IN (SELECT value FROM json_each(?1)))
       GROUP BY id ORDER BY max(seq)`,
      chains && JSON.stringify(chains),
    )
    .map(({ id }) => id);
}

function countAll({ sql }: SessionTables): Omit<Released, "facts"> {
  const [row] = sql.all<Omit<Released, "facts" | "copies">>(
    `SELECT (SELECT count(*) FROM node) AS messages, (SELECT count(*) FROM turn) AS turns,
       (SELECT count(*) FROM brief) AS briefs, (SELECT count(*) FROM segment) AS digests,
       (SELECT count(*) FROM form) AS forms`,
  );
  return { ...NOTHING, ...row };
}
