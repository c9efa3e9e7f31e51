/**
 * Server-sent events, read after the fact from recorded bytes, and the one question asked while they pass:
 * does this chunk hold the terminator?
 *
 * The relay itself never waits for a parser: bytes go to the client as they come. Comments, unknown events,
 * split UTF-8 and a missing terminator are all tolerated.
 */
import { createParser } from "eventsource-parser";
import type { Terminator } from "./wire.ts";

/** The `data` of every event, in order; without those whose name says that nobody needs them. */
export function readEvents(bytes: readonly Uint8Array[], isIdle?: (name: string) => boolean): string[] {
  const events: string[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === undefined || !isIdle?.(event)) events.push(data);
    },
  });
  const decoder = new TextDecoder();
  for (const chunk of bytes) parser.feed(decoder.decode(chunk, { stream: true }));
  parser.feed(`${decoder.decode()}\n\n`);
  return events;
}

/** `none`: not yet. `open`: its line is there, its event goes on. `closed`: everything that matters has come. */
export type TerminatorState = "none" | "open" | "closed";

/** `heldFrom`: the byte of the last chunk at which what is to be held begins; its length where nothing is. */
export interface TerminatorScan {
  (chunk: Uint8Array): TerminatorState;
  heldFrom: number;
}

/** Characters of the chunk before in which a split terminator, or a split blank line, can still begin. */
const OVERLAP_CHARS = 64;

const BLANK_LINE = /\r\n\r\n|\n\n|\r\r/;

/**
 * Finds the chunk in which a stream's last event begins, and the one in which it is whole, however they are split.
 *
 * A raw line break cannot occur inside JSON, so no content of a message can look like the terminator.
 */
export function createTerminatorScan({ pattern, opensEvent }: Terminator): TerminatorScan {
  const decoder = new TextDecoder("latin1");
  let before = "\n";
  let state: TerminatorState = "none";
  const scan: TerminatorScan = Object.assign(
    (chunk: Uint8Array): TerminatorState => {
      let text = before + decoder.decode(chunk);
      scan.heldFrom = state === "none" ? chunk.byteLength : 0;
      if (state === "none") {
        const match = pattern.exec(text);
        if (match) {
          state = opensEvent ? "open" : "closed";
          // One byte is one character here; the line break before belongs to the event before.
          scan.heldFrom = Math.max(0, match.index + 1 - before.length);
          text = text.slice(match.index + match[0].length);
        }
      }
      if (state === "open" && BLANK_LINE.test(text)) state = "closed";
      // Behind the terminator's own line only its blank line is looked for, which must not be found before it.
      before = text.slice(state === "none" ? -OVERLAP_CHARS : -BLANK_LINE_CHARS);
      return state;
    },
    { heldFrom: 0 },
  );
  return scan;
}

/** All but the last character of the longest blank line. */
const BLANK_LINE_CHARS = 3;
