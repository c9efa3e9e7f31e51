/**
 * Takes away what was made from messages that go: briefs, digests, short forms, and bodies that nothing names any more.
 *
 * A brief keeps its row, without a word, so that its number is never given to another while a turn that was offered it
 * is under way; what is left of it is pruned in time. Part of a deletion's transaction; it must not decide what goes.
 */
import type { Hash } from "../../model/hash.ts";
import type { Sql } from "../../ports/sql.ts";

/** Briefs whose cut lies on these chains; answers their ids. */
export function blankBriefs(sql: Sql, chains: ReadonlySet<Hash>): Set<number> {
  const rows = sql.all<{ id: number }>(
    `UPDATE brief SET state = 'rejected', text = '', pieces = '[]', written = '[]', tables = '[]',
       checks = '{"code":"released"}' WHERE cut IN (SELECT value FROM json_each(?)) RETURNING id`,
    listOf(chains),
  );
  return new Set(rows.map(({ id }) => id));
}

interface Span {
  from: number;
  to: number;
}

/** Digests of the segments around a message, roll-ups included: they are to be written again. Answers the segments' spans in row ids. */
export function resetDigests(sql: Sql, behind: ReadonlySet<Hash>, depth: number): Span[] {
  return sql.all<Span>(
    `UPDATE segment SET state = 'due', attempts = 0, method = '', digest = 'null', checks = 'null'
     WHERE from_depth < ?1 AND to_depth >= ?1 AND end_chain IN (SELECT value FROM json_each(?2))
     RETURNING from_node AS "from", to_node AS "to"`,
    depth,
    listOf(behind),
  );
}

export function dropSegments(sql: Sql, chains: ReadonlySet<Hash>): number {
  return sql.all("DELETE FROM segment WHERE end_chain IN (SELECT value FROM json_each(?)) RETURNING id", listOf(chains))
    .length;
}

/** Forms of these messages that no thread's state names any more. */
export function dropForms(sql: Sql, chains: ReadonlySet<Hash>): number {
  return sql.all(
    `DELETE FROM form WHERE node IN (SELECT value FROM json_each(?)) AND hash NOT IN (
       SELECT ref.value ->> '$.form' FROM turn, json_each(turn.state, '$.forms') AS ref
       UNION SELECT ref.value ->> '$.form' FROM turn, json_each(turn.state, '$.preparedForms') AS ref
       UNION SELECT ref.value ->> '$.form' FROM attempt, json_each(attempt.state, '$.forms') AS ref
       UNION SELECT ref.value ->> '$.form' FROM attempt, json_each(attempt.state, '$.preparedForms') AS ref
     ) RETURNING hash`,
    listOf(chains),
  ).length;
}

/** Those of these messages that no place in the tree holds and no turn had before its history. */
export function dropBodies(sql: Sql, hashes: readonly Hash[]): void {
  sql.run(
    `DELETE FROM message WHERE hash IN (SELECT value FROM json_each(?)) AND hash NOT IN (
       SELECT message FROM node
       UNION SELECT head.value FROM turn, json_each(turn.record, '$.head') AS head
     )`,
    JSON.stringify(hashes),
  );
  sql.run("DELETE FROM message_chunk WHERE hash NOT IN (SELECT hash FROM message)");
}

function listOf(chains: ReadonlySet<Hash>): string {
  return JSON.stringify([...chains]);
}
