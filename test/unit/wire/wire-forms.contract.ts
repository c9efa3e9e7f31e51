/**
 * The part of the contract of `src/wire/wire.ts` about messages that go up in another form: the newest with a recalled
 * block behind it, others replaced, tool results in other words.
 *
 * Called by `describeWire`. The law is the same for all: what an edit is not about stays byte for byte, and a message
 * that takes a block begins with all that its user said.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DecodedRequest, Edit, StoredMessages, Wire } from "../../../src/wire/wire.ts";
import { NO_EDIT } from "./wire-examples.ts";
import type { WireExamples } from "./wire-examples.ts";

const BLOCK = 'Recalled "words"\n\\ of é and \ud83d\ude00';
const BRIEF = "Brief. ";
const gap = fc.constantFrom("", " ", "\n\t", "\r\n  ");

export function describeForms(wire: Wire, { conversation, body, heldBody, requests }: WireExamples): void {
  const read = (text: string | null): DecodedRequest => {
    const request = wire.decode(text ?? "");
    if (request === null) throw new Error(`not decoded: ${text?.slice(0, 200)}`);
    return request;
  };
  const edited = (text: string, edit: Partial<Edit>): string | null => wire.encode(read(text), { ...NO_EDIT, ...edit });
  const messagesOf = ({ text, history }: DecodedRequest): string[] =>
    history.map(({ start, end }) => text.slice(start, end));
  /** Everything but the messages, in pieces. */
  const betweenOf = ({ text, history }: DecodedRequest): string[] =>
    [...history, null].map((slice, index) => text.slice(history[index - 1]?.end ?? 0, slice?.start ?? text.length));
  const spoken = (json: string): string =>
    wire
      .readText(json)
      .map(({ text }) => text)
      .join("");
  /** Without a breakpoint of ours. */
  const unmarked = (json: string): string => json.replaceAll(',"prompt_cache_breakpoint":{"mode":"explicit"}', "");
  const indexes = (isWanted: (json: string) => boolean): number[] =>
    conversation.flatMap((json, index) => (isWanted(json) ? [index] : []));
  const users = indexes((json) => wire.readMessage(json)?.carriesBrief ?? false);
  const results = indexes((json) => (wire.readMessage(json)?.answersCalls ?? 0) > 0);
  const upTo = (last: number, space: string, head = true): string =>
    body(conversation.slice(0, last + 1), { gap: space, head });

  /** A message that took the block: all of its own first, the block last, and still one of the user's. */
  const expectBehind = (carrier: string | undefined, own: string | undefined): void => {
    expect(spoken(carrier ?? "").startsWith(spoken(own ?? ""))).toBe(true);
    expect(spoken(carrier ?? "").endsWith(BLOCK)).toBe(true);
    expect(wire.readMessage(carrier ?? "")).toMatchObject({ role: "user", carriesBrief: true, answersCalls: 0 });
  };

  describe("a recalled block", () => {
    it("stands behind what the user said last, and nothing else changes", () => {
      fc.assert(
        fc.property(gap, fc.constantFrom(...users), fc.boolean(), (space, last, head) => {
          const text = upTo(last, space, head);
          const out = read(edited(text, { recalled: BLOCK }));
          expect(betweenOf(out)).toEqual(betweenOf(read(text)));
          expect(messagesOf(out).slice(0, -1)).toEqual(conversation.slice(0, last));
          expectBehind(messagesOf(out).at(-1), conversation[last]);
        }),
      );
    });

    it.each([...requests])("stands in no other place: %s", (_name, text) => {
      const request = read(text);
      const newest = messagesOf(request).at(-1);
      const out = edited(text, { recalled: BLOCK });
      const isTaken = newest !== undefined && request.held === null && wire.readMessage(newest)?.carriesBrief;
      expect(out !== null).toBe(isTaken);
      if (out === null) return;
      expect(messagesOf(read(out)).slice(0, -1)).toEqual(messagesOf(request).slice(0, -1));
      expectBehind(messagesOf(read(out)).at(-1), newest);
      expect(out.startsWith(text.slice(0, request.array.start))).toBe(true);
      expect(out.endsWith(text.slice(request.array.end))).toBe(true);
    });

    it("stands there beside a brief, in the same message too", () => {
      fc.assert(
        fc.property(gap, fc.constantFrom(...users.slice(1)), fc.nat(), (space, last, nth) => {
          const cuts = users.filter((cut) => cut > 0 && cut <= last);
          const cut = cuts[nth % cuts.length] ?? 0;
          const brief = messagesOf(read(edited(upTo(last, space), { cut, brief: BRIEF })));
          const both = messagesOf(read(edited(upTo(last, space), { cut, brief: BRIEF, recalled: BLOCK })));
          expect(both.map(spoken).slice(0, -1)).toEqual(brief.map(spoken).slice(0, -1));
          expect(spoken(both[0] ?? "").startsWith(BRIEF)).toBe(true);
          if (cut < last) expectBehind(both.at(-1), conversation[last]);
          else expect(spoken(both[0] ?? "")).toContain(spoken(conversation[last] ?? ""));
          expect(spoken(both.at(-1) ?? "").endsWith(BLOCK)).toBe(true);
        }),
      );
    });

    it("stands there behind what was stored, where the body says everything itself", () => {
      fc.assert(
        fc.property(gap, fc.constantFrom(...users.slice(1)), fc.boolean(), (space, last, held) => {
          const fresh = conversation.slice(last, last + 1);
          const text = held && heldBody ? heldBody(fresh, space) : body(fresh, { gap: space, head: false });
          const [first = null, ...rest] = conversation.slice(0, last);
          const stored: StoredMessages = { head: [], first, rest: rest.join(","), skip: 0 };
          const out = messagesOf(read(edited(text, { stored, standsAlone: true, recalled: BLOCK })));
          expect(out.slice(0, -1)).toEqual(conversation.slice(0, last));
          expectBehind(out.at(-1), conversation[last]);
        }),
      );
    });

    it("stands behind an earlier question as it stood when that was the newest", () => {
      fc.assert(
        fc.property(gap, fc.constantFrom(...users), fc.constantFrom(...users), (space, one, other) => {
          const [index, last] = [Math.min(one, other), Math.max(one, other)];
          const then = messagesOf(read(edited(upTo(index, space), { recalled: BLOCK })));
          const now = messagesOf(read(edited(upTo(last, space), { lasting: [{ index, text: BLOCK }] })));
          expect(now.slice(0, index + 1).map(unmarked)).toEqual(then.map(unmarked));
          expect(now.slice(index + 1)).toEqual(conversation.slice(index + 1, last + 1));
          if (index === last) return;
          const both = { lasting: [{ index, text: BLOCK }], recalled: BLOCK };
          expect(messagesOf(read(edited(upTo(last, space), both))).slice(0, -1)).toEqual(now.slice(0, -1));
          expect(edited(upTo(last, space), { ...both, cut: index + 1, brief: BRIEF })).toBeNull();
        }),
      );
    });

    it("has no place behind a reply or a tool's result", () => {
      const others = indexes((json) => wire.readMessage(json)?.carriesBrief === false);
      expect(others.length).toBeGreaterThan(results.length);
      for (const last of others) expect(edited(upTo(last, " "), { recalled: BLOCK })).toBeNull();
    });

    it("has no place where the newest message leaves, or where the upstream keeps it", () => {
      const text = upTo(users.at(-1) ?? 0, "");
      const skip = read(text).history.length;
      expect(edited(text, { recalled: BLOCK, stored: { head: [], first: "{}", rest: "", skip } })).toBeNull();
      expect(edited(text, { recalled: BLOCK, heldBy: { id: "held-1", from: 0 } })).toBeNull();
      expect(edited(text, { recalled: BLOCK, standsAlone: true, isHeldAnew: true })).toBeNull();
      if (heldBody) expect(edited(heldBody(conversation.slice(-1), ""), { recalled: BLOCK })).toBeNull();
    });
  });

  describe("a message in another form", () => {
    const formsOf = (all: number[]): fc.Arbitrary<{ index: number; json: string }[]> =>
      fc
        .dictionary(fc.constantFrom(...all.map(String)), fc.constantFrom(...all), { minKeys: 1 })
        .map((chosen) =>
          Object.entries(chosen).map(([index, from]) => ({ index: Number(index), json: conversation[from] ?? "" })),
        );
    const withForms = (replaced: Edit["replaced"]): string[] =>
      conversation.map((json, index) => replaced.find((form) => form.index === index)?.json ?? json);

    it("takes the place of the one that was sent, and nothing else changes", () => {
      fc.assert(
        fc.property(gap, formsOf([...conversation.keys()]), (space, replaced) => {
          const text = body(conversation, { gap: space, head: true });
          const out = edited(text, { replaced });
          const pieces = betweenOf(read(text));
          const [before = "", ...behind] = pieces;
          expect(out).toBe(
            before +
              withForms(replaced)
                .map((json, index) => json + (behind[index] ?? ""))
                .join(""),
          );
        }),
      );
    });

    it("goes with every other edit, and is passed over where its message leaves", () => {
      const last = users.at(-1) ?? 0;
      const edits = fc.oneof(
        fc.constantFrom(...users.slice(1)).map((cut): Partial<Edit> => ({ cut, brief: BRIEF, recalled: BLOCK })),
        fc.constantFrom(...users.slice(1)).map((from): Partial<Edit> => ({ heldBy: { id: "held-1", from } })),
        fc.constantFrom(...users.slice(1)).map((skip): Partial<Edit> => {
          return { brief: BRIEF, stored: { head: [], first: null, rest: "", skip } };
        }),
        fc.constantFrom("", conversation[1] ?? "").map((rest): Partial<Edit> => {
          const stored = { head: [], first: conversation[0] ?? "", rest, skip: 0 };
          return { stored, standsAlone: true, recalled: BLOCK };
        }),
      );
      fc.assert(
        fc.property(gap, edits, formsOf(results), formsOf(users), (space, edit, ...forms) => {
          const replaced = forms.flat();
          const sent = body(withForms(replaced).slice(0, last + 1), { gap: space, head: true });
          const there = edited(sent, edit);
          expect(edited(upTo(last, space), { ...edit, replaced })).toBe(there);
        }),
      );
    });

    it("has no place where there is no message", () => {
      const json = conversation[0] ?? "";
      for (const index of [-1, conversation.length])
        expect(edited(body(conversation, { gap: "", head: true }), { replaced: [{ index, json }] })).toBeNull();
    });
  });

  describe("results in other words", () => {
    it("change nothing but their text", () => {
      expect(results.length).toBeGreaterThan(0);
      for (const index of results) {
        const json = conversation[index] ?? "";
        const texts: string[] = [];
        const out = wire.replaceResults(json, ({ text }) => `#${texts.push(text)}`) ?? "";
        expect(texts.length).toBeGreaterThan(0);
        const pieces = out.split(/"#\d+"/);
        expect(pieces).toHaveLength(texts.length + 1);
        let at = 0;
        for (const [nth, piece] of pieces.entries()) {
          expect(json.slice(at, at + piece.length)).toBe(piece);
          at += piece.length;
          const literal = nth < texts.length ? (/^"(?:[^"\\]|\\.)*"/.exec(json.slice(at))?.[0] ?? "") : "";
          if (nth < texts.length) expect(JSON.parse(literal)).toBe(texts[nth]);
          at += literal.length;
        }
        expect(at).toBe(json.length);
        const { json: _json, fingerprint: _fingerprint, ...facts } = wire.readMessage(json) ?? {};
        expect(wire.readMessage(out)).toMatchObject(facts);
      }
    });

    it("are the words that were given", () => {
      fc.assert(
        fc.property(fc.constantFrom(...results), fc.string({ unit: "binary" }), (index, words) => {
          const out = wire.replaceResults(conversation[index] ?? "", () => `#${words}`);
          const texts: string[] = [];
          wire.replaceResults(out ?? "", ({ text }) => {
            texts.push(text);
            return null;
          });
          expect(new Set(texts)).toEqual(new Set([`#${words}`]));
        }),
      );
    });

    it("are none where nothing is to change, or there is no result", () => {
      for (const [index, json] of conversation.entries()) {
        expect(wire.replaceResults(json, () => null)).toBeNull();
        expect(wire.replaceResults(json, ({ text }) => text)).toBeNull();
        if (!results.includes(index)) expect(wire.replaceResults(json, () => "x")).toBeNull();
      }
    });

    it("are told by their calls", () => {
      for (const index of results) {
        const json = conversation[index] ?? "";
        wire.replaceResults(json, ({ callId }) => {
          expect(callId).not.toBeNull();
          expect(json).toContain(JSON.stringify(callId));
          return null;
        });
      }
    });
  });
}
