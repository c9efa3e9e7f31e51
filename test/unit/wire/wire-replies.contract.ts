/**
 * The second half of the contract of `src/wire/wire.ts`: replies, errors, and texts that nobody meant well.
 *
 * Called by `describeWire`; what differs between the APIs is in the examples. A reply is judged by what a client sends
 * back for it, never by the bytes that the wire chose to write.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeError } from "../../../src/model/errors.ts";
import type { StrataError } from "../../../src/model/errors.ts";
import { createTerminatorScan } from "../../../src/wire/server-sent-events.ts";
import type { TerminatorState } from "../../../src/wire/server-sent-events.ts";
import type { Wire } from "../../../src/wire/wire.ts";
import { NO_EDIT } from "./wire-examples.ts";
import type { WireExamples } from "./wire-examples.ts";

const encoder = new TextEncoder();

/** Without those that answer for state of the upstream: each API has its own status for them. */
const ERRORS: readonly StrataError[] = [
  { code: "unknown_parent", parent: "r1" },
  { code: "parent_without_session" },
  { code: "session_unavailable" },
  { code: "unreadable_delta" },
  { code: "unknown_upstream", name: "u" },
  { code: "upstream_unreachable", detail: "d" },
  { code: "not_found" },
  { code: "body_too_large", bytesMax: 1 },
  { code: "bad_settings", problems: ["p"] },
  { code: "fault" },
];

export function describeReplies(wire: Wire, examples: WireExamples): void {
  const prints = (texts: readonly string[]): unknown[] => texts.map((json) => wire.readMessage(json)?.fingerprint);

  describe("a reply", () => {
    it.each([...examples.replies])("is read: %s", (_name, { text, isEventStream, replay, ...facts }) => {
      const reply = wire.readReply([encoder.encode(text)], isEventStream);
      expect(reply).toMatchObject({ complete: true, ...facts });
      expect(prints(reply.messages)).toEqual(prints(replay));
      expect(prints(replay)).not.toContain(undefined);
    });

    it.each([...examples.replies])("is the same however its bytes are cut: %s", (_name, { text, isEventStream }) => {
      const bytes = encoder.encode(text);
      const reply = wire.readReply([bytes], isEventStream);
      const cuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 20 });
      fc.assert(
        fc.property(cuts, (places) => {
          const edges = [0, ...places.toSorted((a, b) => a - b), bytes.length];
          const chunks = edges.slice(1).map((to, index) => bytes.subarray(edges[index], to));
          expect(wire.readReply(chunks, isEventStream)).toEqual(reply);
          if (isEventStream) expect(lastState(wire, chunks)).toBe("closed");
        }),
        { numRuns: 50 },
      );
      const single = Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1));
      expect(wire.readReply(single, isEventStream)).toEqual(reply);
      if (isEventStream) expect(lastState(wire, single)).toBe("closed");
    });

    it.each(examples.replies.filter(([, { isEventStream }]) => isEventStream))(
      "is the same with events that nobody knows, comments and other line ends: %s",
      (_name, { text }) => {
        const reply = wire.readReply([encoder.encode(text)], true);
        const noisy = text.replaceAll(/(?<=^|\n\n)(?=event:|data:)/g, `: comment\n\n${examples.unknownEvent}`);
        expect(noisy).not.toBe(text);
        expect(wire.readReply([encoder.encode(noisy)], true)).toEqual(reply);
        expect(wire.readReply([encoder.encode(text.replaceAll("\n", "\r\n"))], true)).toEqual(reply);
      },
    );

    it.each([...examples.unfinished])("is not whole: %s", (_name, [text, isEventStream]) => {
      expect(wire.readReply([encoder.encode(text)], isEventStream)).toMatchObject({ complete: false, messages: [] });
      if (isEventStream) expect(lastState(wire, [encoder.encode(text)])).toBe("none");
    });

    it.each([...examples.failures])("is none: %s", (_name, [text, isEventStream]) => {
      expect(wire.readReply([encoder.encode(text)], isEventStream)).toMatchObject({ complete: false, messages: [] });
    });
  });

  it.each(ERRORS.map((error) => [error.code, error] as const))("answers %s in its own shape", async (_code, error) => {
    const response = wire.encodeError(error);
    const described = describeError(error);
    expect(response.status).toBe(described.status);
    expect(response.headers.get("x-should-retry")).toBe(String(described.retry));
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    const envelope = examples.readError(await response.json());
    expect(envelope?.message).toBe(described.message);
    if (envelope && "code" in envelope) expect(envelope.code).toBe(described.code);
  });
}

/** What the scan that listens to a passing stream knows behind its last chunk. */
function lastState(wire: Wire, chunks: readonly Uint8Array[]): TerminatorState {
  const scan = createTerminatorScan(wire.terminator);
  let state: TerminatorState = "none";
  for (const chunk of chunks) state = scan(chunk);
  return state;
}

/** @param bodies texts that are requests */
export function describeHostility(wire: Wire, bodies: readonly string[], conversation: readonly string[]): void {
  it("never throws, whatever the text", { timeout: 30_000 }, () => {
    const pieces = fc.constantFrom(
      ...conversation,
      ...bodies,
      '"',
      "\\",
      "{",
      "[",
      "}",
      "]",
      ",",
      '{"type":',
      "\ud83d",
    );
    const hostile = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join("")),
      fc.tuple(fc.constantFrom(...bodies), fc.nat(), fc.nat(9)).map(([text, at, length]) => {
        const start = at % text.length;
        return text.slice(0, start) + text.slice(start + length);
      }),
    );
    fc.assert(fc.property(hostile, (text) => tryAll(wire, text)));
    const levels = 50_000;
    for (const deep of [
      `${"[".repeat(levels)}${"]".repeat(levels)}`,
      `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`,
    ])
      for (const text of [deep, ...conversation.map((json) => json.replace(/:"[^"]*"/, `:${deep}`))])
        tryAll(wire, text, bodies[0]?.replace(conversation[0] ?? "", text));
  });
}

/** Everything that takes text from outside; what it answers does not matter here. */
function tryAll(wire: Wire, text: string, body = text): void {
  const request = wire.decode(body);
  if (request) {
    for (const slice of request.history) wire.isReply(body, slice);
    const edit = { ...NO_EDIT, standsAlone: true, recalled: "recalled", replaced: [{ index: 0, json: text }] };
    wire.encode(request, edit);
    wire.encode(request, { ...edit, cut: 1, brief: "brief", cacheKey: "k", replaced: [] });
  }
  if (wire.readMessage(text)) wire.readText(text);
  wire.replaceResults(text, () => "short");
  wire.isReply(text, { start: 0, end: text.length });
  for (const isEventStream of [true, false]) {
    wire.readReply([encoder.encode(text)], isEventStream);
    wire.readReply([encoder.encode(`data: ${text}\n\n`)], isEventStream);
  }
}
