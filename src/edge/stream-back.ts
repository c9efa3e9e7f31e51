/**
 * Relays the upstream's reply to the client, byte for byte, while a recorder listens alongside.
 *
 * The client comes first: every chunk is handed on before anything is looked at. Only the very end is held back (the
 * `[DONE]` line of a stream, the last chunk of a plain body) until the turn is stored, so that a reply that was
 * received whole is never lost by a crash. It must not change, merge or delay any other byte.
 */
import { COMMIT_WAIT_MS_MAX, RECORDED_REPLY_BYTES_MAX } from "../model/limits.ts";
import { createTerminatorScan } from "../wire/server-sent-events.ts";

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
  isEventStream: boolean;
  clientGone: () => boolean;
  wait: (ms: number) => Promise<void>;
}

export interface Relay {
  body: ReadableStream;
  /** Settles when everything is relayed and stored. */
  done: Promise<void>;
}

/**
 * @param store called once, before the end of the reply is handed on; its failure never reaches the client
 */
export function streamBack(
  upstream: ReadableStream<Uint8Array>,
  options: RelayOptions & { length: number | null },
  store: (reply: RecordedReply) => Promise<void>,
): Relay {
  const { readable, writable } =
    options.length === null ? new IdentityTransformStream() : new FixedLengthStream(options.length);
  return { body: readable, done: pump(upstream.getReader(), writable.getWriter(), options, store) };
}

async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  options: RelayOptions,
  store: (reply: RecordedReply) => Promise<void>,
): Promise<void> {
  const reply: RecordedReply = { chunks: [], bytes: 0, isWhole: true, end: "complete" };
  const isTerminator = options.isEventStream ? createTerminatorScan() : null;
  let held: Uint8Array | null = null;
  let isStored = false;
  // A client that leaves while the upstream is silent is noticed here, not at the next write.
  let clientLeft = false;
  writer.closed.catch(() => {
    clientLeft = true;
    void reader.cancel().catch(() => undefined);
  });
  const settle = async (end: StreamEnd): Promise<void> => {
    if (isStored) return;
    isStored = true;
    reply.end = end;
    await Promise.race([store(reply).catch(() => undefined), options.wait(COMMIT_WAIT_MS_MAX)]);
  };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      record(reply, value);
      if (isTerminator?.(value)) await settle("complete");
      if (isTerminator === null) {
        if (held) await writer.write(held);
        held = value;
      } else await writer.write(value);
    }
    await settle(clientLeft || options.clientGone() ? "aborted" : "complete");
    if (held) await writer.write(held);
    await writer.close();
  } catch (error) {
    const gone = clientLeft || options.clientGone();
    await settle(gone ? "aborted" : "broken");
    await reader.cancel().catch(() => undefined);
    await writer.abort(error).catch(() => undefined);
  }
}

function record(reply: RecordedReply, chunk: Uint8Array): void {
  reply.bytes += chunk.byteLength;
  if (reply.bytes > RECORDED_REPLY_BYTES_MAX) {
    reply.isWhole = false;
    reply.chunks = [];
  } else if (reply.isWhole) reply.chunks.push(chunk);
}
