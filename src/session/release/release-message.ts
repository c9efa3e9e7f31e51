/**
 * Takes the words of one message away, and everything that rests on them.
 *
 * The message keeps its place, so that every thread through it goes on: its fingerprint is still known, and where Strata
 * supplies the history a message without words stands there. What was made from it (briefs, digests, short forms,
 * recalled blocks) goes, and the alarm makes it anew from what is left. One transaction; afterwards no page in use holds
 * a byte of it.
 */
import type { Hash } from "../../model/hash.ts";
import { GONE_DELETED } from "../../model/message.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import type { Released } from "../../ports/release.ts";
import type { Sql } from "../../ports/sql.ts";
import { findBase } from "../forecast.ts";
import type { TreeNode } from "../message-store.ts";
import { entriesOf } from "../recall/index-archive.ts";
import type { SessionTables } from "../tables.ts";
import { clearStates } from "./clear-states.ts";
import { blankBriefs, dropBodies, dropForms, resetDigests } from "./drop-derived.ts";
import { findBehind } from "./released-tree.ts";
import { rewriteTables } from "./rewrite-tables.ts";

export function releaseMessage(tables: SessionTables, reader: MessageReader, node: TreeNode): Omit<Released, "facts"> {
  const { sql, recordings } = tables;
  return sql.transaction(() => {
    const behind = findBehind(sql, node.chain).chains;
    blank(tables, reader, node);
    sql.run(
      "UPDATE node SET path_gone = path_gone | ? WHERE chain IN (SELECT value FROM json_each(?))",
      GONE_DELETED,
      JSON.stringify([...behind]),
    );
    const briefs = blankBriefs(sql, behind);
    const digests = resetDigests(sql, behind, node.depth);
    const { turns, revs } = clearStates(tables, { node: node.id, behind, briefs });
    recordings.forget(revs);
    recordings.collect();
    const forms = dropForms(sql, behind);
    dropBodies(sql, [node.message]);
    forgetPending(tables, node.chain, behind);
    rewriteTables(sql, { entries: entriesOf([node.id]), notes: entriesOf(digests.flatMap(listNodes)) });
    const copies = countHolders(sql, node.message);
    return { messages: 1, turns, briefs: briefs.size, digests: digests.length, forms, copies };
  });
}

function countHolders(sql: Sql, message: Hash): number {
  const [row] = sql.all<{ count: number }>("SELECT count(*) AS count FROM node WHERE message = ?", message);
  return row?.count ?? 0;
}

function blank({ sql, store }: SessionTables, reader: MessageReader, { chain, message, wire, role }: TreeNode): void {
  const body = store.body(message);
  const hash = store.storeBody(reader.blankMessage(wire, body?.json ?? ""), role, body?.firstAt ?? 0);
  sql.run("UPDATE node SET message = ?, gone = gone | ? WHERE chain = ?", hash, GONE_DELETED, chain);
}

/** The message is not read for facts any more, and every thread through it is looked at for another brief. */
function forgetPending(tables: SessionTables, chain: Hash, behind: ReadonlySet<Hash>): void {
  const { store, log } = tables;
  const session = log.session();
  if (!session) return;
  const { pending, recent } = session;
  if (pending.facts) pending.facts.waiting = pending.facts.waiting.filter((waiting) => waiting.chain !== chain);
  for (const tip of recent.tips) {
    const { rev } = behind.has(tip) ? findBase(tables, store.find(tip), true) : { rev: null };
    if (rev !== null && !pending.turns.includes(rev)) pending.turns.push(rev);
  }
  log.saveSession(session);
}

function listNodes({ from, to }: { from: number; to: number }): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
