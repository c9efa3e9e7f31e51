/**
 * The contract of `src/wire/wire.ts`, stated once for every API.
 *
 * A wire's own test file gives examples in the wire's shapes and calls `describeWire`; the laws are the same for all:
 * positions cover the history, retained bytes stay, two spellings are one message, a reply reads the same however its
 * bytes were cut. It must not know any one wire: what differs between them is in the examples.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Slice } from "../../../src/wire/json-slices.ts";
import type { DecodedRequest, StoredMessages, Wire } from "../../../src/wire/wire.ts";
import { NO_EDIT } from "./wire-examples.ts";
import type { Named, WireExamples } from "./wire-examples.ts";
import { describeForms } from "./wire-forms.contract.ts";
import { describeHostility, describeReplies } from "./wire-replies.contract.ts";

export type { Named, ReplyExample, WireExamples } from "./wire-examples.ts";

const BRIEF = 'A "record"\n\\ of é and \ud83d\ude00 before ';
const HELLO = '{"role":"user","content":"hi"}';
const gap = fc.constantFrom("", " ", "\n\t", "\r\n  ");

export function describeWire(wire: Wire, examples: WireExamples): void {
  const { conversation } = examples;
  const read = (text: string): DecodedRequest => {
    const request = wire.decode(text);
    if (request === null) throw new Error(`not decoded: ${text.slice(0, 200)}`);
    return request;
  };
  const whole = (space: string, head = true): string => examples.body(conversation, { gap: space, head });
  const bodies: Named<string>[] = [
    ["a whole history", whole("")],
    ["a whole history with white space", whole("\n ")],
    ["a delta", examples.body(conversation.slice(-1), { gap: "", head: false })],
    ...(examples.heldBody ? [["a delta on a reply", examples.heldBody(conversation.slice(-1), " ")] as const] : []),
    ...examples.requests,
  ];
  const textsOf = ({ text, history }: DecodedRequest): string[] => history.map((slice) => cutOut(text, slice));
  const prints = (texts: readonly string[]): unknown[] => texts.map((json) => wire.readMessage(json)?.fingerprint);
  const spoken = (json: string): string =>
    wire
      .readText(json)
      .map(({ text }) => text)
      .join("");

  describe("a request", () => {
    it.each(bodies)("has its messages where they stand: %s", (_name, text) => {
      const { array, head, history, headTexts, text: kept } = read(text);
      expect(kept).toBe(text);
      let at = array.start;
      let between = "";
      for (const slice of [...head, ...history]) {
        expect(slice.start).toBeGreaterThanOrEqual(at);
        between += text.slice(at, slice.start);
        at = slice.end;
      }
      expect(at).toBeLessThanOrEqual(array.end);
      expect(between + text.slice(at, array.end)).toMatch(/^(?:\[[\s,]*\])?$/);
      const slices = wire.sliceBody(text, 0);
      if (slices.messages.length > 0) expect(slices.messages).toEqual([...head, ...history]);
      for (const [index, { end }] of slices.messages.entries())
        expect(wire.sliceBody(text, end)).toEqual({ opening: [], messages: slices.messages.slice(index + 1) });
      for (const slice of history) expect(wire.readMessage(cutOut(text, slice))).not.toBeNull();
      for (const json of headTexts) expect(() => JSON.parse(json) as unknown).not.toThrow();
    });

    it("has the messages that were written", () => {
      fc.assert(
        fc.property(gap, (space) => {
          expect(textsOf(read(whole(space)))).toEqual(conversation);
        }),
      );
    });

    it("tells the model's own messages from the others", () => {
      const request = read(whole(""));
      const roles = conversation.map((json) => wire.readMessage(json)?.role === "assistant");
      expect(request.history.map((slice) => wire.isReply(request.text, slice))).toEqual(roles);
      expect(roles).toContain(true);
    });

    it.each([...examples.notRequests])("is not seen in %s", (_name, text) => {
      expect(wire.decode(text)).toBeNull();
    });
  });

  describe("a message", () => {
    it.each(conversation.map((json) => [json.slice(0, 60), json] as const))("keeps its bytes: %s", (_name, json) => {
      expect(wire.readMessage(json)?.json).toBe(json);
    });

    it.each([...examples.spellings])("is the same: %s", (_name, [one, other]) => {
      expect(prints([one, other])).not.toContain(undefined);
      expect(prints([one])).toEqual(prints([other]));
    });

    it.each([...examples.differences])("is another: %s", (_name, [one, other]) => {
      expect(prints([one, other])).not.toContain(undefined);
      expect(prints([one])).not.toEqual(prints([other]));
    });

    it("is never taken for another wire's", () => {
      const all = [wire, ...examples.others].map((each) => each.readMessage(HELLO)?.fingerprint);
      expect(all).not.toContain(undefined);
      expect(new Set(all).size).toBe(all.length);
    });

    it.each([...examples.facts])("says %s", (_name, [json, facts]) => {
      expect(wire.readMessage(json)).toMatchObject(facts);
    });

    it.each([...examples.texts])("reads as a person would read it: %s", (_name, [json, spoken]) => {
      expect(wire.readText(json)).toEqual(spoken);
    });

    it.each([...examples.notMessages])("is not seen in %s", (_name, text) => {
      expect(wire.readMessage(text)).toBeNull();
    });
  });

  describe("an edit", () => {
    it.each(bodies)("that changes nothing gives back the text: %s", (_name, text) => {
      expect(wire.encode(read(text), NO_EDIT)).toBe(text);
    });

    const carriers = conversation.flatMap((json, index) =>
      index > 0 && wire.readMessage(json)?.carriesBrief ? [index] : [],
    );

    it("drops the oldest messages, puts the brief, and keeps every other byte", () => {
      expect(carriers.length).toBeGreaterThan(0);
      fc.assert(
        fc.property(gap, fc.constantFrom(...carriers), (space, cut) => {
          const request = read(whole(space));
          const out = wire.encode(request, { ...NO_EDIT, cut, brief: BRIEF }) ?? "";
          const [first, kept] = [request.history[0], request.history[cut]];
          if (!first || !kept) throw new Error("too short");
          expect(out.startsWith(request.text.slice(0, first.start))).toBe(true);
          expect(out.endsWith(request.text.slice(kept.end))).toBe(true);
          const [carrier = "", ...rest] = textsOf(read(out));
          expect(rest).toEqual(conversation.slice(cut + 1));
          expect(spoken(carrier).startsWith(BRIEF)).toBe(true);
          expect(spoken(carrier).endsWith(spoken(conversation[cut] ?? ""))).toBe(true);
          expect(read(out)).toMatchObject({ system: request.system, tools: request.tools, format: request.format });
        }),
      );
    });

    it("has no place before a message that is not the user's, or behind the last", () => {
      const request = read(whole(""));
      const replies = conversation.flatMap((json, index) => (wire.readMessage(json)?.carriesBrief ? [] : [index]));
      for (const cut of [...replies, conversation.length])
        expect(wire.encode(request, { ...NO_EDIT, cut, brief: BRIEF })).toBeNull();
    });

    const storedUpTo = (count: number, from = 0): StoredMessages => {
      const [first = null, ...rest] = conversation.slice(from, count);
      return { head: read(whole("")).headTexts, first, rest: rest.join(","), skip: 0 };
    };

    it("puts what is stored before a delta, and the body is the one of a full replay", () => {
      fc.assert(
        fc.property(gap, fc.integer({ min: 0, max: conversation.length - 1 }), fc.boolean(), (space, count, held) => {
          const fresh = conversation.slice(count);
          const text =
            held && examples.heldBody
              ? examples.heldBody(fresh, space)
              : examples.body(fresh, { gap: space, head: false });
          const stored = storedUpTo(count);
          const out = read(wire.encode(read(text), { ...NO_EDIT, stored, standsAlone: true }) ?? "");
          expect(textsOf(out)).toEqual(conversation);
          expect(out.system).toBe(read(whole("")).system);
          expect(out.held).toBeNull();
        }),
      );
    });

    it("puts the brief before the first stored message, or before the first new one", () => {
      const cut = carriers[0] ?? 0;
      const delta = read(examples.body(conversation.slice(-1), { gap: "", head: false }));
      const stored = storedUpTo(conversation.length - 1, cut);
      const [carrier = "", ...rest] = textsOf(read(wire.encode(delta, { ...NO_EDIT, brief: BRIEF, stored }) ?? ""));
      expect(spoken(carrier).startsWith(BRIEF)).toBe(true);
      expect(rest).toEqual(conversation.slice(cut + 1));

      const fresh = read(examples.body(conversation.slice(cut - 1), { gap: "", head: false }));
      const none = { head: [], first: null, rest: "", skip: 1 };
      const [newest = "", ...others] = textsOf(
        read(wire.encode(fresh, { ...NO_EDIT, brief: BRIEF, stored: none }) ?? ""),
      );
      expect(spoken(newest).startsWith(BRIEF)).toBe(true);
      expect(others).toEqual(conversation.slice(cut + 1));
    });

    it.each(bodies)("names the conversation for the prompt cache once: %s", (_name, text) => {
      const request = read(text);
      const out = wire.encode(request, { ...NO_EDIT, cacheKey: "key-1" });
      const key = read(out ?? "").bodySignals.promptCacheKey;
      expect([request.bodySignals.promptCacheKey, "key-1"]).toContain(key);
      if (request.bodySignals.promptCacheKey !== null) expect(out).toBe(text);
      expect(textsOf(read(out ?? ""))).toEqual(textsOf(request));
    });

    it("leaves to the upstream what it holds, where the wire can say so", () => {
      for (let from = 1; from < conversation.length; from++) {
        const out = wire.encode(read(whole("\n")), { ...NO_EDIT, heldBy: { id: "held-1", from } });
        if (out === null) continue;
        expect(read(out).held).toEqual({ kind: "reply", id: "held-1" });
        expect(textsOf(read(out))).toEqual(conversation.slice(from));
      }
    });
  });

  describeForms(wire, examples);
  describeReplies(wire, examples);
  describeHostility(
    wire,
    bodies.map(([, text]) => text),
    conversation,
  );
}

function cutOut(text: string, { start, end }: Slice): string {
  return text.slice(start, end);
}
