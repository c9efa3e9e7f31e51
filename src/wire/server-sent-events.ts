/**
 * Server-sent events, read after the fact from recorded bytes, and the questions asked while they pass: does this chunk
 * hold the terminator, and, for those who may change an event, where does each one end?
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

/** One event of a stream, its blank line included, or what stands between two events. */
export interface EventFrame {
  bytes: Uint8Array;
  name: string | null;
  /** Null: a comment, or nothing. */
  data: string | null;
}

export interface FrameCutter {
  /** The events that this chunk completes. */
  cut(chunk: Uint8Array): EventFrame[];
  /** What no blank line has ended. */
  rest(): EventFrame[];
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Cuts a stream behind each blank line. All frames together are the stream, byte for byte. */
export function createFrameCutter(): FrameCutter {
  let pieces: Uint8Array[] = [];
  let isLineEmpty = false;
  let before = 0;
  const close = (last: Uint8Array): EventFrame => {
    const bytes = pieces.length === 0 ? last : joinPieces([...pieces, last]);
    pieces = [];
    return readFrame(bytes);
  };
  return {
    cut(chunk) {
      const frames: EventFrame[] = [];
      let start = 0;
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at] ?? 0;
        const isSecondHalf = byte === LINE_FEED && before === CARRIAGE_RETURN;
        before = byte;
        if (isSecondHalf) continue;
        const isBreak = byte === LINE_FEED || byte === CARRIAGE_RETURN;
        if (isBreak && isLineEmpty) {
          // The line feed of a pair belongs to the line that it ends.
          const end = byte === CARRIAGE_RETURN && chunk[at + 1] === LINE_FEED ? at + 2 : at + 1;
          frames.push(close(chunk.subarray(start, end)));
          start = end;
          isLineEmpty = false;
        } else isLineEmpty = isBreak;
      }
      if (start < chunk.length) pieces.push(chunk.subarray(start));
      return frames;
    },
    rest() {
      return pieces.length === 0 ? [] : [close(new Uint8Array())];
    },
  };
}

function readFrame(bytes: Uint8Array): EventFrame {
  let name: string | null = null;
  let data: string | null = null;
  const parser = createParser({
    onEvent: (event) => {
      name = event.event ?? null;
      data = event.data;
    },
  });
  parser.feed(`${new TextDecoder().decode(bytes)}\n\n`);
  return { bytes, name, data };
}

export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
