/** Short forms of tool results: no value is lost, what belonged together stays on one line, and nothing breaks it. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gptTokenCounter } from "../../../src/adapters/gpt-token-counter.ts";
import { isShrunk, JSON_NOTE, shrinkToolResult } from "../../../src/distil/tools/tool-result.ts";
import { readJsonTree } from "../../../src/distil/tools/tool-json-tree.ts";
import { blockLines, writeBlocks } from "../../../src/distil/tools/tool-table.ts";
import { countTokens } from "./build.ts";

const options = { countTokens, minimumTokens: 10 };
const exact = { countTokens: (text: string) => gptTokenCounter.countTokens(text), minimumTokens: 10 };

function linesOf(text: string): string[] {
  const tree = readJsonTree(text);
  if (tree === null) throw new Error("not read");
  return blockLines(writeBlocks(tree));
}

/** The forms in which a scalar may be written. */
function formsOf(value: unknown): string[] {
  if (typeof value !== "string") return [JSON.stringify(value)];
  const quoted = JSON.stringify(value);
  const breakers = /[\u007f-\u009f\u2028\u2029]/g;
  return [value, quoted.replace(breakers, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)];
}

/** The scalars that each object holds side by side, and each scalar of a list for itself. */
function groupsOf(value: unknown): unknown[][] {
  if (typeof value !== "object" || value === null) return [[value]];
  const children = Object.values(value) as unknown[];
  const scalars = children.filter((child) => typeof child !== "object" || child === null);
  const nested = children.filter((child) => typeof child === "object" && child !== null).flatMap(groupsOf);
  return [...(Array.isArray(value) ? scalars.map((scalar) => [scalar]) : [scalars]), ...nested];
}

function expectKept(value: unknown, lines: readonly string[]): void {
  for (const group of groupsOf(value)) {
    if (group.length === 0) continue;
    const held = lines.some((line) => group.every((scalar) => formsOf(scalar).some((form) => line.includes(form))));
    if (!held) expect.fail(`${JSON.stringify(group)} is not on one line`);
  }
}

/** JSON with repeated shapes, as tools give it. */
const key = fc.constantFrom("id", "name", "price", "date", "tags", "seats", "legs", "a b", "x:y", "", "__proto__");
const scalar = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const json = fc.letrec<{ value: unknown; list: unknown; table: unknown; object: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: "small", withCrossShrink: true }, scalar, tie("list"), tie("table"), tie("object")),
  list: fc.array(tie("value"), { maxLength: 4 }),
  table: fc.uniqueArray(key, { minLength: 1, maxLength: 4 }).chain((keys) =>
    fc.array(
      fc.tuple(...keys.map(() => tie("value"))).map((values) => entries(keys, values)),
      { minLength: 2, maxLength: 5 },
    ),
  ),
  object: fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map((pairs) =>
    entries(
      pairs.map(([name]) => name),
      pairs.map(([, value]) => value),
    ),
  ),
}));
const document = fc.oneof(json.table, json.object, json.list);

function entries(keys: readonly string[], values: readonly unknown[]): unknown {
  return Object.fromEntries(keys.map((name, index) => [name, values[index]]));
}

/** Every scalar becomes a value that occurs nowhere else. */
function numbered(value: unknown, next: { id: number }): unknown {
  if (typeof value !== "object" || value === null) return `v${next.id++}q`;
  if (Array.isArray(value)) return value.map((item) => numbered(item, next));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, numbered(member, next)]));
}

