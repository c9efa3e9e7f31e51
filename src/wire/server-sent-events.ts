/**
 * Server-sent events, read after the fact from recorded bytes, and the one question asked while they pass:
 * does this chunk hold the terminator?
 *
 * The relay itself never waits for a parser: bytes go to the client as they come. Comments, unknown events,
 * split UTF-8 and a missing terminator are all tolerated.
 */
import { createParser } from "eventsource-parser";

/** The `data` of every event, in order. */
export function readEvents(bytes: readonly Uint8Array[]): string[] {
  const events: string[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event.data) });
  const decoder = new TextDecoder();
  for (const chunk of bytes) parser.feed(decoder.decode(chunk, { stream: true }));
  parser.feed(`${decoder.decode()}\n\n`);
  return events;
}

const TERMINATOR = /[\r\n]data: ?\[DONE\]/;
/** The terminator is the last thing that is sent: the end of a chunk is enough to look at. */
const SCANNED_BYTES = 4096;
/** Bytes of the previous chunk that a split terminator can still begin in. */
const OVERLAP_CHARS = 16;

/**
 * Finds the chunk in which OpenAI's `data: [DONE]` line appears, even when it was split.
 *
 * A raw line break cannot occur inside JSON, so no content of a message can look like the terminator.
 */
export function createTerminatorScan(): (chunk: Uint8Array) => boolean {
  const decoder = new TextDecoder("latin1");
  let before = "\n";
  return (chunk) => {
    const end = decoder.decode(chunk.subarray(Math.max(0, chunk.length - SCANNED_BYTES)));
    const tail = chunk.length > SCANNED_BYTES ? end : before + end;
    before = tail.slice(-OVERLAP_CHARS);
    return TERMINATOR.test(tail);
  };
}
