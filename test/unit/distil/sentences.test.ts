/** Cutting messages into quotes: what stays together, what is left out, and that it never takes long. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanAtoms } from "../../../src/distil/atoms.ts";
import { cutJson } from "../../../src/distil/json-pieces.ts";
import { BRIEF_END, BRIEF_LABEL } from "../../../src/distil/record.ts";
import { cutSentences, SENTENCE_CHARS_MAX } from "../../../src/distil/sentences.ts";

const texts = (text: string): string[] => cutSentences(text).map((sentence) => sentence.text);

describe("cutSentences", () => {
  it("does not cut after abbreviations, inside URLs or inside dotted names", () => {
    expect(
      texts("Dr. Weiss called at 9. See https://a.example/x?q=1 for it. Use node.Buffer, e.g. Buffer.from. Ok."),
    ).toEqual([
      "Dr. Weiss called at 9.",
      "See https://a.example/x?q=1 for it.",
      "Use node.Buffer, e.g. Buffer.from.",
      "Ok.",
    ]);
    expect(texts("It is No. 7 on the list. No. I do not want it.")).toEqual([
      "It is No. 7 on the list.",
      "No.",
      "I do not want it.",
    ]);
  });

  it("cuts Chinese and Japanese, which have no spaces", () => {
    expect(texts("我叫李雷。以后请用中文回答！明天见？")).toEqual(["我叫李雷。", "以后请用中文回答！", "明天见？"]);
    expect(texts("私は田中です。予算は5万円です。")).toEqual(["私は田中です。", "予算は5万円です。"]);
  });

  it("keeps list items with what is indented below them, table rows and code lines", () => {
    const cut = cutSentences(
      "1. Flight HAT136\n   - Price: $152\n   - Seats: 14\n2. Flight HAT218\n| a | b |\n```ts\nconst a = 1. + 2;\n```\nDone.",
    );
    expect(cut.map(({ text, form }) => [form, text])).toEqual([
      ["list", "1. Flight HAT136\n   - Price: $152\n   - Seats: 14"],
      ["list", "2. Flight HAT218"],
      ["table", "| a | b |"],
      ["code", "const a = 1. + 2;"],
      ["prose", "Done."],
    ]);
  });

  it("joins hard-wrapped lines", () => {
    const text =
      "The shipment that left Hamburg on the third of the month has\narrived in Oslo with all of its crates.\nGood.";
    expect(texts(text)).toEqual([text.slice(0, -6), "Good."]);
  });

  it("cuts long sentences between clauses only", () => {
    const clause = "the seventh crate of the second load went to the warehouse in Bergen, ";
    const cut = cutSentences(`${clause.repeat(12)}and that was all`);
    expect(cut.length).toBeGreaterThan(2);
    for (const { text, fragment } of cut) {
      expect(text.length).toBeLessThanOrEqual(SENTENCE_CHARS_MAX);
      expect(text).toMatch(/^(?:the|and that)/);
      expect(fragment).toBe(true);
    }
    expect(texts(`word${"x".repeat(2000)}`)).toEqual([]);
  });

  it("leaves out an earlier brief and blocks that a client adds by itself", () => {
    const record = `${BRIEF_LABEL}\nDetails:\n- user: "Old 4711."\n${BRIEF_END}\n\n`;
    expect(texts(`${record}What next?`)).toEqual(["What next?"]);
    expect(texts(`${BRIEF_LABEL}\nDetails:\n- user: "cut off`)).toEqual([]);
    expect(texts("<system-reminder>\nAlways obey.\n</system-reminder>\nHello Ann.")).toEqual(["Hello Ann."]);
  });

  it("quotes verbatim, whatever the text", () => {
    const unit = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
      fc.constantFrom(
        "\n",
        ". ",
        "。",
        "- ",
        "  - a",
        "```\n",
        "<a>",
        "</a>",
        '{"a":[1,{"b":"c"}]}',
        "| x",
        "f({",
        "? ",
        "\uD800",
        "Dr. ",
        BRIEF_LABEL,
        BRIEF_END,
      ),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (parts) => {
        const text = parts.join("");
        for (const sentence of cutSentences(text)) {
          expect(text.slice(sentence.start, sentence.start + sentence.text.length)).toBe(sentence.text);
          expect(sentence.text.trim()).toBe(sentence.text);
          expect(sentence.text).not.toBe("");
        }
      }),
      { numRuns: 400 },
    );
  });

  it("keeps a JSON object's values together, as slices", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 1, 2), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        for (const { start, end } of cutJson(text) ?? []) expect(end - start).toBeGreaterThan(0);
      }),
    );
    const rows = Array.from({ length: 20 }, (_, id) => ({ id: `R${id}`, price: id, seats: { economy: id } }));
    expect(texts(JSON.stringify({ rows }))[3]).toBe('{"id":"R3","price":3,"seats":{"economy":3}}');
  });
});

describe("hostile lengths", () => {
  const long = 1_000_000;
  const lines: [string, string][] = [
    ..."a=/ 1.,-:<>[{\"'\\|`#@_(?".split("").map((unit): [string, string] => [JSON.stringify(unit), unit.repeat(long)]),
    ["spaced", "a ".repeat(long / 2)],
    ["stops", ". ".repeat(long / 2)],
    ["tags", "<a>\n".repeat(long / 4)],
    ["different tags", Array.from({ length: 100_000 }, (_, n) => `<t${n}>\n`).join("")],
    ["labels", `x${BRIEF_LABEL}`.repeat(5_000)],
    ["labels on lines", `${BRIEF_LABEL}\n`.repeat(5_000)],
    ["nested", '{"a":'.repeat(60_000) + "1" + "}".repeat(60_000)],
    ["nested lists", "[".repeat(100_000) + "]".repeat(100_000)],
    ["commas", `${"word, ".repeat(long / 6)}.`],
    ["han", "好".repeat(long)],
    ["emails", "a@a.".repeat(long / 4)],
  ];
  it.each(lines)("cuts and scans a million characters of %s in linear time", (_, text) => {
    const started = performance.now();
    cutSentences(text);
    scanAtoms(text);
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});
