/**
 * Reads a request's body, up to a limit.
 *
 * Beyond the limit nothing is lost: what was read and what is still to come are one stream again, to be passed
 * through. Text is decoded strictly, because a byte that is no UTF-8 could not be forwarded as it came.
 */
export type ReadBody =
  | { kind: "whole"; bytes: Uint8Array<ArrayBuffer>; text: string | null }
  | { kind: "too_large"; stream: ReadableStream<Uint8Array> };

export async function readBody(request: Request, bytesMax: number): Promise<ReadBody> {
  if (request.body === null) return { kind: "whole", bytes: new Uint8Array(), text: null };
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) return { kind: "too_large", stream: request.body };
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.byteLength;
    if (size > bytesMax) return { kind: "too_large", stream: resume(chunks, reader) };
  }
  const bytes = join(chunks, size);
  return { kind: "whole", bytes, text: request.headers.has("content-encoding") ? null : decode(bytes) };
}

function join(chunks: Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
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

function resume(chunks: Uint8Array[], reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
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
