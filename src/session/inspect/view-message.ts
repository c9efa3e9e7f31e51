/**
 * One stored message: as it came, as a person reads it, and where it stands.
 *
 * The same bytes may have been said many times ("yes"), so there may be many places; the newest are named. A message that
 * stands before the tree, such as a system message, has none, and nobody knows then which API it came by.
 */
import type { Hash } from "../../model/hash.ts";
import { PAGE_ENTRIES_DEFAULT } from "../../model/inspection-limits.ts";
import type { StoredMessageView } from "../../ports/inspection.ts";
import type { Looked } from "./answer-inspection.ts";
import { readTree, viewSource } from "./message-tree.ts";

export function viewMessage({ tables, reader }: Looked, hash: Hash): StoredMessageView | null {
  const message = tables.store.body(hash);
  if (message === null) return null;
  const placed = [...readTree(tables.sql).byChain.values()].filter((one) => one.message === hash);
  const [first] = placed;
  return {
    hash,
    role: message.role,
    first_at: new Date(message.firstAt).toISOString(),
    json: message.json,
    parts: first ? reader.readText(first.wire, message.json) : [],
    places: placed.slice(-PAGE_ENTRIES_DEFAULT).map(viewSource),
  };
}