describe("JSON in short form", () => {
  it("loses no scalar, and keeps those of one object on one line", { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(document, (value) => {
        const text = JSON.stringify(value);
        expectKept(JSON.parse(text), linesOf(text));
      }),
      { numRuns: 300 },
    );
  });

  it("writes each value once, never twice, whatever the shape", { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(document, (shape) => {
        const next = { id: 1 };
        const value = numbered(shape, next);
        const lines = linesOf(JSON.stringify(value));
        expectKept(value, lines);
        const found = lines.join("\n").match(/v\d+q/g) ?? [];
        expect(found.length).toBe(next.id - 1);
        expect(new Set(found).size).toBe(next.id - 1);
      }),
      { numRuns: 300 },
    );
  });

  it("never writes a line break inside a line", () => {
    fc.assert(
      fc.property(document, (value) => {
        for (const line of linesOf(JSON.stringify(value))) expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it("is a table for a list of alike objects, nested ones in the order of the head", () => {
    const text = JSON.stringify([
      {
        id: "K7",
        from: "Oslo",
        seats: { front: 3, back: 12 },
        legs: [
          { no: "a1", km: 40 },
          { no: "a2", km: 7 },
        ],
      },
      { id: "K8", from: "Kiel, West", seats: { front: 0, back: 1 }, legs: [{ no: "b1", km: 9 }] },
    ]);
    expect(linesOf(text)).toEqual([
      "id,from,seats{front,back},legs[no,km]",
      "K7,Oslo,{3,12},[a1,40|a2,7]",
      'K8,"Kiel, West",{0,1},[b1,9]',
    ]);
  });

  it("leaves a cell empty where a name is missing, and tells that from null and the empty text", () => {
    const text = JSON.stringify([
      { a: 1, b: 2, c: null },
      { a: 3, c: "" },
      { a: "null", b: true, c: "true" },
    ]);
    expect(linesOf(text)).toEqual(["a,b,c", "1,2,null", '3,,""', '"null",true,"true"']);
  });

  it("keeps short lists on the line of their object and gives long ones lines of their own", () => {
    const items = Array.from({ length: 80 }, (_, index) => ({ sku: `P-${index}`, stock: index * 3, shelf: "north" }));
    const lines = linesOf(
      JSON.stringify({ order: "O-1", tags: ["x", "y"], page: { total: 80, next: null }, data: { items, shop: 9 } }),
    );
    expect(lines.slice(0, 4)).toEqual([
      "order:O-1,tags:[x,y],page:{total:80,next:null}",
      "data: shop:9",
      "data.items: sku,stock,shelf",
      "P-0,0,north",
    ]);
    expect(lines.length).toBe(83);
  });

  it("lists objects by name, once where a field repeats it", () => {
    const card = (id: string, last: string) => ({ source: "card", last, id });
    expect(linesOf(JSON.stringify({ p: { c_1: card("c_1", "0042"), c_2: card("c_2", "9001") } }))).toEqual([
      "p:{source,last,id=(name)|card,0042,c_1|card,9001,c_2}",
    ]);
    expect(
      linesOf(JSON.stringify({ north: { pop: 5, area: 70, code: "n" }, south: { pop: 6, area: 1, code: "s" } })),
    ).toEqual(["(name),pop,area,code", "north,5,70,n", "south,6,1,s"]);
  });

  it("keeps figures as they were written", () => {
    const text = '[{"n":1.0,"m":12345678901234567890123},{"n":1e400,"m":-0.10},{"n":1E-7,"m":0}]';
    expect(linesOf(text)).toEqual(["n,m", "1.0,12345678901234567890123", "1e400,-0.10", "1E-7,0"]);
  });

  it("keeps both values of a name that occurs twice", () => {
    expect(linesOf('[{"a":1,"a":2},{"a":3,"a":4}]')).toEqual(["{a:1,a:2}", "{a:3,a:4}"]);
  });

  it("does not make a table of objects that share little", () => {
    expect(linesOf('[{"a":1},{"b":2},{"c":3}]')).toEqual(["{a:1}", "{b:2}", "{c:3}"]);
  });

  it("reads JSON lines as one list", () => {
    expect(linesOf('{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n')).toEqual(["a,b", "1,x", "2,y"]);
  });

  it("unfolds escapes but not line breaks", () => {
    expect(linesOf('[{"t":"caf\\u00e9"},{"t":"one\\ntwo\\u2028three"}]')).toEqual([
      "t",
      "café",
      '"one\\ntwo\\u2028three"',
    ]);
  });
});

describe("shrinkToolResult", () => {
  const rows = Array.from({ length: 30 }, (_, index) => ({
    flight_number: `HB${100 + index}`,
    origin: "OSL",
    seats: { a: index, b: 2 },
  }));
  const listing = JSON.stringify(rows);

  it("says in its first line what it is, and counts what it saved", () => {
    const short = shrinkToolResult(listing, exact);
    expect(short?.text.split("\n")[0]).toBe(JSON_NOTE);
    expect(short?.savedTokens).toBe(exact.countTokens(listing) - exact.countTokens(short?.text ?? ""));
    expect(short?.savedTokens).toBeGreaterThan(exact.countTokens(listing) / 2);
  });

  it("leaves alone what is small, what is not JSON, and what would not get shorter", () => {
    expect(shrinkToolResult(listing, { ...exact, minimumTokens: 100_000 })).toBeNull();
    for (const text of ["", "255.0", "[]", "{}", '{"ok":true}', "{broken", "[1,2", "Error: no such seat"])
      expect(shrinkToolResult(text, { ...exact, minimumTokens: 0 }), text).toBeNull();
    expect(shrinkToolResult(JSON.stringify({ note: "One text. ".repeat(200) }), exact)).toBeNull();
  });

  it("keeps a long text word for word beside its neighbours", () => {
    const note = 'She said: "leave it, {please}".\nThen she left. '.repeat(3);
    const short = shrinkToolResult(
      JSON.stringify(
        rows.map((row) => ({ ...row, note })),
        null,
        2,
      ),
      exact,
    );
    const line = short?.text.split("\n").find((line) => line.includes("HB107"));
    expect(line).toContain(JSON.stringify(note));
  });

  it("gives the same for the same, and leaves its own output alone", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          document.map((value) => JSON.stringify(value, null, 2)),
          fc.string(),
        ),
        (text) => {
          const short = shrinkToolResult(text, { countTokens, minimumTokens: 0 });
          expect(shrinkToolResult(text, { countTokens, minimumTokens: 0 })).toEqual(short);
          if (short === null) return;
          expect(isShrunk(short.text)).toBe(true);
          expect(shrinkToolResult(short.text, { countTokens, minimumTokens: 0 })).toBeNull();
          expect(short.savedTokens).toBe(countTokens(text) - countTokens(short.text));
          expect(short.savedTokens).toBeGreaterThan(0);
        },
      ),
    );
  });

  it("survives hostile text", () => {
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    const nested = '{"a":'.repeat(60) + "1" + "}".repeat(60);
    const halves = '[{"a":"\\ud800","b":"\ud83d"},{"a":"\u0000","b":"\\u0000"}]';
    for (const text of [
      deep,
      nested,
      halves,
      "{".repeat(100_000),
      `[${'"'.repeat(99)}`,
      '{"__proto__":{"x":1}}',
      "\n".repeat(50_000),
    ])
      expect(() => shrinkToolResult(text, options)).not.toThrow();
    expect(readJsonTree(nested)).toBeNull();
    expect(shrinkToolResult(`${JSON_NOTE}\n${listing}`, options)).toBeNull();
    expect(linesOf('[{"__proto__":1,"b":2},{"__proto__":3,"b":4}]')).toEqual(["__proto__,b", "1,2", "3,4"]);
  });

  it("is linear in the text", { timeout: 60_000 }, () => {
    const wide = JSON.stringify(
      Array.from({ length: 12_000 }, (_, index) => ({
        id: index,
        name: `n${index}`,
        tags: ["a", "b"],
        pos: { x: index, y: 1 },
      })),
    );
    const keys = JSON.stringify(
      Object.fromEntries(Array.from({ length: 25_000 }, (_, index) => [`k${index}`, { v: index }])),
    );
    let nest: unknown = { leaf: "x".repeat(500_000) };
    for (let level = 0; level < 37; level++) nest = level % 2 === 0 ? [nest, { leaf: level }] : { nest, level };
    for (const text of [wide, keys, JSON.stringify(nest), "retry\n".repeat(150_000), "a\nb\n".repeat(150_000)]) {
      const started = performance.now();
      shrinkToolResult(text, options);
      expect(performance.now() - started).toBeLessThan(5_000);
    }
    expect(shrinkToolResult(`[${"1,".repeat(1_500_000)}1]`, options)).toBeNull();
  });
});
