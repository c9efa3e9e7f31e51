/**
 * Quotes and tables in one brief: who goes first, what is not said twice, and when there are no tables.
 */
import { describe, expect, it } from "vitest";
import { checkBrief } from "../../../src/distil/check-brief.ts";
import { createExtractiveDistiller } from "../../../src/distil/extract-brief.ts";
import { pinsInForce, requiredPins } from "../../../src/distil/pins/pins.ts";
import { readPins } from "../../../src/distil/read-span.ts";
import type { RunStep } from "../../../src/distil/tools/result-tables.ts";
import type { SpanMessage } from "../../../src/ports/distiller.ts";
import { distilBeside } from "../../../src/session/briefs/distil-beside.ts";
import { chatter, countTokens, input, message } from "../distil/build.ts";

const ROWS = JSON.stringify(Array.from({ length: 30 }, (_, index) => ({ boat: `B${100 + index}`, price: 40 + index })));
const CALL = 'list_boats({"town":"Kiel"})';

/** A talk with one call and its answer in the middle. */
function talk(before: SpanMessage[]): { span: SpanMessage[]; steps: RunStep[]; tabular: Set<number> } {
  const span = [...before, message(900, "assistant", CALL), message(901, "tool", ROWS), ...chatter(902, 8)];
  const call = { id: "c1", name: "list_boats", text: '{"town":"Kiel"}', node: 900 };
  return { span, steps: [{ kind: "answer", node: 901, call, text: ROWS }], tabular: new Set([901]) };
}

async function distil(before: SpanMessage[], budgetTokens: number) {
  const { span, ...answers } = talk(before);
  const given = input(span, { budgetTokens });
  const distiller = createExtractiveDistiller();
  return { given, distilled: await distilBeside(answers, given, (part) => distiller.distil(part)) };
}

describe("a distillation beside tables", () => {
  it("says what a tool answered once, and passes the check with what is left", async () => {
    const { distilled } = await distil(chatter(1, 20), 600);
    const { written, rest, tables } = distilled;
    if (!written.ok) throw new Error(JSON.stringify(written.error));
    expect(tables?.text).toContain("B100,40");
    expect(written.value.text).not.toContain("B100");
    expect(written.value.text).not.toContain("list_boats");
    expect(checkBrief(written.value, rest).ok).toBe(true);
    expect(written.value.tokens + (tables?.tokens ?? 0)).toBeLessThanOrEqual(600);
  });

  it.each([6, 14, 30])("leaves %i pins the places that they would have without it", async (count) => {
    const orders = Array.from({ length: count }, (_, index) =>
      message(index + 1, "user", `Always mention item ${index} when I ask about shelf ${index}.`),
    );
    const { given, distilled } = await distil([...orders, ...chatter(100, 20)], 600);
    if (!distilled.written.ok) throw new Error(JSON.stringify(distilled.written.error));
    const pins = requiredPins(pinsInForce(readPins(given.span)), 600, countTokens);
    expect(pins.length).toBeGreaterThan(4);
    for (const { text } of pins) expect(distilled.written.value.text).toContain(text);
    if (count === 6) expect(distilled.tables).not.toBeNull();
  });

  it("has no tables where the rest says nothing", async () => {
    const { steps, tabular } = talk([]);
    const given = input([message(900, "assistant", CALL), message(901, "tool", ROWS)]);
    const distiller = createExtractiveDistiller();
    const { rest, tables } = await distilBeside({ steps, tabular }, given, (part) => distiller.distil(part));
    expect(tables).toBeNull();
    expect(rest).toBe(given);
  });
});
