/**
 * Slices against JSON.parse: for any JSON text, with any white space, the slices hold exactly the members' own texts.
 *
 * Hostile texts must be answered with null or with slices that JSON.parse refuses, never with an exception or a hang.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sliceArray, sliceObject } from "../../../src/wire/json-slices.ts";

const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);

/** JSON text of a value with white space wherever JSON allows it. */
function write(value: unknown, spaces: () => string): string {
  const gap = spaces;
  if (Array.isArray(value)) return `[${gap()}${value.map((item) => write(item, gap) + gap()).join(`,${gap()}`)}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([key, member]) => `${JSON.stringify(key)}${gap()}:${gap()}${write(member, gap)}${gap()}`,
    );
    return `{${gap()}${members.join(`,${gap()}`)}}`;
  }
  return JSON.stringify(value);
}

const spaced = (value: fc.Arbitrary<unknown>): fc.Arbitrary<[unknown, string]> =>
  fc.tuple(value, fc.array(space, { minLength: 1, maxLength: 20 })).map(([json, spaces]) => {
    let turn = 0;
    const next = (): string => spaces[turn++ % spaces.length] ?? "";
    return [json, next() + write(json, next) + next()];
  });

describe("slices", () => {
  it("hold every member of an object, text for text", () => {
    fc.assert(
      fc.property(spaced(fc.dictionary(fc.string(), fc.jsonValue())), ([, text]) => {
        const expected = JSON.parse(text) as Record<string, unknown>;
        const members = sliceObject(text) ?? [];
        expect(members.map((member) => member.key).toSorted()).toEqual(Object.keys(expected).toSorted());
        for (const { key, value } of members)
          expect(JSON.parse(text.slice(value.start, value.end))).toEqual(expected[key]);
      }),
    );
  });

  it("hold every element of an array, text for text", () => {
    fc.assert(
      fc.property(spaced(fc.array(fc.jsonValue())), ([, text]) => {
        const elements = sliceArray(text) ?? [];
        expect(elements.map(({ start, end }) => JSON.parse(text.slice(start, end)) as unknown)).toEqual(
          JSON.parse(text),
        );
      }),
    );
  });

  it("find what stands inside a larger text", () => {
    const text = '{"a":{"b":[1, "]" ,{}]}}';
    const inner = sliceObject(text)?.[0]?.value;
    const list = inner && sliceObject(text, inner.start, inner.end)?.[0]?.value;
    const elements = list && sliceArray(text, list.start, list.end);
    expect(elements?.map(({ start, end }) => text.slice(start, end))).toEqual(["1", '"]"', "{}"]);
  });
});

describe("hostile texts", () => {
  it.each([
    ["nothing", ""],
    ["a scalar", "7"],
    ["an open object", '{"a":1'],
    ["an open string", '{"a":"'],
    ["a string that ends in a backslash", '{"a":"\\"}'],
    ["a missing colon", '{"a" 1}'],
    ["a missing comma", '{"a":1 "b":2}'],
    ["a trailing comma", '{"a":1,}'],
    ["text behind the end", '{"a":1} x'],
    ["no key", "{:1}"],
    ["a key that is no string", "{a:1}"],
  ])("%s is no object", (_name, text) => {
    expect(sliceObject(text)).toBeNull();
  });

  it("are passed in one pass, however deep or long", () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    expect(sliceObject(`{"a":${deep}}`)?.length).toBe(1);
    expect(sliceObject(`{"a":${"[".repeat(200_000)}`)).toBeNull();
    const quotes = JSON.stringify('"'.repeat(1_000_000));
    expect(sliceObject(`{"a":${quotes}}`)?.[0]?.value.end).toBe(quotes.length + 5);
    const slashes = JSON.stringify("\\".repeat(100_000));
    expect(sliceObject(`{"a":${slashes}}`)?.length).toBe(1);
  });
});
