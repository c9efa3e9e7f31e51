/**
 * Relays the upstream's reply to the client, byte for byte, while a recorder listens alongside.
 *
 * The client comes first: every chunk is handed on before anything is looked at. Only the very end is held back (the
 * last event of a stream, the last chunk of a plain body) until the turn is stored, so that a reply that was
 * received whole is never lost by a crash. It must not change, merge or delay any other byte.
 */
import { COMMIT_WAIT_MS_MAX, RECORDED_REPLY_BYTES_MAX } from "../model/limits.ts";
import { createTerminatorScan } from "../wire/server-sent-events.ts";
import type { Terminator } from "../wire/wire.ts";

/** How the upstream's body ended. */
export type StreamEnd = "complete" | "aborted" | "broken";

export interface RecordedReply {
  chunks: Uint8Array[];
  bytes: number;
  /** False when the reply was larger than is ever recorded. */
  isWhole: boolean;
  end: StreamEnd;
}

interface RelayOptions {
  /** What ends the stream, or null for a plain body. */
  terminator: Terminator | null;
  /** What the upstream says its body's length is, or null. */
  length: number | null;
  clientGone: () => boolean;
  wait: (ms: number) => Promise<void>;
}

export interface Relay {
  body: ReadableStream;
  /** Settles when everything is relayed and stored. */
  done: Promise<void>;
}

/**
 * The client pulls, the upstream is read: a slow client slows the upstream down, and one that leaves ends its call.
 *
 * @param store called once, before the end of the reply is handed on; its failure never reaches the client
 */
export function streamBack(
  upstream: ReadableStream<Uint8Array>,
  options: RelayOptions,
  store: (reply: RecordedReply) => Promise<void>,
): Relay {
  const reader = upstream.getReader();
  const reply: RecordedReply = { chunks: [], bytes: 0, isWhole: true, end: "complete" };
  const scan = options.terminator && createTerminatorScan(options.terminator);
  const { promise: done, resolve } = Promise.withResolvers<void>();
  /** What is held back, in pieces. */
  let held: Uint8Array[] = [];
  let isHolding = false;
  let settled: Promise<void> | null = null;
  const settle = (end: StreamEnd): Promise<void> => {
    if (settled === null) reply.end = end;
    settled ??= Promise.race([store(reply).catch(() => undefined), options.wait(COMMIT_WAIT_MS_MAX)]);
    return settled;
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await read((early) => controller.enqueue(early));
          if (next !== null) return controller.enqueue(next);
          controller.close();
          resolve();
        } catch (error) {
          await settle(options.clientGone() ? "aborted" : "broken");
          controller.error(error);
          resolve();
        }
      },
      async cancel(reason) {
        // Said first: a read that the cancelling ends must not take it for the end of the reply.
        const stored = settle("aborted");
        await reader.cancel(reason).catch(() => undefined);
        await stored;
        resolve();
      },
    },
    { highWaterMark: 0 },
  );

  function release(): Uint8Array | null {
    const last = held.length > 0 ? joinAll(held) : null;
    held = [];
    return last;
  }

  /** The next chunk for the client, or null at the end; the last one only when the turn is stored. */
  async function read(emit: (early: Uint8Array) => void): Promise<Uint8Array | null> {
    for (;;) {
      const { done: isOver, value } = await reader.read();
      if (isOver) {
        await settle(options.clientGone() ? "aborted" : "complete");
        return release();
      }
      record(reply, value);
      if (!scan) {
        // Of a plain body always the newest chunk is held.
        const before = release();
        held.push(value);
        if (before) return before;
        continue;
      }
      const state = scan(value);
      const from = scan.heldFrom;
      if (state === "none") return value;
      // Of a stream its last event, until it is whole; what stands before it in the same chunk goes on at once.
      const early = isHolding ? 0 : from;
      isHolding = true;
      if (early < value.byteLength) held.push(value.subarray(early));
      if (state === "open") {
        if (early > 0) return value.subarray(0, early);
        continue;
      }
      if (early > 0) emit(value.subarray(0, early));
      await settle("complete");
      return release();
    }
  }

  return { body: options.length === null ? body : body.pipeThrough(new FixedLengthStream(options.length)), done };
}

function joinAll(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const all = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.byteLength;
  }
  return all;
}

function record(reply: RecordedReply, chunk: Uint8Array): void {
  reply.bytes += chunk.byteLength;
  if (reply.bytes > RECORDED_REPLY_BYTES_MAX) {
    reply.isWhole = false;
    reply.chunks = [];
  } else if (reply.isWhole) reply.chunks.push(chunk);
}
