/**
 * When a brief may stand in for the beginning of a thread: every combination of what the provider does with bound
 * reasoning, where such reasoning stands, and what the request is.
 */
import { describe, expect, it } from "vitest";
import { KEEP_CITATION, KEEP_MEDIA, KEEP_SERVER_TOOL, KEEP_SYSTEM, KEEP_UNKNOWN } from "../../../src/model/message.ts";
import { explainKeep, forbidsRewrite } from "../../../src/plan/may-rewrite.ts";

const CUT = 10;
const BEFORE = 8;
const BEHIND = 12;

describe("a rewrite", () => {
  it.each([
    [null, false, BEHIND, true, false, null],
    ["refuses", false, 0, false, false, null],
    ["refuses", false, BEFORE, true, false, null],
    ["refuses", false, CUT, true, false, null],
    ["refuses", false, BEHIND, false, false, "bound_reasoning"],
    ["refuses", false, BEHIND, false, true, "bound_reasoning"],
    ["refuses", true, 0, false, false, "bound_reasoning"],
    ["refuses", true, 0, false, true, "bound_reasoning"],
    ["drops", true, BEHIND, false, false, null],
    ["drops", true, BEHIND, true, false, "open_tool_call"],
    ["drops", true, BEHIND, true, true, null],
    ["drops", true, BEFORE, true, false, null],
  ] as const)(
    "with binding %s, a reply that binds %s, reasoning at %i, a tool exchange %s, in force %s: %s",
    (binding, bindsReply, boundDepth, isToolExchange, isInForce, reason) => {
      const rule = { leaveAlone: null, binding, bindsReply };
      expect(forbidsRewrite(rule, { boundDepth, isToolExchange }, CUT, isInForce)).toBe(reason);
    },
  );

  it("is never made of a request that must be left alone, whatever else holds", () => {
    const rule = { leaveAlone: "side_request", binding: "refuses", bindsReply: true } as const;
    for (const isInForce of [true, false])
      expect(forbidsRewrite(rule, { boundDepth: BEHIND, isToolExchange: true }, CUT, isInForce)).toBe("side_request");
  });
});

describe("what keeps a thread", () => {
  it.each([
    [0, null],
    [KEEP_MEDIA, "media"],
    [KEEP_SYSTEM | KEEP_MEDIA, "system_change"],
    [KEEP_SERVER_TOOL | KEEP_CITATION, "server_tool"],
    [KEEP_UNKNOWN, "unknown_content"],
    [KEEP_UNKNOWN | KEEP_MEDIA, "media"],
  ])("of bits %i is told as %s", (keep, reason) => {
    expect(explainKeep(keep)).toBe(reason);
  });
});
