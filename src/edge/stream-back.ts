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
  let held: Uint8Array | null = null;
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
          const next = await read();
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
        await reader.cancel(reason).catch(() => undefined);
        await settle("aborted");
        resolve();
      },
    },
    { highWaterMark: 0 },
  );

  /** The next chunk for the client, or null at the end; the last one only when the turn is stored. */
  async function read(): Promise<Uint8Array | null> {
    for (;;) {
      const { done: isOver, value } = await reader.read();
      if (isOver) {
        await settle(options.clientGone() ? "aborted" : "complete");
        const last = held;
        held = null;
        return last;
      }
      record(reply, value);
      const state = scan ? scan(value) : "open";
      if (state === "none") return value;
      if (state === "closed") {
        await settle("complete");
        const last = held ? joinTwo(held, value) : value;
        held = null;
        return last;
      }
      // The last event of a stream is held until it is whole; of a plain body, always the newest chunk.
      const before = held;
      held = scan && before ? joinTwo(before, value) : value;
      if (!scan && before) return before;
    }
  }

  return { body: options.length === null ? body : body.pipeThrough(new FixedLengthStream(options.length)), done };
}

function joinTwo(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.byteLength + other.byteLength);
  both.set(one);
  both.set(other, one.byteLength);
  return both;
}

function record(reply: RecordedReply, chunk: Uint8Array): void {
  reply.bytes += chunk.byteLength;
  if (reply.bytes > RECORDED_REPLY_BYTES_MAX) {
    reply.isWhole = false;
    reply.chunks = [];
  } else if (reply.isWhole) reply.chunks.push(chunk);
}
