/**
 * The scan for the end of a stream, under every cut into chunks that a network could make.
 *
 * A false alarm closes a turn before its reply is there, so a message that talks about the terminator must never look
 * like one, however the bytes fall. A missed one would hold the end of the reply back for nothing.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chatCompletionsWire } from "../../../src/wire/chat-completions/wire.ts";
import { createTerminatorScan } from "../../../src/wire/server-sent-events.ts";

const encoder = new TextEncoder();
const event = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const END = "data: [DONE]\n\n";

/** Whether any chunk is taken for the end. */
function isFound(chunks: readonly Uint8Array[]): boolean {
  const scan = createTerminatorScan(chatCompletionsWire.terminator);
  return chunks.map((chunk) => scan(chunk)).includes("closed");
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

describe("a message that quotes the terminator", () => {
  const bytes = encoder.encode(event("The last line is data: [DONE], and then nothing.") + event("\ndata: [DONE]\n\n"));

  it("is no end, whatever the size of the chunks", () => {
    const alarms = Array.from({ length: bytes.length }, (_, i) => i + 1).filter((size) => isFound(cut(bytes, size)));
    expect(alarms).toEqual([]);
  });

  it("is no end, wherever it is cut in two", () => {
    const alarms = Array.from({ length: bytes.length }, (_, at) => at).filter((at) =>
      isFound([bytes.subarray(0, at), bytes.subarray(at)]),
    );
    expect(alarms).toEqual([]);
  });

  it("is no end in a large chunk, wherever in it the words stand", () => {
    const words = "data: [DONE]";
    for (let behind = 4_000; behind < 4_200; behind++) {
      const chunk = encoder.encode(event(`${"a".repeat(300)}${words}${"b".repeat(behind)}`));
      expect(isFound([encoder.encode(event("before")), chunk]), `${behind} characters behind`).toBe(false);
    }
  });
});

describe("the end", () => {
  it("is found, however the stream is cut", () => {
    const bytes = encoder.encode(event("a") + END);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 }), (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((to, index) => bytes.subarray(edges[index], to));
        expect(isFound(chunks)).toBe(true);
      }),
    );
  });

  it("is found byte by byte and behind a large event", () => {
    expect(isFound(cut(encoder.encode(event("a") + END), 1))).toBe(true);
    expect(isFound([encoder.encode(event("a".repeat(20_000)) + END)])).toBe(true);
  });

  it("is not there in a stream that breaks off", () => {
    expect(isFound([encoder.encode(event("a") + END.slice(0, -4))])).toBe(false);
  });
});
