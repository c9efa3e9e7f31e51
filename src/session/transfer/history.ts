/**
 * A thread in its client's own form: what stands around its messages, and which they are.
 *
 * The messages themselves are asked for by their hashes, some at a time. It only reads; what the wire keeps of a request
 * beside its history (model and head) is that of the thread's newest turn.
 */
import type { Hash } from "../../model/hash.ts";
import { EXPORT_PAGE_CHARS } from "../../model/transfer-limits.ts";
import type { HistoryView } from "../../ports/transfer.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import { findBase } from "../forecast.ts";
import type { SessionTables } from "../tables.ts";
import { endOf } from "../turn-log.ts";

/** @param thread chain of the thread's last message; null: the one of the newest turn */
export function viewHistory(tables: SessionTables, reader: MessageReader, thread: Hash | null): HistoryView | null {
  const { store, log } = tables;
  const newest = log.findNewest();
  const end = store.find(thread ?? (newest === null ? "" : endOf(newest)));
  if (end === null) return null;
  const { record = {} } = findBase(tables, end, true).turn ?? {};
  const head = ((record["head"] as Hash[] | undefined) ?? []).flatMap((hash) => store.body(hash)?.json ?? []);
  const messages = [...store.walkUp(end)].map(({ message }) => message).toReversed();
  const model = (record["model"] as string | null | undefined) ?? null;
  return { thread: end.chain, messages, ...reader.frameHistory(end.wire, model, head) };
}

/** The first of these messages, as many as one page holds, and at least one. */
export function readBodies({ store }: SessionTables, hashes: readonly Hash[]): string[] {
  const bodies: string[] = [];
  let chars = 0;
  for (const hash of hashes) {
    const body = store.body(hash);
    if (body === null || chars >= EXPORT_PAGE_CHARS) break;
    bodies.push(body.json);
    chars += body.json.length;
  }
  return bodies;
}
