/**
 * The laws of rewriting as properties, on all three wires: whatever a client says, repeats, takes back, spells
 * otherwise or leaves out, what goes up is its own bytes, tool results in short form, at most one brief and what is
 * recalled, and a strict provider takes it.
 *
 * The simulator's bills are what the ledger is held against.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Client, WIRES } from "./restless-client.ts";
import type { Action } from "./restless-client.ts";

const [size, calls] = [fc.integer({ min: 40, max: 900 }), fc.constantFrom(0, 0, 0, 1, 2)];
const [found, rounds] = [fc.oneof(size, fc.constantFrom(2000, 2001)), fc.constantFrom(1, 1, 3)];
const say = fc.record({ kind: fc.constant("say"), size, calls, found, rounds, thinks: fc.boolean() });
const night = fc.record({ kind: fc.constant("night"), seconds: fc.constantFrom(200, 400, 4000, 90_000) });
const other = fc.constantFrom("regenerate", "spell", "strip", "model", "side", "back");
const anything: fc.Arbitrary<Action> = fc.oneof(
  { weight: 30, arbitrary: say },
  { weight: 4, arbitrary: night },
  { weight: 5, arbitrary: other.map((kind) => ({ kind })) },
);
const straight: fc.Arbitrary<Action> = fc.oneof({ weight: 8, arbitrary: say }, { weight: 1, arbitrary: night });
const RECALLING = { recallTokens: 300, recallTokensMax: 400 };
const recalling = fc.constantFrom({}, RECALLING, RECALLING);
const many = { minLength: 15, maxLength: 40, size: "max" } as const;

describe.each(WIRES)("on %s", { timeout: 120_000 }, (wire) => {
  it("what goes up is what the client wrote, a brief and what is recalled, and nothing is refused for it", async () => {
    let [briefs, blocks, shortResults] = [0, 0, 0];
    const marks = fc.constantFrom("none", "automatic", "moving", "an hour");
    const plays = fc.asyncProperty(fc.array(anything, many), marks, recalling, async (actions, marker, policy) => {
      const { spent, billed, ...client } = await new Client(wire, marker, policy).play(actions);
      briefs += client.briefs;
      shortResults += client.shortResults;
      blocks += client.blocks;
      expect(Math.abs(spent - billed)).toBeLessThanOrEqual(1e-6 * billed);
    });
    await fc.assert(plays, { numRuns: 9 });
    expect(briefs).toBeGreaterThan(3);
    expect(shortResults).toBeGreaterThan(3);
    expect(blocks).toBeGreaterThan(3);
  });

  it("the ledger knows what a replay costs, and no session costs 1.10 times as much", async () => {
    const marks = fc.constantFrom("automatic", "moving", "an hour");
    const plays = fc.asyncProperty(fc.array(straight, many), marks, recalling, async (actions, marker, policy) => {
      const { spent, billed, replay, played } = await new Client(wire, marker, policy).play(actions);
      expect(Math.abs(spent - billed)).toBeLessThanOrEqual(1e-6 * billed);
      expect(Math.abs(replay - played)).toBeLessThanOrEqual(0.02 * played);
      expect(billed).toBeLessThanOrEqual(1.1 * played);
    });
    await fc.assert(plays, { numRuns: 6 });
  });

  it("a block that tools were used behind does not cost what they found once more", async () => {
    const chat: Action[] = Array.from({ length: 14 }, () => ({ kind: "say", size: 600 }));
    const work: Action[] = Array.from({ length: 8 }, () => ({ kind: "say", size: 200, calls: 1, found: 80_001 }));
    const policy = { ...RECALLING, guardTokens: 600 };
    const { billed, played, blocks } = await new Client(wire, "moving", policy).play([...chat, ...work]);
    expect(blocks).toBeGreaterThan(0);
    expect(billed).toBeLessThanOrEqual(played);
  });
});
