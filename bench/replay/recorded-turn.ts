/**
 * A turn of a recorded session as its client and its upstream made it: the body that came in, the reply that came back,
 * and what was decided and paid.
 *
 * Where the body itself is no longer kept it is put together from the stored messages: its head and its history are then the
 * client's, its parameters are lost.
 */
import { wireMessageReader } from "../../src/adapters/wire-message-reader.ts";
import type { Hash } from "../../src/model/hash.ts";
import type { Usage } from "../../src/model/usage.ts";
import type { WireName } from "../../src/model/wire.ts";
import type { Decision } from "../../src/policy/ski-rental.ts";
import type { PromptNote } from "../../src/session/recorder/prompt-note.ts";
import type { CallBill } from "../../src/session/session-ledger.ts";
import type { SessionTables } from "../../src/session/tables.ts";
import { viewHistory } from "../../src/session/transfer/history.ts";
import type { TurnRow } from "../../src/session/turn-log.ts";

export interface RecordedTurn {
  row: TurnRow;
  /** Rev of the attempt that the record is of. */
  rev: string;
  wire: WireName;
  /** Null: nothing is left of what the client sent. */
  client: string | null;
  /** Whether it is the client's own, byte for byte. */
  isOwnBody: boolean;
  /** What went up; null where it is not kept. */
  forwarded: string | null;
  /** Rev that a client that sent only what is new has named; null: it sent its history, or another reference. */
  parent: string | null;
  reply: string[];
  bill: CallBill | null;
  decision: Decision | null;
  usage: Usage | null;
  further: (Usage | null)[];
  cut: number;
  offersTool: boolean;
}

/** In the order in which the session has stored them. @param thread chain of a message: only the turns on the way to it */
export function readTurns(tables: SessionTables, thread: Hash | null): RecordedTurn[] {
  const { log, store } = tables;
  const path = thread === null ? null : new Set([...store.walkUp(thread)].map(({ chain }) => chain));
  const rows = log.newest(Number.MAX_SAFE_INTEGER);
  const isOn = ({ asked }: TurnRow): boolean => path === null || (asked !== null && path.has(asked));
  return rows.filter(isOn).map((row) => readTurn(tables, row));
}

function readTurn(tables: SessionTables, row: TurnRow): RecordedTurn {
  const { record } = row;
  const prompt = (record["prompt"] ?? null) as PromptNote | null;
  const rev = prompt?.attempt ?? row.rev;
  const { client, forwarded } = readRecording(tables, rev);
  const history = client === null && row.asked !== null ? rebuild(tables, row.asked) : null;
  return {
    row,
    rev,
    wire: record["wire"] as WireName,
    client: client ?? history,
    isOwnBody: client !== null,
    forwarded,
    parent: client === null ? null : findParent(tables, row, prompt),
    reply: readReply(tables, row),
    bill: (record["bill"] ?? null) as CallBill | null,
    decision: (record["decision"] ?? null) as Decision | null,
    usage: (record["usage"] ?? null) as Usage | null,
    further: (record["further"] ?? []) as (Usage | null)[],
    cut: prompt?.cut ?? 0,
    offersTool: (prompt?.toolTokens ?? 0) > 0,
  };
}

function readRecording(
  { recordings }: SessionTables,
  rev: string,
): { client: string | null; forwarded: string | null } {
  const bodies = recordings.find(rev)?.bodies ?? [];
  const own = bodies.find(({ side }) => side === "client");
  const sent = bodies.find(({ side }) => side === "forwarded");
  const client = own ? recordings.text(own) : null;
  return { client, forwarded: sent?.isClient ? client : sent ? recordings.text(sent) : null };
}

function rebuild(tables: SessionTables, asked: Hash): string | null {
  const history = viewHistory(tables, wireMessageReader, asked);
  // Without the words of one message it would be another request.
  if (history === null || tables.store.find(asked)?.pathGone !== 0) return null;
  const bodies = history.messages.map((hash) => tables.store.body(hash)?.json ?? "");
  return history.opening + bodies.join(",") + history.closing;
}

function findParent({ store }: SessionTables, row: TurnRow, prompt: PromptNote | null): string | null {
  if (row.verdict !== "delta" || row.asked === null || prompt === null) return null;
  for (const { depth, replyOf } of store.walkUp(row.asked)) if (depth === prompt.depth - prompt.own) return replyOf;
  return null;
}

/** The reply's messages, oldest first. */
function readReply({ store }: SessionTables, { asked, reply }: TurnRow): string[] {
  if (reply === null) return [];
  const messages: string[] = [];
  for (const { chain, message } of store.walkUp(reply)) {
    if (chain === asked) break;
    messages.push(store.body(message)?.json ?? "");
  }
  return messages.toReversed();
}
