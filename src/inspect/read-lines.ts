/**
 * Cuts a stream into lines, one at a time, each with a limit, and hashes what has passed.
 *
 * A line without a line break at its end is a cut file and no line. Text is decoded strictly: a byte that is no UTF-8
 * would come back as another one.
 */
import { openHash } from "../model/hash.ts";

export type ReadLine =
  /** `sha256`: of everything before this line, in hex. */
  { kind: "line"; text: string; sha256: () => string } | { kind: "problem"; problem: string } | { kind: "end" };

const LINE_BREAK = 10;

/** Ends with the first problem or the end. */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
  { lineBytesMax, bytesMax }: { lineBytesMax: number; bytesMax: number },
): AsyncGenerator<ReadLine> {
  const hash = openHash();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const reader = stream.getReader();
  let parts: Uint8Array[] = [];
  let lineBytes = 0;
  let bytes = 0;
  try {
    for (;;) {
      const next = await reader.read().catch(() => null);
      if (next === null) return yield { kind: "problem", problem: "the stream broke off, or is not packed as it says" };
      if (next.done) break;
      bytes += next.value.byteLength;
      if (bytes > bytesMax) return yield { kind: "problem", problem: `a file may have ${bytesMax} bytes` };
      let rest = next.value;
      for (let end = rest.indexOf(LINE_BREAK); end >= 0; end = rest.indexOf(LINE_BREAK)) {
        parts.push(rest.subarray(0, end));
        rest = rest.subarray(end + 1);
        const line = join(parts);
        if (line.byteLength > lineBytesMax) return yield tooLong(lineBytesMax);
        const text = decode(decoder, line);
        if (text === null) return yield { kind: "problem", problem: "not UTF-8" };
        yield { kind: "line", text, sha256: () => hash.copy().digest("hex") };
        hash.update(line).update("\n");
        parts = [];
        lineBytes = 0;
      }
      lineBytes += rest.byteLength;
      if (lineBytes > lineBytesMax) return yield tooLong(lineBytesMax);
      if (rest.byteLength > 0) parts.push(rest);
    }
    yield lineBytes > 0 ? { kind: "problem", problem: "the file is cut" } : { kind: "end" };
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function tooLong(bytesMax: number): ReadLine {
  return { kind: "problem", problem: `a line may have ${bytesMax} bytes` };
}

function decode(decoder: TextDecoder, bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
