/**
 * Turns of which no text may be kept: what they are planned as, and what is left of them to store.
 *
 * A session that was opened so, and a thread that has such a turn, stay so, whatever later requests say: half a history
 * would be another conversation. Such a request goes up as the client made it; hashes, sizes and money are stored like
 * any other's. It must not decide for whom this holds: the edge knows the setting and the header.
 */
import { GONE_UNKEPT } from "../model/message.ts";
import type { Message } from "../model/message.ts";
import type { MessageReader } from "../ports/message-reader.ts";
import type { Ticket, TurnRecord, TurnRequest } from "../ports/session.ts";
import type { TreeNode } from "./message-store.ts";
import type { SessionRow } from "./turn-log.ts";

export function keepsContent(asked: boolean, session: SessionRow | null, known: TreeNode | null): boolean {
  return asked && session?.content !== "none" && ((known?.pathGone ?? 0) & GONE_UNKEPT) === 0;
}

/** The request as one that nothing is put into, taken out of, or looked up for. */
export function goesUpWhole(request: TurnRequest): TurnRequest {
  return { ...request, query: null, keepsTools: true, rewrite: { ...request.rewrite, leaveAlone: "zero_content" } };
}

/** The record without a word of what was said. */
export function blankRecord(record: TurnRecord, reader: MessageReader): TurnRecord {
  const blank = (message: Message): Message => ({
    ...message,
    json: reader.blankMessage(record.wire, message.json),
    chars: message.json.length,
  });
  return {
    ...record,
    keepsContent: false,
    messages: record.messages.map(blank),
    reply: record.reply.map(blank),
    shortened: { forms: [], results: [] },
    ticket: record.ticket && withoutBlocks(record.ticket),
  };
}

function withoutBlocks(ticket: Ticket): Ticket {
  return { ...ticket, recalled: { newest: null, lasting: [] } };
}
