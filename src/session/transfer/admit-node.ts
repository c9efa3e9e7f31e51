/**
 * The place of a message in the tree, worked out from the message and the path before it.
 *
 * A message is worth what is written of it. One whose words have gone cannot be read any more: then its node is believed,
 * but only where the message is what a deletion leaves, so that no mark lets words in that nobody has said. It must not
 * store anything.
 */
import { extendChain, hashText, ROOT_CHAIN } from "../../model/hash.ts";
import type { Hash } from "../../model/hash.ts";
import type { MessageFacts } from "../../model/message.ts";
import { fail, ok } from "../../model/result.ts";
import type { Result } from "../../model/result.ts";
import type { WireName } from "../../model/wire.ts";
import type { MessageReader } from "../../ports/message-reader.ts";
import { extendPath } from "../message-store.ts";
import type { MessageStore, PathSums } from "../message-store.ts";

/** A row whose columns are of their kind. */
interface NodeRow {
  chain: Hash;
  parent: Hash;
  fingerprint: Hash;
  message: Hash;
  wire: WireName;
  tokens: number;
  gone: number;
  keep: number;
  path_bound: number;
  carries_brief: number;
}

export function readPlace(
  store: MessageStore,
  reader: MessageReader,
  columns: Record<string, unknown>,
): Result<PathSums & { pathGone: number }, string> {
  const row = columns as Record<string, unknown> & NodeRow;
  const before = row.parent === ROOT_CHAIN ? null : store.find(row.parent);
  if (before === null && row.parent !== ROOT_CHAIN) return fail("its parent is not before it");
  const body = store.body(row.message);
  if (body === null || hashText(body.json) !== row.message) return fail("its message is not whole");
  const stored = reader.readMessage(row.wire, body.json);
  const isBlank = row.gone !== 0;
  if (stored === null || (!isBlank && stored.fingerprint !== row.fingerprint))
    return fail("its message is another one");
  if (isBlank && reader.blankMessage(row.wire, body.json) !== body.json) return fail("its message has words");
  const message = isBlank ? withLost(stored, row, (before?.depth ?? 0) + 1) : stored;
  if (!isChain(row, message, isBlank)) return fail("wrong chain");
  const pathGone = (before?.pathGone ?? 0) | row.gone;
  return ok({ ...extendPath(before, message, row.tokens), pathGone });
}

/** What the message said beside its words. */
function withLost(stored: MessageFacts, row: NodeRow, depth: number): MessageFacts {
  const carriesBrief = stored.carriesBrief && row.carries_brief === 1;
  return { ...stored, keep: stored.keep | row.keep, carriesBrief, isBound: row.path_bound === depth };
}

/** The same words behind other reasoning have a chain of their own, which hangs on bytes that may have gone. */
function isChain(
  { chain, parent, fingerprint, message }: NodeRow,
  { isBound }: MessageFacts,
  isBlank: boolean,
): boolean {
  const own = extendChain(parent, fingerprint);
  return chain === own || (isBound && (isBlank || chain === extendChain(own, message)));
}
