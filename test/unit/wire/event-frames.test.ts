/**
 * Events cut out of a stream while it passes: all frames together are the stream, and each is one event, however lines
 * end and wherever the packets do.
 *
 * Compared with the parser that reads recorded streams whole.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFrameCutter, joinPieces, readEvents } from "../../../src/wire/server-sent-events.ts";
import type { EventFrame } from "../../../src/wire/server-sent-events.ts";

const encoder = new TextEncoder();

function cutAt(bytes: Uint8Array, places: readonly number[]): EventFrame[] {
  const cutter = createFrameCutter();
  const edges = [0, ...places.filter((at) => at < bytes.length).toSorted((a, b) => a - b), bytes.length];
  const frames = edges.slice(1).flatMap((to, index) => cutter.cut(bytes.subarray(edges[index], to)));
  return [...frames, ...cutter.rest()];
}

const dataOf = (frames: readonly EventFrame[]): string[] => frames.flatMap(({ data }) => (data === null ? [] : [data]));

const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const line = fc.constantFrom("data: {}", "data: ü😀", "data:", "event: x", ": comment", "id: 7", "retry: 9", "odd");
const stream = fc
  .array(fc.record({ lines: fc.array(line, { maxLength: 4 }), end: lineEnd }), { maxLength: 6 })
  .map((events) => events.map(({ lines, end }) => [...lines, ""].join(end) + end).join(""));

describe("frames", () => {
  it("are the stream, and its events", () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(200), { maxLength: 12 }), (text, places) => {
        const bytes = encoder.encode(text);
        const frames = cutAt(bytes, places);
        expect(joinPieces(frames.map((frame) => frame.bytes))).toEqual(bytes);
        expect(dataOf(frames)).toEqual(readEvents([bytes]));
      }),
      { numRuns: 500 },
    );
  });

  it("come one by one, as soon as each is whole", () => {
    const cutter = createFrameCutter();
    expect(cutter.cut(encoder.encode("event: a\ndata: 1\n"))).toEqual([]);
    expect(cutter.cut(encoder.encode("\ndata: 2\r\n\r\ndata: 3"))).toMatchObject([
      { name: "a", data: "1" },
      { name: null, data: "2" },
    ]);
    expect(cutter.rest()).toMatchObject([{ data: "3" }]);
    expect(cutter.rest()).toEqual([]);
  });
});
