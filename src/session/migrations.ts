/**
 * The tables of a session, as numbered steps that are only ever added to.
 *
 * One SQLite database per session. Tables are WITHOUT ROWID where the key is a hash, so that a message costs one
 * written row, not two. What each column means stands in docs/STORAGE.md; a step that has shipped must not change.
 */
import type { Sql } from "../ports/sql.ts";
import { ARCHIVE_SCHEMA } from "../recall/archive.ts";

const STEPS: readonly string[][] = [
  [
    `CREATE TABLE session (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      tenant TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      turns INTEGER NOT NULL,
      messages INTEGER NOT NULL,
      ledger TEXT NOT NULL,
      recent_priors TEXT NOT NULL,
      pending TEXT NOT NULL
    )`,
    `CREATE TABLE message (
      hash TEXT PRIMARY KEY,
      role TEXT NOT NULL,
      chars INTEGER NOT NULL,
      body TEXT,
      first_at INTEGER NOT NULL
    ) WITHOUT ROWID`,
    `CREATE TABLE message_chunk (
      hash TEXT NOT NULL,
      seq INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (hash, seq)
    ) WITHOUT ROWID`,
    `CREATE TABLE node (
      chain TEXT PRIMARY KEY,
      id INTEGER NOT NULL,
      parent TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      message TEXT NOT NULL,
      role TEXT NOT NULL,
      keep INTEGER NOT NULL,
      depth INTEGER NOT NULL,
      tokens INTEGER NOT NULL,
      path_tokens INTEGER NOT NULL,
      open_calls INTEGER NOT NULL,
      path_keep INTEGER NOT NULL,
      carries_brief INTEGER NOT NULL,
      asked_by TEXT,
      reply_of TEXT
    ) WITHOUT ROWID`,
    `CREATE TABLE turn (
      rev TEXT PRIMARY KEY,
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      status TEXT NOT NULL,
      verdict TEXT NOT NULL,
      mode TEXT NOT NULL,
      reason TEXT NOT NULL,
      asked TEXT,
      reply TEXT,
      attempts INTEGER NOT NULL,
      state TEXT NOT NULL,
      record TEXT NOT NULL
    ) WITHOUT ROWID`,
    `CREATE TABLE attempt (
      rev TEXT PRIMARY KEY,
      turn TEXT NOT NULL,
      reply TEXT,
      state TEXT NOT NULL
    ) WITHOUT ROWID`,
    `CREATE TABLE brief (
      id INTEGER PRIMARY KEY,
      cut TEXT NOT NULL,
      depth INTEGER NOT NULL,
      path_tokens INTEGER NOT NULL,
      state TEXT NOT NULL,
      method TEXT NOT NULL,
      tokens INTEGER NOT NULL,
      text TEXT NOT NULL,
      pieces TEXT NOT NULL,
      checks TEXT NOT NULL,
      created_at INTEGER NOT NULL
    )`,
    `CREATE TABLE epoch (
      id INTEGER PRIMARY KEY,
      previous INTEGER,
      brief INTEGER NOT NULL,
      opened_by TEXT NOT NULL,
      reason TEXT NOT NULL,
      opened_at INTEGER NOT NULL
    )`,
  ],
  [
    "ALTER TABLE node ADD COLUMN wire TEXT NOT NULL DEFAULT 'chat-completions'",
    "ALTER TABLE node ADD COLUMN path_bound INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE turn ADD COLUMN reply_id TEXT",
    "ALTER TABLE attempt ADD COLUMN reply_id TEXT",
    "CREATE INDEX turn_reply ON turn (reply_id) WHERE reply_id IS NOT NULL",
    "CREATE INDEX attempt_reply ON attempt (reply_id) WHERE reply_id IS NOT NULL",
  ],
  [
    ...ARCHIVE_SCHEMA,
    "ALTER TABLE brief ADD COLUMN nodes TEXT NOT NULL DEFAULT '[]'",
    // What a brief in force stands for has left the prompt as well: the ids on the way up from its cut, as ranges. The
    // newest few, because each walk costs up to 50 ms in a session of 20,000 messages.
    `UPDATE brief SET nodes = (
       WITH RECURSIVE path AS (
         SELECT parent, id FROM node WHERE chain = brief.cut
         UNION ALL SELECT node.parent, node.id FROM node JOIN path ON node.chain = path.parent
       )
       SELECT json_group_array(json_array(first, last)) FROM (
         SELECT min(id) AS first, max(id) AS last
         FROM (SELECT id, id - row_number() OVER (ORDER BY id) AS run FROM path) GROUP BY run ORDER BY first
       )
     ) WHERE id IN (SELECT id FROM brief WHERE state = 'committed' ORDER BY id DESC LIMIT 8)`,
    // What was stored before there was an archive is read once more, oldest first.
    `UPDATE session SET pending = json_set(pending, '$.uncounted',
       json((SELECT json_group_array(chain) FROM (SELECT chain FROM node ORDER BY id))))`,
  ],
  [
    `CREATE TABLE segment (
      id INTEGER PRIMARY KEY,
      level INTEGER NOT NULL,
      place INTEGER NOT NULL,
      previous INTEGER,
      from_node INTEGER NOT NULL,
      to_node INTEGER NOT NULL,
      from_depth INTEGER NOT NULL,
      to_depth INTEGER NOT NULL,
      end_chain TEXT NOT NULL,
      tokens INTEGER NOT NULL,
      at INTEGER NOT NULL,
      state TEXT NOT NULL,
      attempts INTEGER NOT NULL,
      method TEXT NOT NULL,
      digest TEXT NOT NULL,
      checks TEXT NOT NULL,
      cost TEXT NOT NULL
    )`,
    "CREATE UNIQUE INDEX segment_end ON segment (end_chain, level)",
    "ALTER TABLE brief ADD COLUMN written TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE brief ADD COLUMN digests INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE brief ADD COLUMN retired_at INTEGER",
  ],
  [
    // The text stands last, so that reading the sizes reads no more than that.
    `CREATE TABLE form (
      hash TEXT PRIMARY KEY,
      node TEXT NOT NULL,
      original TEXT NOT NULL,
      chars INTEGER NOT NULL,
      saved_tokens INTEGER NOT NULL,
      is_counted INTEGER NOT NULL,
      json TEXT NOT NULL
    ) WITHOUT ROWID`,
    "ALTER TABLE brief ADD COLUMN tables TEXT NOT NULL DEFAULT '[]'",
  ],
  [
    `ALTER TABLE session ADD COLUMN report TEXT NOT NULL DEFAULT '{"id":"","seq":0,"sent":0,"model":null,"others":null}'`,
    // Whatever has cost money so far was priced.
    `UPDATE session SET ledger = json_set(ledger, '$.money', json_object(
       'usd', json_object('spent', ledger ->> '$.usd.spent', 'replay', ledger ->> '$.usd.replay'),
       'unpriced', json_object(
         'spent', iif(ledger ->> '$.usd.replay' > 0, 0, ledger ->> '$.spent'),
         'replay', iif(ledger ->> '$.usd.replay' > 0, 0, ledger ->> '$.replay'))))`,
  ],
  [
    `CREATE TABLE recording (
      rev TEXT PRIMARY KEY,
      bodies TEXT NOT NULL
    ) WITHOUT ROWID`,
    // The parts stand last, so that looking for a beginning reads no more than that.
    `CREATE TABLE body_prefix (
      hash TEXT PRIMARY KEY,
      parent TEXT,
      chars INTEGER NOT NULL,
      parts TEXT NOT NULL
    ) WITHOUT ROWID`,
    `CREATE TABLE body_piece (
      hash TEXT NOT NULL,
      seq INTEGER NOT NULL,
      text TEXT NOT NULL,
      PRIMARY KEY (hash, seq)
    ) WITHOUT ROWID`,
  ],
  [
    `CREATE TABLE session_import (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      touched_at INTEGER NOT NULL,
      sha256 TEXT
    )`,
  ],
  [
    "ALTER TABLE node ADD COLUMN gone INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE node ADD COLUMN path_gone INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE session ADD COLUMN content TEXT NOT NULL DEFAULT 'keep'",
  ],
];

/** Brings a database to the newest step; safe to call on every start. */
export function migrate(sql: Sql): void {
  sql.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)");
  const [row] = sql.all<{ version: number | null }>("SELECT max(version) AS version FROM schema_version");
  const from = row?.version ?? 0;
  STEPS.slice(from).forEach((step, index) => {
    sql.transaction(() => {
      for (const statement of step) sql.run(statement);
      sql.run("INSERT INTO schema_version (version) VALUES (?)", from + index + 1);
    });
  });
}
