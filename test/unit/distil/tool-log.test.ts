/** Logs in short form: only lines that follow on themselves go, with a count, and everything can be written out again. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gptTokenCounter } from "../../../src/adapters/gpt-token-counter.ts";
import { LOG_NOTE, shrinkToolResult } from "../../../src/distil/tools/tool-result.ts";
import { countTokens } from "./build.ts";

const exact = { countTokens: (text: string) => gptTokenCounter.countTokens(text), minimumTokens: 10 };

describe("logs", () => {
  it("lose only lines that follow on themselves, with a count", () => {
    const log = `start 09:00\n${"waiting for the lock on warehouse 7\n".repeat(40)}got it\n${"try A failed with code 503\nback off 200 ms before the next\n".repeat(12)}done`;
    expect(shrinkToolResult(log, exact)?.text).toBe(
      [
        LOG_NOTE,
        "start 09:00",
        "waiting for the lock on warehouse 7",
        "[the line above 39 more times]",
        "got it",
        "try A failed with code 503",
        "back off 200 ms before the next",
        "[the 2 lines above 11 more times]",
        "done",
      ].join("\n"),
    );
  });

  it("are left alone where a figure differs, or equal lines stand apart", () => {
    const ticks = Array.from({ length: 60 }, (_, index) => `tick ${index} of the pump at station 4`).join("\n");
    const code = Array.from({ length: 60 }, (_, index) => `if (a${index}) {\n  return;\n}`).join("\n");
    for (const text of [ticks, code]) expect(shrinkToolResult(text, exact)).toBeNull();
  });

  it("lose no line altogether, and keep the order", () => {
    const line = fc.constantFrom("alpha went down again on node 3", "beta", "", "gamma took over from alpha at last");
    fc.assert(
      fc.property(fc.array(fc.tuple(line, fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 8 }), (runs) => {
        const text = runs.flatMap(([line, times]) => Array.from({ length: times }, () => line)).join("\n");
        const short = shrinkToolResult(text, { countTokens, minimumTokens: 0 });
        if (short === null) return;
        expect(unfold(short.text)).toBe(text);
      }),
    );
  });
});

/** Writes out what the notes stand for. */
function unfold(text: string): string {
  const lines: string[] = [];
  for (const line of text.split("\n").slice(1)) {
    const note = /^\[the (?:line|(\d+) lines) above (?:once more|(\d+) more times)\]$/.exec(line);
    if (note === null) lines.push(line);
    else {
      const block = lines.slice(-Number(note[1] ?? 1));
      for (let times = Number(note[2] ?? 1); times > 0; times--) lines.push(...block);
    }
  }
  return lines.join("\n");
}
