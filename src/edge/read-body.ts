/**
 * Reads a request's body, up to a limit, and takes a content encoding off.
 *
 * Beyond the limit nothing is lost: what was read and what is still to come are one stream again, to be passed
 * through. An encoding that is not known, or does not hold what it says, leaves the bytes as they came. Text is decoded
 * strictly, because a byte that is no UTF-8 could not be forwarded as it came.
 */
import { gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";

type Bytes = Uint8Array<ArrayBuffer>;

export type ReadBody =
  /** `raw`: as it came; `bytes`: with the content encoding taken off, where `isDecoded`. */
  | { kind: "whole"; raw: Bytes; bytes: Bytes; text: string | null; isDecoded: boolean }
  | { kind: "too_large"; stream: ReadableStream<Uint8Array> }
  /** The client left while it sent. */
  | { kind: "cut" };

export async function readBody(request: Request, bytesMax: number): Promise<ReadBody> {
  if (request.body === null) return { kind: "whole", ...plain(new Uint8Array()), text: null };
  const length = request.headers.get("content-length");
  if (Number(length ?? 0) > bytesMax) return { kind: "too_large", stream: request.body };
  // Who says how much it is gets it read in one go: piece by piece costs a promise for every 4 KB.
  if (length !== null) {
    const buffer = await request.arrayBuffer().catch(() => null);
    return buffer === null ? { kind: "cut" } : whole(request, new Uint8Array(buffer), bytesMax);
  }
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const next = await reader.read().catch(() => null);
    if (next === null) return { kind: "cut" };
    const { done, value } = next;
    if (done) break;
    chunks.push(value);
    size += value.byteLength;
    if (size > bytesMax) return { kind: "too_large", stream: resume(chunks, reader) };
  }
  return whole(request, join(chunks, size), bytesMax);
}

function whole(request: Request, raw: Bytes, bytesMax: number): ReadBody {
  const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return { kind: "whole", ...plain(raw), text: decode(raw) };
  const decoded = decompress(raw, encoding, bytesMax);
  return decoded === null
    ? { kind: "whole", ...plain(raw), text: null }
    : { kind: "whole", raw, bytes: decoded, text: decode(decoded), isDecoded: true };
}

function plain(bytes: Bytes): { raw: Bytes; bytes: Bytes; isDecoded: boolean } {
  return { raw: bytes, bytes, isDecoded: false };
}

type Decoder = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

const DECODERS = new Map<string, Decoder>([
  ["gzip", gunzipSync],
  ["x-gzip", gunzipSync],
  ["deflate", inflateSync],
  ["zstd", zstdDecompressSync],
]);

/** Null: an unknown encoding, damaged bytes, or more than the limit once unpacked. */
function decompress(bytes: Uint8Array, encoding: string, bytesMax: number): Bytes | null {
  const decoder = DECODERS.get(encoding);
  if (decoder === undefined) return null;
  try {
    const decoded = decoder(bytes, { maxOutputLength: bytesMax });
    return decoded.byteLength > bytesMax ? null : new Uint8Array(decoded);
  } catch {
    return null;
  }
}

function join(chunks: Uint8Array[], size: number): Bytes {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** What was read and what is still to come, as one stream. */
export function resume(
  chunks: Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const next = chunks.shift();
      if (next) return controller.enqueue(next);
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
