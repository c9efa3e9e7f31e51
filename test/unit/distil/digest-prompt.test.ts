/**
 * The prompt of a digest: bounded whatever the messages, and no message can leave its line.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askForDigest } from "../../../src/distil/digests/digest-prompt.ts";
import type { DigestSource } from "../../../src/distil/digests/digest-prompt.ts";
import { DIGEST_INPUT_TOKENS_MAX } from "../../../src/model/limits.ts";
import { entriesOf } from "../../fakes/distiller/answers.ts";
import { countTokens } from "./build.ts";

const source = (text: string): DigestSource => ({
  nodes: [1],
  speaker: "user",
  day: "2026-03-02",
  text,
  evidence: text,
});

describe("the prompt of a digest", () => {
  it("holds one JSON object a line, numbered, whatever a message says", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 80 }), { minLength: 1, maxLength: 20 }), (texts) => {
        const { material } = askForDigest(texts.map(source), false, true, countTokens);
        const entries = entriesOf(material);
        expect(entries.map(({ n }) => n)).toEqual(texts.map((_, index) => index + 1));
        expect(entries.map(({ text }) => text)).toEqual(texts);
      }),
    );
  });

  it("shows long messages with a gap and short ones whole, within its bound", () => {
    const short = "The limit is 250.";
    const long = `START ${"word ".repeat(60_000)}END`;
    const { material, task } = askForDigest([long, short, long].map(source), false, true, countTokens);
    expect(countTokens(material)).toBeLessThanOrEqual(DIGEST_INPUT_TOKENS_MAX);
    const [first, second] = entriesOf(material);
    expect(second?.text).toBe(short);
    expect(first?.text).toMatch(/^START .* \[…\] .*END$/);
    expect(countTokens(first?.text ?? "")).toBeGreaterThan(DIGEST_INPUT_TOKENS_MAX / 3);
    expect(countTokens(task)).toBeLessThan(1000);
  });

  it("stays within its bound for many messages, and for such as grow when they are escaped", () => {
    const code = 'const a = "\\n";\n'.repeat(200);
    const { material } = askForDigest(
      Array.from({ length: 200 }, () => source(code)),
      false,
      true,
      countTokens,
    );
    expect(countTokens(material)).toBeLessThanOrEqual(1.05 * DIGEST_INPUT_TOKENS_MAX);
    expect(entriesOf(material)).toHaveLength(200);
  });
});
