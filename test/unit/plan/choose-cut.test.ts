/**
 * Where a thread may be cut, as a property over random threads, and that the newest allowed place is chosen.
 *
 * The rules are written down here once more, in the plainest way, over the whole list instead of a walk.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseCut } from "../../../src/plan/choose-cut.ts";
import type { PathNode } from "../../../src/plan/choose-cut.ts";

const KINDS = ["user", "bare-user", "assistant", "calling", "tool", "system", "image"] as const;
type Kind = (typeof KINDS)[number];

/** A thread, oldest message first, with the sums that the store would keep. */
function thread(steps: readonly { kind: Kind; tokens: number }[]): PathNode[] {
  let pathTokens = 0;
  let openCalls = 0;
  let pathKeep = 0;
  return steps.map(({ kind, tokens }, index) => {
    pathTokens += tokens;
    if (kind === "calling") openCalls++;
    if (kind === "tool") openCalls = Math.max(0, openCalls - 1);
    if (kind === "system") pathKeep |= 2;
    if (kind === "image") pathKeep |= 1;
    const isUser = kind === "user" || kind === "bare-user" || kind === "image";
    const role = isUser ? "user" : kind === "calling" ? "assistant" : kind;
    const carriesBrief = kind === "user" || kind === "image";
    return { chain: `c${index}`, depth: index + 1, role, pathTokens, openCalls, pathKeep, carriesBrief };
  });
}

const anyThread = fc.array(
  fc.record({
    kind: fc.oneof({ weight: 20, arbitrary: fc.constantFrom<Kind>("user", "assistant") }, fc.constantFrom(...KINDS)),
    tokens: fc.integer({ min: 0, max: 50 }),
  }),
  { minLength: 4, maxLength: 30 },
);

describe("a cut", () => {
  it("is the newest place that every rule allows", () => {
    let found = 0;
    fc.assert(
      fc.property(
        anyThread,
        fc.integer({ min: 0, max: 80 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 5 }),
        (steps, tokens, replies, floor) => {
          const path = thread(steps);
          const whole = path.at(-1)?.pathTokens ?? 0;
          const allowed = path.filter((last, index) => {
            const stays = path.slice(index + 1);
            const [first] = stays;
            return (
              first?.role === "user" &&
              first.carriesBrief &&
              last.openCalls === 0 &&
              last.pathKeep === 0 &&
              last.depth > floor &&
              whole - last.pathTokens >= tokens &&
              stays.filter((node) => node.role === "assistant").length >= replies
            );
          });
          const cut = chooseCut(path.toReversed(), { tokens, replies }, floor);
          const best = allowed.at(-1);
          if (best) found++;
          expect(cut).toEqual(best ? { chain: best.chain, depth: best.depth, pathTokens: best.pathTokens } : null);
        },
      ),
      { numRuns: 1_000 },
    );
    expect(found).toBeGreaterThan(100);
  });

  it("reads no further than it must", () => {
    const path = thread(Array.from({ length: 1_000 }, (_, i) => ({ kind: i % 2 ? "assistant" : "user", tokens: 10 })));
    let read = 0;
    function* walk(): Generator<PathNode> {
      for (const node of path.toReversed()) {
        read++;
        yield node;
      }
    }
    expect(chooseCut(walk(), { tokens: 60, replies: 2 }, 0)?.depth).toBe(994);
    expect(read).toBeLessThan(10);
  });

  it("is not looked for behind an earlier one", () => {
    const path = thread(Array.from({ length: 20 }, (_, i) => ({ kind: i % 2 ? "assistant" : "user", tokens: 10 })));
    expect(chooseCut(path.toReversed(), { tokens: 60, replies: 1 }, 13)?.depth).toBe(14);
    expect(chooseCut(path.toReversed(), { tokens: 60, replies: 1 }, 14)).toBeNull();
  });
});
