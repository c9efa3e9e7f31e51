/**
 * Taking members out of a body and putting others in, by position: what is left parses to what it should, and no other
 * byte has moved.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sliceObject } from "../../../src/wire/json-slices.ts";
import { splice, withMembers, withoutMembers } from "../../../src/wire/splice-body.ts";

const gap = fc.constantFrom("", " ", "\n  ");
const keys = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 });

describe("a body", () => {
  it("loses any of its members but the last that stays, and gains others", () => {
    fc.assert(
      fc.property(keys, fc.subarray(["a", "b", "c", "d", "e"]), fc.boolean(), gap, (own, leaving, isAdded, space) => {
        fc.pre(own.some((key) => !leaving.includes(key)));
        const text = `${space}{${space}${own.map((key) => `"${key}"${space}:${space}[1,"${key}"]`).join(`${space},${space}`)}${space}}`;
        const members = sliceObject(text) ?? [];
        const added = isAdded ? ['"z":0'] : [];
        const out = splice(text, [...withMembers(members, added), ...withoutMembers(members, new Set(leaving))]);
        const left = own.filter((key) => !leaving.includes(key));
        const expected = Object.fromEntries(left.map((key): [string, unknown] => [key, [1, key]]));
        expect(JSON.parse(out)).toEqual(isAdded ? { z: 0, ...expected } : expected);
        if (left.length === own.length && !isAdded) expect(out).toBe(text);
      }),
    );
  });

  it("is spliced in any order of the splices", () => {
    const splices = [
      { start: 4, end: 5, text: "E" },
      { start: 0, end: 2, text: "" },
      { start: 2, end: 2, text: "-" },
    ];
    expect(splice("abcdef", splices)).toBe("-cdEf");
    expect(splice("abcdef", [])).toBe("abcdef");
  });
});
