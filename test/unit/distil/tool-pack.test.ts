/** Packing an agent's run: within the budget, objects whole, and what the run turned on before the rest. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gptTokenCounter } from "../../../src/adapters/gpt-token-counter.ts";
import { PACK_NOTE, packRun } from "../../../src/distil/tools/tool-pack.ts";
import type { RunTurn } from "../../../src/distil/tools/tool-run.ts";

const countTokens = (text: string): number => gptTokenCounter.countTokens(text);
const pack = (turns: readonly RunTurn[], budgetTokens = 10_000): string =>
  packRun(turns, { countTokens, budgetTokens }).text;

const user = (text: string): RunTurn => ({ role: "user", text, calls: [] });
const say = (text: string): RunTurn => ({ role: "assistant", text, calls: [] });

function ask(name: string, args: unknown, result: unknown): RunTurn[] {
  const text = typeof result === "string" ? result : JSON.stringify(result);
  return [
    { role: "assistant", text: "", calls: [{ name, text: JSON.stringify(args) }] },
    { role: "tool", text, calls: [] },
  ];
}

const ferry = (no: string, price: number) => ({ ferry_number: no, price, deck: { low: 4, high: 9 }, pier: "north" });
const order = (id: string, no: string) => ({
  order_id: id,
  status: "open",
  ferries: [{ ferry_number: no, day: "2031-04-07" }],
});

describe("packRun", () => {
  it("writes user turns and results in order, the names of alike results once", () => {
    const turns = [
      user("Find me a ferry."),
      ...ask("find", { day: "2031-04-07" }, [ferry("FX100", 52), ferry("FX200", 61)]),
      ...ask("find", { day: "2031-04-08" }, [ferry("FX300", 70)]),
      user("The second one."),
    ];
    expect(pack(turns).split("\n")).toEqual([
      PACK_NOTE,
      "find = ferry_number,price,deck{low,high},pier",
      "user: Find me a ferry.",
      "find(day:2031-04-07):",
      "FX100,52,{4,9},north",
      "FX200,61,{4,9},north",
      "find(day:2031-04-08): FX300,70,{4,9},north",
      "user: The second one.",
    ]);
  });

  it("writes a result once, where it was last given, and a call without an answer", () => {
    const turns = [
      ...ask("get_order", { id: "O-1" }, order("O-1", "FX100")),
      user("And again?"),
      ...ask("get_order", { id: "O-1" }, order("O-1", "FX100")),
      { role: "assistant" as const, text: "", calls: [{ name: "cancel", text: '{"id":"O-77"}' }] },
    ];
    expect(pack(turns).split("\n")).toEqual([
      PACK_NOTE,
      "user: And again?",
      "get_order: order_id:O-1,status:open,ferries:[{ferry_number:FX100,day:2031-04-07}]",
      "cancel(id:O-77)",
    ]);
  });

  it("keeps of the assistant's words what nobody else said", () => {
    const turns = [
      ...ask("get_order", { id: "O-1" }, order("O-1", "FX100")),
      say("Your ferry is FX100. The total is 318 crowns. Shall I go on?"),
    ];
    const text = pack(turns);
    expect(text).toContain("assistant: The total is 318 crowns.");
    expect(text).not.toContain("Your ferry");
    expect(text).not.toContain("Shall I");
  });

  it("lets rows go that nobody spoke of before those that were", () => {
    const ferries = Array.from({ length: 60 }, (_, index) => ferry(`FX${1000 + index}`, 3000 + index));
    const turns = [
      user("Find me a ferry."),
      ...ask("find", { day: "2031-04-07" }, ferries),
      say("I like FX1041 best."),
      user("Yes."),
    ];
    const { text, tokens } = packRun(turns, { countTokens, budgetTokens: 160 });
    expect(tokens).toBeLessThanOrEqual(160);
    expect(text).toContain("FX1041,3041,{4,9},north");
    expect(text).toMatch(/\[\d+ lines left out\]/);
    expect(text).toContain("user: Find me a ferry.");
  });

  it("takes from a long log the lines that were spoken of", () => {
    const log = Array.from({ length: 400 }, (_, index) => `pump P${2000 + index} ran for ${index} minutes`).join("\n");
    const turns = [...ask("read_log", { path: "/var/pumps" }, log), say("P2345 looks odd."), user("Stop it.")];
    const { text, tokens } = packRun(turns, { countTokens, budgetTokens: 120 });
    expect(tokens).toBeLessThanOrEqual(120);
    expect(text).toContain("read_log(path:/var/pumps):");
    expect(text).toContain("pump P2345 ran for 345 minutes");
    expect(text).toMatch(/\[3\d\d lines left out\]$/);
  });

  it("never exceeds the budget and never cuts a line", { timeout: 30_000 }, () => {
    const word = fc.constantFrom("FX100", "O-1", "2031-04-07", "north", "a, b", "318", "\n", "", "x".repeat(300));
    const result = fc.oneof(
      word,
      fc
        .array(fc.record({ ferry_number: word, price: fc.integer() }), { maxLength: 6 })
        .map((rows) => JSON.stringify(rows)),
      fc.record({ order_id: word, notes: fc.array(word) }).map((object) => JSON.stringify(object)),
      fc.string({ unit: "binary" }),
    );
    const turn: fc.Arbitrary<RunTurn[]> = fc.oneof(
      word.map((text) => [user(text)]),
      fc.array(word).map((words) => [say(`${words.join(" ")}.`)]),
      fc.tuple(fc.constantFrom("find", "get_order"), word, result).map(([name, id, text]) => ask(name, { id }, text)),
      result.map((text): RunTurn[] => [{ role: "tool", text, calls: [] }]),
    );
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 12 }), fc.integer({ min: 0, max: 400 }), (groups, budgetTokens) => {
        const turns = groups.flat();
        const packed = packRun(turns, { countTokens, budgetTokens });
        expect(packed.tokens).toBeLessThanOrEqual(budgetTokens);
        expect(packed.tokens).toBe(countTokens(packed.text));
        expect(packRun(turns, { countTokens, budgetTokens })).toEqual(packed);
        const whole = new Set(pack(turns, 1e9).split("\n"));
        for (const line of packed.text.split("\n"))
          expect(line === "" || /^\[\d+ lines left out\]$/.test(line) || whole.has(line), line).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
