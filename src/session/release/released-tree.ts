/**
 * Which part of a session's tree a deletion is about.
 *
 * One pass over all nodes, because nothing is indexed by its parent: a parent is stored before its children, so the order
 * of ids is enough. Reads only.
 */
import { ROOT_CHAIN } from "../../model/hash.ts";
import type { Hash } from "../../model/hash.ts";
import type { Sql } from "../../ports/sql.ts";

export interface TreePart {
  chains: ReadonlySet<Hash>;
  /** Row ids of the same nodes, in order. */
  ids: readonly number[];
}

interface Row {
  chain: Hash;
  parent: Hash;
  id: number;
}

/** The message and every one that was said behind it, on whatever branch. */
export function findBehind(sql: Sql, chain: Hash): TreePart {
  return collect(readRows(sql), chain);
}

/** From where no other thread goes along, down to the end. Null: there is no such message. */
export function findBranch(sql: Sql, thread: Hash): TreePart | null {
  const rows = readRows(sql);
  const parents = new Map(rows.map(({ chain, parent }) => [chain, parent]));
  if (!parents.has(thread)) return null;
  const children = new Map<Hash, number>();
  for (const { parent } of rows) children.set(parent, (children.get(parent) ?? 0) + 1);
  let first = thread;
  for (;;) {
    const parent = parents.get(first) ?? ROOT_CHAIN;
    if (!parents.has(parent) || (children.get(parent) ?? 0) > 1) return collect(rows, first);
    first = parent;
  }
}

function readRows(sql: Sql): Row[] {
  return sql.all<Row>("SELECT chain, parent, id FROM node ORDER BY id");
}

function collect(rows: readonly Row[], first: Hash): TreePart {
  const chains = new Set<Hash>();
  const ids: number[] = [];
  for (const { chain, parent, id } of rows) {
    if (chain !== first && !chains.has(parent)) continue;
    chains.add(chain);
    ids.push(id);
  }
  return { chains, ids };
}
