/**
 * The frame in which every wire reads a recorded reply: bytes to text, and nothing where it cannot be read.
 *
 * A reply is read after it has gone to the client, so whatever is wrong with it must cost its record and no more.
 */
import type { ReadReply } from "./wire.ts";

export const NO_REPLY: ReadReply = { messages: [], complete: false, usage: null, finishReason: null, id: null };

export interface ReplyReaders {
  /** Reads a plain body. May throw. */
  readBody(text: string): ReadReply;
  /** Reads a stream of events. May throw. */
  readStream(bytes: readonly Uint8Array[]): ReadReply;
}

export function readRecorded(bytes: readonly Uint8Array[], isEventStream: boolean, readers: ReplyReaders): ReadReply {
  try {
    return isEventStream ? readers.readStream(bytes) : readers.readBody(joinText(bytes));
  } catch {
    return NO_REPLY;
  }
}

function joinText(bytes: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return bytes.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
}
